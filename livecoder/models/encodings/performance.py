"""Performances: notes as a player's hands give them, a hundredth of a second apart, with loudness.

An event is `(type, value)`: `(NOTE_ON, pitch)` a note begins; `(NOTE_OFF, pitch)` it ends;
`(TIME_SHIFT, steps)` 1 to 100 steps of 10 ms pass; `(VELOCITY, bin)` the notes to come are as loud
as bin 1 to 32, each 4 MIDI velocities wide. Classes are in that order: 128 + 128 + 100, and 32
where dynamics are encoded.

Controls, for the conditioned networks, stand before the events: the notes per second asked for
(one-hot of 8: below 1, 2, 4, 8, 16, 32, 64, or more) and the share of each pitch class (12 numbers
that add up to 1), each of them where the network has it, in a tuple; 408 numbers with both. The
optional variant has one number more at the front that says "as you like", 409.

Source: note-seq 0.0.5, `performance_encoder_decoder` (`PerformanceOneHotEncoding`,
`ModuloPerformanceEventSequenceEncoderDecoder`), `performance_lib` and `performance_controls`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from livecoder.core.errors import RangeError
from livecoder.models.encodings.protocol import last_class

__all__ = [
    "LONGEST_SHIFT",
    "NOTE_OFF",
    "NOTE_ON",
    "STEPS_PER_SECOND",
    "TIME_SHIFT",
    "USUAL_DENSITY",
    "VELOCITY",
    "ModuloPerformance",
    "Performance",
    "PerformanceControls",
    "PlayedNote",
    "bin_of",
    "events_of",
    "velocity_of",
]

NOTE_ON, NOTE_OFF, TIME_SHIFT, VELOCITY = 1, 2, 3, 4
STEPS_PER_SECOND = 100
LONGEST_SHIFT = 100
USUAL_DENSITY = 15.0
"""Notes per second note-seq asks for where nobody says how many."""

_PITCHES = 128
_VELOCITIES = 32
_WIDTH = 4  # MIDI velocities to a bin
_DENSITIES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
_DENSITY_NUMBERS = len(_DENSITIES) + 1
_FIX = "see livecoder.models.encodings.performance"

Event = tuple[int, int]


class PlayedNote(NamedTuple):
    """A note of a performance.

    Attributes:
        begin: step of 10 ms it begins in.
        end: step it ends before; later than `begin`.
        pitch: MIDI note number, 0 to 127.
        velocity: MIDI velocity, 1 to 127.
    """

    begin: int
    end: int
    pitch: int
    velocity: int


def bin_of(velocity: int) -> int:
    """Return the bin, 1 to 32, of a MIDI velocity, 1 to 127.

    >>> bin_of(1), bin_of(4), bin_of(5), bin_of(127)
    (1, 1, 2, 32)
    """
    return (velocity - 1) // _WIDTH + 1


def velocity_of(index: int) -> int:
    """Return the MIDI velocity, 1 to 125, that a bin stands for.

    >>> velocity_of(1), velocity_of(32)
    (1, 125)
    """
    return 1 + (index - 1) * _WIDTH


def events_of(notes: Iterable[PlayedNote], *, dynamics: bool = True) -> list[Event]:
    """Return the events of a performance, in note-seq's order.

    Notes that begin together are told from the lowest up; at one moment the ends of earlier notes
    come before the beginnings of later ones.

    >>> events_of([PlayedNote(0, 150, 60, 100)])
    [(4, 25), (1, 60), (3, 100), (3, 50), (2, 60)]

    Args:
        notes: in any order.
        dynamics: whether loudness is told.
    """
    ordered = sorted(notes, key=lambda note: (note.begin, note.pitch))
    moments = [(note.begin, number, False) for number, note in enumerate(ordered)]
    moments += [(note.end, number, True) for number, note in enumerate(ordered)]
    events: list[Event] = []
    now, loudness = 0, 0
    for step, number, ends in sorted(moments):
        while step > now:
            shift = min(step - now, LONGEST_SHIFT)
            events.append((TIME_SHIFT, shift))
            now += shift
        note = ordered[number]
        if dynamics and not ends and bin_of(note.velocity) != loudness:
            loudness = bin_of(note.velocity)
            events.append((VELOCITY, loudness))
        events.append((NOTE_OFF if ends else NOTE_ON, note.pitch))
    return events


@dataclass(frozen=True, slots=True)
class Performance:
    """One-hot events: 388 classes with dynamics, 356 without.

    What is heard is the class of the last event, -1 before the first.

    >>> performance = Performance()
    >>> performance.classes, performance.class_of(performance.begin(), (NOTE_OFF, 60))
    (388, 188)
    >>> performance.event_of(performance.begin(), 355)
    (3, 100)

    Attributes:
        dynamics: whether there are velocity events.
    """

    dynamics: bool = True

    @property
    def name(self) -> str:
        """`performance388`, `performance356`."""
        return f"performance{self.classes}"

    @property
    def inputs(self) -> int:
        """One for each class."""
        return self.classes

    @property
    def classes(self) -> int:
        """Beginnings, ends, shifts, velocities."""
        return 2 * _PITCHES + LONGEST_SHIFT + (_VELOCITIES if self.dynamics else 0)

    def begin(self) -> int:
        """Return that there was no event."""
        return -1

    def then(self, heard: int, event: Event) -> int:
        """Return the class of the last event."""
        return self.class_of(heard, event)

    def active(self, heard: int, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return a one at the class of the last event."""
        return {heard: 1.0} if heard >= 0 else {}

    def class_of(self, heard: int, event: Event) -> int:  # noqa: ARG002
        """Return the class of an event.

        Raises:
            RangeError: there is no such event.
        """
        kind, value = event
        if kind in {NOTE_ON, NOTE_OFF} and 0 <= value < _PITCHES:
            return value + _PITCHES * (kind - NOTE_ON)
        if kind == TIME_SHIFT and 1 <= value <= LONGEST_SHIFT:
            return 2 * _PITCHES + value - 1
        if kind == VELOCITY and self.dynamics and 1 <= value <= _VELOCITIES:
            return 2 * _PITCHES + LONGEST_SHIFT + value - 1
        allowed = "(1 or 2, pitch), (3, 1 to 100)" + (" or (4, 1 to 32)" if self.dynamics else "")
        raise RangeError("a performance event", event, allowed, fix=_FIX)

    def event_of(self, heard: int, index: int) -> Event:  # noqa: ARG002
        """Return the event of a class."""
        if index < 2 * _PITCHES:
            return NOTE_ON + index // _PITCHES, index % _PITCHES
        shift = index - 2 * _PITCHES
        if shift < LONGEST_SHIFT:
            return TIME_SHIFT, shift + 1
        return VELOCITY, shift - LONGEST_SHIFT + 1

    def numbers(self, heard: int) -> tuple[int, ...]:
        """Return the last class."""
        return (heard,)

    def heard_of(self, numbers: Sequence[int]) -> int:
        """Return the last class.

        Raises:
            ValueError: it is none.
        """
        return last_class(numbers, self.classes)


@dataclass(frozen=True, slots=True)
class ModuloPerformance:
    """The classes of `Performance`, heard as angles: 16 numbers with dynamics, 13 without.

    A block of numbers for each type, all 0 but that of the last event, which begins with 1.
    Pitches are an angle on a circle of 144 notes and one on a circle of 12; shifts and velocities
    one angle on a circle of their 100 or 32 values; of each angle the cosine, then the sine.

    >>> encoding = ModuloPerformance()
    >>> encoding.inputs, encoding.active(encoding.then(encoding.begin(), (NOTE_ON, 0)))
    (16, {0: 1.0, 1: 1.0, 2: 0.0, 3: 1.0, 4: 0.0})
    """

    dynamics: bool = True

    @property
    def name(self) -> str:
        """`modulo388`, `modulo356`."""
        return f"modulo{self.classes}"

    @property
    def inputs(self) -> int:
        """Five for each end of a note, three for the others."""
        return 16 if self.dynamics else 13

    @property
    def classes(self) -> int:
        """As of `Performance`."""
        return self.events.classes

    @property
    def events(self) -> Performance:
        """The events themselves."""
        return Performance(self.dynamics)

    def begin(self) -> int:
        """Return that there was no event."""
        return self.events.begin()

    def then(self, heard: int, event: Event) -> int:
        """Return the class of the last event."""
        return self.events.class_of(heard, event)

    def active(self, heard: int, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return the block of the last event."""
        if heard < 0:
            return {}
        kind, value = self.events.event_of(heard, heard)
        angles: tuple[float, ...]
        if kind in {NOTE_ON, NOTE_OFF}:
            first, angles = 5 * (kind - NOTE_ON), (value / 144, value % 12 / 12)
        elif kind == TIME_SHIFT:
            first, angles = 10, ((value - 1) / LONGEST_SHIFT,)
        else:
            first, angles = 13, ((value - 1) / _VELOCITIES,)
        active = {first: 1.0}
        for number, angle in enumerate(angles):
            active[first + 1 + 2 * number] = math.cos(2 * math.pi * angle)
            active[first + 2 + 2 * number] = math.sin(2 * math.pi * angle)
        return active

    def class_of(self, heard: int, event: Event) -> int:
        """Return the class of an event, as `Performance` does."""
        return self.events.class_of(heard, event)

    def event_of(self, heard: int, index: int) -> Event:
        """Return the event of a class, as `Performance` does."""
        return self.events.event_of(heard, index)

    def numbers(self, heard: int) -> tuple[int, ...]:
        """Return the last class."""
        return self.events.numbers(heard)

    def heard_of(self, numbers: Sequence[int]) -> int:
        """Return the last class, as `Performance` does."""
        return self.events.heard_of(numbers)


@dataclass(frozen=True, slots=True)
class PerformanceControls:
    """What is asked of a performance: notes per second, shares of pitch classes, or both.

    A control is a tuple of what there is: `(density,)`, `(shares,)`, `(density, shares)`, each
    None where nothing is asked; with `optional`, `(free, that tuple)`, where `free` true means
    that nothing is. The numbers of what is not asked are 0.

    >>> controls = PerformanceControls(pitches=False)
    >>> controls.inputs, controls.active((3.0,)), controls.active(None)
    (8, {2: 1.0}, {})

    Attributes:
        density: whether notes per second can be asked for.
        pitches: whether shares of pitch classes can be.
        optional: whether there is a number that says "as you like".
    """

    density: bool = True
    pitches: bool = True
    optional: bool = False

    @property
    def inputs(self) -> int:
        """How many numbers."""
        return self.optional + _DENSITY_NUMBERS * self.density + 12 * self.pitches

    def active(self, control: tuple[object, ...] | None) -> Mapping[int, float]:
        """Return the numbers that are not 0.

        Raises:
            RangeError: a control of another form.
        """
        asked: object = control
        if self.optional:
            free, asked = (True, ()) if control is None else _pair(control)
            if free:
                return {0: 1.0}
        if asked is None:
            return {}
        parts = list(asked) if isinstance(asked, tuple | list) else [asked]
        if len(parts) != self.density + self.pitches:
            allowed = f"a tuple of {self.density + self.pitches}"
            raise RangeError("a control", control, allowed, fix="try (4.0, (1.0,) * 12)")
        offset = int(self.optional)
        active: dict[int, float] = {}
        if self.density:
            if parts[0] is not None:
                active[offset + _density_bin(parts[0])] = 1.0
            offset += _DENSITY_NUMBERS
        if self.pitches and parts[-1] is not None:
            for pitch_class, share in enumerate(_shares(parts[-1])):
                if share:
                    active[offset + pitch_class] = share
        return active


def _pair(control: tuple[object, ...]) -> tuple[bool, object]:
    if len(control) != 2:
        raise RangeError("a control", control, "(free, (density, shares))", fix=_FIX)
    return bool(control[0]), control[1]


def _density_bin(density: object) -> int:
    """Return the bin of a number of notes per second."""
    if not isinstance(density, int | float) or not density >= 0:
        raise RangeError("density", density, "0 or more notes per second", fix="try 4.0")
    return sum(density >= limit for limit in _DENSITIES)


def _shares(weights: object) -> list[float]:
    """Return twelve weights as shares that add up to 1; equal ones where all are 0."""
    given = list(weights) if isinstance(weights, Sequence) else []
    if len(given) != 12 or not all(
        isinstance(weight, int | float) and weight >= 0 for weight in given
    ):
        allowed = "twelve numbers, 0 or more, C first"
        raise RangeError("weights of pitch classes", weights, allowed, fix="try (1.0,) * 12")
    total = sum(given)
    return [weight / total for weight in given] if total > 0 else [1 / 12] * 12
