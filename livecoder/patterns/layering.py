"""A pattern beside a changed copy of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from livecoder.core.rational import Rational
from livecoder.patterns.controls import merged, speed
from livecoder.patterns.factories import stack
from livecoder.patterns.operators import OPERATORS
from livecoder.patterns.pattern import Pattern, mapped, reify, silence
from livecoder.patterns.timing import moved, quickened
from livecoder.patterns.verbs import (
    ANY,
    COUNT,
    FUNCTION,
    NUMBER,
    PATTERN,
    TIME,
    TIMES,
    applied,
    verb,
)

__all__ = [
    "add2",
    "apply",
    "apply_n",
    "echo",
    "echo_with",
    "hurry",
    "jux",
    "jux_by",
    "layer",
    "off",
    "stut",
    "superimpose",
    "xfade",
]

Change: TypeAlias = Callable[[Pattern], Any]


def _panned(pattern: Pattern, by: float) -> Pattern:
    def pan(value: Any) -> Any:
        return merged(
            value, {"pan": _tidy((value.get("pan", 0.5) if isinstance(value, dict) else 0.5) + by)}
        )

    return mapped(pattern, pan)


def _tidy(number: float) -> float:
    return int(number) if number == int(number) else number


@verb(FUNCTION, example='s("bd sn").jux(rev)')
def jux(pattern: Pattern, function: Change) -> Pattern:
    """Plays the pattern on the left and a changed copy on the right.

    >>> from livecoder.patterns import s, rev
    >>> [hap.value for hap in s("bd").jux(rev).query(0, 1)]
    [{'s': 'bd', 'pan': 0}, {'s': 'bd', 'pan': 1}]
    """
    return stack(_panned(pattern, -0.5), applied(function, _panned(pattern, 0.5)))


@verb(NUMBER, FUNCTION, example='s("bd sn").jux_by(.5, rev)', aliases=("juxby",))
def jux_by(pattern: Pattern, width: float, function: Change) -> Pattern:
    """Plays the pattern to the left and a changed copy to the right, so far apart (1: wholly).

    >>> from livecoder.patterns import s, rev
    >>> [hap.value["pan"] for hap in s("bd").jux_by(.5, rev).query(0, 1)]
    [0.25, 0.75]
    """
    half = float(width) / 2
    return stack(_panned(pattern, -half), applied(function, _panned(pattern, half)))


@verb(TIME, FUNCTION, example='n("0 2").off(1/8, lambda x: x.add(n(7)))')
def off(pattern: Pattern, cycles: Rational, function: Change) -> Pattern:
    """Adds a changed copy so many cycles later.

    >>> from livecoder.patterns import n
    >>> sorted(hap.value["n"] for hap in n("0").off(1/4, lambda x: x.add(n(7))).query(0, 1))
    [0, 7, 7]
    """
    return stack(pattern, applied(function, moved(pattern, cycles)))


@verb(FUNCTION, example='s("bd sn").superimpose(fast(2))', many=True)
def superimpose(pattern: Pattern, *functions: Change) -> Pattern:
    """Adds changed copies at the same time.

    >>> from livecoder.patterns import s, fast
    >>> len(s("bd sn").superimpose(fast(2)).query(0, 1))
    6
    """
    return stack(pattern, *(applied(function, pattern) for function in functions))


@verb(FUNCTION, example='s("bd sn").layer(fast(2), rev)', many=True)
def layer(pattern: Pattern, *functions: Change) -> Pattern:
    """Plays changed copies together, and not the pattern itself.

    >>> from livecoder.patterns import s, fast
    >>> len(s("bd sn").layer(fast(2)).query(0, 1))
    4
    """
    return stack(*(applied(function, pattern) for function in functions))


@verb(COUNT, FUNCTION, example='n("0").apply_n(3, lambda x: x.add(n(2)))', aliases=("applyN",))
def apply_n(pattern: Pattern, times: int, function: Change) -> Pattern:
    """Does something so many times over.

    >>> from livecoder.patterns import n
    >>> n("0").apply_n(3, lambda x: x.add(n(2))).query(0, 1)[0].value
    {'n': 6}
    """
    for _ in range(times):
        pattern = applied(function, pattern)
    return pattern


@verb(ANY, example='n("0 2 4").add2(7)')
def add2(pattern: Pattern, amount: Any) -> Pattern:
    """Adds a second voice: the pattern, and the pattern with something added.

    >>> from livecoder.patterns import n
    >>> sorted(hap.value["n"] for hap in n("0 2").add2(7).query(0, 1))
    [0, 2, 7, 9]
    """
    return stack(pattern, OPERATORS["add"].align(pattern, (amount,), "in"))


@verb(PATTERN, PATTERN, example='s("bd*4").xfade("<0 .5 1>", s("hh*4"))', name="xfade")
def _xfade(pattern: Pattern, place: Pattern, other: Pattern) -> Pattern:
    """Fades between two patterns: at 0 the first alone, at 0.5 both, at 1 the second alone.

    >>> from livecoder.patterns import s
    >>> [hap.value["gain"] for hap in s("bd").xfade(.25, s("hh")).query(0, 1)]
    [1, 0.5]
    """
    times = OPERATORS["mul"]
    down = mapped(place, lambda x: {"gain": _tidy(min(1.0, max(0.0, 2 - 2 * float(x))))})
    up = mapped(place, lambda x: {"gain": _tidy(min(1.0, max(0.0, 2 * float(x))))})
    return stack(times.align(pattern, (down,), "in"), times.align(other, (up,), "in"))


def xfade(first: Any, place: Any, second: Any) -> Pattern:
    """Two patterns with a fade between them: at 0 the first alone, at 1 the second alone.

    >>> from livecoder.patterns import s
    >>> [hap.value["gain"] for hap in xfade(s("bd"), 0.75, s("hh")).query(0, 1)]
    [0.5, 1]
    """
    made: Pattern = _xfade.apply(reify(first), place, second)
    return made


@verb(FUNCTION, example='s("bd sn").apply(rev)')
def apply(pattern: Pattern, function: Change) -> Pattern:
    """Does something to the pattern.

    >>> from livecoder.patterns import s, rev
    >>> sorted(s("bd sn").apply(rev).query(0, 1))[0].value
    {'s': 'sn'}
    """
    return applied(function, pattern)


@verb(TIMES, TIME, FUNCTION, example='s("bd").echo_with(3, 1/8, lambda p, i: p.speed(i + 1))',
      aliases=("echowith", "stut_with", "stutWith", "stutwith"))  # fmt: skip
def echo_with(
    pattern: Pattern, times: int, cycles: Rational, function: Callable[[Pattern, int], Any]
) -> Pattern:
    """Plays copies so many cycles apart, each changed by a function of it and its number from 0.

    >>> from livecoder.patterns import n
    >>> p = n("0").echo_with(2, 1/4, lambda p, i: p.add(n(i)))
    >>> sorted(hap.value["n"] for hap in p.query(0, 1))
    [0, 1, 1]
    """
    return stack(
        *(applied(function, moved(pattern, cycles * number), number) for number in range(times))
    )


def _echoed(pattern: Pattern, times: int, cycles: Rational, feedback: float) -> Pattern:
    gain = OPERATORS["set"]
    copies = [
        gain.align(moved(pattern, cycles * number), ({"gain": _tidy(feedback**number)},), "in")
        for number in range(times)
    ]
    return stack(*copies)


@verb(TIMES, TIME, NUMBER, example='s("bd sn").echo(3, 1/8, .8)')
def echo(pattern: Pattern, times: int, cycles: Rational, feedback: float) -> Pattern:
    """Plays so many copies, so many cycles apart, each `feedback` times as loud as the one before.

    >>> from livecoder.patterns import s
    >>> sorted(hap.value["gain"] for hap in s("bd").echo(2, 1/4, .5).query(0, 1))
    [0.5, 0.5, 1]
    """
    return _echoed(pattern, times, cycles, feedback)


@verb(TIMES, NUMBER, TIME, example='s("bd sn").stut(3, .8, 1/8)')
def stut(pattern: Pattern, times: int, feedback: float, cycles: Rational) -> Pattern:
    """Plays so many copies, each fainter: `echo` with its arguments in Tidal's order.

    >>> from livecoder.patterns import s
    >>> sorted(hap.value["gain"] for hap in s("bd").stut(2, .5, 1/4).query(0, 1))
    [0.5, 0.5, 1]
    """
    return _echoed(pattern, times, cycles, feedback)


@verb(TIME, example='s("bd sn").hurry(2)')
def hurry(pattern: Pattern, factor: Rational) -> Pattern:
    """Plays faster, and its samples faster too.

    >>> from livecoder.patterns import s
    >>> s("bd").hurry(2).query(0, 1)[0].value
    {'s': 'bd', 'speed': 2}
    """
    if factor <= 0:
        return silence
    quick = quickened(pattern, factor)
    return OPERATORS["mul"].align(quick, (speed(_tidy(float(factor))),), "in")
