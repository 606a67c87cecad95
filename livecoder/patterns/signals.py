"""Values that change all the time: sampled where a rhythm asks, at the beginning of the ask.

Signals run from 0 to 1; `sine.range(300, 2000)` is in Hz, and `.segment(8)` makes haps of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.patterns.factories import fastcat
from livecoder.patterns.joins import shifted
from livecoder.patterns.operators import OPERATORS
from livecoder.patterns.pattern import Pattern, mapped, relabel
from livecoder.patterns.spans import new
from livecoder.patterns.verbs import NUMBER, verb

__all__ = [
    "ceil",
    "cosine",
    "cosine2",
    "env_l",
    "floor_",
    "from_bipolar",
    "isaw",
    "isaw2",
    "itri",
    "itri2",
    "range2",
    "range_",
    "rangex",
    "ratio",
    "round_",
    "saw",
    "saw2",
    "signal",
    "sine",
    "sine2",
    "square",
    "square2",
    "steady",
    "time",
    "to_bipolar",
    "tri",
    "tri2",
]


def signal(function: Any, label: str = "signal(...)") -> Pattern:
    """A signal of your own: a function from the time in cycles to a value.

    >>> signal(lambda t: t * 2).query(0.5, 1)[0].value
    1.0

    Raises:
        PatternError: it is no function.
    """
    if not callable(function) or isinstance(function, Pattern):
        message = f"a signal is a function of time, got {function!r}; try signal(lambda t: t % 1)"
        raise PatternError(message)

    def ask(span: Span) -> list[Hap]:
        return [new(Hap, (None, span, function(float(span[0])), ()))]

    return Pattern(ask, label)


def steady(value: Any) -> Pattern:
    """One value all the time, without a beginning or an end.

    >>> steady(3).query(0.5, 2)[0]
    Hap(whole=None, part=Span(begin=mpq(1,2), end=mpq(2,1)), value=3, context=())
    """
    return signal(lambda _: value, f"steady({value!r})")


def _bipolar(value: float) -> float:
    return value * 2 - 1


def _unipolar(value: float) -> float:
    return (value + 1) / 2


def _wide(pattern: Pattern, label: str) -> Pattern:
    return relabel(mapped(pattern, _bipolar), label)


time: Final = signal(lambda t: t, "time")
saw: Final = signal(lambda t: t % 1, "saw")
saw2: Final = _wide(saw, "saw2")
isaw: Final = signal(lambda t: 1 - t % 1, "isaw")
isaw2: Final = _wide(isaw, "isaw2")
sine2: Final = signal(lambda t: math.sin(math.pi * 2 * t), "sine2")
sine: Final = relabel(mapped(sine2, _unipolar), "sine")
cosine: Final = Pattern(shifted(sine.ask, Rational(-1, 4)), "cosine")
cosine2: Final = Pattern(shifted(sine2.ask, Rational(-1, 4)), "cosine2")
square: Final = signal(lambda t: math.floor(t * 2 % 2), "square")
square2: Final = _wide(square, "square2")
tri: Final = relabel(fastcat(saw, isaw), "tri", steps=None)
tri2: Final = _wide(tri, "tri2")
itri: Final = relabel(fastcat(isaw, saw), "itri", steps=None)
itri2: Final = _wide(itri, "itri2")
env_l: Final = signal(lambda t: max(0.0, min(t, 1.0)), "env_l")


def _scaled(pattern: Pattern, low: Any, high: Any) -> Pattern:
    times, plus = OPERATORS["mul"], OPERATORS["add"]
    width = high - low
    return mapped(pattern, lambda value: plus.value(times.value(value, width), low))


@verb(NUMBER, NUMBER, example="sine.range(300, 2000)", name="range_", aliases=("range",))
def range_(pattern: Pattern, low: Any, high: Any) -> Pattern:
    """Values from 0 to 1 become values from `low` to `high`.

    >>> from livecoder.patterns import saw
    >>> saw.range(10, 20).query(0.5, 1)[0].value
    15.0
    """
    return _scaled(pattern, low, high)


@verb(NUMBER, NUMBER, example="sine.rangex(100, 10000)")
def rangex(pattern: Pattern, low: Any, high: Any) -> Pattern:
    """Values from 0 to 1 become values from `low` to `high`, evenly by ratio, as pitch is heard.

    >>> from livecoder.patterns import saw
    >>> round(saw.rangex(100, 10000).query(0.5, 1)[0].value)
    1000
    """
    if low <= 0 or high <= 0:
        given = f"{low} and {high}"
        raise RangeError("rangex", given, "both more than 0", fix="try sine.rangex(100, 10000)")
    bottom, top = math.log(low), math.log(high)
    return mapped(_scaled(pattern, bottom, top), math.exp)


@verb(NUMBER, NUMBER, example="sine2.range2(300, 2000)")
def range2(pattern: Pattern, low: Any, high: Any) -> Pattern:
    """Values from -1 to 1 become values from `low` to `high`.

    >>> from livecoder.patterns import saw2
    >>> saw2.range2(10, 20).query(0.5, 1)[0].value
    15.0
    """
    return _scaled(mapped(pattern, _each(_unipolar)), low, high)


@verb(example="sine.to_bipolar()")
def to_bipolar(pattern: Pattern) -> Pattern:
    """Values from 0 to 1 become values from -1 to 1.

    >>> from livecoder.patterns import saw
    >>> saw.to_bipolar().query(0.25, 1)[0].value
    -0.5
    """
    return mapped(pattern, _each(_bipolar))


@verb(example="sine2.from_bipolar()")
def from_bipolar(pattern: Pattern) -> Pattern:
    """Values from -1 to 1 become values from 0 to 1.

    >>> from livecoder.patterns import saw2
    >>> saw2.from_bipolar().query(0.25, 1)[0].value
    0.25
    """
    return mapped(pattern, _each(_unipolar))


def _each(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of numbers that also takes controls, number by number."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: change(held) for name, held in value.items()}
        if isinstance(value, (int, float, Rational, Fraction)) and math.isfinite(value):
            return function(value)
        return value

    return change


@verb(example="mini('1.2 2.7').round()", name="round_", aliases=("round",))
def round_(pattern: Pattern) -> Pattern:
    """Values to the nearest whole number, halves up.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("1.2 2.5").round().query(0, 1)]
    [1, 3]
    """
    return mapped(pattern, _each(lambda value: math.floor(value + 0.5)))


@verb(example="sine.range(0, 12).segment(8).floor()", name="floor_", aliases=("floor",))
def floor_(pattern: Pattern) -> Pattern:
    """Values down to a whole number.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("1.2 -0.5").floor().query(0, 1)]
    [1, -1]
    """
    return mapped(pattern, _each(math.floor))


@verb(example="sine.range(0, 12).segment(8).ceil()")
def ceil(pattern: Pattern) -> Pattern:
    """Values up to a whole number.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("1.2 -0.5").ceil().query(0, 1)]
    [2, 0]
    """
    return mapped(pattern, _each(math.ceil))


def _quotient(value: Any) -> Any:
    if isinstance(value, list) and value:
        first, *rest = value
        for each in rest:
            first /= each
        return first
    return value


@verb(example='mini("1 3:2").ratio()')
def ratio(pattern: Pattern) -> Pattern:
    """Lists written `3:2` become their quotient, 1.5.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("1 3:2").ratio().query(0, 1)]
    [1, 1.5]
    """
    return mapped(pattern, _quotient)
