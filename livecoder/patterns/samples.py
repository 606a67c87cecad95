"""Pieces of recordings: chopped, sliced, stretched to the cycle."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.patterns.controls import merged
from livecoder.patterns.factories import fastcat, slowcat
from livecoder.patterns.joins import app_left, app_right, inner_join, outer_join, squeeze_join
from livecoder.patterns.operators import OPERATORS
from livecoder.patterns.pattern import Pattern, mapped, pure, reify, relabel
from livecoder.patterns.timing import quickened
from livecoder.patterns.verbs import COUNT, NUMBER, PATTERN, RAW, TIME, number_in, verb

__all__ = ["chop", "fit", "loop_at", "loop_at_cps", "scrub", "slice_", "splice", "striate"]

# Strudel's tempo where it is not told one: half a cycle a second.
_CYCLES_PER_SECOND = 0.5


def _tidy(number: float) -> float:
    return int(number) if number == int(number) else number


def _pieces(count: int) -> list[dict[str, Any]]:
    return [{"begin": _tidy(i / count), "end": _tidy((i + 1) / count)} for i in range(count)]


def _controls(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {"s": value}


@verb(COUNT, example='s("break").chop(4)')
def chop(pattern: Pattern, pieces: int) -> Pattern:
    """Cuts each sample in pieces and plays them one after the other in its time.

    >>> from livecoder.patterns import s
    >>> [hap.value["begin"] for hap in s("break").chop(2).query(0, 1)]
    [0, 0.5]
    """
    parts = _pieces(pieces)

    def chopped(value: Any) -> Pattern:
        held = _controls(value)
        begin, end = held.get("begin"), held.get("end")
        out = []
        for part in parts:
            piece = part
            if begin is not None and end is not None:
                width = end - begin
                piece = {"begin": begin + part["begin"] * width, "end": begin + part["end"] * width}
            out.append(pure({**held, **piece}))
        return fastcat(*out)

    return _times_as_many(pattern, squeeze_join(mapped(pattern, chopped)), pieces)


def _times_as_many(pattern: Pattern, made: Pattern, pieces: int) -> Pattern:
    return relabel(made, "", steps=None if pattern.steps is None else pattern.steps * pieces)


@verb(COUNT, example='s("bd sn").striate(4)')
def striate(pattern: Pattern, pieces: int) -> Pattern:
    """Plays the whole pattern with the first piece of each sample, then the second, and so on.

    >>> from livecoder.patterns import s
    >>> [hap.value["begin"] for hap in s("break").striate(2).query(0, 1)]
    [0, 0.5]
    """
    each = slowcat(*(pure(piece) for piece in _pieces(pieces)))
    cut = quickened(OPERATORS["set"].align(pattern, (each,), "in"), Rational(pieces))
    return _times_as_many(pattern, cut, pieces)


def _check_numbers(given: Any, *numbers: Any) -> None:
    if not all(isinstance(number, (int, float, Rational, Fraction)) for number in numbers):
        message = f'slice takes numbers, got {given!r}; try s("break").slice(8, "0 3 2 1")'
        raise PatternError(message)


def _sliced(pattern: Pattern, pieces: Any, order: Pattern) -> Pattern:
    if isinstance(pieces, Sequence) and not isinstance(pieces, str):
        _check_numbers(pieces, *pieces)
        counts = pure([float(point) for point in pieces])
    else:
        counts = reify(pieces)
    for atom in order.atoms or ():
        _check_numbers(atom, atom)
    for atom in counts.atoms or ():
        _check_numbers(atom, *(atom if isinstance(atom, list) else (atom,)))

    def at(count: Any) -> Pattern:
        if isinstance(count, list):
            if len(count) < 2:
                fix = 'try s("break").slice([0, .25, .75], "0 1")'
                raise RangeError("slice's points", count, "at least 2", fix=fix)
        elif not number_in(count, "slice", 's("break").slice(8, "0 3 2 1")'):
            raise RangeError("slice's pieces", count, "not 0", fix="try slice(8, ...)")

        def piece(index: Any) -> Pattern:
            _check_numbers(index, index)
            if isinstance(count, list):
                place = int(index) % (len(count) - 1)
                begin, end = count[place], count[place + 1]
            else:
                begin, end = index / count, (index + 1) / count
            cut = {"begin": _tidy(begin), "end": _tidy(end), "_slices": count}
            return mapped(pattern, lambda value: {**cut, **_controls(value)})

        return outer_join(mapped(order, piece))

    return relabel(inner_join(mapped(counts, at)), "", steps=order.steps)


@verb(RAW, PATTERN, example='s("break").slice(8, "0 3 2 1")', name="slice_", aliases=("slice",))
def slice_(pattern: Pattern, pieces: Any, order: Pattern) -> Pattern:
    """Plays pieces of a sample in an order of numbers from 0; each as fast as it was recorded.

    >>> from livecoder.patterns import s
    >>> [hap.value["begin"] for hap in s("break").slice(4, "0 3").query(0, 1)]
    [0, 0.75]
    """
    return _sliced(pattern, pieces, order)


@verb(RAW, PATTERN, example='s("break").splice(8, "0 3 2 1")')
def splice(pattern: Pattern, pieces: Any, order: Pattern) -> Pattern:
    """Plays pieces of a sample in an order of numbers from 0; each as fast as fits its time.

    >>> from livecoder.patterns import s
    >>> [hap.value["speed"] for hap in s("break").splice(4, "0 3").query(0, 1)]
    [0.5, 0.5]
    """
    ask = _sliced(pattern, pieces, order).ask

    def spliced(span: Span) -> list[Hap]:
        haps = []
        for hap in ask(span):
            if hap.whole is None:
                continue
            count = hap.value["_slices"]
            width = 1 / count if not isinstance(count, list) else 1 / (len(count) - 1)
            speed = width / float(hap.whole.end - hap.whole.begin) * hap.value.get("speed", 1)
            haps.append(hap._replace(value={"speed": speed, "unit": "c", **hap.value}))
        return haps

    return Pattern(spliced, pattern.label, steps=order.steps)


@verb(TIME, example='s("break").loop_at(2)', aliases=("loopat",))
def loop_at(pattern: Pattern, cycles: Rational) -> Pattern:
    """Makes a sample last so many cycles.

    >>> from livecoder.patterns import s
    >>> s("break").loop_at(2).query(0, 1)[0].value
    {'s': 'break', 'speed': 0.25, 'unit': 'c'}
    """
    return _looped(pattern, cycles, _CYCLES_PER_SECOND)


def _looped(pattern: Pattern, cycles: Rational, cps: float) -> Pattern:
    speed = _tidy(float(1 / cycles) * cps) if cycles > 0 else 0
    pace = pure({"speed": speed, "unit": "c"})
    long = app_left(pattern, pace, merged)
    return quickened(long, 1 / cycles) if cycles > 0 else long


@verb(TIME, NUMBER, example='s("break").loop_at_cps(2, .5)', aliases=("loopatcps",))
def loop_at_cps(pattern: Pattern, cycles: Rational, cps: float) -> Pattern:
    """Makes a sample last so many cycles where so many cycles go by in a second.

    >>> from livecoder.patterns import s
    >>> s("break").loop_at_cps(2, .25).query(0, 1)[0].value
    {'s': 'break', 'speed': 0.125, 'unit': 'c'}
    """
    return _looped(pattern, cycles, float(cps))


@verb(PATTERN, example='s("break").scrub("0 .5 .25:2")')
def scrub(pattern: Pattern, places: Pattern) -> Pattern:
    """Plays samples from places between 0 and 1, in the rhythm of those; `.25:2` twice as fast.

    >>> from livecoder.patterns import s
    >>> [hap.value["begin"] for hap in s("break").scrub("0 .5").query(0, 1)]
    [0, 0.5]
    """

    def from_there(value: Any, place: Any) -> dict[str, Any]:
        held = _controls(value)
        begin, speed = (*place, 1)[:2] if isinstance(place, list) else (place, 1)
        for number in (begin, speed):
            if not isinstance(number, (int, float, Rational)):
                message = f'scrub takes numbers, got {number!r}; try .scrub("0 .5 .25:2")'
                raise PatternError(message)
        return {**held, "begin": begin, "clip": 1, "speed": speed * held.get("speed", 1)}

    return app_right(pattern, places, from_there)


@verb(example='s("break/2").fit()')
def fit(pattern: Pattern) -> Pattern:
    """Plays each sample as fast as fits its time.

    >>> from livecoder.patterns import s
    >>> s("break/2").fit().query(0, 1)[0].value
    {'s': 'break', 'speed': 0.5, 'unit': 'c'}
    """
    ask = pattern.ask

    def fitted(span: Span) -> list[Hap]:
        haps = []
        for hap in ask(span):
            if hap.whole is not None and isinstance(hap.value, dict):
                width = hap.value.get("end", 1) - hap.value.get("begin", 0)
                speed = _tidy(width / float(hap.whole.end - hap.whole.begin))
                haps.append(hap._replace(value={**hap.value, "speed": speed, "unit": "c"}))
        return haps

    return Pattern(fitted, pattern.label, steps=pattern.steps)
