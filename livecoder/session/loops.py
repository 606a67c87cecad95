"""Patterns the stage makes of what performers give it: checked, and looped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livecoder.core.errors import LivecoderError, PatternError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, floor
from livecoder.patterns.pattern import Pattern, reify
from livecoder.session.tracks import Track

__all__ = ["Loop", "as_pattern", "at_or_after", "loop_before"]


class Loop(Pattern):
    """Bars that go round, as they stand in the song.

    Attributes:
        first: cycle of the first of them.
        bars: how many.
    """

    first: int
    bars: int

    def __init__(self, ask: Callable[[Span], list[Hap]], label: str, first: int, bars: int) -> None:
        super().__init__(ask, label)
        self.first, self.bars = first, bars


def at_or_after(cycle: Rational, grid: Rational) -> Rational:
    """Return the first multiple of `grid` at or after a cycle."""
    return -((-cycle) // grid) * grid


def as_pattern(given: Any) -> Pattern:
    """Return what a performer put on a track as a pattern.

    Raises:
        PatternError: it is none.
    """
    if isinstance(given, Track):
        message = f"{given.name} is a track, not a pattern; give the pattern a name and use that"
        raise PatternError(message)
    try:
        return reify(given)
    except LivecoderError:
        raise
    except TypeError as error:
        message = f"{given!r} is no pattern; a track plays s('bd*4'), note('c e g') and the like"
        raise PatternError(message) from error


def loop_before(base: Pattern, at: Rational, bars: int) -> Loop:
    """Return a pattern that from `at` on repeats the `bars` cycles of `base` before it."""

    def query(span: Span) -> list[Hap]:
        haps: list[Hap] = []
        begin = span.begin
        while begin < span.end:
            end = min(span.end, Rational(floor(begin) + 1))
            # Whole cycles move, so what lies within one stays exact.
            back = at + (floor(begin - at) % bars) - bars - floor(begin)
            for hap in base.query(begin + back, end + back):
                whole = None if hap.whole is None else _moved(hap.whole, -back)
                haps.append(hap._replace(whole=whole, part=_moved(hap.part, -back)))
            begin = end
        return haps

    label = f"{bars} bars of {base!r}" if bars > 1 else f"a bar of {base!r}"
    return Loop(query, label, floor(at) - bars, bars)


def _moved(span: Span, by: Rational) -> Span:
    return Span(span.begin + by, span.end + by)
