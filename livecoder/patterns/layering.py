"""A pattern beside a changed copy of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from livecoder.core.rational import Rational
from livecoder.patterns.controls import merged, speed
from livecoder.patterns.factories import stack
from livecoder.patterns.operators import OPERATORS
from livecoder.patterns.pattern import Pattern, mapped, silence
from livecoder.patterns.timing import moved, quickened
from livecoder.patterns.verbs import COUNT, FUNCTION, NUMBER, TIME, applied, verb

__all__ = [
    "apply",
    "echo",
    "echo_with",
    "hurry",
    "jux",
    "jux_by",
    "layer",
    "off",
    "stut",
    "superimpose",
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


@verb(FUNCTION, example='s("bd sn").apply(rev)')
def apply(pattern: Pattern, function: Change) -> Pattern:
    """Does something to the pattern.

    >>> from livecoder.patterns import s, rev
    >>> sorted(s("bd sn").apply(rev).query(0, 1))[0].value
    {'s': 'sn'}
    """
    return applied(function, pattern)


@verb(COUNT, TIME, FUNCTION, example='s("bd").echo_with(3, 1/8, lambda p, i: p.speed(i + 1))',
      aliases=("echowith", "stut_with", "stutWith"))  # fmt: skip
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


@verb(COUNT, TIME, NUMBER, example='s("bd sn").echo(3, 1/8, .8)')
def echo(pattern: Pattern, times: int, cycles: Rational, feedback: float) -> Pattern:
    """Plays so many copies, so many cycles apart, each `feedback` times as loud as the one before.

    >>> from livecoder.patterns import s
    >>> sorted(hap.value["gain"] for hap in s("bd").echo(2, 1/4, .5).query(0, 1))
    [0.5, 0.5, 1]
    """
    return _echoed(pattern, times, cycles, feedback)


@verb(COUNT, NUMBER, TIME, example='s("bd sn").stut(3, .8, 1/8)')
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
