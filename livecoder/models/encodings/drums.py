"""Drum patterns in 16ths: which of nine drums are struck together.

An event is a collection of MIDI pitches, in any order. Every pitch of General MIDI's drums counts
as one of nine kinds: kick, snare, closed hi-hat, open hi-hat, low, mid and high tom, crash, ride; a
class is the sum of `2 ** kind`, so there are 512. Pitches that belong to no kind are passed over.

Input, 518 numbers: one-hot of the last class; six low bits of the number of events, lowest first,
1 or -1: where in four bars one is.

Source: note-seq 0.0.5, `drums_encoder_decoder.MultiDrumOneHotEncoding`, and the configuration
`drum_kit` of Magenta 2.1.4's `drums_rnn_model`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["DRUMS", "KINDS", "Drums", "HeardDrums"]

KINDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("kick", (36, 35)),
    ("snare", (38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85)),
    ("closed hi-hat", (42, 44, 54, 68, 69, 70, 71, 73, 78, 80, 22)),
    ("open hi-hat", (46, 67, 72, 74, 79, 81, 26)),
    ("low tom", (45, 29, 41, 43, 61, 64, 84)),
    ("mid tom", (48, 47, 60, 63, 77, 86, 87)),
    ("high tom", (50, 30, 62, 76, 83)),
    ("crash", (49, 52, 55, 57, 58)),
    ("ride", (51, 53, 59, 82)),
)
"""Each kind of drum and its MIDI pitches; the first is the one that is played."""

DRUMS = tuple(pitches[0] for _, pitches in KINDS)
"""The MIDI pitch each kind is played with."""

_KIND_OF: Mapping[int, int] = MappingProxyType(
    {pitch: kind for kind, (_, pitches) in enumerate(KINDS) for pitch in pitches}
)
_CLASSES = 2 ** len(KINDS)
_BITS = 6


@dataclass(frozen=True, slots=True)
class HeardDrums:
    """How many events there were, and the class of the last.

    Attributes:
        steps: events so far.
        last: class of the last event; -1 before the first.
    """

    steps: int = 0
    last: int = -1


@dataclass(frozen=True, slots=True)
class Drums:
    """Sets of drums to 518 numbers, and 512 classes to sets of drums.

    >>> drums = Drums()
    >>> drums.class_of(drums.begin(), {36, 42}), sorted(drums.event_of(drums.begin(), 5))
    (5, [36, 42])
    """

    name: str = "drums512"
    inputs: int = _CLASSES + _BITS
    classes: int = _CLASSES

    def begin(self) -> HeardDrums:
        """Return that nothing was heard."""
        return HeardDrums()

    def then(self, heard: HeardDrums, event: Collection[int]) -> HeardDrums:
        """Return what has been heard after one more event."""
        return HeardDrums(heard.steps + 1, self.class_of(heard, event))

    def active(self, heard: HeardDrums, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return the numbers that are not 0."""
        active = {heard.last: 1.0} if heard.last >= 0 else {}
        for bit in range(_BITS):
            active[_CLASSES + bit] = 1.0 if heard.steps >> bit & 1 else -1.0
        return active

    def class_of(self, heard: HeardDrums, event: Iterable[int]) -> int:  # noqa: ARG002
        """Return the sum of 2 to the power of every kind that is struck."""
        kinds = {_KIND_OF[pitch] for pitch in event if pitch in _KIND_OF}
        return sum(1 << kind for kind in kinds)

    def event_of(self, heard: HeardDrums, index: int) -> frozenset[int]:  # noqa: ARG002
        """Return the pitches of a class."""
        return frozenset(pitch for kind, pitch in enumerate(DRUMS) if index >> kind & 1)

    def numbers(self, heard: HeardDrums) -> tuple[int, ...]:
        """Return the number of events and the last class."""
        return (heard.steps, heard.last)

    def heard_of(self, numbers: Sequence[int]) -> HeardDrums:
        """Return what `numbers` was given.

        Raises:
            ValueError: no drums lead there.
        """
        steps, last = numbers
        if steps < 0 or not -1 <= last < _CLASSES or (last < 0) != (steps == 0):
            message = f"no drums lead to {steps} steps and class {last}"
            raise ValueError(message)
        return HeardDrums(steps, last)
