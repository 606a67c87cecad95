"""Piano music as the tokens of Music Transformer: 310 of them.

Token 0 pads, 1 ends a piece; then 88 notes begin (MIDI 21 to 108), 88 end, 100 shifts of 10 ms to
1 s, 32 bins of loudness. Events are those of `performance`, `(type, value)`, and `PAD` and `END`.

Source: Magenta 2.1.4, `score2perf` (`MidiPerformanceEncoder`, pitches 21 to 108, 32 velocity bins,
100 steps a second).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livecoder.core.errors import RangeError
from livecoder.models.encodings.performance import (
    LONGEST_SHIFT,
    NOTE_OFF,
    NOTE_ON,
    TIME_SHIFT,
    VELOCITY,
)

__all__ = ["END", "HIGHEST", "LOWEST", "PAD", "TOKENS", "Piano"]

LOWEST, HIGHEST = 21, 108
_KEYS = HIGHEST - LOWEST + 1
_VELOCITIES = 32
_FIRST = {NOTE_ON: 2, NOTE_OFF: 2 + _KEYS, TIME_SHIFT: 2 + 2 * _KEYS}
_FIRST[VELOCITY] = _FIRST[TIME_SHIFT] + LONGEST_SHIFT
TOKENS = _FIRST[VELOCITY] + _VELOCITIES

Event = tuple[int, int]

PAD: Event = (0, 0)
"""Nothing: fills up a batch. Not an event of note-seq's."""
END: Event = (0, 1)
"""The piece is over. Not an event of note-seq's."""


@dataclass(frozen=True, slots=True)
class Piano:
    """Tokens to events and back; what is heard is the last token.

    >>> piano = Piano()
    >>> piano.classes, piano.class_of(0, (NOTE_ON, 60)), piano.event_of(0, 178)
    (310, 41, (3, 1))
    """

    name: str = "piano310"
    inputs: int = TOKENS
    classes: int = TOKENS

    def begin(self) -> int:
        """Return the token that ends a piece: what is before one."""
        return 1

    def then(self, heard: int, event: Event) -> int:
        """Return the last token."""
        return self.class_of(heard, event)

    def active(self, heard: int, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return a one at the last token."""
        return {heard: 1.0}

    def class_of(self, heard: int, event: Event) -> int:  # noqa: ARG002
        """Return the token of an event.

        Raises:
            RangeError: there is no such event.
        """
        kind, value = event
        if kind in {NOTE_ON, NOTE_OFF} and LOWEST <= value <= HIGHEST:
            return _FIRST[kind] + value - LOWEST
        if kind == TIME_SHIFT and 1 <= value <= LONGEST_SHIFT:
            return _FIRST[kind] + value - 1
        if kind == VELOCITY and 1 <= value <= _VELOCITIES:
            return _FIRST[kind] + value - 1
        if event in {PAD, END}:
            return value
        allowed = f"(1 or 2, {LOWEST} to {HIGHEST}), (3, 1 to 100) or (4, 1 to 32)"
        raise RangeError("an event of the piano", event, allowed, fix="move the note by octaves")

    def event_of(self, heard: int, index: int) -> Event:  # noqa: ARG002
        """Return the event of a token."""
        if index < 2:
            return 0, index
        kind = max(kind for kind, first in _FIRST.items() if first <= index)
        return kind, index - _FIRST[kind] + (LOWEST if kind in {NOTE_ON, NOTE_OFF} else 1)

    def numbers(self, heard: int) -> tuple[int, ...]:
        """Return the last token."""
        return (heard,)

    def heard_of(self, numbers: Sequence[int]) -> int:
        """Return the last token.

        Raises:
            ValueError: it is none.
        """
        (last,) = numbers
        if not 0 <= last < TOKENS:
            message = f"there is no token {last}"
            raise ValueError(message)
        return last
