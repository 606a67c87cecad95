"""From the bars of a score to MelodyRNN's events: what all the readers of data sets share.

Conventions: times are in 16ths (steps), exact; a melody is monophonic; a line of bars begins on
a bar line, and every bar of it has the same length, 16 steps (4/4, 2/2) or 8 (2/4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from livecoder.models.encodings.key_melody import HIGHEST, LOWEST, NO_EVENT, NOTE_OFF
from livecoder.training.harmony import Symbol

__all__ = [
    "Bar",
    "Sung",
    "aligned",
    "chords_along",
    "duple_steps",
    "events_of",
    "phrases",
    "spans",
    "transpositions",
]

_SILENCE = 32  # a rest of two bars parts one melody from the next
_SHORTEST = 64  # steps; less than four bars teaches no form


class Sung(NamedTuple):
    """One note of a score.

    Attributes:
        onset: 16ths from the start of its bar (or of the line, once aligned).
        duration: 16ths, more than 0.
        pitch: MIDI note number.
        tied: it goes on from the note before it, without a new attack.
    """

    onset: Fraction
    duration: Fraction
    pitch: int
    tied: bool = False


@dataclass(slots=True)
class Bar:
    """One written bar.

    Attributes:
        notes: what is sung in it.
        length: in 16ths, as its notes and rests add up to.
        chords: the chord symbols above it, and where in it they stand.
    """

    notes: list[Sung] = field(default_factory=list)
    length: Fraction = Fraction(0)
    chords: list[tuple[Fraction, Symbol]] = field(default_factory=list)


def duple_steps(beats: int, unit: int) -> int | None:
    """Return the 16ths of a bar of 4/4, 2/2 or 2/4; None for every other metre.

    >>> duple_steps(4, 4), duple_steps(2, 4), duple_steps(6, 8)
    (16, 8, None)
    """
    return {(4, 4): 16, (2, 2): 16, (2, 4): 8}.get((beats, unit))


def aligned(bars: Sequence[Bar], steps: int) -> list[Sung]:
    """Return the notes of `bars` on one line, each full bar beginning at a multiple of `steps`.

    A pickup before the first bar is left out. Two short bars that make one (an ending and the
    pickup of what follows) are joined; a lone short bar is filled up. A bar that is too long ends
    the line.
    """
    line: list[Sung] = []
    for start, bar in _placed(bars, steps):
        for note in bar.notes:
            _add(line, note._replace(onset=start + note.onset))
    return line


def chords_along(bars: Sequence[Bar], steps: int) -> list[tuple[int, Symbol]]:
    """Return the chord symbols above the notes that `aligned` gives: 16th, and symbol."""
    return [
        (round(start + at), symbol)
        for start, bar in _placed(bars, steps)
        for at, symbol in bar.chords
    ]


def _placed(bars: Sequence[Bar], steps: int) -> Iterator[tuple[Fraction, Bar]]:
    """Yield the bars of one line, each with the 16th it begins at; see `aligned`."""
    start = Fraction(0)
    index = 0
    while index < len(bars):
        bar = bars[index]
        if bar.length > steps:
            break
        short = bar.length < steps
        if short and index == 0:
            index += 1
            continue
        yield start, bar
        index += 1
        if short and index < len(bars) and bar.length + bars[index].length == steps:
            yield start + bar.length, bars[index]
            index += 1
        start += steps


def _add(line: list[Sung], note: Sung) -> None:
    """Put `note` at the end of `line`, or lengthen the last note by it where it is tied to it."""
    if note.tied and line:
        last = line[-1]
        if last.pitch == note.pitch and last.onset + last.duration == note.onset:
            line[-1] = last._replace(duration=last.duration + note.duration)
            return
    line.append(note)


def events_of(notes: Iterable[Sung]) -> list[int]:
    """Return the events of a line of notes, a 16th each; of notes at one step the highest stays.

    >>> events_of([Sung(Fraction(0), Fraction(2), 60), Sung(Fraction(3), Fraction(1), 62)])
    [60, -2, -1, 62]
    """
    spans: dict[int, tuple[int, int]] = {}
    for note in notes:
        onset = round(note.onset)
        end = max(onset + 1, round(note.onset + note.duration))
        if onset not in spans or note.pitch > spans[onset][1]:
            spans[onset] = (end, note.pitch)
    starts = sorted(spans)
    if not starts:
        return []
    finish = max(end for end, _ in spans.values())
    events = [NO_EVENT] * finish
    for onset, following in pairwise([*starts, finish]):
        end, pitch = spans[onset]
        events[onset] = pitch
        if end < following:
            events[end] = NOTE_OFF
    return events


def phrases(events: Sequence[int]) -> list[list[int]]:
    """Return the stretches of a melody that `spans` finds."""
    return [list(events[begin:end]) for begin, end in spans(events)]


def spans(events: Sequence[int]) -> list[tuple[int, int]]:
    """Return where the stretches of a melody between rests of two bars are, each from a bar line.

    Stretches under four bars are left out, as are those that span more than the three octaves
    of the encoding. Pitches stay as written: `transpositions` says by how much they may move.
    """
    found: list[tuple[int, int]] = []
    begin: int | None = None
    end = last_sound = 0
    sounding = False
    for step, event in enumerate(events):
        if event >= 0:
            if begin is not None and not sounding and step - last_sound >= _SILENCE:
                found.append((begin, end))
                begin = None
            if begin is None:
                begin = step - step % 16
            sounding = True
        elif event == NOTE_OFF:
            sounding = False
            last_sound = step
        if sounding or event == NOTE_OFF:
            end = step + 1
    if begin is not None:
        found.append((begin, end))
    return [
        (first, last)
        for first, last in found
        if last - first >= _SHORTEST and len(transpositions(events[first:last])) > 0
    ]


def transpositions(events: Iterable[int]) -> range:
    """Return the semitones by which a melody may move and stay in the three octaves.

    >>> transpositions([60, -2, 72])
    range(-12, 12)
    """
    pitches = [event for event in events if event >= 0]
    return range(LOWEST - min(pitches), HIGHEST - max(pitches) + 1)
