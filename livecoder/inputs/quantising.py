"""Played notes as bars that go round: as they were played, or drawn to a grid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from livecoder.core.rational import Rational, floor
from livecoder.inputs.strokes import Stroke

__all__ = ["Placed", "last_bars", "placed"]


class Placed(NamedTuple):
    """A note of a loop.

    Attributes:
        onset: cycles from the loop's first bar, in `[0, bars)`.
        length: cycles, more than 0.
        key: MIDI note number.
        velocity: 0.0 to 1.0.
    """

    onset: Rational
    length: Rational
    key: int
    velocity: float


def last_bars(strokes: list[Stroke], bars: int) -> int:
    """Return the first of so many bars, of which the last is the one a key was last pressed in.

    A key that was pressed a moment early, by less than a 32nd, belongs to the bar it opens.

    >>> last_bars([Stroke(Rational(7, 2), Rational(4), 60, 0.8)], 2)
    2
    """
    return floor(strokes[-1].onset + _EARLY) + 1 - bars


def placed(
    strokes: Iterable[Stroke],
    first: int,
    bars: int,
    *,
    grid: int | None,
    strength: Rational,
    now: Rational,
) -> tuple[Placed, ...]:
    """Return the notes of some bars, earliest first.

    Args:
        strokes: what was played.
        first: bar they begin with.
        bars: how many.
        grid: steps of a bar that onsets are drawn to; None for none.
        strength: 0 leaves them where they are, 1 puts them on the grid.
        now: until when a key that is still down has been held, cycles.
    """
    notes = []
    for stroke in strokes:
        at = stroke.onset - first
        if not -_EARLY <= at < bars - _EARLY:
            continue
        if grid is not None:
            nearest = Rational(floor(at * grid + Rational(1, 2)), grid)
            at += (nearest - at) * strength
        length = stroke.length or max(now - stroke.onset, _EARLY)
        notes.append(Placed(at % bars, min(length, Rational(bars)), stroke.key, stroke.velocity))
    return tuple(sorted(notes))


_EARLY = Rational(1, 32)
