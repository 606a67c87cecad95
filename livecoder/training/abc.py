"""Reads the first voice of ABC tunes: pitches, lengths, bars. Ornaments and words are passed over.

Enough of ABC 2.1 for collections of old tunes: keys and modes, accidentals to the bar line,
broken rhythm, tuplets, ties, chords (their highest note), inline fields. Repeats are written out
once. What it does not know it passes over; text is bounded by `_LONGEST`.

Source: the ABC notation standard 2.1, https://abcnotation.com/wiki/abc:standard:v2.1
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from livecoder.training.scores import Bar, Sung, duple_steps

__all__ = ["Tune", "read_tunes"]

_LONGEST = 4_000_000  # characters of one file
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SHARPS = "fcgdaeb"
_MODES = {"": 0, "maj": 0, "ion": 0, "m": -3, "min": -3, "aeo": -3, "mix": -1, "dor": -2, "phr": -4}
_MODES |= {"lyd": 1, "loc": -5}
_MAJOR_FIFTHS = {"c": 0, "g": 1, "d": 2, "a": 3, "e": 4, "b": 5, "f": -1}
_ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
_TUPLETS = {2: 3, 3: 2, 4: 3, 5: 2, 6: 2, 7: 2, 8: 3, 9: 2}  # p notes in the time of

_TOKEN = re.compile(
    r"""
      (?P<skip> "[^"]*" | ![^!\n]*! | \+[^+\n]*\+ | \{[^}]*\} | \\ | `)
    | \[(?P<inline>[A-Za-z]):(?P<value>[^\]]*)\]
    | \((?P<tuplet>[2-9])(?::(?P<time>\d*))?(?::(?P<count>\d*))?
    | (?P<bar> [|:\[\]]*\|[|:\]]* \d* | ::+ | \[\d )
    | (?P<note> (?P<accidental>\^\^|\^|=|__|_)? (?P<letter>[A-Ga-gzxZ]) (?P<octave>[',]*) )
      (?P<length> \d*/*\d* )
    | (?P<open> \[ ) | (?P<close> \] (?P<chord_length> \d*/*\d* ) )
    | (?P<tie> - ) | (?P<broken> >+ | <+ )
    """,
    re.VERBOSE,
)


@dataclass(slots=True)
class Tune:
    """One tune: its title, and its lines of bars in one duple metre each."""

    title: str
    lines: list[tuple[int, list[Bar]]] = field(default_factory=list)


def read_tunes(text: str) -> Iterator[Tune]:
    r"""Yield the tunes of an ABC file, those without a bar in 4/4, 2/2 or 2/4 too (no lines).

    >>> tune = next(read_tunes("X:1\nT:Two Notes\nM:C\nL:1/4\nK:G\nF2 z f|"))
    >>> [(note.onset, note.pitch) for note in tune.lines[0][1][0].notes]
    [(Fraction(0, 1), 66), (Fraction(12, 1), 78)]
    """
    for block in re.split(r"^(?=X:)", text[:_LONGEST], flags=re.MULTILINE):
        if block.startswith("X:"):
            yield _Reader().read(block)


class _Reader:
    """One pass over one tune."""

    def __init__(self) -> None:
        self.tune = Tune("")
        self.unit: Fraction | None = None  # of a note without a length, in 16ths
        self.metre: tuple[int, int] = (4, 4)
        self.signature: dict[str, int] = {}
        self.bar_accidentals: dict[str, int] = {}
        self.bar = Bar()
        self.chord: list[Sung] | None = None
        self.tie = False
        self.broken: Fraction | None = None  # what the next note's length is times
        self.tuplet = (Fraction(1), 0)  # factor, notes left
        self.lines: list[tuple[int | None, list[Bar]]] = []

    def read(self, block: str) -> Tune:
        voice = ""
        in_body = False
        for raw in block.splitlines():
            line = raw.split("%", 1)[0].rstrip()
            if re.match(r"[A-Za-z]:", line):
                name, value = line[0], line[2:].strip()
                if name == "T" and not self.tune.title:
                    self.tune.title = value
                elif name == "V" and in_body:
                    voice = voice or value.split()[0] if value else voice
                    if value and value.split()[0] != voice:
                        break  # the first voice is the melody
                elif name == "P" and in_body:
                    continue
                else:
                    self._field(name, value)
                    in_body = in_body or name == "K"
            elif in_body and line:
                other = re.match(r"\[V:\s*(\S+?)\s*\]", line)
                if other and voice and other.group(1) != voice:
                    continue
                if other:
                    voice = other.group(1)
                self._music(line)
        self._end_bar()
        self.tune.lines = [(steps, bars) for steps, bars in self.lines if steps and bars]
        return self.tune

    def _field(self, name: str, value: str) -> None:
        if name == "M":
            self._metre(value)
        elif name == "L":
            match = re.match(r"(\d+)/(\d+)", value)
            if match and int(match.group(2)):
                self.unit = Fraction(int(match.group(1)), int(match.group(2))) * 16
        elif name == "K":
            self.signature = _signature(value)

    def _metre(self, value: str) -> None:
        match = re.match(r"(\d+)/(\d+)", value)
        if value.startswith("C|"):
            self.metre = (2, 2)
        elif value.startswith("C"):
            self.metre = (4, 4)
        elif match and int(match.group(2)):
            self.metre = (int(match.group(1)), int(match.group(2)))
        self._end_bar()
        self.lines.append((duple_steps(*self.metre), []))

    def _music(self, line: str) -> None:
        for token in _TOKEN.finditer(line):
            if token.lastgroup == "skip":
                continue
            if token["inline"]:
                self._field(token["inline"], token["value"].strip())
            elif token["tuplet"]:
                count = int(token["tuplet"])
                time = int(token["time"] or _TUPLETS[count])
                self.tuplet = (Fraction(time, count), int(token["count"] or count))
            elif token["bar"]:
                self._end_bar()
            elif token["note"]:
                self._note(token)
            elif token["open"]:
                self.chord = []
            elif token["close"] and self.chord is not None:
                self._end_chord(_length(token["chord_length"]))
            elif token["tie"]:
                self.tie = True
            elif token["broken"] and self.bar.notes:
                self._break(token["broken"])

    def _note(self, token: re.Match[str]) -> None:
        duration = _length(token["length"]) * self._unit()
        letter = token["letter"]
        if letter == "Z":
            duration = Fraction(int(token["length"] or 1) * 16 * self.metre[0], self.metre[1])
        pitch = -1
        if letter not in "zxZ":
            octave = token["octave"].count("'") - token["octave"].count(",") + letter.islower()
            place = f"{letter.lower()}{octave}"
            if token["accidental"]:
                self.bar_accidentals[place] = _ACCIDENTALS[token["accidental"]]
            change = self.bar_accidentals.get(place, self.signature.get(letter.lower(), 0))
            pitch = 60 + 12 * octave + _STEPS[letter.lower()] + change
        if self.chord is not None:
            self.chord.append(Sung(Fraction(0), duration, pitch))
        else:
            self._put(pitch, duration)

    def _end_chord(self, factor: Fraction) -> None:
        notes, self.chord = self.chord, None
        if notes:
            highest = max(notes, key=lambda note: note.pitch)
            self._put(highest.pitch, notes[0].duration * factor)

    def _put(self, pitch: int, duration: Fraction) -> None:
        factor, left = self.tuplet
        if left:
            duration *= factor
            self.tuplet = (factor, left - 1)
        if self.broken is not None:
            duration *= self.broken
            self.broken = None
        if pitch >= 0:
            self.bar.notes.append(Sung(self.bar.length, duration, pitch, self.tie))
        self.bar.length += duration
        self.tie = False

    def _break(self, sign: str) -> None:
        """Lengthen the note before `>` by half and shorten the next; for `<` the other way."""
        half = Fraction(1, 2 ** len(sign))
        longer, shorter = 2 - half, half
        first, self.broken = (longer, shorter) if sign[0] == ">" else (shorter, longer)
        last = self.bar.notes[-1]
        if last.onset + last.duration != self.bar.length:
            return
        changed = last._replace(duration=last.duration * first)
        self.bar.notes[-1] = changed
        self.bar.length = changed.onset + changed.duration

    def _end_bar(self) -> None:
        if self.bar.length and self.lines:
            self.lines[-1][1].append(self.bar)
            self.bar = Bar()
        self.bar_accidentals = {}
        self.broken = None

    def _unit(self) -> Fraction:
        if self.unit is None:  # the standard's rule where no L: is given
            small = Fraction(*self.metre) < Fraction(3, 4)
            return Fraction(1) if small else Fraction(2)
        return self.unit


def _length(text: str) -> Fraction:
    """Return what a length such as `3`, `/`, `3/2` or `//` multiplies the unit by."""
    if not text:
        return Fraction(1)
    above, slash, below = text.partition("/")
    if not slash:
        return Fraction(int(above) or 1)
    digits = below.lstrip("/")
    halvings = 1 + len(below) - len(digits)
    divisor = int(digits) if digits else 2**halvings
    return Fraction(int(above) if above else 1, divisor or 1)


def _signature(value: str) -> dict[str, int]:
    """Return the letters a key raises (1) or lowers (-1): `"Ador"`, `"E Minor"`, `"Bb"`, `"Hp"`."""
    if value.startswith(("HP", "Hp")):
        return {"f": 1, "c": 1}
    match = re.match(r"([A-Ga-g])([#b]?)\s*([A-Za-z]*)", value)
    if not match:
        return {}
    mode = match.group(3).lower()
    shift = _MODES.get("m" if mode == "m" else mode[:3], 0)
    fifths = _MAJOR_FIFTHS[match.group(1).lower()] + shift
    fifths += {"#": 7, "b": -7, "": 0}[match.group(2)]
    if fifths >= 0:
        return dict.fromkeys(_SHARPS[:fifths], 1)
    return dict.fromkeys(_SHARPS[::-1][:-fifths], -1)
