"""What makes a stream of a network's events out of bars of notes, and bars out of it.

Conventions
-----------
A `Place` is what of the music so far the bars must know beside what the encoding has heard: what
sounds over the bar line, how far the events ran past it. It is a small frozen value. A `Bar` is one
bar under way; it is used up. Beats are exact; the bar begins at 0.

What sounds at the end of a bar is cut there: a bar's notes are its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational

__all__ = ["BAR_STEPS", "BEAT_STEPS", "Bar", "Bars", "passed_over", "steps_of"]

BEAT_STEPS = 4
"""16ths of a beat."""
BAR_STEPS = 16
"""16ths of the bars that networks were trained on."""

HeardT_contra = TypeVar("HeardT_contra", contravariant=True)
EventT = TypeVar("EventT")
ControlT_co = TypeVar("ControlT_co", covariant=True)
PlaceT = TypeVar("PlaceT")
PlaceT_co = TypeVar("PlaceT_co", covariant=True)


class Bar(Protocol[HeardT_contra, EventT, ControlT_co, PlaceT_co]):
    """One bar under way."""

    @property
    def full(self) -> bool:
        """Whether all of it is there."""

    @property
    def step(self) -> int:
        """The 16th of the bar that the next event falls in."""

    def due(self) -> EventT | None:
        """Return the event that comes next whatever the network thinks; None where it may choose.

        Such are those of a melody that somebody else plays: they are heard, and not composed.
        """

    def control(self) -> ControlT_co | None:
        """Return what is asked of the next event."""

    def bias(self, heard: HeardT_contra) -> NDArray[np.float64]:
        """Return what to add to the logits, `[C]`; `MASKED` for what may not come, never for all.

        It is only read, and only until the next call.
        """

    def take(self, event: EventT) -> None:
        """Add an event."""

    def rest(self) -> Sequence[EventT]:
        """Return events that the network alone hears after the bar, so that its own bar is full."""

    def notes(self) -> tuple[Note, ...]:
        """Return the notes of the bar, earliest first."""

    def place(self) -> PlaceT_co:
        """Return where the music stands at the end of the bar."""


class Bars(Protocol[HeardT_contra, EventT, ControlT_co, PlaceT]):
    """Bars of one kind of music."""

    def begin(self) -> PlaceT:
        """Return where music stands that has not begun."""

    def opening(self) -> Sequence[EventT]:
        """Return the events to have heard where there is no primer."""

    def primer(self, notes: Iterable[Note], beats: Rational) -> tuple[Sequence[EventT], PlaceT]:
        """Return the events of notes to have heard, and where the music stands after them.

        Args:
            notes: onsets in beats.
            beats: length of the primer, more than 0.
        """

    def open(
        self, place: PlaceT, request: BarRequest
    ) -> Bar[HeardT_contra, EventT, ControlT_co, PlaceT]:
        """Begin a bar.

        Raises:
            RangeError: what is asked for cannot be.
        """

    def most(self, beats: Rational) -> int:
        """Return how many events a bar may have, at most, with those that nobody hears."""

    def numbers(self, place: PlaceT) -> tuple[int, ...]:
        """Return a place as whole numbers, for a frozen state."""

    def place_of(self, numbers: Sequence[int]) -> PlaceT:
        """Return what `numbers` was given.

        Raises:
            ValueError: no music leads there.
        """


def steps_of(beats: Rational) -> int:
    """Return the 16ths that a bar takes, the last perhaps cut short.

    >>> steps_of(Rational(7) / 2), steps_of(Rational(1) / 8)
    (14, 1)
    """
    return int(-(-beats * BEAT_STEPS // 1))


def passed_over(steps: int) -> int:
    """Return the 16ths that are left of the network's own bar after a bar of `steps`.

    A network that counts its bars was trained on sixteen steps; a bar of another length is given
    its steps, then the network is let pass over the rest of its own unheard, so that every bar of
    yours begins where the network feels one. Bars of one and two beats go on without that: they
    are parts of a bar to it.

    >>> [passed_over(steps) for steps in (12, 14, 16, 20, 8, 4)]
    [4, 2, 0, 12, 0, 0]
    """
    return -steps % BAR_STEPS if steps > BAR_STEPS // 2 else 0
