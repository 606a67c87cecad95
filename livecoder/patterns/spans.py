"""Cutting, meeting and moving spans: the arithmetic under every pattern.

Everything here is on the road of every hap, so it is written for few allocations: `new` makes a
named tuple without the detour over its keyword-taking constructor, and a hap whose part *is* its
whole (the same object) is moved by moving one span.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import TypeAlias

from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational

__all__ = [
    "Ask",
    "cycles_of",
    "linear",
    "new",
    "reflect",
    "sect",
    "shift",
    "split_cycles",
]

Ask: TypeAlias = Callable[[Span], list[Hap]]

new = tuple.__new__


def cycles_of(span: Span) -> list[tuple[Rational, Span]]:
    """Return the pieces of a span that each lie in one cycle, with the cycle's first instant.

    A span of no width is one piece.
    """
    begin, end = span
    cycle = Rational(floor(begin))
    following = cycle + 1
    if end <= following:
        return [(cycle, span)]
    pieces = []
    while end > following:
        pieces.append((cycle, new(Span, (begin, following))))
        begin = cycle = following
        following = cycle + 1
    pieces.append((cycle, new(Span, (begin, end))))
    return pieces


def split_cycles(ask: Ask) -> Ask:
    """Return a query that never asks `ask` for more than one cycle at once."""

    def split(span: Span) -> list[Hap]:
        begin, end = span
        if end <= floor(begin) + 1:
            return ask(span)
        return [hap for _, piece in cycles_of(span) for hap in ask(piece)]

    return split


def sect(one: Span, other: Span) -> Span | None:
    """Return where two spans meet, None where they do not; `one` itself when it lies inside.

    Spans are half-open: touching is not meeting, unless a span has no width.
    """
    begin, end = one
    other_begin, other_end = other
    low, high = begin, end
    if other_begin > begin:
        low = other_begin
    if other_end < end:
        high = other_end
    if low > high:
        return None
    if low == high and (
        (low == end and begin < end) or (low == other_end and other_begin < other_end)
    ):
        return None
    if low is begin and high is end:
        return one
    if low is other_begin and high is other_end:
        return other
    return new(Span, (low, high))


def shift(haps: list[Hap], by: Rational) -> list[Hap]:
    """Return the haps `by` cycles later."""
    moved = []
    for whole, part, value, context in haps:
        there = new(Span, (part[0] + by, part[1] + by))
        if whole is part:
            around: Span | None = there
        elif whole is None:
            around = None
        else:
            around = new(Span, (whole[0] + by, whole[1] + by))
        moved.append(new(Hap, (around, there, value, context)))
    return moved


def linear(haps: list[Hap], factor: Rational, offset: Rational) -> list[Hap]:
    """Return the haps with every time `t` at `t * factor + offset`."""
    moved = []
    for whole, part, value, context in haps:
        there = new(Span, (part[0] * factor + offset, part[1] * factor + offset))
        if whole is part:
            around: Span | None = there
        elif whole is None:
            around = None
        else:
            around = new(Span, (whole[0] * factor + offset, whole[1] * factor + offset))
        moved.append(new(Hap, (around, there, value, context)))
    return moved


def reflect(haps: list[Hap], around: Rational) -> list[Hap]:
    """Return the haps with every time `t` at `around - t`, ends for beginnings."""
    moved = []
    for whole, part, value, context in haps:
        there = new(Span, (around - part[1], around - part[0]))
        if whole is part:
            outer: Span | None = there
        elif whole is None:
            outer = None
        else:
            outer = new(Span, (around - whole[1], around - whole[0]))
        moved.append(new(Hap, (outer, there, value, context)))
    return moved
