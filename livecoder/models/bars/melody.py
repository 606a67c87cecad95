"""Bars of one voice in 16ths, alone or over chords: MelodyRNN and ImprovRNN."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational, rational
from livecoder.models.bars.protocol import BEAT_STEPS, passed_over, steps_of
from livecoder.models.constraints import Rules, chord_at
from livecoder.models.encodings.chords import TriadChords, nearest_triad
from livecoder.models.encodings.conditioned import Conditioned
from livecoder.models.encodings.key_melody import LOOKBACKS
from livecoder.models.encodings.melody import (
    NO_EVENT,
    NOTE_OFF,
    KeyMelody,
    LookbackMelody,
    OneHotMelody,
)
from livecoder.models.encodings.protocol import Encoding
from livecoder.models.sampling import MASKED

__all__ = ["MelodyBar", "MelodyBars", "bars_of", "melody_events", "melody_notes"]

HeardT = TypeVar("HeardT")

# How a class is meant: its note, or one of these.
_REPEAT = -3


@dataclass(frozen=True, slots=True)
class MelodyBars(Generic[HeardT]):
    """Bars of a melody; nothing sounds over a bar line, so a place is nothing.

    Attributes:
        encoding: what the network hears.
        lowest: its lowest MIDI note.
        highest: its highest.
        repeats: how many classes, the last ones, repeat an event from earlier.
        metrical: whether the network counts bars; then it is given whole ones.
        triads: whether it hears triads only; then other chords are told as the nearest.
    """

    encoding: Encoding[HeardT, int, str]
    lowest: int
    highest: int
    repeats: int = 0
    metrical: bool = False
    triads: bool = False

    def begin(self) -> tuple[()]:
        """Return nothing."""
        return ()

    def opening(self) -> Sequence[Any]:
        """Return nothing: it begins from silence."""
        return ()

    def primer(self, notes: Iterable[Note], beats: Rational) -> tuple[Sequence[int], tuple[()]]:
        """Return the events of notes, folded into the network's register by octaves.

        Where several begin in one 16th the highest is heard. Rests alone are silence: no events.
        """
        events = melody_events(notes, steps_of(beats), self.lowest, self.highest)
        return (events if any(event >= 0 for event in events) else []), ()

    def open(self, place: tuple[()], request: BarRequest) -> MelodyBar[HeardT]:  # noqa: ARG002
        """Begin a bar.

        Raises:
            RangeError: what is asked for cannot be.
        """
        return MelodyBar(self, Rules.of(request, (self.lowest, self.highest)))

    def most(self, beats: Rational) -> int:
        """Return how many 16ths a bar takes, with those that nobody hears."""
        steps = steps_of(beats)
        return steps + (passed_over(steps) if self.metrical else 0)

    def numbers(self, place: tuple[()]) -> tuple[int, ...]:
        """Return nothing."""
        return place

    def place_of(self, numbers: Sequence[int]) -> tuple[()]:
        """Return nothing; ValueError for anything else."""
        if numbers:
            message = "a melody's place is empty"
            raise ValueError(message)
        return ()


@lru_cache(maxsize=16)
def _meanings(bars: MelodyBars[Any]) -> NDArray[np.int64]:
    """Return the event of every class, `[C]`; that of one that repeats is -3."""
    begin, plain = bars.encoding.begin(), bars.encoding.classes - bars.repeats
    events = [bars.encoding.event_of(begin, index) for index in range(plain)]
    return np.array(events + [_REPEAT] * bars.repeats)


@lru_cache(maxsize=256)
def _mask(
    bars: MelodyBars[Any], notes: frozenset[int], rests: frozenset[int]
) -> NDArray[np.float64]:
    """Return 0 for the classes of these events, `MASKED` for others and for those that repeat.

    Kept for the bars to come: only to be read.
    """
    allowed = [event in notes or event in rests for event in _meanings(bars).tolist()]
    return np.where(allowed, 0.0, MASKED)


@dataclass(slots=True)
class MelodyBar(Generic[HeardT]):
    """One bar of a melody under way."""

    bars: MelodyBars[HeardT]
    rules: Rules
    events: list[int] = field(default_factory=list)
    _steps: int = 0
    _begun: int = 0
    _sounding: int | None = None
    _ended: bool = False  # the tonic that ends it has come
    _entered: bool = False  # or nobody waits for it to

    def __post_init__(self) -> None:
        self._steps = steps_of(self.rules.request.beats)
        self._entered = self.rules.request.entry is None

    @property
    def full(self) -> bool:
        """Whether every 16th has its event."""
        return len(self.events) >= self._steps

    @property
    def step(self) -> int:
        """The 16th that comes."""
        return len(self.events)

    def due(self) -> None:
        """Return nothing: this network accompanies nobody."""

    def control(self) -> str | None:
        """Return the chord of the 16th that comes; after the bar, of the next."""
        figure = chord_at(self.rules.request, rational(len(self.events)) / BEAT_STEPS)
        return nearest_triad(figure) if figure is not None and self.bars.triads else figure

    def bias(self, heard: HeardT) -> NDArray[np.float64]:
        """Return what to add to the logits, `[C]`."""
        beat = rational(len(self.events)) / BEAT_STEPS
        notes, rests = self._allowed(beat)
        push = self.rules.push(beat, self._begun)
        bias = _mask(self.bars, notes, rests).copy()
        if push:
            bias[_meanings(self.bars) >= 0] += push
        encoding = self.bars.encoding
        for index in range(len(bias) - self.bars.repeats, len(bias)):
            event = encoding.event_of(heard, index)
            if event in notes:
                bias[index] = push
            elif event in rests:
                bias[index] = 0.0
        return bias

    def _allowed(self, beat: Rational) -> tuple[frozenset[int], frozenset[int]]:
        """Return the notes that may begin, and which of rest and end may come."""
        rules = self.rules
        if self._ended:
            return frozenset(), frozenset({NO_EVENT})
        if rules.ending is not None and beat >= rules.ending:
            return rules.tonics, frozenset()
        held = rules.harmony(beat)
        notes = rules.playable if held is None else held
        if rules.waits(beat) or rules.room(self._begun) < 1:
            notes = frozenset()
        elif rules.ending is not None and rules.room(self._begun) < 2:
            notes = frozenset()  # the last one is kept for the end
        if notes and not self._entered:
            return notes, frozenset()
        clashes = held is not None and self._sounding is not None and self._sounding not in held
        return notes, frozenset({NOTE_OFF} if clashes else {NOTE_OFF, NO_EVENT})

    def take(self, event: int) -> None:
        """Add the event of a 16th."""
        beat = rational(len(self.events)) / BEAT_STEPS
        self.events.append(event)
        if event >= 0:
            self._begun += 1
            self._sounding = event
            self._entered = True
            self._ended = self.rules.ending is not None and beat >= self.rules.ending
        elif event == NOTE_OFF:
            self._sounding = None

    def rest(self) -> Sequence[int]:
        """Return nothing happening for the rest of the network's own bar."""
        return [NO_EVENT] * passed_over(self._steps) if self.bars.metrical else ()

    def notes(self) -> tuple[Note, ...]:
        """Return the notes of the bar."""
        return melody_notes(self.events, self.rules.request.beats, 12 * self.rules.up)

    def place(self) -> tuple[()]:
        """Return nothing."""
        return ()


def bars_of(encoding: Encoding[Any, int, str]) -> MelodyBars[Any]:
    """Return the bars of a melody that a network hears so, alone or over chords.

    >>> bars_of(KeyMelody()).repeats, bars_of(OneHotMelody(0, 127)).lowest
    (2, 0)

    Raises:
        ModelFileError: it is no encoding of a melody.
    """
    melody = encoding.events if isinstance(encoding, Conditioned) else encoding
    if not isinstance(melody, OneHotMelody | LookbackMelody | KeyMelody):
        message = f"{encoding.name} is no melody; give a config of melody_rnn or improv_rnn"
        raise ModelFileError(message)
    counts = not isinstance(melody, OneHotMelody)
    repeats = len(LOOKBACKS) if counts else 0
    triads = isinstance(encoding, Conditioned) and isinstance(encoding.controls, TriadChords)
    return MelodyBars(encoding, melody.lowest, melody.highest, repeats, counts, triads)


def melody_events(notes: Iterable[Note], steps: int, lowest: int, highest: int) -> list[int]:
    """Return the events of `steps` 16ths of notes, folded into a register by octaves.

    >>> melody_events([Note(Rational(1), Rational(1), 24.0)], 10, 48, 83)
    [-2, -2, -2, -2, 48, -2, -2, -2, -1, -2]

    Args:
        notes: onsets in beats; where several begin in one 16th the highest is heard.
        steps: how many 16ths are heard.
        lowest: lowest MIDI note of the register.
        highest: highest, at least an octave above.
    """
    spans: dict[int, tuple[int, int]] = {}
    for note in notes:
        onset = round(float(note.onset) * BEAT_STEPS)
        end = max(onset + 1, round(float(note.onset + note.duration) * BEAT_STEPS))
        pitch = round(note.pitch)
        folded = pitch + 12 * math.ceil(max(0, lowest - pitch) / 12)
        folded -= 12 * math.ceil(max(0, folded - highest) / 12)
        if 0 <= onset < steps and (onset not in spans or folded > spans[onset][1]):
            spans[onset] = (end, folded)
    events = [NO_EVENT] * steps
    for onset, following in pairwise([*sorted(spans), steps]):
        end, pitch = spans[onset]
        events[onset] = pitch
        if end < following:
            events[end] = NOTE_OFF
    return events


def melody_notes(events: Sequence[int], beats: Rational, up: int = 0) -> tuple[Note, ...]:
    """Return the notes of a bar's events; what still sounds at the bar's end is cut there.

    >>> [str(note.duration) for note in melody_notes([60, -2, -1, 62], Rational(1))]
    ['1/2', '1/4']

    Args:
        events: one for each 16th.
        beats: length of the bar.
        up: semitones to move the notes up by.
    """
    notes: list[Note] = []
    begun: tuple[int, int] | None = None
    for step, event in enumerate([*events, NOTE_OFF]):
        if event == NO_EVENT:
            continue
        if begun is not None:
            onset = rational(begun[0]) / BEAT_STEPS
            end = beats if step == len(events) else rational(step) / BEAT_STEPS
            notes.append(Note(onset, end - onset, float(begun[1] + up)))
        begun = (step, event) if event >= 0 else None
    return tuple(notes)
