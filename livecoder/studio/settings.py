"""What a performer can set on a network, as one frozen value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livecoder.core.errors import RangeError
from livecoder.core.events import Note
from livecoder.core.rational import ZERO, Rational
from livecoder.patterns.pattern import Pattern
from livecoder.studio.calls import Calls, Primer

if TYPE_CHECKING:
    from livecoder.theory.scales import Key

__all__ = ["NO_PRIMER", "Primer", "Settings"]

NO_PRIMER: Primer = ((), ZERO)
_EVERY = frozenset(range(12))
_PLAIN = ("seed", "lowest", "highest", "top_k", "top_p", "density", "polyphony", "strong", "ending")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a network is to play.

    >>> Settings(temperature=1.1, top_k=8).describe()
    'temperature=1.1, top_k=8'

    Attributes:
        temperature: 1 as it learned, below calmer, above wilder; from 0.01 to 10; or a pattern of
            such numbers, read at every sixteenth of a bar.
        key: what it keeps to; None for any note.
        seed: another number, another melody.
        take: counts how often it was told to compose anew.
        primer: what it has heard before its first bar.
        lowest: lowest MIDI note it may play.
        highest: highest MIDI note it may play.
        top_k: choose among so many likeliest events; None for all.
        top_p: choose among the likeliest that have this share of the chances together; None for
            all.
        density: notes a second when a beat is half of one, about or at most; None as it learned.
        polyphony: notes that sound at once, at most; None as it learned.
        chords: a pattern of chord symbols it plays over; None for none.
        strong: only notes of the chord on strong beats.
        ending: bars after which it comes to rest on the tonic, again and again; None for never.
        pitches: how much of each pitch class it plays, twelve weights from C; None as it learned.
        melody: what somebody else plays, for it to accompany; None for nothing.
        listening: whom it answers, in place of playing on; None for nobody.
        entry: cycle on which an answer is heard to begin; None for what is no answer.

    Raises:
        RangeError: a number is out of its range, or no note is left to play.
    """

    temperature: float | Pattern = 1.0
    key: Key | None = None
    seed: int = 0
    take: int = 0
    primer: Primer = NO_PRIMER
    lowest: int = 48
    highest: int = 84
    top_k: int | None = None
    top_p: float | None = None
    density: float | None = None
    polyphony: int | None = None
    chords: Pattern | None = None
    strong: bool = False
    ending: int | None = None
    pitches: tuple[float, ...] | None = None
    melody: Pattern | None = None
    listening: Calls | None = None
    entry: Rational | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.temperature, Pattern):
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

    def describe(self, plain: Settings | None = None) -> str:
        """Return what differs from the defaults, as a performer would type it.

        Args:
            plain: the defaults of this network; None for those of a melody.
        """
        plain = Settings() if plain is None else plain
        parts = []
        if isinstance(self.temperature, Pattern):
            parts.append(f"temperature={self.temperature!r}")
        elif self.temperature != 1.0:
            parts.append(f"temperature={self.temperature:g}")
        parts += [] if self.key is None else [f"key={self.key.name!r}"]
        parts += [] if self.chords is None else [f"chords={self.chords!r}"]
        parts += [] if self.melody is None else [f"melody={self.melody!r}"]
        parts += ["prime=..."] if self.primer[0] else []
        parts += [] if self.listening is None else [f"prime={self.listening!r}"]
        for name in _PLAIN:
            value = getattr(self, name)
            if value != getattr(plain, name):
                parts.append(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}")
        parts += [] if self.pitches is None else ["pitches=..."]
        return ", ".join(parts)
