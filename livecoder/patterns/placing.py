"""Haps put at places of the cycle, and rhythms between two rhythms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, ZERO, Rational, rational
from livecoder.patterns.joins import inner_join
from livecoder.patterns.operators import OPERATORS, truthy
from livecoder.patterns.pattern import Pattern, mapped, pure, reify, relabel
from livecoder.patterns.spans import cycles_of, new, sect
from livecoder.patterns.structure import bjorklund, euclid_rot
from livecoder.patterns.timing import compress
from livecoder.patterns.verbs import INTEGER, RAW, TIME, describe_argument, verb

__all__ = ["beat", "bjork", "euclidish", "morph"]

_MOST_STEPS = 1_024


@verb(TIME, TIME, example='s("bd").beat("0,7,10", 16)')
def beat(pattern: Pattern, place: Rational, steps: Rational) -> Pattern:
    """Plays at a step of so many, with what the pattern has there; `"0,7,10"` are three steps.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd").beat("0,7,10", 16).query(0, 1)]
    ['0', '7/16', '5/8']
    """
    if steps <= 0:
        raise RangeError("beat's steps", str(steps), "more than 0", fix='try .beat("0,7", 16)')
    begin = place % steps / steps
    end = min(begin + 1 / steps, ONE)
    return inner_join(mapped(pattern, lambda value: compress.function(pure(value), begin, end)))


def _onsets(rhythm: Sequence[Any]) -> list[Rational]:
    count = len(rhythm)
    return [Rational(place, count) for place, each in enumerate(rhythm) if truthy(each)]


def _between(first: Sequence[Any], last: Sequence[Any], by: Rational) -> Pattern:
    """Return haps as long as the first rhythm's steps, begun between the onsets of both."""
    pairs = list(zip(_onsets(first), _onsets(last), strict=False))
    width = Rational(1, len(first)) if first else ONE
    spans = [(a + (b - a) * by, a + (b - a) * by + width) for a, b in pairs]

    def ask(span: Span) -> list[Hap]:
        haps = []
        for cycle, piece in cycles_of(span):
            for begin, end in spans:
                whole = new(Span, (cycle + begin, cycle + end))
                part = sect(whole, piece)
                if part is not None:
                    haps.append(new(Hap, (whole, part, True, ())))
        return haps

    return Pattern(ask, "morph", steps=Rational(len(first)))


def _fraction(by: Any) -> Rational:
    try:
        return min(max(rational(by), ZERO), ONE)
    except (TypeError, ValueError):
        message = f"how far between the rhythms is a number from 0 to 1, got {by!r}; try 0.5"
        raise PatternError(message) from None


def _rhythm(given: Any) -> list[Any]:
    if isinstance(given, (list, tuple)) and 0 < len(given) <= _MOST_STEPS:
        return list(given)
    message = f"morph takes two lists of 1 and 0, got {describe_argument(given)}"
    raise PatternError(message + "; try morph([1, 0, 1, 0], [1, 1, 0, 0], 0.5)")


def morph(first: Any, last: Any, by: Any) -> Pattern:
    """A rhythm between two lists of 1 and 0: `by` 0 is the first, 1 the last, 0.5 half way.

    >>> [str(hap.whole.begin) for hap in morph([1, 0, 1, 0], [1, 1, 0, 0], 0.5).query(0, 1)]
    ['0', '3/8']
    """
    ends = _rhythm(first), _rhythm(last)
    between = inner_join(mapped(reify(by), lambda each: _between(*ends, _fraction(each))))
    steps = Rational(len(ends[0]))
    return relabel(between, f"morph(..., {describe_argument(by)})", steps=steps)


@verb(INTEGER, INTEGER, TIME, example='s("hh").euclidish(7, 12, .5)', aliases=("eish",))
def euclidish(pattern: Pattern, pulses: int, steps: int, groove: Rational) -> Pattern:
    """Spreads pulses over steps, between as Euclid does (`groove` 0) and wholly evenly (1).

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("hh").euclidish(3, 8, 1).query(0, 1)]
    ['0', '1/3', '2/3']

    Raises:
        RangeError: more pulses than steps.
    """
    rhythm = _between(bjorklund(pulses, steps), [1] * abs(pulses), _fraction(groove))
    return OPERATORS["keepif"].align(pattern, (rhythm,), "out")


@verb(RAW, example='s("bd").bjork([3, 8, 2])')
def bjork(pattern: Pattern, numbers: Any) -> Pattern:
    """Spreads pulses over steps: `euclid` with its numbers in one list, `[3, 8]` or `[3, 8, 2]`.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd").bjork([3, 8]).query(0, 1)]
    ['0', '3/8', '3/4']
    """
    held = pure(list(numbers)) if isinstance(numbers, (list, tuple)) else reify(numbers)

    def spread(value: Any) -> Pattern:
        given = value if isinstance(value, list) else [value]
        if not 2 <= len(given) <= 3:
            message = f"bjork takes two or three numbers, got {value!r}; try .bjork([3, 8, 2])"
            raise PatternError(message)
        read = [euclid_rot.read(place, each) for place, each in enumerate((*given, 0)[:3])]
        made: Pattern = euclid_rot.function(pattern, *read)
        return made

    return inner_join(mapped(held, spread))
