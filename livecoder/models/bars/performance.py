"""Bars of a performance, 10 ms a step: PerformanceRNN, and whatever speaks its events.

A bar is beats, a performance is seconds: a beat is taken for half a second, as at 120 bpm, so it
has 50 steps; played at another tempo, the performance is as much faster or slower.

What sounds over the bar line is cut there and not struck again; the network goes on holding it.
When a pause runs past the bar line, the rest of it belongs to the next bar.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational, rational
from livecoder.models.bars.accompanied import STEPS_PER_BEAT, melody_of
from livecoder.models.bars.place import LONGEST_NOTE, USUAL_BIN, PerformancePlace, place_of
from livecoder.models.constraints import Rules
from livecoder.models.encodings.performance import (
    LONGEST_SHIFT,
    NOTE_OFF,
    NOTE_ON,
    TIME_SHIFT,
    VELOCITY,
    Performance,
    PlayedNote,
    bin_of,
    events_of,
    velocity_of,
)
from livecoder.models.sampling import MASKED

__all__ = ["STEPS_PER_BEAT", "PerformanceBar", "PerformanceBars", "PerformancePlace"]

_PITCHES = 128
_SHIFTS = 2 * _PITCHES  # the first class of each
_VELOCITIES = _SHIFTS + LONGEST_SHIFT
_NEAR = 6  # steps from a beat at which a player still means it
_AT_ONCE = 40  # events between two shifts: then time must pass

Event = tuple[int, int]
Control = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class PerformanceBars:
    """Bars of a performance.

    Attributes:
        dynamics: whether the network has velocities.
        controls: what can be asked of the network itself, of "density" and "pitches", in order.
        optional: whether it has a number that says "as you like".
        usual: what it is told where nothing is asked, for each of `controls`; None for nothing.
        lowest: its lowest MIDI note.
        highest: its highest.
    """

    dynamics: bool = True
    controls: tuple[str, ...] = ()
    optional: bool = False
    usual: Control | None = None
    lowest: int = 21
    highest: int = 108

    def begin(self) -> PerformancePlace:
        """Return that nothing sounds."""
        return PerformancePlace()

    def opening(self) -> Sequence[Any]:
        """Return nothing: it begins from silence."""
        return ()

    def primer(
        self, notes: Iterable[Note], beats: Rational
    ) -> tuple[Sequence[Event], PerformancePlace]:
        """Return the events of notes; what sounds at the primer's end is cut there."""
        end = _steps_of(beats)
        played: list[PlayedNote] = []
        for note in notes:
            begin = round(float(note.onset) * STEPS_PER_BEAT)
            until = max(begin + 1, round(float(note.onset + note.duration) * STEPS_PER_BEAT))
            pitch = round(note.pitch)
            if 0 <= begin < end and 0 <= pitch < _PITCHES:
                loudness = min(127, max(1, round(note.velocity * 127)))
                played.append(PlayedNote(begin, min(until, end), pitch, loudness))
        if not played:
            return [], self.begin()
        events = events_of(played, dynamics=self.dynamics)
        left = end - max(note.end for note in played)
        events += [(TIME_SHIFT, LONGEST_SHIFT)] * (left // LONGEST_SHIFT)
        if left % LONGEST_SHIFT:
            events.append((TIME_SHIFT, left % LONGEST_SHIFT))
        last = max(played, key=lambda note: (note.begin, note.pitch))
        return events, PerformancePlace(velocity=bin_of(last.velocity))

    def open(self, place: PerformancePlace, request: BarRequest) -> PerformanceBar:
        """Begin a bar.

        Raises:
            RangeError: what is asked for cannot be.
        """
        return PerformanceBar(self, place, Rules.of(request, (self.lowest, self.highest)))

    def most(self, beats: Rational) -> int:
        """Return how many events a bar may have, if time passed by single steps: not reached."""
        return _steps_of(beats) * (_AT_ONCE + 1)

    def numbers(self, place: PerformancePlace) -> tuple[int, ...]:
        """Return a place as numbers."""
        return place.numbers()

    def place_of(self, numbers: Sequence[int]) -> PerformancePlace:
        """Return what `numbers` was given; ValueError if no performance leads there."""
        return place_of(numbers)


def _steps_of(beats: Rational) -> int:
    """Return the steps of 10 ms that a length takes, the last perhaps cut short."""
    return int(-(-beats * STEPS_PER_BEAT // 1))


@dataclass(slots=True)
class PerformanceBar:
    """One bar of a performance under way."""

    bars: PerformanceBars
    before: PerformancePlace
    rules: Rules
    _now: int = 0
    _end: int = 0
    _velocity: int = USUAL_BIN
    _sounding: dict[int, tuple[int, int]] = field(default_factory=dict)  # pitch: begin, velocity
    _notes: list[Note] = field(default_factory=list)
    _begun: int = 0
    _since: int = 0  # events since time passed
    _struck: set[int] = field(default_factory=set)  # notes that began since then
    _brief: set[int] = field(default_factory=set)  # and those of them that have ended
    _due: int | None = None  # the step the tonic comes at
    _landed: bool = False
    _entry: int | None = None  # the step a note is to begin at, until one has
    _control: Control | None = None
    # Of a melody that somebody else plays: what comes when, and which notes of it sound.
    _theirs: deque[tuple[int, Event]] = field(default_factory=deque)
    _held: set[int] = field(default_factory=set)
    _masks: dict[frozenset[int], NDArray[np.float64]] = field(default_factory=dict)
    _classes: int = 0

    def __post_init__(self) -> None:
        request = self.rules.request
        self._classes = Performance(self.bars.dynamics).classes
        self._end = _steps_of(request.beats)
        self._now, self._velocity = self.before.past, self.before.velocity
        self._sounding = {pitch: (-age, 0) for pitch, age in self.before.sounding}
        ending = self.rules.ending
        if ending is not None:
            self._due = _steps_of(ending)
            self._now = min(self._now, self._due)  # no pause is so long that the end is missed
        self._held, coming = melody_of(
            request, 12 * self.rules.up, self.bars.lowest, self.bars.highest, self._end
        )
        loud = self.bars.dynamics
        self._theirs.extend(one for one in coming if loud or one[1][0] != VELOCITY)
        if self._theirs:
            self._now = min(self._now, self._theirs[0][0])
        if request.entry is not None:
            self._entry = _steps_of(request.entry)
            self._now = min(self._now, self._entry)
        self._control = self._asked()

    def _asked(self) -> Control | None:
        """Return what is asked of the network itself."""
        bars, request = self.bars, self.rules.request
        if not bars.controls:
            return None
        given = {"density": request.density, "pitches": request.pitches}
        usual = bars.usual or (None,) * len(bars.controls)
        asked = tuple(
            other if given[name] is None else given[name]
            for name, other in zip(bars.controls, usual, strict=True)
        )
        if not bars.optional:
            return asked
        free = all(given[name] is None for name in bars.controls)
        return (free, () if free else asked)

    @property
    def full(self) -> bool:
        """Whether time has come to the bar's end."""
        return self._now >= self._end

    @property
    def step(self) -> int:
        """The 16th of the bar."""
        return self._now * 4 // STEPS_PER_BEAT

    @property
    def now(self) -> int:
        """The step that time has come to."""
        return self._now

    def due(self) -> Event | None:
        """Return what comes next of the melody, if it comes now."""
        if self._theirs and self._theirs[0][0] <= self._now:
            return self._theirs[0][1]
        return None

    def control(self) -> Control | None:
        """Return what is asked of the next event."""
        return self._control

    def bias(self, heard: int) -> NDArray[np.float64]:  # noqa: ARG002
        """Return what to add to the logits, `[C]`: only notes that begin are ever masked for long.

        Ends of notes and shifts may always come, but where the tonic is awaited, and ends not for
        ever without a shift between; nor the end of a note that the melody holds.
        """
        waiting = self._due is not None and not self._landed and self._now >= self._due
        tonics = self.rules.tonics - self._held if waiting else frozenset[int]()
        if tonics or self._since >= _AT_ONCE:  # the melody may have the tonic already
            bias = np.full(self._classes, MASKED)
            if tonics:
                bias[sorted(tonics)] = 0.0
            else:
                bias[_SHIFTS:_VELOCITIES] = 0.0
            return self._no_shift_past(bias)
        begins = self._begins()
        if self._entry is not None:
            entering = sorted(begins - self._struck - self._held)
            if entering:
                bias = np.full(self._classes, MASKED)
                bias[entering] = 0.0
                return bias
        if begins not in self._masks:
            self._masks[begins] = np.zeros(self._classes)
            self._masks[begins][:_PITCHES] = MASKED
            self._masks[begins][sorted(begins)] = 0.0
        bias = self._masks[begins].copy()
        if self.rules.request.density is not None and "density" not in self.bars.controls:
            bias[:_PITCHES] += self.rules.push(self._beat, self._begun)
        for pitch in self._struck:
            bias[pitch] = MASKED
        return self._no_shift_past(bias)

    @property
    def _beat(self) -> Rational:
        return rational(self._now) / STEPS_PER_BEAT

    def _no_shift_past(self, bias: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mask shifts over the moment of the tonic, the entry or the melody, and its notes."""
        if self._entry is not None and self._now < self._entry:
            bias[_SHIFTS + self._entry - self._now : _VELOCITIES] = MASKED
        if self._due is not None and not self._landed and self._now < self._due:
            bias[_SHIFTS + self._due - self._now : _VELOCITIES] = MASKED
        if self._theirs and self._now < self._theirs[0][0]:
            bias[_SHIFTS + self._theirs[0][0] - self._now : _VELOCITIES] = MASKED
        if self.rules.request.melody:
            # What comes next bar may be on its first beat.
            bias[_SHIFTS + self._end - self._now : _VELOCITIES] = MASKED
        for pitch in self._held:
            bias[pitch] = bias[_PITCHES + pitch] = MASKED
        return bias

    def _begins(self) -> frozenset[int]:
        """Return the notes that may begin now, but for those that have since time passed."""
        rules, request = self.rules, self.rules.request
        if request.polyphony is not None:
            own = len(self._sounding.keys() - self._held)
            if own + len(self._brief) >= request.polyphony:
                return frozenset()
        if request.entry is not None and rules.waits(self._beat):
            return frozenset()
        if self._landed:
            return rules.tonics
        if self._due is not None and self._now >= self._due:
            return frozenset()  # the melody has the tonic
        if request.density is not None:
            # A network that is asked for a density itself comes near it; the limit is for strays.
            itself = "density" in self.bars.controls
            slack = request.density * float(request.beats) / 2 if itself else 0.0
            kept = 0 if self._due is None else 1
            if rules.room(self._begun) + slack < 1 + kept:
                return frozenset()
        if not request.strong:
            return rules.playable
        beat = self._beat
        near = rational(round(beat))
        on_it = abs(beat - near) * STEPS_PER_BEAT <= _NEAR
        return rules.starts(near if on_it else beat)

    def take(self, event: Event) -> None:
        """Add an event."""
        kind, value = event
        if event == self.due():
            self._theirs.popleft()
            self._hear(kind, value)
            return
        self._since += 1
        if kind == TIME_SHIFT:
            self._now += value
            self._since = 0
            self._struck, self._brief = set(), set()
            for pitch, (begin, _) in list(self._sounding.items()):
                if self._now - begin >= LONGEST_NOTE:
                    self._close(pitch, begin + LONGEST_NOTE)
        elif kind == VELOCITY:
            self._velocity = value
        elif kind == NOTE_OFF:
            if value in self._sounding and value in self._struck:
                self._brief.add(value)
            self._close(value, self._now)
        elif kind == NOTE_ON:
            self._strike(value)

    def _hear(self, kind: int, value: int) -> None:
        """Add an event of the melody: nothing of it is a note of this bar."""
        if kind == VELOCITY:
            self._velocity = value
        elif kind == NOTE_ON:
            self._close(value, self._now)
            self._sounding[value] = (self._now, 0)
            self._held.add(value)
        else:
            self._sounding.pop(value, None)
            self._held.discard(value)

    def _strike(self, pitch: int) -> None:
        """Begin a note."""
        due = self._due is not None and not self._landed and self._now >= self._due
        lands = due and pitch in self.rules.tonics
        most = self.rules.request.polyphony
        # For the end on the tonic there is always a voice.
        own = self._sounding.keys() - self._held
        full = lands and most is not None and len(own) >= most
        for ended in sorted(own) if full else (pitch,):
            self._close(ended, self._now)
        self._sounding[pitch] = (self._now, self._velocity)
        self._struck.add(pitch)
        self._begun += 1
        self._entry = None
        self._landed = self._landed or lands

    def _close(self, pitch: int, at: int) -> None:
        """End a note, if it sounds; one that began before the bar was cut at the bar line."""
        begin, velocity = self._sounding.pop(pitch, (-1, 0))
        # A velocity of 0 marks what began before this bar, or is somebody else's.
        if velocity == 0:
            return
        onset = rational(begin) / STEPS_PER_BEAT
        beats = self.rules.request.beats
        end = min(beats, max(onset + rational(1) / STEPS_PER_BEAT, rational(at) / STEPS_PER_BEAT))
        loudness = velocity_of(velocity) / 127 if self.bars.dynamics else 0.8
        self._notes.append(Note(onset, end - onset, float(pitch + 12 * self.rules.up), loudness))

    def rest(self) -> Sequence[Event]:
        """Return nothing: this network counts no bars."""
        return ()

    def notes(self) -> tuple[Note, ...]:
        """Return the notes of the bar; what still sounds is cut at its end."""
        for pitch in sorted(self._sounding):
            begin, _ = self._sounding[pitch]
            self._close(pitch, self._end)
            self._sounding[pitch] = (begin, 0)
        return tuple(sorted(self._notes, key=lambda note: (note.onset, note.pitch)))

    def place(self) -> PerformancePlace:
        """Return where the performance stands at the bar line."""
        sounding = sorted(self._sounding.items())
        held = tuple(
            (pitch, self._end - begin)
            for pitch, (begin, _) in sounding
            if 0 <= self._end - begin < LONGEST_NOTE
        )
        return PerformancePlace(max(0, self._now - self._end), self._velocity, held)
