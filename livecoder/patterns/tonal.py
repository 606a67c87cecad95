"""Degrees into notes, notes up and down, notes onto a scale."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from livecoder.core.errors import NotationError, PatternError
from livecoder.core.haps import Hap, Location, Span
from livecoder.core.rational import Rational
from livecoder.patterns.pattern import Pattern, mapped
from livecoder.patterns.spans import new
from livecoder.patterns.verbs import NUMBER, Kind, verb
from livecoder.theory.chords import moved_chord
from livecoder.theory.grid import snap_note
from livecoder.theory.scales import (
    SCALES,
    Key,
    degree_to_note,
    moved_in_key,
    note_number,
    parse_key,
)

__all__ = ["quantise", "scale", "scale_transpose", "transpose"]

_LETTERS = "CDEFGAB"
_NATURAL = (0, 2, 4, 5, 7, 9, 11)
# Which letter, counted from the tonic's, spells each semitone above it: minor second to seventh.
_DEGREE_OF = (0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)
_INTERVAL = re.compile(r"(-)?(\d+)([mMPdA]+)|(-)?([mMPdA]+)(\d+)")


def _key(value: Any) -> Key:
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if isinstance(value, Key):
        return value
    if not isinstance(value, str):
        raise TypeError(value)
    # A scale without a tonic is on C, as in Strudel.
    alone = " ".join(re.split(r"[\s:_]+", value.strip())).lower()
    return parse_key(f"c:{alone}" if alone in SCALES else value)


SCALE: Final = Kind('a scale such as "c:minor"', _key, True, literal=True)


def _spelled(number: float, letter: int) -> str:
    """Return a note's name on a given letter: sharps or flats as it takes."""
    whole = int(number)
    octave = whole // 12 - 1
    bend = whole - (_NATURAL[letter] + 12 * (octave + 1))
    if bend > 6:
        octave, bend = octave + 1, bend - 12
    elif bend < -6:
        octave, bend = octave - 1, bend + 12
    return f"{_LETTERS[letter]}{'#' * bend}{'b' * -bend}{octave}"


@lru_cache(maxsize=4096)
def spell(number: float, key: Key) -> str | float:
    """Return a note's name as it is spelled in a key; a microtone stays a number.

    >>> spell(51.0, parse_key("c:minor")), spell(54.0, parse_key("d:major"))
    ('Eb3', 'F#3')
    """
    if number != int(number):
        return number
    tonic = _LETTERS.index(key.name[0].upper())
    above = (int(number) - key.tonic) % 12
    if len(key.offsets) == 7 and above in key.offsets:
        step = key.offsets.index(above)
    else:
        step = _DEGREE_OF[above]
    return _spelled(number, (tonic + step) % 7)


class _InScale(Location):
    """What a hap remembers of the scale it was put in: no characters, and the key."""

    key: Key


def _mark(key: Key) -> tuple[Location, ...]:
    mark = _InScale(0, 0)
    mark.key = key
    return (mark,)


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number


def _looks_like_note(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        note_number(value)
    except NotationError:
        return False
    return True


def _in_scale(key: Key) -> Callable[[Any], Any]:
    def onto(note: Any) -> float:
        # The nearest note of the scale, the higher of two.
        number = note_number(note)
        low = snap_note(number, key, direction="down")
        high = snap_note(number, key, direction="up")
        return low if number - low < high - number else high

    def change(value: Any) -> Any:
        if not isinstance(value, dict):
            return spell(onto(value), key) if _looks_like_note(value) else _degree_name(value, key)
        controls = dict(value)
        degree = controls.pop("n", None) if "note" not in controls else None
        if degree is not None:
            controls["note"] = _plain(
                onto(degree) if _looks_like_note(degree) else degree_to_note(degree, key)
            )
        elif "note" in controls:
            controls.pop("n", None)
            controls["note"] = _plain(onto(controls["note"]))
        return controls

    return change


def _degree_name(value: Any, key: Key) -> Any:
    """Return a degree's name: one with sharps or flats is spelled from where it is without."""
    number = degree_to_note(value, key)
    plain = value.rstrip("#b") if isinstance(value, str) else value
    if plain == value:
        return spell(number, key)
    natural = degree_to_note(plain, key)
    return _moved(number - natural)(spell(natural, key))


@verb(SCALE, example='n("0 2 4").scale("c:minor")')
def scale(pattern: Pattern, name: Key) -> Pattern:
    """Makes notes of the degrees of a scale, counted from 0; notes go to the nearest of it.

    >>> from livecoder.patterns import n
    >>> [hap.value for hap in n("0 2 7").scale("c:minor").query(0, 1)]
    [{'note': 48}, {'note': 51}, {'note': 60}]

    Raises:
        UnknownNameError: no such scale; says which is near.
    """
    return mapped(pattern, _in_scale(name), _mark(name))


@verb(NUMBER, example='n("0 2 4").scale("c:major").scale_transpose("<0 1 -2>")',
      aliases=("scale_trans", "scaleTrans", "strans"))  # fmt: skip
def scale_transpose(pattern: Pattern, steps: float) -> Pattern:
    """Moves notes by steps of the scale they were put in, so that they stay in key.

    A fraction of a step means the step above it, as with degrees.

    >>> from livecoder.patterns import n
    >>> p = n("0 2 4").scale("c:major").scale_transpose(1)
    >>> [hap.value["note"] for hap in p.query(0, 1)]
    [50, 53, 57]

    Raises:
        PatternError: a hap was never put in a scale; `.scale("c:minor")` comes first.
    """
    ask, whole_steps = pattern.ask, math.ceil(steps)

    def stepped(span: Span) -> list[Hap]:
        return [
            new(Hap, (whole, part, _stepped(value, _scale_of(context), whole_steps), context))
            for whole, part, value, context in ask(span)
        ]

    return Pattern(stepped, pattern.label, steps=pattern.steps)


def _scale_of(context: tuple[Location, ...]) -> Key:
    for place in reversed(context):
        if isinstance(place, _InScale):
            return place.key
    message = 'scale_transpose moves within a scale; put .scale("c:minor") before it'
    raise PatternError(message)


def _stepped(value: Any, key: Key, steps: int) -> Any:
    if not isinstance(value, dict):
        return spell(moved_in_key(note_number(value), key, steps), key)
    if "note" not in value:
        return value
    return {**value, "note": _plain(moved_in_key(note_number(value["note"]), key, steps))}


def _semitones(value: Any) -> float:
    """Return an interval in semitones: a number, or a name such as `3M` or `-5P`."""
    if isinstance(value, (int, float, Rational)) and not isinstance(value, bool):
        return float(value)
    found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(value)
    sign = -1 if found[1] or found[4] else 1
    number, quality = int(found[2] or found[6]), found[3] or found[5]
    octaves, step = divmod(number - 1, 7)
    perfect = step in (0, 3, 4)
    bends: dict[str, int] = {"P": 0, "M": 0, "m": -1, "A": 1, "d": -1 if perfect else -2}
    if quality not in bends or (perfect and quality in "mM") or (not perfect and quality == "P"):
        raise ValueError(value)
    return float(sign * (_NATURAL[step] + 12 * octaves + bends[quality]))


_INTERVALS: Final = Kind('a number of semitones, or an interval such as "3M"', _semitones, True)


def _moved(by: float) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        if isinstance(value, dict):
            if "note" in value:
                return {**value, "note": _plain(note_number(value["note"]) + by)}
            if "chord" in value:
                return {**value, "chord": moved_chord(value["chord"], math.floor(by))}
            if "n" in value:
                return {**value, "n": _plain(note_number(value["n"]) + by)}
            return value
        if isinstance(value, str):
            number = note_number(value) + by
            letter = "CDEFGAB".index(value[0].upper())
            step = _DEGREE_OF[int(by) % 12]
            return _spelled(number, (letter + step) % 7) if number == int(number) else number
        return _plain(note_number(value) + by)

    return change


@verb(_INTERVALS, example='note("c e g").transpose("<0 7>")', aliases=("trans",))
def transpose(pattern: Pattern, semitones: float) -> Pattern:
    """Moves notes and chords by semitones, or by an interval such as `3M` (a third) or `-5P`.

    >>> from livecoder.patterns import note
    >>> [hap.value for hap in note("c e").transpose(7).query(0, 1)]
    [{'note': 55}, {'note': 59}]
    """
    return mapped(pattern, _moved(semitones))


@verb(SCALE, example='note("c c# d").quantise("d:dorian")', aliases=("quantize",))
def quantise(pattern: Pattern, name: Key) -> Pattern:
    """Moves each note to the nearest of a scale, halfway to the lower; degrees stay degrees.

    >>> from livecoder.patterns import note
    >>> [hap.value["note"] for hap in note("c c# d").quantise("d:dorian").query(0, 1)]
    [48, 48, 50]

    Raises:
        UnknownNameError: no such scale; says which is near.
    """

    def snapped(value: Any) -> Any:
        if isinstance(value, dict):
            if "note" not in value:
                return value
            return {**value, "note": _plain(snap_note(note_number(value["note"]), name))}
        return _plain(snap_note(note_number(value), name))

    return mapped(pattern, snapped)
