"""Notes, scales and keys by name.

Conventions
-----------
Pitches are MIDI note numbers, 60 is middle C and is written `c4`; a name without an octave is in
octave 3, as in Strudel: `c` is 48, `a` is 57. Fractions are microtones: 60.5 is a quarter tone up.
A scale is its semitone offsets from the tonic, ascending from 0, all below 12 (the octave);
offsets of scales that do not live in twelve equal steps are fractions of a semitone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from livecoder.core.errors import NotationError, RangeError, UnknownNameError
from livecoder.core.rational import Rational
from livecoder.theory.catalogue import ALIASES, TABLE

__all__ = [
    "SCALES",
    "Key",
    "degree_to_note",
    "is_degree",
    "moved_in_key",
    "note_number",
    "parse_key",
]

SCALES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {**TABLE, **{alias: TABLE[name] for alias, name in ALIASES.items()}}
)
"""Every scale and mode by name, words parted by one space: semitone offsets, ascending from 0."""

_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_BENDS = {"#": 1, "s": 1, "♯": 1, "b": -1, "f": -1, "♭": -1}
_NOTE = re.compile(r"([a-gA-G])([#sbf♯♭]{0,4})(-?\d{1,2})?")
_DEGREE = re.compile(r"(-?\d{1,4}(?:\.\d{1,9})?)([#b]{0,4})")
_OCTAVE = 3
_NEAR = 1e-6  # semitones: what rounding may leave between a note and itself


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic and a scale.

    >>> parse_key("a:minor").pitch_classes == parse_key("c:major").pitch_classes
    True

    Attributes:
        tonic: pitch class of the tonic, 0 (C) to 11 (B).
        offsets: semitones above the tonic, ascending from 0, all below 12.
        name: as `parse_key` reads it: `"a:minor"`, `"c:minor:pentatonic"`.
        octave: of degree 0; octave 4 begins at middle C.
    """

    tonic: int
    offsets: tuple[float, ...]
    name: str
    octave: int = _OCTAVE

    @property
    def root(self) -> int:
        """MIDI note number of degree 0."""
        return self.tonic + 12 * (self.octave + 1)

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Keys of a piano octave (0 = C) in the key; microtones count as the nearest one up."""
        return _pitch_classes(self.tonic, self.offsets)


@lru_cache(maxsize=512)
def _pitch_classes(tonic: int, offsets: tuple[float, ...]) -> frozenset[int]:
    # One set for every bar a network composes in a key, not one each.
    return frozenset((tonic + math.floor(step + 0.5)) % 12 for step in offsets)


def note_number(value: str | float | Fraction) -> float:
    """Return the MIDI note number of a note's name; a number stays as it is.

    >>> note_number("c"), note_number("c#4"), note_number("bb2"), note_number(61.5)
    (48.0, 61.0, 46.0, 61.5)

    Args:
        value: a letter, any sharps (`#` or `s`) and flats (`b` or `f`), and an octave (3 when
            none is named); or a number.

    Raises:
        NotationError: a name that is no note; the caret stands where it goes wrong.
        RangeError: not a finite number.
    """
    if not isinstance(value, str):
        number = float(value) if isinstance(value, (int, float, Fraction, Rational)) else math.nan
        if isinstance(value, bool) or not math.isfinite(number):
            raise RangeError("note", value, "a note name or a number", fix='try note("c4")')
        return number
    found = _NOTE.match(value)
    if found is None:
        raise NotationError(value, 0, f"{value!r} is no note; notes are like c, eb, f#4")
    if found.end() != len(value):
        problem = f"{value!r} is no note; after {found[0]!r} nothing may follow"
        raise NotationError(value, found.end(), problem)
    return float(_semitones(found[1], found[2]) + 12 * (int(found[3] or _OCTAVE) + 1))


def parse_key(text: str) -> Key:
    """Return the key a text names.

    >>> parse_key("a:minor").offsets
    (0.0, 2.0, 3.0, 5.0, 7.0, 8.0, 10.0)
    >>> parse_key("C# dorian").name, parse_key("f").name, parse_key("d4:minor:pentatonic").root
    ('c#:dorian', 'f:major', 62)

    Args:
        text: a note and the name of a scale, parted by `:` or a space (as are the words of the
            name); in capitals or not. A note alone means major. A note may have an octave, which
            says where degree 0 is (3 when none is named).

    Raises:
        UnknownNameError: no such scale; says which is near.
        NotationError: it does not begin with a note.
    """
    return _parsed(text if isinstance(text, str) else repr(text))


@lru_cache(maxsize=512)
def _parsed(given: str) -> Key:
    tonic, *words = re.split(r"[\s:_]+", given.strip()) if len(given) <= 100 else [given[:100]]
    found = _NOTE.fullmatch(tonic)
    if found is None:
        problem = f'{given!r:.120} names no key; a key is a note and a scale: "c:minor"'
        raise NotationError(given[:100], 0, problem)
    name = " ".join(words).lower() or "major"
    if name not in SCALES:
        raise UnknownNameError("scale", name, SCALES, listing='help("scales")')
    root = _semitones(found[1], found[2]) + 12 * (int(found[3] or _OCTAVE) + 1)
    octave, pitch_class = divmod(root, 12)
    spelled = found[1].lower() + found[2] + (found[3] or "")
    return Key(pitch_class, SCALES[name], f"{spelled}:{name.replace(' ', ':')}", octave - 1)


def degree_to_note(degree: str | float | Fraction, key: Key | str) -> float:
    """Return the MIDI note number of a degree of a scale, counted from 0.

    >>> [degree_to_note(degree, "c:minor") for degree in (0, 2, 7, -1)]
    [48.0, 51.0, 60.0, 46.0]
    >>> degree_to_note("2#", "a:minor")
    61.0

    Args:
        degree: 0 is the tonic; past the last degree the next octave begins, below 0 the one
            before. A fraction means the degree above it. As text it may end in sharps or flats.
        key: a `Key`, or its name.

    Raises:
        NotationError: text that is no degree, or the key's name cannot be read.
        RangeError: not a finite number, or too far to be heard.
        UnknownNameError: the key names no scale we have.
    """
    if isinstance(key, str):
        key = parse_key(key)
    bend = 0
    if isinstance(degree, str):
        found = _DEGREE.fullmatch(degree.strip())
        if found is None:
            problem = f"{degree!r} is no degree; a scale's degrees are numbers from 0"
            raise NotationError(degree, 0, problem)
        degree, bend = float(found[1]), sum(_BENDS[sign] for sign in found[2])
    number = float(degree) if isinstance(degree, (int, float, Fraction, Rational)) else math.nan
    if isinstance(degree, bool) or not abs(number) < 1000.0:
        raise RangeError("degree", degree, "a number", fix='try n("0 2 4").scale("c:minor")')
    octave, index = divmod(math.ceil(number), len(key.offsets))
    return float(key.root + 12 * octave + key.offsets[index] + bend)


def is_degree(text: str) -> bool:
    """Whether a text is a degree of a scale with its sharps and flats, or a note's name.

    >>> is_degree("2#"), is_degree("-1b"), is_degree("eb4"), is_degree("bd")
    (True, True, True, False)
    """
    return bool(_DEGREE.fullmatch(text) or _NOTE.fullmatch(text))


def moved_in_key(number: float, key: Key, steps: int) -> float:
    """Return the note so many steps of a scale above a note, or below it for negative steps.

    >>> moved_in_key(52.0, parse_key("c:major"), 2), moved_in_key(48.0, parse_key("c:major"), -1)
    (55.0, 47.0)

    Args:
        number: MIDI note number. One between two notes of the scale is as far above the lower of
            the two when it arrives: chromatic notes stay chromatic.
        key: whose scale.
        steps: whole steps of the scale.
    """
    octave, above = divmod(number - key.root, 12.0)
    index = max(at for at, offset in enumerate(key.offsets) if offset <= above + _NEAR)
    turns, at = divmod(index + steps, len(key.offsets))
    left_over = above - key.offsets[index]
    return float(key.root + 12 * (octave + turns) + key.offsets[at] + left_over)


def _semitones(letter: str, bends: str) -> int:
    return _LETTERS[letter.lower()] + sum(_BENDS[sign] for sign in bends)
