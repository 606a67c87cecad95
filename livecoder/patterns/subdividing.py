"""Inside each hap and each slice: repeats, syncopation, swing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livecoder.core.errors import RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, ZERO, Rational
from livecoder.patterns.factories import fastcat
from livecoder.patterns.joins import MOST_CYCLES, inner_join, squeeze_join
from livecoder.patterns.pattern import Pattern, mapped, pure, relabel, silence
from livecoder.patterns.spans import new
from livecoder.patterns.timing import compress, moved, quickened
from livecoder.patterns.verbs import COUNT, FUNCTION, TIME, applied, verb

__all__ = ["ply", "ply_for_each", "ply_with", "press", "press_by", "swing", "swing_by"]

_HALF = Rational(1, 2)
_MOST_TIMES = 10_000


@verb(TIME, example='s("bd sn").ply(2)')
def ply(pattern: Pattern, times: Rational) -> Pattern:
    """Repeats each hap so many times, in its own time.

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in s("bd sn").ply(2).query(0, 1)]
    ['bd', 'bd', 'sn', 'sn']

    Raises:
        RangeError: more than 10000 times.
    """
    if times <= 0:
        return silence
    if times > _MOST_TIMES:
        raise RangeError("ply's times", str(times), f"at most {_MOST_TIMES}", fix="try .ply(2)")
    if times.denominator != 1:
        return squeeze_join(mapped(pattern, lambda value: quickened(pure(value), times)))
    ask, count = pattern.ask, int(times)

    def plied(span: Span) -> list[Hap]:
        begin, end = span
        haps: list[Hap] = []
        for whole, part, value, context in ask(span):
            if whole is None or whole[0] == whole[1]:
                continue
            if len(haps) > MOST_CYCLES:
                allowed = f"at most {MOST_CYCLES}"
                raise RangeError("haps at once", len(haps), allowed, fix="try .ply(2)")
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


@verb(
    COUNT,
    FUNCTION,
    example='n("0 2").ply_for_each(3, lambda p, i: p.add(n(i)))',
    aliases=("plyforeach",),
)
def ply_for_each(pattern: Pattern, times: int, function: Callable[[Pattern, int], Any]) -> Pattern:
    """Repeats each hap so many times, each repeat changed by a function of it and its number.

    >>> from livecoder.patterns import n
    >>> p = n("0").ply_for_each(3, lambda p, i: p.add(n(i * 2)))
    >>> [hap.value["n"] for hap in p.query(0, 1)]
    [0, 2, 4]
    """

    def plied(value: Any) -> Pattern:
        once = pure(value)
        return fastcat(once, *(applied(function, once, number) for number in range(1, times)))

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
    swung = inner_join(mapped(lateness, lambda by: moved(stretched, by)))
    return relabel(quickened(swung, slices), "", steps=pattern.steps)


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
