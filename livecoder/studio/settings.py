"""What a performer can set on a network, as one frozen value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livecoder.core.errors import RangeError
from livecoder.core.events import Note
from livecoder.core.rational import ZERO, Rational

if TYPE_CHECKING:
    from livecoder.theory.scales import Key

__all__ = ["NO_PRIMER", "Primer", "Settings"]

Primer = tuple[tuple[Note, ...], Rational]
"""Notes in cycles from the primer's start, and how many cycles they fill."""

NO_PRIMER: Primer = ((), ZERO)
_EVERY = frozenset(range(12))


@dataclass(frozen=True, slots=True)
class Settings:
    """How a network is to play.

    >>> Settings(temperature=1.1).describe()
    'temperature=1.1'

    Attributes:
        temperature: 1 as it learned, below calmer, above wilder; from 0.01 to 10.
        key: what it keeps to; None for any note.
        seed: another number, another melody.
        take: counts how often it was told to compose anew.
        primer: what it has heard before its first bar.
        lowest: lowest MIDI note it may play.
        highest: highest MIDI note it may play.

    Raises:
        RangeError: a number is out of its range, or no note is left to play.
    """

    temperature: float = 1.0
    key: Key | None = None
    seed: int = 0
    take: int = 0
    primer: Primer = NO_PRIMER
    lowest: int = 48
    highest: int = 84

    def __post_init__(self) -> None:
        temperature = float(self.temperature)
        if not (math.isfinite(temperature) and 0.01 <= temperature <= 10.0):
            raise RangeError(
                "temperature", self.temperature, "from 0.01 to 10", fix="try temperature=1.1"
            )
        pitches = range(self.lowest, self.highest + 1)
        if not (0 <= self.lowest <= self.highest <= 127) or not any(
            pitch % 12 in self.allowed for pitch in pitches
        ):
            raise RangeError(
                "lowest and highest",
                (self.lowest, self.highest),
                "MIDI notes, at least an octave apart",
                fix="try lowest=48, highest=84",
            )

    @property
    def allowed(self) -> frozenset[int]:
        """Pitch classes that may sound."""
        return _EVERY if self.key is None else self.key.pitch_classes

    def primer_in_beats(self, beats: Rational) -> tuple[tuple[Note, ...], Rational]:
        """Return the primer's notes and its length in beats, for bars of `beats` beats."""
        notes, cycles = self.primer
        return (
            tuple(
                note._replace(onset=note.onset * beats, duration=note.duration * beats)
                for note in notes
            ),
            cycles * beats,
        )

    def describe(self) -> str:
        """Return what differs from the defaults, as a performer would type it."""
        parts = [] if self.temperature == 1.0 else [f"temperature={self.temperature:g}"]
        parts += [] if self.key is None else [f"key={self.key.name!r}"]
        parts += [] if self.seed == 0 else [f"seed={self.seed}"]
        parts += ["prime=..."] if self.primer[0] else []
        parts += [] if self.lowest == 48 else [f"lowest={self.lowest}"]
        parts += [] if self.highest == 84 else [f"highest={self.highest}"]
        return ", ".join(parts)
