"""Faster, later, backwards: what a pattern's time can be made to do."""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

from livecoder.core.errors import RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, ZERO, Rational
from livecoder.patterns.factories import fastcat, slowcat_prime
from livecoder.patterns.joins import inner_join, restart_join, shifted, sped, squeeze_join
from livecoder.patterns.pattern import Pattern, mapped, pure, silence
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
    "ply",
    "ply_with",
    "press",
    "press_by",
    "repeat_cycles",
    "rev",
    "ribbon",
    "slow",
    "swing",
    "swing_by",
    "zoom",
]

_HALF = Rational(1, 2)
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
    factor = max(factor, ONE)
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

    return Pattern(split_cycles(gapped), pattern.label, steps=pattern.steps)


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
    if part < 0:
        return quickened(zoom.function(pattern, part + 1, ONE), -1 / part)
    return quickened(zoom.function(pattern, ZERO, part), 1 / part)


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
    return slowcat_prime(*(moved(pattern, step * number) for number in range(times)))


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


@verb(TIME, example='s("bd sn").ply(2)')
def ply(pattern: Pattern, times: Rational) -> Pattern:
    """Repeats each hap so many times, in its own time.

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in s("bd sn").ply(2).query(0, 1)]
    ['bd', 'bd', 'sn', 'sn']
    """
    if times <= 0:
        return silence
    if times.denominator != 1:
        return squeeze_join(mapped(pattern, lambda value: quickened(pure(value), times)))
    ask, count = pattern.ask, int(times)

    def plied(span: Span) -> list[Hap]:
        begin, end = span
        haps = []
        for whole, part, value, context in ask(span):
            if whole is None or whole[0] == whole[1]:
                continue
            step = (whole[1] - whole[0]) / count
            at = whole[0]
            low, high = part
            for _ in range(count):
                after = at + step
                slot = new(Span, (at, after))
                if low <= at and after <= high:
                    haps.append(new(Hap, (slot, slot, value, context)))
                elif (at < high and low < after) or low == high == begin == end == at:
                    piece = new(Span, (max(at, low), min(after, high)))
                    haps.append(new(Hap, (slot, piece, value, context)))
                at = after
        return haps

    steps = None if pattern.steps is None else pattern.steps * times
    return Pattern(plied, pattern.label, steps=steps)


@verb(COUNT, FUNCTION, example='n("0 2").ply_with(3, lambda x: x.add(2))', aliases=("plywith",))
def ply_with(pattern: Pattern, times: int, function: Callable[[Pattern], Any]) -> Pattern:
    """Repeats each hap so many times, doing something once more to each repeat.

    >>> from livecoder.patterns import n
    >>> p = n("0").ply_with(3, lambda x: x.add(n(2)))
    >>> [hap.value["n"] for hap in p.query(0, 1)]
    [0, 2, 4]
    """

    def plied(value: Any) -> Pattern:
        repeats = [pure(value)]
        for _ in range(times - 1):
            repeats.append(applied(function, repeats[-1]))
        return fastcat(*repeats)

    return squeeze_join(mapped(pattern, plied))


@verb(TIME, example='s("bd sn").press_by(1/3)', aliases=("pressby",))
def press_by(pattern: Pattern, part: Rational) -> Pattern:
    """Begins each hap late, by a part of itself, and ends it where it did.

    >>> from livecoder.patterns import s
    >>> str(s("bd").press_by(.25).query(0, 1)[0].whole.begin)
    '1/4'
    """
    return squeeze_join(mapped(pattern, lambda value: compress.function(pure(value), part, ONE)))


@verb(example='s("bd sn").press()')
def press(pattern: Pattern) -> Pattern:
    """Syncopates: begins each hap half way through itself.

    >>> from livecoder.patterns import s
    >>> str(s("bd").press().query(0, 1)[0].whole.begin)
    '1/2'
    """
    result: Pattern = press_by.function(pattern, _HALF)
    return result


@verb(TIME, TIME, example='s("hh*8").swing_by(1/3, 4)', aliases=("swingby",))
def swing_by(pattern: Pattern, amount: Rational, slices: Rational) -> Pattern:
    """Cuts the cycle in slices and makes the second half of each late, by a part of that half.

    >>> from livecoder.patterns import s
    >>> swung = s("hh*4").swing_by(1/3, 2).onsets_only().query(0, 1)
    >>> str(swung[1].whole.begin)
    '1/3'
    """
    if slices <= 0:
        return silence
    lateness = fastcat(pure(ZERO), pure(amount / 2))
    stretched = quickened(pattern, 1 / slices)
    return quickened(inner_join(mapped(lateness, lambda by: moved(stretched, by))), slices)


@verb(TIME, example='s("hh*8").swing(4)')
def swing(pattern: Pattern, amount: Rational) -> Pattern:
    """Swings by a third in so many slices; below 1 it is the amount of swing, in four slices.

    >>> from livecoder.patterns import s
    >>> str(s("hh*8").swing(.08).onsets_only().query(0, 1)[1].whole.begin)
    '27/200'
    """
    if 0 <= amount < 1:
        result: Pattern = swing_by.function(pattern, amount, Rational(4))
    else:
        result = swing_by.function(pattern, Rational(1, 3), amount)
    return result
