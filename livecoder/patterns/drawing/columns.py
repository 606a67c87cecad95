"""How many columns of a terminal a cycle gets, so that notes stand where they are."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, lcm

from livecoder.core.rational import Rational
from livecoder.patterns.drawing.model import Drawing

__all__ = ["columns_of", "grid_of", "times_of"]

_LEAST, _MOST = 4, 64
_FINEST_GRID = 32


def times_of(drawing: Drawing) -> list[Rational]:
    """Return when something begins in a drawing."""
    times = [mark.begin for panel in drawing.panels for mark in panel.marks]
    times += [begin for lane in drawing.lanes for begin, *_ in lane.values]
    times += [begin for curve in drawing.curves if not curve.smooth for begin, *_ in curve.points]
    return times


def columns_of(times: Iterable[Rational], most: int) -> int:
    """Return how many columns a cycle gets: the number on which most of the times fall exactly.

    >>> columns_of([Rational(1, 3), Rational(2, 3)], 35), columns_of([Rational(3, 16)], 35)
    (24, 32)

    Args:
        times: when notes begin, cycles.
        most: columns there are for a cycle.
    """
    most = max(_LEAST, min(most, _MOST))
    within = [time - floor(time) for time in times]

    def worth(columns: int) -> tuple[int, int, int]:
        exact = sum((time * columns).denominator == 1 for time in within)
        return exact, -(columns % 4 > 0), columns

    return max(range(max(_LEAST, most // 2), most + 1), key=worth)


def grid_of(times: Iterable[Rational], columns: int, beats: float) -> int:
    """Return into how many steps a cycle is marked: those of the rhythm, two columns each or more.

    >>> grid_of([Rational(1, 4), Rational(5, 8)], 32, 4.0)
    8
    """
    whole = lcm(*(int(time.denominator) for time in times), int(beats) if beats >= 1 else 1)
    steps = whole if whole <= _FINEST_GRID else 4
    return steps if columns % steps == 0 and columns // steps >= 2 else 0
