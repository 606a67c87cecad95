"""Bars of drums in 16ths: DrumsRNN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational, rational
from livecoder.models.bars.protocol import BEAT_STEPS, passed_over, steps_of
from livecoder.models.constraints import Rules
from livecoder.models.encodings.drums import DRUMS, Drums, HeardDrums
from livecoder.models.sampling import MASKED

__all__ = ["DrumBar", "DrumBars", "drum_events"]

_SILENCE: frozenset[int] = frozenset()
_KICK, _SNARE, _HAT = 36, 38, 42
# Hi-hat on every 16th, kick on 1, "and" of 2, "and" of 3, snare on 2 and 4.
_BEAT = tuple(
    frozenset({_HAT} | ({_KICK} if step in {0, 6, 10} else {_SNARE} if step in {4, 12} else set()))
    for step in range(16)
)


@dataclass(frozen=True, slots=True)
class DrumBars:
    """Bars of drums; nothing rings over a bar line that the network would hear.

    Drums have no key: of a request's pitches only `lowest` and `highest` are heeded, as numbers of
    General MIDI's drums. `polyphony` is how many are struck at once.
    """

    def begin(self) -> tuple[()]:
        """Return nothing."""
        return ()

    def opening(self) -> Sequence[frozenset[int]]:
        """Return a bar of a beat: a drummer goes on as they began, and silence is no groove."""
        return _BEAT

    def primer(
        self, notes: Iterable[Note], beats: Rational
    ) -> tuple[Sequence[frozenset[int]], tuple[()]]:
        """Return the drums of every 16th; for rests alone the opening."""
        events = drum_events(notes, steps_of(beats))
        return (events if any(events) else self.opening()), ()

    def open(self, place: tuple[()], request: BarRequest) -> DrumBar:  # noqa: ARG002
        """Begin a bar.

        Raises:
            RangeError: what is asked for cannot be.
        """
        return DrumBar(Rules.of(request, (0, 127)))

    def most(self, beats: Rational) -> int:
        """Return how many 16ths a bar takes, with those that nobody hears."""
        steps = steps_of(beats)
        return steps + passed_over(steps)

    def numbers(self, place: tuple[()]) -> tuple[int, ...]:
        """Return nothing."""
        return place

    def place_of(self, numbers: Sequence[int]) -> tuple[()]:
        """Return nothing; ValueError for anything else."""
        if numbers:
            message = "a place of drums is empty"
            raise ValueError(message)
        return ()


@cache
def _struck() -> NDArray[np.int64]:
    """Return how many drums each class strikes, `[512]`."""
    return np.array([index.bit_count() for index in range(Drums().classes)])


@dataclass(slots=True)
class DrumBar:
    """One bar of drums under way."""

    rules: Rules
    events: list[frozenset[int]] = field(default_factory=list)
    _steps: int = 0
    _begun: int = 0
    _entered: bool = False  # or nobody waits for it to
    _base: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        request = self.rules.request
        self._steps = steps_of(request.beats)
        self._entered = request.entry is None
        low, high = request.lowest, request.highest
        banned = sum(1 << kind for kind, drum in enumerate(DRUMS) if not low <= drum <= high)
        silent = (np.arange(Drums().classes) & banned) == 0
        if request.polyphony is not None:
            silent &= _struck() <= request.polyphony
        self._base = np.where(silent, 0.0, MASKED)

    @property
    def full(self) -> bool:
        """Whether every 16th has its event."""
        return len(self.events) >= self._steps

    @property
    def step(self) -> int:
        """The 16th that comes."""
        return len(self.events)

    def due(self) -> None:
        """Return nothing: this network accompanies nobody."""

    def control(self) -> None:
        """Return that nothing is asked."""

    def bias(self, heard: HeardDrums) -> NDArray[np.float64]:  # noqa: ARG002
        """Return what to add to the logits, `[512]`."""
        beat = rational(len(self.events)) / BEAT_STEPS
        if self.rules.request.density is None and self._entered:
            return self._base
        struck = _struck()
        bias = self._base + np.where(struck > 0, self.rules.push(beat, self._begun), 0.0)
        bias[struck > (0 if self.rules.waits(beat) else self.rules.room(self._begun))] = MASKED
        if not self._entered and bias[struck > 0].max() > MASKED:
            bias[struck == 0] = MASKED
        return bias

    def take(self, event: frozenset[int]) -> None:
        """Add the drums of a 16th."""
        self.events.append(event)
        self._entered = self._entered or bool(event)
        self._begun += len(event)

    def rest(self) -> Sequence[frozenset[int]]:
        """Return silence for the rest of the network's own bar."""
        return [_SILENCE] * passed_over(self._steps)

    def notes(self) -> tuple[Note, ...]:
        """Return the strokes of the bar, each a 16th long."""
        beats = self.rules.request.beats
        notes: list[Note] = []
        for step, event in enumerate(self.events):
            onset = rational(step) / BEAT_STEPS
            length = min(rational(1) / BEAT_STEPS, beats - onset)
            notes += [Note(onset, length, float(drum)) for drum in sorted(event)]
        return tuple(notes)

    def place(self) -> tuple[()]:
        """Return nothing."""
        return ()


def drum_events(notes: Iterable[Note], steps: int) -> list[frozenset[int]]:
    """Return the drums of `steps` 16ths.

    >>> strokes = [Note(Rational(0), Rational(1), 36.0), Note(Rational(0), Rational(1), 42.0)]
    >>> [sorted(event) for event in drum_events(strokes, 2)]
    [[36, 42], []]

    Args:
        notes: onsets in beats; pitches are General MIDI's drums, others are passed over.
        steps: how many 16ths are heard.
    """
    struck: list[set[int]] = [set() for _ in range(steps)]
    drums = Drums()
    for note in notes:
        step = round(float(note.onset) * BEAT_STEPS)
        pitch = round(note.pitch)
        if 0 <= step < steps and drums.class_of(drums.begin(), (pitch,)):
            struck[step].add(pitch)
    return [frozenset(event) for event in struck]
