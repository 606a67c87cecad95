"""Chords as a network hears them: a triad of 49, or root, notes and bass in 37 numbers.

A figure is a root, a kind, changes of degrees and a bass: `Cmaj7`, `F#m7b5`, `G7(b9)`, `D/F#`;
`N.C.` is no chord. Figures are read as note-seq reads them; what it cannot read is read as the
rest of livecoder reads chords (`theory.chords`: `C^7`, `Bh7`, `E7alt`), so that a lead sheet in
either spelling will do.

Source: note-seq 0.0.5, `chord_symbols_lib` and `chords_encoder_decoder`
(`TriadChordOneHotEncoding`, `PitchChordsEncoderDecoder`), whose numbers these are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from livecoder.core.errors import RangeError
from livecoder.theory.chords import is_rest, parse_chord

__all__ = ["NO_CHORD", "Figure", "PitchChords", "TriadChords", "nearest_triad", "read_figure"]

NO_CHORD = "N.C."

# Kinds as they are written, and their degrees: the order is that in which they are tried.
_KINDS = """
 maj M: 1 3 5
m min -: 1 b3 5
+ aug: 1 3 #5
o dim: 1 b3 b5
7: 1 3 5 b7
maj7 M7: 1 3 5 7
m7 min7 -7: 1 b3 5 b7
o7 dim7: 1 b3 b5 bb7
+7 aug7: 1 3 #5 b7
m7b5 -7b5 /o /o7: 1 b3 b5 b7
mmaj7 mM7 minmaj7 minM7 -maj7 -M7 m(maj7) m(M7) min(maj7) min(M7) -(maj7) -(M7): 1 b3 5 7
6: 1 3 5 6
m6 min6 -6: 1 b3 5 6
9: 1 3 5 b7 9
maj9 M9: 1 3 5 7 9
m9 min9 -9: 1 b3 5 b7 9
+9 aug9: 1 3 #5 b7 9
6/9: 1 3 5 6 9
11: 1 3 5 b7 9 11
maj11 M11: 1 3 5 7 9 11
m11 min11 -11: 1 b3 5 b7 9 11
13: 1 3 5 b7 9 11 13
maj13 M13: 1 3 5 7 9 11 13
m13 min13 -13: 1 b3 5 b7 9 11 13
sus2: 1 2 5
sus sus4: 1 4 5
sus7 7sus: 1 4 5 b7
ped: 1
5: 1 5
"""
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ROOTS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_DEGREES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11}
_CHANGES = {"add#": 1, "addb": -1, "add": 0, "no": 0, "#": 1, "b": -1}
_LONGEST = 80  # characters of a figure
_TRIADS = {(0, 0, 0): 0, (0, -1, 0): 1, (0, 0, 1): 2, (0, -1, -1): 3}


def _degree(text: str) -> tuple[int, int]:
    """Return a degree and by how many semitones it is altered: `"b7"` is 7, -1."""
    sharps, flats = text.count("#"), text.count("b")
    return int(text.strip("#b")), sharps - flats


def _kinds() -> dict[str, tuple[tuple[int, int], ...]]:
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for line in _KINDS.strip("\n").split("\n"):
        names, degrees = line.split(": ")
        for name in names.split(" "):
            found[name] = tuple(_degree(text) for text in degrees.split())
    return found


_KIND: Mapping[str, tuple[tuple[int, int], ...]] = MappingProxyType(_kinds())
_CHANGE = re.compile(r"\(?(" + "|".join(map(re.escape, _CHANGES)) + r")(\d{1,3})\)?")
_ROOT = r"[A-G](?:#+|b+|)(?![#b])"
_FIGURE = re.compile(
    rf"({_ROOT})({'|'.join(map(re.escape, _KIND))})((?:{_CHANGE.pattern})*)(?:/({_ROOT}))?"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chord that was read.

    Attributes:
        root: pitch class of the root, 0 (C) to 11 (B).
        pitches: pitch classes it has.
        bass: pitch class of the bass.
        triad: 0 major, 1 minor, 2 augmented, 3 diminished; None for any other.
    """

    root: int
    pitches: frozenset[int]
    bass: int
    triad: int | None


@lru_cache(maxsize=4096)
def read_figure(figure: str) -> Figure | None:
    """Return the chord a figure names; None for no chord.

    >>> read_figure("Cm7/Eb").bass, sorted(read_figure("Cm7/Eb").pitches)
    (3, [0, 3, 7, 10])
    >>> read_figure("N.C.") is None, read_figure("Gsus4").triad is None
    (True, True)

    Raises:
        NotationError: it does not begin with a root.
        UnknownNameError: no such kind of chord; says which is near.
    """
    if is_rest(figure):
        return None
    read = _FIGURE.fullmatch(figure) if len(figure) <= _LONGEST else None
    degrees = None if read is None else _degrees(read[2], read[3])
    if read is None or degrees is None:
        return _elsewhere(figure)
    root = _pitch_class(read[1])
    pitches = frozenset(
        (root + _DEGREES[(degree - 1) % 7 + 1] + altered) % 12
        for degree, altered in degrees.items()
    )
    bass = root if read[6] is None else _pitch_class(read[6])
    triad = None
    if {1, 3, 5} <= degrees.keys():
        triad = _TRIADS.get((degrees[1], degrees[3], degrees[5]))
    return Figure(root, pitches, bass, triad)


def _pitch_class(root: str) -> int:
    return (_LETTERS[root[0]] + root.count("#") - root[1:].count("b")) % 12


def _degrees(kind: str, changes: str) -> dict[int, int] | None:
    """Return the degrees of a chord and how they are altered; None if a change makes no sense."""
    degrees = dict(_KIND[kind])
    for change in _CHANGE.finditer(changes):
        word, degree = change[1], int(change[2])
        if word == "no":
            if degrees.pop(degree, None) is None:
                return None
        elif word.startswith("add"):
            if degree in degrees:
                return None
            # A seventh is taken for a minor one unless it says otherwise.
            degrees[degree] = _CHANGES[word] - (degree == 7)
        else:
            degrees[degree] = degrees.get(degree, 0) + _CHANGES[word]
    return degrees


def _elsewhere(figure: str) -> Figure:
    """Return a chord in a spelling that note-seq does not know.

    Raises:
        NotationError, UnknownNameError: as of `theory.chords.parse_chord`.
    """
    chord = parse_chord(figure)
    steps = dict(chord.steps)
    third, fifth = steps.get("3"), steps.get("5")
    triad = {(4, 7): 0, (3, 7): 1, (4, 8): 2, (3, 6): 3}.get((third or 0, fifth or 0))
    pitches = frozenset((chord.root + above) % 12 for above in steps.values())
    bass = chord.root if chord.bass is None else chord.bass
    return Figure(chord.root, pitches, bass, triad)


def nearest_triad(figure: str) -> str:
    """Return the figure of the triad that stands for a chord where only triads are heard.

    It has the chord's root, its minor third if it has no major one, its fifth if that is altered.

    >>> [nearest_triad(figure) for figure in ("Gsus4", "Dm6", "E7b5", "C5", "Bb+7", "N.C.")]
    ['G', 'Dm', 'E', 'C', 'A#+', 'N.C.']

    Raises:
        NotationError, UnknownNameError: it cannot be read.
    """
    chord = read_figure(figure)
    if chord is None:
        return NO_CHORD
    above = {(pitch - chord.root) % 12 for pitch in chord.pitches}
    quality = ""
    if 3 in above and 4 not in above:
        quality = "dim" if 6 in above and 7 not in above else "m"
    elif 8 in above and 7 not in above:
        quality = "+"
    return _ROOTS[chord.root] + quality


@dataclass(frozen=True, slots=True)
class TriadChords:
    """A chord as one of 49: none, then 12 major, minor, augmented and diminished triads.

    >>> TriadChords().active("Am7"), TriadChords().active("N.C.")
    ({22: 1.0}, {0: 1.0})
    """

    inputs: int = 49

    def active(self, control: str | None) -> dict[int, float]:
        """Return a one at the chord's triad; None is no chord.

        Raises:
            RangeError: it is no triad, as `Gsus4`.
            NotationError, UnknownNameError: it cannot be read.
        """
        chord = None if control is None else read_figure(control)
        if chord is None:
            return {0: 1.0}
        if chord.triad is None:
            allowed = "a major, minor, augmented or diminished one"
            fix = "try the triad below it, or config='chord_pitches_improv', which hears any chord"
            raise RangeError("a chord for this network", control, allowed, fix=fix)
        return {1 + 12 * chord.triad + chord.root: 1.0}


@dataclass(frozen=True, slots=True)
class PitchChords:
    """A chord as 37 numbers: whether there is none, then root, notes and bass of 12 each.

    >>> sorted(PitchChords().active("Cm7/Eb"))
    [1, 13, 16, 20, 23, 28]
    """

    inputs: int = 37

    def active(self, control: str | None) -> dict[int, float]:
        """Return a one at each number of the chord; None is no chord.

        Raises:
            NotationError, UnknownNameError: it cannot be read.
        """
        chord = None if control is None else read_figure(control)
        if chord is None:
            return {0: 1.0}
        active = {1 + chord.root: 1.0}
        for pitch_class in sorted(chord.pitches):
            active[13 + pitch_class] = 1.0
        active[25 + chord.bass] = 1.0
        return active
