"""What a network goes on from: a pattern, a MIDI file, what a track played, or a keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livecoder.core.errors import DeviceError, NotReadyError, PatternError, RangeError
from livecoder.core.events import Note
from livecoder.core.haps import Hap
from livecoder.core.rational import Rational, floor
from livecoder.inputs.midi_file import read_phrase
from livecoder.patterns.pattern import Pattern, reify
from livecoder.session.drum_names import drum_numbers
from livecoder.session.events import controls_of
from livecoder.session.loops import Loop
from livecoder.session.tracks import Track
from livecoder.studio.settings import Primer

__all__ = ["primer_of"]

_BARS = 4
_ENDINGS = (".mid", ".midi")
_VELOCITY = 0.8
# What a network composes at this moment is waited for: a bar takes a hundredth of it.
_PATIENCE_S = 3.0


def primer_of(given: Any, *, drums: bool, beats: Rational) -> Primer:
    """Return the notes a network is to go on from, and how many cycles they fill.

    Args:
        given: a pattern or mini-notation, whose first four bars count; the path of a MIDI file; a
            track, whose last four bars count; a loop of `capture` or `last`, all of it.
        drums: whether the network plays drums: then names of drums are notes.
        beats: length of a bar, by which a file is divided.

    Raises:
        PatternError: there is no note in it.
        RangeError: a note is no MIDI note.
        SessionFileError: the file cannot be read.
    """
    if isinstance(given, Path) or (isinstance(given, str) and given.lower().endswith(_ENDINGS)):
        notes, length = read_phrase(Path(given).expanduser(), drums=drums)
        bars = Rational(-floor(-length / beats))
        cycles = tuple(
            n._replace(onset=n.onset / beats, duration=n.duration / beats) for n in notes
        )
        return _checked(cycles, given), bars
    if isinstance(given, Track):
        given = given.last(_BARS)
    pattern = given if isinstance(given, Pattern) else reify(given)
    begin, length = Rational(0), Rational(_BARS)
    if isinstance(pattern, Loop):
        begin, length = Rational(pattern.first), Rational(pattern.bars)
    found = []
    for hap in _heard(pattern, begin, begin + length):
        if hap.whole is None or not hap.has_onset or (pitch := _pitch(hap.value, drums)) is None:
            continue
        at, until = hap.whole.begin - begin, min(hap.whole.end - begin, length)
        found.append(Note(at, until - at, pitch, _velocity(hap.value)))
    if not found:
        kind = "drums" if drums else "notes"
        example = "prime(s('bd sn bd sn'))" if drums else "prime('a4 c5 e5 c5')"
        message = f"{given!r} has no {kind} to go on from; try {example}"
        raise PatternError(message)
    return _checked(tuple(sorted(found)), given), length


def _heard(pattern: Pattern, begin: Rational, end: Rational) -> list[Hap]:
    for _ in range(_BARS + 1):
        try:
            return pattern.query(begin, end)
        except NotReadyError as error:
            try:
                error.wait(_PATIENCE_S)
            except DeviceError as why:
                message = f"{pattern!r} cannot be gone on from: {why}"
                raise PatternError(message) from error
    message = f"{pattern!r} is not there yet; try again in a bar"
    raise PatternError(message)


def _pitch(value: Any, drums: bool) -> float | None:
    """Return the note of a value; None for one that has none."""
    if drums and isinstance(value, str) and value in drum_numbers():
        return float(drum_numbers()[value])
    controls = controls_of(value)
    number = drum_numbers().get(str(controls.get("s"))) if drums else None
    note = controls.get("note", number)
    return None if note is None else float(note)


def _velocity(value: Any) -> float:
    velocity = value.get("velocity") if isinstance(value, dict) else None
    return min(max(float(velocity), 0.0), 1.0) if isinstance(velocity, (int, float)) else _VELOCITY


def _checked(notes: tuple[Note, ...], given: Any) -> tuple[Note, ...]:
    for note in notes:
        if not 0 <= note.pitch <= 127:
            allowed = "of MIDI notes from 0 to 127"
            raise RangeError(
                "prime", given, f"{allowed} (it has {note.pitch:g})", fix="try prime('a4 c5')"
            )
    return notes
