"""Reads the MELODY track and the chords of a POP909 song onto the grid of its own beats.

A song comes with the time of every beat and marks on the downbeats; a bar is what lies between
two downbeats four beats apart, so a tempo that breathes does no harm.

Source: Wang et al., "POP909: A Pop-song Dataset for Music Arrangement Generation", ISMIR 2020.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from livecoder.core.errors import ModelFileError
from livecoder.training.harmony import Symbol, from_text
from livecoder.training.scores import Sung

__all__ = ["Line", "beat_grid", "read_lines", "read_song"]

_BEATS = 4


class Line(NamedTuple):
    """A melody from a downbeat on, in 16ths, and the chords below it.

    Attributes:
        notes: of the melody.
        chords: the 16th each begins at, and the chord; ascending.
    """

    notes: list[Sung]
    chords: list[tuple[int, Symbol]]


def read_song(midi: bytes, beats: str) -> list[list[Sung]]:
    """Return the melody as lines of notes from a downbeat on, in 16ths of the song's own beats.

    A new line begins wherever the downbeats are not four beats apart.

    Args:
        midi: the song's MIDI file.
        beats: its `beat_midi.txt`: a line a beat, "seconds mark mark", the last 1 on a downbeat.

    Raises:
        ModelFileError: one of the two cannot be read.
    """
    return [line.notes for line in read_lines(midi, beats, "")]


def read_lines(midi: bytes, beats: str, chords: str) -> list[Line]:
    """Return the melody as `read_song` does, with the chords below it.

    Args:
        midi: the song's MIDI file.
        beats: its `beat_midi.txt`: a line a beat, "seconds mark mark", the last 1 on a downbeat.
        chords: its `chord_midi.txt`: a line a chord, "seconds seconds label".

    Raises:
        ModelFileError: one of them cannot be read.
    """
    times, downbeats = beat_grid(beats)
    notes = _melody(midi)
    labels = _labels(chords)
    lines: list[Line] = []
    for first, last in _stretches(downbeats):
        grid = times[first : last + 1]
        line = [
            Sung(onset, end - onset, pitch)
            for start, stop, pitch in notes
            if grid[0] - 0.05 <= start < grid[-1] - 0.05
            and (onset := _step(start, grid)) < (end := max(onset + 1, _step(stop, grid)))
        ]
        if line:
            within = [
                (int(_step(max(start, grid[0]), grid)), symbol)
                for start, end, symbol in labels
                if end > grid[0] + 0.05 and start < grid[-1] - 0.05
            ]
            lines.append(Line(line, within))
    return lines


def _labels(text: str) -> list[tuple[float, float, Symbol]]:
    """Return begin and end (seconds) of each chord, and the chord."""
    found: list[tuple[float, float, Symbol]] = []
    try:
        for line in text.splitlines():
            start, end, label = line.split()[:3]
            found.append((float(start), float(end), from_text(label)))
    except ValueError as error:
        message = "a song's chord_midi.txt is no table of chords; unpack the data set anew"
        raise ModelFileError(message) from error
    return found


def beat_grid(text: str) -> tuple[list[float], list[int]]:
    """Return the times of the beats, and the indices of those that are downbeats."""
    times: list[float] = []
    downbeats: list[int] = []
    try:
        for line in text.splitlines():
            at, *marks = (float(word) for word in line.split())
            if times and at <= times[-1]:
                continue
            if marks and marks[-1] == 1.0:
                downbeats.append(len(times))
            times.append(at)
    except ValueError as error:
        message = "a song's beat_midi.txt is no table of beats; unpack the data set anew"
        raise ModelFileError(message) from error
    return times, downbeats


def _stretches(downbeats: list[int]) -> list[tuple[int, int]]:
    """Return the spans of beats (first downbeat, last downbeat) over which all bars have four."""
    spans: list[tuple[int, int]] = []
    for begin, end in pairwise(downbeats):
        if end - begin != _BEATS:
            continue
        if spans and spans[-1][1] == begin:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return spans


def _step(seconds: float, grid: list[float]) -> Fraction:
    """Return the 16th of `grid` nearest to `seconds`."""
    index = min(max(bisect_right(grid, seconds) - 1, 0), len(grid) - 2)
    within = (seconds - grid[index]) / (grid[index + 1] - grid[index])
    return Fraction(round(4 * (index + min(max(within, 0.0), 1.0))))


def _melody(data: bytes) -> list[tuple[float, float, int]]:
    """Return (start s, end s, pitch) of the notes of the track called MELODY, earliest first."""
    import mido

    try:
        song = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except (OSError, ValueError, EOFError, KeyError, IndexError) as error:
        message = "a song's MIDI file cannot be read; unpack the data set anew"
        raise ModelFileError(message) from error
    tempo = 500_000
    for message_ in song.tracks[0]:
        if message_.type == "set_tempo":
            tempo = message_.tempo
            break
    second = tempo / 1e6 / song.ticks_per_beat
    notes: list[tuple[float, float, int]] = []
    for track in song.tracks:
        if track.name != "MELODY":
            continue
        ticks = 0
        sounding: dict[int, int] = {}
        for event in track:
            ticks += event.time
            if event.type == "note_on" and event.velocity:
                sounding.setdefault(event.note, ticks)
            elif event.type in {"note_on", "note_off"} and event.note in sounding:
                notes.append((sounding.pop(event.note) * second, ticks * second, event.note))
    return sorted(notes)
