"""Several voices in 16ths: in each step, which notes begin and which go on.

An event is `(type, pitch)`: `START` 0, `END` 1, `STEP_END` 2 (their pitch is None in Magenta's
sequences, 0 when decoded; no notice is taken of it), `NEW_NOTE` 3, `CONTINUED_NOTE` 4. A piece is
START, then for every step its notes from the highest down and STEP_END, then END. A note that is
not continued has ended. 259 classes: the three without a pitch, 128 new notes, 128 continued.

Source: Magenta 2.1.4, `polyphony_lib.PolyphonicEvent` and
`polyphony_encoder_decoder.PolyphonyOneHotEncoding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from livecoder.core.errors import RangeError
from livecoder.models.encodings.protocol import last_class

__all__ = [
    "CONTINUED_NOTE",
    "END",
    "NEW_NOTE",
    "START",
    "STEP_END",
    "Polyphony",
    "events_of",
]

START, END, STEP_END, NEW_NOTE, CONTINUED_NOTE = range(5)
_PITCHES = 128

Event = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Polyphony:
    """One-hot events; what is heard is the class of the last one.

    >>> polyphony = Polyphony()
    >>> polyphony.class_of(0, (NEW_NOTE, 60)), polyphony.event_of(0, 131)
    (63, (4, 0))
    """

    name: str = "polyphony259"
    inputs: int = 3 + 2 * _PITCHES
    classes: int = 3 + 2 * _PITCHES

    def begin(self) -> int:
        """Return the class of START."""
        return START

    def then(self, heard: int, event: Event) -> int:
        """Return the class of the last event."""
        return self.class_of(heard, event)

    def active(self, heard: int, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return a one at the class of the last event."""
        return {heard: 1.0}

    def class_of(self, heard: int, event: Event) -> int:  # noqa: ARG002
        """Return the class of an event.

        Raises:
            RangeError: there is no such event.
        """
        kind, pitch = event
        if kind in {START, END, STEP_END}:
            return kind
        if kind in {NEW_NOTE, CONTINUED_NOTE} and pitch is not None and 0 <= pitch < _PITCHES:
            return 3 + _PITCHES * (kind - NEW_NOTE) + pitch
        allowed = "(0 to 2, None), (3, pitch) or (4, pitch)"
        raise RangeError("a polyphonic event", event, allowed, fix="try (3, 60)")

    def event_of(self, heard: int, index: int) -> tuple[int, int]:  # noqa: ARG002
        """Return the event of a class; the pitch of one without a pitch is 0."""
        if index < 3:
            return index, 0
        return NEW_NOTE + (index - 3) // _PITCHES, (index - 3) % _PITCHES

    def numbers(self, heard: int) -> tuple[int, ...]:
        """Return the last class."""
        return (heard,)

    def heard_of(self, numbers: Sequence[int]) -> int:
        """Return the last class.

        Raises:
            ValueError: it is none.
        """
        return last_class(numbers, self.classes, least=0)


def events_of(notes: Iterable[tuple[int, int, int]], steps: int) -> list[Event]:
    """Return the events of a piece, in Magenta's order, from START to END.

    >>> events_of([(0, 2, 60), (0, 1, 64)], 2)
    [(0, None), (3, 64), (3, 60), (2, None), (4, 60), (2, None), (1, None)]

    Args:
        notes: first step, step it ends before, MIDI pitch.
        steps: length of the piece.
    """
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for begin, end, pitch in notes:
        begins.setdefault(begin, []).append(pitch)
        ends.setdefault(end, []).append(pitch)
    events: list[Event] = [(START, None)]
    # A list: one pitch may sound in two voices.
    sounding: list[int] = []
    for step in range(steps):
        for pitch in ends.get(step, ()):
            if pitch in sounding:
                sounding.remove(pitch)
        new = begins.get(step, [])
        told = [(-pitch, CONTINUED_NOTE) for pitch in sounding]
        told += [(-pitch, NEW_NOTE) for pitch in new]
        sounding += new
        # Sorting is stable: of equal pitches the one that goes on is told first.
        events += [(kind, -down) for down, kind in sorted(told, key=lambda voice: voice[0])]
        events.append((STEP_END, None))
    return [*events, (END, None)]
