"""Reads the chord labels of data sets: root, pitch classes, bass.

Two spellings: `B:min7/b3` (POP909; after Harte et al. 2005) and MusicXML's `<harmony>`. A chord
that cannot be read counts as no chord.

Conventions: pitch classes are 0 = C to 11; a set of them is a whole number of 12 bits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from xml.etree import ElementTree

__all__ = ["NO_CHORD", "Symbol", "from_musicxml", "from_text"]


class Symbol(NamedTuple):
    """A chord.

    Attributes:
        root: pitch class, -1 for no chord.
        pitches: bit `n` is set where pitch class `n` is in it; 0 for no chord.
        bass: pitch class of the lowest note, -1 for no chord.
    """

    root: int
    pitches: int
    bass: int


NO_CHORD = Symbol(-1, 0, -1)

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_DEGREES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 9: 2, 11: 5, 13: 9}
_QUALITIES = {
    "": (0, 4, 7),
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "dim7": (0, 3, 6, 9),
    "hdim7": (0, 3, 6, 10),
    "minmaj7": (0, 3, 7, 11),
    "maj6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "9": (0, 4, 7, 10, 2),
    "maj9": (0, 4, 7, 11, 2),
    "min9": (0, 3, 7, 10, 2),
    "11": (0, 4, 7, 10, 2, 5),
    "maj11": (0, 4, 7, 11, 2, 5),
    "min11": (0, 3, 7, 10, 2, 5),
    "13": (0, 4, 7, 10, 2, 5, 9),
    "maj13": (0, 4, 7, 11, 2, 5, 9),
    "min13": (0, 3, 7, 10, 2, 5, 9),
    "aug7": (0, 4, 8, 10),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "5": (0, 7),
    "1": (0,),
}
_KINDS = {
    "major": "maj",
    "minor": "min",
    "augmented": "aug",
    "diminished": "dim",
    "dominant": "7",
    "major-seventh": "maj7",
    "minor-seventh": "min7",
    "diminished-seventh": "dim7",
    "augmented-seventh": "aug7",
    "half-diminished": "hdim7",
    "major-minor": "minmaj7",
    "major-sixth": "maj6",
    "minor-sixth": "min6",
    "dominant-ninth": "9",
    "major-ninth": "maj9",
    "minor-ninth": "min9",
    "dominant-11th": "11",
    "major-11th": "maj11",
    "minor-11th": "min11",
    "dominant-13th": "13",
    "major-13th": "maj13",
    "minor-13th": "min13",
    "suspended-second": "sus2",
    "suspended-fourth": "sus4",
    "power": "5",
}
_LABEL = re.compile(
    r"(?P<root>[A-G][#b]*)(?::(?P<quality>[a-z0-9]*)(?:\((?P<more>[^)]*)\))?)?"
    r"(?:/(?P<bass>[#b]*\d+))?"
)


def from_text(label: str) -> Symbol:
    """Return the chord of a label such as `B:maj`, `Ab:min7/b3`, `G:sus4(b7)` or `N`.

    >>> from_text("A:min/b3")
    Symbol(root=9, pitches=529, bass=0)
    >>> from_text("N") == NO_CHORD
    True
    """
    match = _LABEL.fullmatch(label.strip())
    if match is None or (match["quality"] or "") not in _QUALITIES:
        return NO_CHORD
    root = _note(match["root"])
    intervals = set(_QUALITIES[match["quality"] or ""])
    for word in (match["more"] or "").split(","):
        removed = word.strip().startswith("*")
        degree = _degree(word.strip().lstrip("*"))
        if degree is not None:
            intervals = intervals - {degree} if removed else intervals | {degree}
    bass = _degree(match["bass"]) if match["bass"] else 0
    return _symbol(root, intervals, root + (bass or 0))


def from_musicxml(harmony: ElementTree.Element) -> Symbol:
    """Return the chord of a `<harmony>` element."""
    step = harmony.findtext("root/root-step", "")
    kind = _KINDS.get((harmony.findtext("kind") or "").strip())
    if step not in _LETTERS or kind is None:
        return NO_CHORD
    root = _LETTERS[step] + _whole(harmony.findtext("root/root-alter"))
    intervals = set(_QUALITIES[kind])
    for degree in harmony.findall("degree"):
        number = _DEGREES.get(_whole(degree.findtext("degree-value")))
        if number is None:
            continue
        how = degree.findtext("degree-type", "")
        altered = (number + _whole(degree.findtext("degree-alter"))) % 12
        if how in {"alter", "subtract"}:
            intervals -= {number}
        if how in {"alter", "add"}:
            intervals |= {altered}
    bass = harmony.findtext("bass/bass-step", "")
    lowest = root
    if bass in _LETTERS:
        lowest = _LETTERS[bass] + _whole(harmony.findtext("bass/bass-alter"))
    return _symbol(root, intervals, lowest)


def _symbol(root: int, intervals: Iterable[int], bass: int) -> Symbol:
    pitches = sum(1 << pitch for pitch in {(root + interval) % 12 for interval in intervals})
    return Symbol(root % 12, pitches, bass % 12)


def _note(name: str) -> int:
    return _LETTERS[name[0]] + name.count("#") - name.count("b")


def _degree(text: str) -> int | None:
    """Return the semitones of a degree such as `b7` or `#9` above the root."""
    match = re.fullmatch(r"([#b]*)(\d+)", text)
    if match is None or int(match[2]) not in _DEGREES:
        return None
    return (_DEGREES[int(match[2])] + match[1].count("#") - match[1].count("b")) % 12


def _whole(text: str | None) -> int:
    try:
        return round(float(text)) if text else 0
    except (ValueError, OverflowError):
        return 0
