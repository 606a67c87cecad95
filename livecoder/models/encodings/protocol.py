"""What every encoding can do: say what a network hears after each event, and what it may answer.

Conventions
-----------
A network is fed one input per event, and answers with one number (a logit) per class: the class of
the event to come. `Heard` is all that the encoding must know of the music so far to say the next
input; it is a small frozen value that does not grow with the music. Events are those of note-seq
and Magenta: melody integers, drums as sets of MIDI pitches, `(type, value)` pairs. Controls, for
networks that have them, are known one event ahead: a chord, a density.

Before any event no event's number is set, only what else the input tells: counters at 0, what is
asked of the first event. Magenta never feeds this; our trainings begin with it, and so does a
stream without a primer. (Polyphony begins with its own first event, START.)

Source: the encodings are those of note-seq 0.0.5 and Magenta 2.1.4; each module names its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

__all__ = ["Controls", "Encoding", "dense", "last_class"]

HeardT = TypeVar("HeardT")
EventT = TypeVar("EventT")
ControlT = TypeVar("ControlT", contravariant=True)


class Encoding(Protocol[HeardT, EventT, ControlT]):
    """Events to the numbers of a network's input, and classes to events."""

    @property
    def name(self) -> str:
        """What it is called, in states and messages."""

    @property
    def inputs(self) -> int:
        """How many numbers an input has."""

    @property
    def classes(self) -> int:
        """How many classes a network answers with."""

    def begin(self) -> HeardT:
        """Return what has been heard before any event."""

    def then(self, heard: HeardT, event: EventT) -> HeardT:
        """Return what has been heard after one more event."""

    def active(self, heard: HeardT, control: ControlT | None = None) -> Mapping[int, float]:
        """Return the numbers of the input fed after `heard` that are not 0, by index.

        Args:
            heard: the music so far; the input tells of its last event.
            control: what is asked of the event to come; None for nothing. Encodings without
                controls take no notice of it.
        """

    def class_of(self, heard: HeardT, event: EventT) -> int:
        """Return the class that stands for `event` after `heard`.

        Raises:
            RangeError: no class stands for it.
        """

    def event_of(self, heard: HeardT, index: int) -> EventT:
        """Return the event that class `index` stands for after `heard`."""

    def numbers(self, heard: HeardT) -> tuple[int, ...]:
        """Return `heard` as whole numbers of 64 bits, for a frozen state."""

    def heard_of(self, numbers: Sequence[int]) -> HeardT:
        """Return what `numbers` was given.

        Raises:
            ValueError: no music leads to these numbers.
        """


class Controls(Protocol[ControlT]):
    """What is asked of the event to come, as numbers that stand before those of the events."""

    @property
    def inputs(self) -> int:
        """How many numbers."""

    def active(self, control: ControlT | None) -> Mapping[int, float]:
        """Return those that are not 0, by index; None where nothing is asked."""


def dense(active: Mapping[int, float], inputs: int) -> list[float]:
    """Return an input with its zeros.

    >>> dense({0: 1.0, 3: -1.0}, 5)
    [1.0, 0.0, 0.0, -1.0, 0.0]
    """
    row = [0.0] * inputs
    for index, value in active.items():
        row[index] = value
    return row


def last_class(numbers: Sequence[int], classes: int, *, least: int = -1) -> int:
    """Return the one number that an encoding is frozen as which remembers its last class alone.

    >>> last_class((5,), 38)
    5

    Args:
        numbers: the one number.
        classes: how many classes there are.
        least: -1 where nothing may have been heard yet.

    Raises:
        ValueError: it is no class.
    """
    (last,) = numbers
    if not least <= last < classes:
        message = f"there is no class {last}"
        raise ValueError(message)
    return last
