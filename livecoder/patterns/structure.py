"""Rhythm given to a pattern, or taken from it: structs, masks, Euclid.

Sources: E. Bjorklund, "The Theory of Rep-Rate Pattern Generation in the SNS Timing System", 2003;
G. Toussaint, "The Euclidean Algorithm Generates Traditional Musical Rhythms", 2005.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from livecoder.core.errors import RangeError
from livecoder.core.rational import ONE, Rational
from livecoder.patterns.factories import weighted
from livecoder.patterns.operators import OPERATORS, truthy
from livecoder.patterns.pattern import Pattern, mapped, pure, reify, relabel, silence
from livecoder.patterns.timing import moved, quickened
from livecoder.patterns.verbs import INTEGER, PATTERN, TIME, Verb, verb

__all__ = [
    "bjorklund",
    "euclid",
    "euclid_inv",
    "euclid_legato",
    "euclid_legato_rot",
    "euclid_off",
    "euclid_rot",
    "invert",
    "mask",
    "mask_all",
    "reset",
    "reset_all",
    "restart",
    "restart_all",
    "segment",
    "struct",
    "struct_all",
]

_MOST_STEPS = 1_024


def _several(parts: tuple[Any, ...]) -> Pattern:
    return reify(parts[0] if len(parts) == 1 else list(parts))


@verb(PATTERN, example='s("bd").struct("x ~ x x")', many=True)
def struct(pattern: Pattern, *rhythm: Pattern) -> Pattern:
    """Plays in the rhythm of another pattern, where that one is true.

    >>> from livecoder.patterns import s
    >>> len(s("bd").struct("x ~ x x").query(0, 1))
    3
    """
    return OPERATORS["keepif"].align(pattern, (_several(rhythm),), "out")


@verb(PATTERN, example='s("bd*4").mask("<1 0>")', many=True)
def mask(pattern: Pattern, *where: Pattern) -> Pattern:
    """Is silent where another pattern is 0, or is itself silent.

    >>> from livecoder.patterns import s
    >>> len(s("bd*4").mask("1 0").query(0, 1))
    2
    """
    return OPERATORS["keepif"].align(pattern, (_several(where),), "in")


@verb(PATTERN, example='s("bd sn hh").reset("<x@3 x(3,8)>")', many=True)
def reset(pattern: Pattern, *when: Pattern) -> Pattern:
    """Begins the cycle again at each hap of another pattern.

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in s("bd sn").reset("x x").query(0, 1)]
    ['bd', 'bd']
    """
    return OPERATORS["keepif"].align(pattern, (_several(when),), "reset")


@verb(PATTERN, example='s("<bd sn>*4").restart("x x")', many=True)
def restart(pattern: Pattern, *when: Pattern) -> Pattern:
    """Begins again from the first cycle at each hap of another pattern.

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in s("<bd sn>").restart("x").query(0, 2)]
    ['bd', 'bd']
    """
    return OPERATORS["keepif"].align(pattern, (_several(when),), "restart")


def _all(name: str, how: str, meaning: str, example: str, played: str) -> Verb:
    def change(pattern: Pattern, *others: Pattern) -> Pattern:
        return OPERATORS["keep"].align(pattern, (_several(others),), how)

    change.__doc__ = f"""{meaning}

    >>> from livecoder.patterns import s
    >>> [hap.value["s"] for hap in {example}.query(0, 1)]
    {played}
    """
    change.__name__ = change.__qualname__ = name
    change.__module__ = __name__
    return verb(PATTERN, example=example, name=name, many=True)(change)


struct_all: Final = _all(
    "struct_all", "out", "Plays in the rhythm of another pattern, whatever its values are.",
    's("bd").struct_all("0 1 ~")', "['bd', 'bd']",
)  # fmt: skip
mask_all: Final = _all(
    "mask_all", "in", "Is silent where another pattern is silent, whatever its values are.",
    's("bd*4").mask_all("0 ~")', "['bd', 'bd']",
)  # fmt: skip
reset_all: Final = _all(
    "reset_all", "reset", "Begins the cycle again at each hap of another, whatever its value is.",
    's("bd sn").reset_all("0 1")', "['bd', 'bd']",
)  # fmt: skip
restart_all: Final = _all(
    "restart_all", "restart", "Begins again from cycle 0 at each hap of another, whatever it is.",
    's("<bd sn>").restart_all("0 1")', "['bd', 'bd']",
)  # fmt: skip


@verb(example='mini("1 0 1").invert()', aliases=("inv",))
def invert(pattern: Pattern) -> Pattern:
    """True for false and false for true.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("1 0").invert().query(0, 1)]
    [False, True]
    """
    return mapped(pattern, lambda value: not truthy(value))


@verb(TIME, example="note(sine.range(40, 60).segment(8))", aliases=("seg",))
def segment(pattern: Pattern, times: Rational) -> Pattern:
    """Samples the pattern so many times a cycle, as haps with a beginning and an end.

    >>> from livecoder.patterns import saw
    >>> [hap.value for hap in saw.segment(4).query(0, 1)]
    [0.0, 0.25, 0.5, 0.75]
    """
    if times <= 0:
        return silence
    clock = relabel(quickened(pure(True), times), "", steps=times)
    return OPERATORS["keepif"].align(pattern, (clock,), "out")


@lru_cache(maxsize=512)
def bjorklund(pulses: int, steps: int) -> tuple[int, ...]:
    """Return so many pulses spread over steps as evenly as whole steps allow; 1 a pulse, 0 none.

    >>> bjorklund(3, 8), bjorklund(-3, 8)
    ((1, 0, 0, 1, 0, 0, 1, 0), (0, 1, 1, 0, 1, 1, 0, 1))

    Args:
        pulses: at most `steps`; negative gives the steps that are left out.
        steps: 1 to 1024.

    Raises:
        RangeError: more pulses than steps, or too many steps.
    """
    if not 1 <= steps <= _MOST_STEPS:
        allowed = f"from 1 to {_MOST_STEPS}"
        raise RangeError("euclid's steps", steps, allowed, fix="try .euclid(3, 8)")
    if abs(pulses) > steps:
        fix = f"pulses come first: try .euclid({min(3, steps)}, {steps})"
        raise RangeError("euclid's pulses", pulses, f"at most its steps, {steps}", fix=fix)
    # Two kinds of groups, `many` of one and `few` of the other, paired off until one kind is
    # (all but) used up: Euclid's algorithm with words for numbers.
    head: tuple[int, ...] = (1,)
    tail: tuple[int, ...] = (0,)
    heads, tails = abs(pulses), steps - abs(pulses)
    while min(heads, tails) > 1:
        if heads > tails:
            head, tail, heads, tails = head + tail, head, tails, heads - tails
        else:
            head, heads, tails = head + tail, heads, tails - heads
    spread = head * heads + tail * tails
    return spread if pulses >= 0 else tuple(1 - each for each in spread)


def _rotated(pulses: int, steps: int, rotation: int) -> tuple[int, ...]:
    spread = bjorklund(pulses, steps)
    by = -rotation % steps
    return spread[by:] + spread[:by]


_PULSE: Final = pure(True)


def _slots(spread: tuple[int, ...]) -> Pattern:
    return weighted([(ONE, _PULSE if each else silence) for each in spread], "euclid")


@verb(INTEGER, INTEGER, INTEGER, example='s("bd").euclid_rot(3, 8, 2)', aliases=("euclidrot",))
def euclid_rot(pattern: Pattern, pulses: int, steps: int, rotation: int) -> Pattern:
    """Spreads pulses over steps as evenly as can be, then makes them so many steps later.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd").euclid_rot(3, 8, 2).query(0, 1)]
    ['0', '1/4', '5/8']

    Raises:
        RangeError: more pulses than steps.
    """
    rhythm = _slots(_rotated(pulses, steps, rotation))
    return OPERATORS["keepif"].align(pattern, (rhythm,), "out")


@verb(INTEGER, INTEGER, INTEGER, example='s("bd").euclid(3, 8)')
def euclid(pattern: Pattern, pulses: int, steps: int, rotation: int = 0) -> Pattern:
    """Spreads pulses over steps as evenly as can be; negative pulses, the steps between.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd").euclid(3, 8).query(0, 1)]
    ['0', '3/8', '3/4']

    Raises:
        RangeError: more pulses than steps.
    """
    result: Pattern = euclid_rot.function(pattern, pulses, steps, rotation)
    return result


@verb(INTEGER, INTEGER, INTEGER, example='s("bd").euclid_inv(3, 8)', aliases=("euclidinv",))
def euclid_inv(pattern: Pattern, pulses: int, steps: int, rotation: int = 0) -> Pattern:
    """Plays the steps that `euclid` leaves out.

    >>> from livecoder.patterns import s
    >>> len(s("bd").euclid_inv(3, 8).query(0, 1))
    5
    """
    rhythm = _slots(tuple(1 - each for each in _rotated(pulses, steps, rotation)))
    return OPERATORS["keepif"].align(pattern, (rhythm,), "out")


@verb(INTEGER, INTEGER, INTEGER, example='s("bd").euclid_off(3, 8, 2)', aliases=("euclidoff",))
def euclid_off(pattern: Pattern, pulses: int, steps: int, offset: int) -> Pattern:
    """Spreads pulses over steps, so many steps earlier.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd").euclid_off(3, 8, 2).query(0, 1)]
    ['1/8', '1/2', '3/4']
    """
    result: Pattern = euclid_rot.function(pattern, pulses, steps, -offset)
    return result


def _legato(pattern: Pattern, pulses: int, steps: int, rotation: int) -> Pattern:
    if pulses < 1:
        return silence
    spread = bjorklund(pulses, steps)
    onsets = [place for place, each in enumerate(spread) if each]
    lengths = [b - a for a, b in zip(onsets, [*onsets[1:], steps], strict=True)]
    rhythm = weighted([(Rational(length), pure(True)) for length in lengths], "euclid")
    held = OPERATORS["keepif"].align(pattern, (rhythm,), "out")
    return moved(held, Rational(rotation, steps))


@verb(INTEGER, INTEGER, example='s("bd").euclid_legato(3, 8)', aliases=("euclidlegato",))
def euclid_legato(pattern: Pattern, pulses: int, steps: int) -> Pattern:
    """Spreads pulses over steps, each held until the next.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.end) for hap in s("bd").euclid_legato(3, 8).query(0, 1)]
    ['3/8', '3/4', '1']
    """
    return _legato(pattern, pulses, steps, 0)


@verb(
    INTEGER, INTEGER, INTEGER,
    example='s("bd").euclid_legato_rot(3, 8, 2)', aliases=("euclidlegatorot",),
)  # fmt: skip
def euclid_legato_rot(pattern: Pattern, pulses: int, steps: int, rotation: int) -> Pattern:
    """Spreads pulses over steps, some steps later, each held until the next.

    >>> from livecoder.patterns import s
    >>> len(s("bd").euclid_legato_rot(3, 8, 2).query(0, 1))
    3
    """
    return _legato(pattern, pulses, steps, rotation)
