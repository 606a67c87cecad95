"""Who calls and what is called: a phrase that a network is to answer, and in which bars."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from livecoder.core.events import Note
from livecoder.core.rational import Rational

__all__ = ["Call", "Calls", "Primer"]

Primer = tuple[tuple[Note, ...], Rational]
"""Notes in cycles from the primer's start, and how many cycles they fill."""


class Call(NamedTuple):
    """A phrase that is answered.

    Attributes:
        bar: the first bar of the answer, a cycle of the song.
        primer: the phrase.
        begins: cycle of the song that the answer is heard from.
        ends: cycle of the song that it is over by.
        at: the first bar as a cycle of the session: settings of that moment are in force.
    """

    bar: int
    primer: Primer
    begins: Rational
    ends: Rational
    at: Rational


class Calls(Protocol):
    """Whoever listens."""

    def call(self, bar: int, until: Rational, *, slow: bool) -> Call | None:
        """Return the call that a bar answers, so far.

        Args:
            bar: cycle of the song.
            until: what is heard from this cycle of the song on cannot be told yet.
            slow: whether the answer takes long to compose.

        Raises:
            TooEarlyError: it cannot be told yet.
        """

    def guess(self, bar: int, *, slow: bool) -> Call | None:
        """Return the call a bar will answer if nothing more is played; None for none."""
