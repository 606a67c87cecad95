"""Events that are heard together with what is asked of the next one: chords, density.

The input is what is asked of the event to come, then the event before it; classes and events are
those of the events alone.

Source: note-seq 0.0.5, `encoder_decoder.ConditionalEventSequenceEncoderDecoder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from livecoder.models.encodings.protocol import Controls, Encoding

__all__ = ["Conditioned"]

HeardT = TypeVar("HeardT")
EventT = TypeVar("EventT")
ControlT = TypeVar("ControlT")


@dataclass(frozen=True, slots=True)
class Conditioned(Generic[HeardT, EventT, ControlT]):
    """An encoding of events, with controls before them.

    Attributes:
        name: what it is called.
        controls: encodes what is asked.
        events: encodes the events.
    """

    name: str
    controls: Controls[ControlT]
    events: Encoding[HeardT, EventT, None]

    @property
    def inputs(self) -> int:
        """Those of the controls and those of the events."""
        return self.controls.inputs + self.events.inputs

    @property
    def classes(self) -> int:
        """Those of the events."""
        return self.events.classes

    def begin(self) -> HeardT:
        """Return what has been heard before any event."""
        return self.events.begin()

    def then(self, heard: HeardT, event: EventT) -> HeardT:
        """Return what has been heard after one more event."""
        return self.events.then(heard, event)

    def active(self, heard: HeardT, control: ControlT | None = None) -> dict[int, float]:
        """Return the numbers that are not 0: what is asked of the next event, then the last."""
        active = dict(self.controls.active(control))
        offset = self.controls.inputs
        for index, value in self.events.active(heard).items():
            active[offset + index] = value
        return active

    def class_of(self, heard: HeardT, event: EventT) -> int:
        """Return the class of an event."""
        return self.events.class_of(heard, event)

    def event_of(self, heard: HeardT, index: int) -> EventT:
        """Return the event of a class."""
        return self.events.event_of(heard, index)

    def numbers(self, heard: HeardT) -> tuple[int, ...]:
        """Return `heard` as whole numbers."""
        return self.events.numbers(heard)

    def heard_of(self, numbers: Sequence[int]) -> HeardT:
        """Return what `numbers` was given; ValueError if no music leads there."""
        return self.events.heard_of(numbers)
