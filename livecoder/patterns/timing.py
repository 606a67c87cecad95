"""Faster, later, backwards: what a pattern's time can be made to do."""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

from livecoder.core.errors import RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, ZERO, Rational
from livecoder.patterns.factories import slowcat, slowcat_prime
from livecoder.patterns.joins import restart_join, shifted, sped
from livecoder.patterns.pattern import Pattern, pure, relabel, silence
from livecoder.patterns.spans import linear, new, reflect, shift, split_cycles
from livecoder.patterns.verbs import COUNT, FUNCTION, TIME, applied, verb

__all__ = [
    "compress",
    "early",
    "fast",
    "fast_gap",
    "focus",
    "inside",
    "iter_",
    "iter_back",
    "late",
    "linger",
    "outside",
    "palindrome",
    "repeat_cycles",
    "rev",
    "ribbon",
    "slow",
    "zoom",
]

_FASTEST = Rational(10_000)


def _speed(word: str, factor: Rational) -> None:
    if factor < 0:
        fix = f"try .{word}(2), and .rev() to play backwards"
        raise RangeError(f"{word}'s factor", str(factor), "0 or more", fix=fix)
    if not factor or _FASTEST >= factor >= 1 / _FASTEST:
        return
    fix = f"try .{word}(2)"
    raise RangeError(f"{word}'s factor", str(factor), f"at most {_FASTEST}", fix=fix)


def quickened(pattern: Pattern, factor: Rational) -> Pattern:
    """Return the pattern `factor` times as fast; more than 0."""
    if factor == 1:
        return pattern
    return Pattern(
        sped(pattern.ask, factor), pattern.label, steps=pattern.steps, atoms=pattern.atoms
    )


def moved(pattern: Pattern, by: Rational) -> Pattern:
    """Return the pattern `by` cycles later."""
    if not by:
        return pattern
    return Pattern(
        shifted(pattern.ask, by), pattern.label, steps=pattern.steps, atoms=pattern.atoms
    )


@verb(TIME, example='s("bd sn").fast(2)', aliases=("density",))
def fast(pattern: Pattern, factor: Rational) -> Pattern:
    """Plays `factor` times as fast; 0 is silence.

    >>> from livecoder.patterns import s
    >>> len(s("bd sn").fast(2).query(0, 1))
    4

    Raises:
        RangeError: `factor` is negative.
    """
    _speed("fast", factor)
    return quickened(pattern, factor) if factor else silence


@verb(TIME, example='s("bd sn").slow(2)', aliases=("sparsity",))
def slow(pattern: Pattern, factor: Rational) -> Pattern:
    """Takes `factor` times as long; 0 is silence.

    >>> from livecoder.patterns import s
    >>> len(s("bd sn").slow(2).query(0, 1))
    1

    Raises:
        RangeError: `factor` is negative.
    """
    _speed("slow", factor)
    return quickened(pattern, 1 / factor) if factor else silence


@verb(TIME, example='s("bd sn").late(1/8)')
def late(pattern: Pattern, cycles: Rational) -> Pattern:
    """Plays so many cycles later.

    >>> from livecoder.patterns import s
    >>> str(s("bd").late(1/8).query(0, 1)[1].whole.begin)
    '1/8'
    """
    return moved(pattern, cycles)


@verb(TIME, example='s("bd sn").early(1/8)')
def early(pattern: Pattern, cycles: Rational) -> Pattern:
    """Plays so many cycles earlier.

    >>> from livecoder.patterns import s
    >>> str(s("bd").early(1/8).query(0, 1)[1].whole.begin)
    '7/8'
    """
    return moved(pattern, -cycles)


@verb(example='s("bd sn hh").rev()')
def rev(pattern: Pattern) -> Pattern:
    """Plays each cycle backwards.

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in sorted(s("bd sn hh").rev().query(0, 1))]
    ['hh', 'sn', 'bd']
    """
    ask = pattern.ask

    def backwards(span: Span) -> list[Hap]:
        begin, end = span
        around = Rational(2 * floor(begin) + 1)
        return reflect(ask(new(Span, (around - end, around - begin))), around)

    return Pattern(split_cycles(backwards), pattern.label, steps=pattern.steps)


@verb(example='note("c d e g").palindrome()')
def palindrome(pattern: Pattern) -> Pattern:
    """Plays forwards in one cycle, backwards in the next.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in sorted(n("0 1").palindrome().query(1, 2))]
    [1, 0]
    """
    return slowcat_prime(pattern, rev(pattern))


@verb(TIME, example='s("bd sn").fast_gap(2)', aliases=("fastgap",))
def fast_gap(pattern: Pattern, factor: Rational) -> Pattern:
    """Squeezes each cycle into the first `1/factor` of it, silence after it.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.end) for hap in s("bd sn").fast_gap(2).query(0, 1)]
    ['1/4', '1/2']
    """
    if factor <= 0:
        return silence
    ask = pattern.ask
    width = 1 / factor

    def gapped(span: Span) -> list[Hap]:
        cycle = Rational(floor(span[0]))
        first = min((span[0] - cycle) * factor, ONE)
        last = min((span[1] - cycle) * factor, ONE)
        if first >= 1:
            return []
        haps = ask(new(Span, (cycle + first, cycle + last)))
        return linear(haps, width, cycle - cycle * width)

    return Pattern(split_cycles(gapped), pattern.label)


@verb(TIME, TIME, example='s("bd sn").compress(.25, .75)')
def compress(pattern: Pattern, begin: Rational, end: Rational) -> Pattern:
    """Squeezes each cycle between two points of it, silence around.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd sn").compress(.25, .75).query(0, 1)]
    ['1/4', '1/2']
    """
    if begin >= end or end > 1 or begin < 0:
        return silence
    return moved(fast_gap.function(pattern, 1 / (end - begin)), begin)


@verb(TIME, TIME, example='s("bd sn").focus(.25, .75)')
def focus(pattern: Pattern, begin: Rational, end: Rational) -> Pattern:
    """Makes a cycle last from `begin` to `end`, and goes on at that speed around it.

    >>> from livecoder.patterns import s
    >>> len(s("bd sn").focus(0, .5).query(0, 1))
    4
    """
    if begin >= end:
        return silence
    start = Rational(floor(begin))
    return moved(quickened(moved(pattern, -start), 1 / (end - begin)), begin)


@verb(TIME, TIME, example='s("bd sn hh cp").zoom(.25, .75)', aliases=("zoom_arc", "zoomArc"))
def zoom(pattern: Pattern, begin: Rational, end: Rational) -> Pattern:
    """Plays only the piece of each cycle between two points, stretched over the cycle.

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in s("bd sn hh cp").zoom(.25, .75).query(0, 1)]
    ['sn', 'hh']
    """
    if begin >= end:
        return silence
    width = end - begin
    ask = pattern.ask

    def zoomed(span: Span) -> list[Hap]:
        start = Rational(floor(span[0]))
        low = (span[0] - start) * width + start + begin
        haps = ask(new(Span, (low, low + (span[1] - span[0]) * width)))
        return linear(haps, 1 / width, start - (start + begin) / width)

    steps = None if pattern.steps is None else pattern.steps * width
    return Pattern(split_cycles(zoomed), pattern.label, steps=steps)


@verb(TIME, example='s("bd sn hh cp").linger(.25)')
def linger(pattern: Pattern, part: Rational) -> Pattern:
    """Repeats the first part of each cycle to fill it; the last part when negative.

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in s("bd sn hh cp").linger(.5).query(0, 1)]
    ['bd', 'sn', 'bd', 'sn']
    """
    if not part:
        return silence
    begin, end = (ZERO, part) if part > 0 else (part + 1, ONE)
    piece: Pattern = zoom.function(pattern, begin, end)
    return relabel(quickened(piece, 1 / abs(part)), "", steps=pattern.steps)


@verb(TIME, TIME, example='s("bd sn").ribbon(1, 2)', aliases=("rib",))
def ribbon(pattern: Pattern, offset: Rational, cycles: Rational) -> Pattern:
    """Loops so many cycles, from cycle `offset` of the pattern.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("<0 1 2 3>").ribbon(1, 2).query(0, 3)]
    [1, 2, 1]
    """
    if cycles <= 0:
        raise RangeError("ribbon's cycles", str(cycles), "more than 0", fix="try .ribbon(1, 2)")
    from_there = moved(pattern, -offset)
    return restart_join(quickened(pure(from_there), 1 / cycles))


@verb(COUNT, example='s("<bd sn>").repeat_cycles(2)')
def repeat_cycles(pattern: Pattern, times: int) -> Pattern:
    """Plays each cycle so many times before the next.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("<0 1>").repeat_cycles(2).query(0, 4)]
    [0, 0, 1, 1]
    """
    ask = pattern.ask

    def repeated(span: Span) -> list[Hap]:
        cycle = floor(span[0])
        ahead = Rational(cycle - cycle // times)
        return shift(ask(new(Span, (span[0] - ahead, span[1] - ahead))), ahead)

    return Pattern(split_cycles(repeated), pattern.label, steps=pattern.steps)


@verb(TIME, FUNCTION, example='s("hh*8").inside(4, rev)')
def inside(pattern: Pattern, factor: Rational, function: Callable[[Pattern], Any]) -> Pattern:
    """Does something as if a cycle were `factor` cycles.

    >>> from livecoder.patterns import n, rev
    >>> [hap.value["n"] for hap in sorted(n("0 1 2 3").inside(2, rev).query(0, 1))]
    [1, 0, 3, 2]
    """
    return fast(factor, applied(function, slow(factor, pattern)))  # type: ignore[no-any-return]


@verb(TIME, FUNCTION, example='s("bd sn").outside(4, rev)')
def outside(pattern: Pattern, factor: Rational, function: Callable[[Pattern], Any]) -> Pattern:
    """Does something as if `factor` cycles were one.

    >>> from livecoder.patterns import n, rev
    >>> [hap.value["n"] for hap in sorted(n("<0 1>").outside(2, rev).query(0, 2))]
    [1, 0]
    """
    return slow(factor, applied(function, fast(factor, pattern)))  # type: ignore[no-any-return]


def _rotations(pattern: Pattern, times: int, direction: int) -> Pattern:
    step = Rational(direction, times)
    return slowcat(*(moved(pattern, step * number) for number in range(times)))


@verb(COUNT, example='s("bd sn hh cp").iter(4)', name="iter_", aliases=("iter",))
def iter_(pattern: Pattern, times: int) -> Pattern:
    """Begins one step later each cycle, of so many steps.

    >>> from livecoder.patterns import n
    >>> sorted(n("0 1 2 3").iter(4).query(1, 2))[0].value
    {'n': 1}
    """
    return _rotations(pattern, times, -1)


@verb(COUNT, example='s("bd sn hh cp").iter_back(4)', aliases=("iterback",))
def iter_back(pattern: Pattern, times: int) -> Pattern:
    """Begins one step earlier each cycle, of so many steps.

    >>> from livecoder.patterns import n
    >>> sorted(n("0 1 2 3").iter_back(4).query(1, 2))[0].value
    {'n': 3}
    """
    return _rotations(pattern, times, 1)
