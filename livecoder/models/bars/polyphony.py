"""Bars of several voices in 16ths: PolyphonyRNN.

A note that is held over the bar line is cut there and begins again on the next bar's first beat,
if the network goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational, rational
from livecoder.models.bars.protocol import BEAT_STEPS, steps_of
from livecoder.models.constraints import Rules
from livecoder.models.encodings.polyphony import (
    CONTINUED_NOTE,
    NEW_NOTE,
    STEP_END,
    Polyphony,
    events_of,
)
from livecoder.models.sampling import MASKED

__all__ = ["PolyphonyBar", "PolyphonyBars"]

LOWEST, HIGHEST = 36, 81
"""The notes of the chorales."""
_MOST_VOICES = 12
_PITCHES = 128
_NEW, _CONTINUED = 3, 3 + _PITCHES  # the first class of each

Event = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class PolyphonyBars:
    """Bars of several voices; a place is the notes that sounded in the last 16th, ascending."""

    def begin(self) -> tuple[int, ...]:
        """Return that nothing sounds."""
        return ()

    def opening(self) -> Sequence[Any]:
        """Return nothing: it begins from silence."""
        return ()

    def primer(
        self, notes: Iterable[Note], beats: Rational
    ) -> tuple[Sequence[Event], tuple[int, ...]]:
        """Return the events of notes, without START and END; rests alone are silence: no events."""
        steps = steps_of(beats)
        spans: list[tuple[int, int, int]] = []
        for note in notes:
            begin = round(float(note.onset) * BEAT_STEPS)
            end = max(begin + 1, round(float(note.onset + note.duration) * BEAT_STEPS))
            pitch = round(note.pitch)
            if 0 <= begin < steps and 0 <= pitch < _PITCHES:
                spans.append((begin, end, pitch))
        if not spans:
            return [], ()
        held = tuple(sorted({pitch for _, end, pitch in spans if end >= steps}))
        return events_of(spans, steps)[1:-1], held

    def open(self, place: tuple[int, ...], request: BarRequest) -> PolyphonyBar:
        """Begin a bar.

        Raises:
            RangeError: what is asked for cannot be.
        """
        return PolyphonyBar(Rules.of(request, (LOWEST, HIGHEST)), place)

    def most(self, beats: Rational) -> int:
        """Return how many events a bar may have: every voice and the end of each 16th."""
        return steps_of(beats) * (_MOST_VOICES + 1)

    def numbers(self, place: tuple[int, ...]) -> tuple[int, ...]:
        """Return the notes that sound."""
        return place

    def place_of(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Return the notes that sound.

        Raises:
            ValueError: they are none.
        """
        if list(numbers) != sorted(set(numbers)) or not all(0 <= n < _PITCHES for n in numbers):
            message = "these are no notes that sound together"
            raise ValueError(message)
        return tuple(numbers)


@dataclass(slots=True)
class PolyphonyBar:
    """One bar of several voices under way."""

    rules: Rules
    before: tuple[int, ...]
    _at: int = 0
    _steps: int = 0
    _voices: int = _MOST_VOICES
    _begun: int = 0
    _due: int | None = None  # the 16th the tonic comes in
    _entered: bool = False  # or nobody waits for it to
    _now: list[int] = field(default_factory=list)  # of this 16th, descending
    _begins: dict[int, int] = field(default_factory=dict)  # the 16th each that sounds began in
    _notes: list[Note] = field(default_factory=list)
    _masks: dict[frozenset[int], NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        request = self.rules.request
        self._steps = steps_of(request.beats)
        self._entered = request.entry is None
        self._voices = min(_MOST_VOICES, request.polyphony or _MOST_VOICES)
        ending = self.rules.ending
        self._due = None if ending is None else steps_of(ending)

    @property
    def full(self) -> bool:
        """Whether every 16th has ended."""
        return self._at >= self._steps

    @property
    def step(self) -> int:
        """The 16th under way."""
        return self._at

    def due(self) -> None:
        """Return nothing: this network accompanies nobody."""

    def control(self) -> None:
        """Return that nothing is asked."""

    def bias(self, heard: int) -> NDArray[np.float64]:  # noqa: ARG002
        """Return what to add to the logits, `[259]`."""
        beat = rational(self._at) / BEAT_STEPS
        new, continued, may_end = self._allowed(beat)
        below = self._now[-1] if self._now else _PITCHES
        if new not in self._masks:
            self._masks[new] = np.full(Polyphony().classes, MASKED)
            self._masks[new][[_NEW + pitch for pitch in new]] = 0.0
        bias = self._masks[new].copy()
        push = self.rules.push(beat, self._begun)
        if push:
            bias += push
        bias[_NEW + below : _CONTINUED] = MASKED
        for pitch in continued:
            if pitch < below:
                bias[_CONTINUED + pitch] = 0.0
        if may_end:
            bias[STEP_END] = 0.0
        return bias

    def _allowed(self, beat: Rational) -> tuple[frozenset[int], frozenset[int], bool]:
        """Return which notes may begin, which may go on, and whether the 16th may end."""
        rules = self.rules
        if self._due is not None and self._at >= self._due:
            return self._cadence(self._at == self._due)
        if len(self._now) >= self._voices:
            return frozenset(), frozenset(), True
        new = frozenset[int]() if rules.waits(beat) else rules.starts(beat)
        continued = new.intersection(self.before)
        kept = 0 if self._due is None else 1  # one note for the end
        if rules.room(self._begun) < 1 + kept:
            # What goes on over the bar line begins again in this bar.
            continued = continued if self._at else frozenset()
            new = frozenset()
        if new and not self._entered:
            return new, frozenset(), False
        return new, continued, True

    def _cadence(self, now: bool) -> tuple[frozenset[int], frozenset[int], bool]:
        """Return the same for the end: the triad down to a tonic, then what sounds goes on."""
        if not now:
            return frozenset(), self.rules.playable.intersection(self.before), True
        tonics = self.rules.tonics
        if self._now and self._now[-1] in tonics:
            return frozenset(), frozenset(), True
        last = min(self._voices - len(self._now), self.rules.room(self._begun)) <= 1
        return (tonics if last else self.rules.triad), frozenset(), False

    def take(self, event: Event) -> None:
        """Add an event."""
        kind, pitch = event
        if kind == STEP_END:
            self._end_step()
        elif pitch is not None and kind in {NEW_NOTE, CONTINUED_NOTE}:
            self._now.append(pitch)
            if kind == NEW_NOTE:
                self._close(pitch)
            if pitch not in self._begins:
                self._begun += 1
                self._begins[pitch] = self._at
                self._entered = True

    def _end_step(self) -> None:
        for pitch in sorted(self._begins.keys() - set(self._now)):
            self._close(pitch)
        self.before = tuple(sorted(self._now))
        self._now = []
        self._at += 1

    def _close(self, pitch: int) -> None:
        """End a note where this 16th begins, if it sounds."""
        begin = self._begins.pop(pitch, self._at)
        if begin < self._at:
            onset = rational(begin) / BEAT_STEPS
            end = min(self.rules.request.beats, rational(self._at) / BEAT_STEPS)
            self._notes.append(Note(onset, end - onset, float(pitch + 12 * self.rules.up)))

    def rest(self) -> Sequence[Event]:
        """Return nothing: this network counts no bars."""
        return ()

    def notes(self) -> tuple[Note, ...]:
        """Return the notes of the bar; what still sounds is cut at its end."""
        for pitch in sorted(self._begins):
            self._close(pitch)
        return tuple(sorted(self._notes, key=lambda note: (note.onset, note.pitch)))

    def place(self) -> tuple[int, ...]:
        """Return the notes that sounded in the last 16th."""
        return self.before
