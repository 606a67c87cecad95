"""What a pattern answers: haps, the things that happen, in exact cycles.

Conventions
-----------
Times are `Rational` cycles. Spans are half-open, `[begin, end)`, so neighbours share no instant.
A hap has a `whole`, the span it was meant to fill (None for a continuous signal), and a `part`,
the piece of it inside the span that was asked for. The onset of `whole` is in exactly one query.

Source of the model: A. McLean, "Making Programming Languages to Dance to: Live Coding with
Tidal", FARM 2014.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from livecoder.core.rational import Rational

__all__ = ["Hap", "Location", "Span"]


class Span(NamedTuple):
    """A half-open stretch of time, `[begin, end)`, in cycles or beats."""

    begin: Rational
    end: Rational


class Location(NamedTuple):
    """Characters of the typed text a hap came from, so that a display can light them up."""

    begin: int
    end: int
    source: int = 0
    """Which text: a number the prompt gives each block it evaluates; 0 when unknown."""


class Hap(NamedTuple):
    """One thing that happens.

    Attributes:
        whole: cycles it was meant to fill; None for a sample of a continuous signal.
        part: cycles of it that lie in the query; inside `whole`.
        value: a dictionary of controls, or a plain value.
        context: characters of mini-notation it came from.
    """

    whole: Span | None
    part: Span
    value: Any
    context: tuple[Location, ...] = ()

    @property
    def has_onset(self) -> bool:
        """Whether the start of the whole is in this part: the hap to be played."""
        return self.whole is not None and self.whole.begin == self.part.begin
