"""How good a phrase is, by measures that are stated: so that nobody must listen to eight takes.

Every measure is from 0 to 1, and says how near a phrase is to what people write, not how it moves
them:

- **tonal**: how clearly it is in one key: the correlation of its durations with the best of the 24
  key profiles (`theory.keyfinding`), below 0 as 0.
- **repetition**: how much of a bar comes back in a later one. Each bar after the first has a
  likeness to the bar before it that it is most like: the share of its onsets, and of its pitches
  on them, that are there too. Half is best; all the same, or nothing twice, is 0.
- **range**: from its lowest note to its highest. A fifth to a twelfth is best for one voice, an
  octave to four for several; nothing, or twice as much, is 0.
- **density**: onsets a beat. What was asked for is best; else three quarters to two and a half; an
  octave (twice, or half) off is a half, two octaves are 0.
- **rhythm**: how its onsets lie to the beat. On a beat counts 1, on an eighth 0.6, on a sixteenth
  0.25, else 0; a mean of 0.5 to 0.85 is best. 1 is a march, 0 has lost the beat.
- **likelihood**: how probable the network finds it, among these candidates: the most probable has
  1, the least 0. Only where the network tells.

Drums have no tonal measure and no range. The score is the mean of the measures there are, weighted
as asked.

Sources: C. Krumhansl and E. Kessler, Psychological Review 89 (1982), for key profiles; P. von
Hippel, Music Perception 18 (2000), for the ranges of melodies; H. C. Longuet-Higgins and C. Lee,
Music Perception 1 (1984), for the levels of the beat.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.core.events import Note
from livecoder.core.rational import Rational
from livecoder.theory.keyfinding import rank_keys

__all__ = ["Measures", "measured", "with_likelihood"]

_MOST_WEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured of a phrase, each from 0 to 1; None where it has no meaning.

    Attributes:
        tonal, repetition, range, density, rhythm, likelihood: see the module.
    """

    tonal: float | None = None
    repetition: float | None = None
    range: float | None = None
    density: float | None = None
    rhythm: float | None = None
    likelihood: float | None = None

    def score(self, weights: Mapping[str, float] | None = None) -> float:
        """Return the weighted mean of the measures there are.

        >>> found = Measures(tonal=1.0, rhythm=0.5)
        >>> found.score(), found.score({"tonal": 3})
        (0.75, 0.875)

        Args:
            weights: by measure, 0 to 100; 1 for those not named.

        Raises:
            UnknownNameError: no measure is called so.
            RangeError: a weight makes no sense.
        """
        weights = weights or {}
        names = tuple(field.name for field in fields(self))
        for name, weight in weights.items():
            if name not in names:
                raise UnknownNameError("measure", name, names, listing="help(generate)")
            fine = isinstance(weight, (int, float)) and 0 <= weight <= _MOST_WEIGHT
            if not fine or isinstance(weight, bool):
                allowed = f"from 0 to {_MOST_WEIGHT:g}"
                raise RangeError(name, weight, allowed, fix=f"try ranked({name}=2)")
        held = [(weights.get(name, 1.0), getattr(self, name)) for name in names]
        known = [(weight, value) for weight, value in held if value is not None]
        total = sum(weight for weight, _ in known)
        return sum(weight * value for weight, value in known) / total if total else 0.0

    def __str__(self) -> str:
        """As it is shown: `tonal 0.91, repetition 0.60, ...`."""
        held = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ", ".join(f"{name} {value:.2f}" for name, value in held if value is not None)


def measured(
    bars: Sequence[tuple[Note, ...]],
    beats: Rational,
    *,
    drums: bool = False,
    density: float | None = None,
) -> Measures:
    """Return what is measured of some bars; all but the likelihood.

    >>> scale = [Note(Rational(i), Rational(1), 60.0 + p) for i, p in enumerate((0, 4, 7, 5))]
    >>> print(measured([tuple(scale)] * 2, Rational(4)))
    tonal 0.85, repetition 0.00, range 1.00, density 1.00, rhythm 0.00

    Args:
        bars: notes of each, in beats from its start.
        beats: length of a bar.
        drums: whether its pitches are drums.
        density: notes a second that were asked for, with a beat of half a second.

    Returns:
        All 0 for silence.
    """
    notes = [note for bar in bars for note in bar]
    if not notes:
        silent = None if drums else 0.0
        return Measures(silent, 0.0, silent, 0.0, 0.0)
    voices = max(sum(_overlaps(note, other) for other in bar) for bar in bars for note in bar)
    return Measures(
        tonal=None if drums else _tonal(notes),
        repetition=_repetition(bars),
        range=None if drums else _range(notes, several=voices > 1),
        density=_density(len(notes) / float(beats * len(bars)), density),
        rhythm=_rhythm(notes),
    )


def with_likelihood(
    measures: Sequence[Measures], surprises: Sequence[float | None]
) -> list[Measures]:
    """Return measures with how probable each candidate is among the others.

    >>> [m.likelihood for m in with_likelihood([Measures()] * 3, [1.0, 2.0, 1.5])]
    [1.0, 0.0, 0.5]

    Args:
        measures: of each candidate.
        surprises: nats an event of each, as the network found it; None where it does not tell.
    """
    known = [surprise for surprise in surprises if surprise is not None]
    if len(known) < len(measures) or not known or max(known) == min(known):
        return list(measures)
    low, high = min(known), max(known)
    return [
        replace(one, likelihood=1 - (surprise - low) / (high - low))
        for one, surprise in zip(measures, known, strict=True)
    ]


def _overlaps(note: Note, other: Note) -> bool:
    return other.onset <= note.onset < other.onset + other.duration


def _tonal(notes: Sequence[Note]) -> float:
    durations = [0.0] * 12
    for note in notes:
        durations[math.floor(note.pitch + 0.5) % 12] += float(note.duration)
    if max(durations) == min(durations):
        return 0.0
    return max(0.0, rank_keys(durations).correlation)


def _repetition(bars: Sequence[tuple[Note, ...]]) -> float:
    if len(bars) < 2:
        return 0.5  # one bar says nothing of it
    likest = []
    for place, bar in enumerate(bars[1:], start=1):
        likest.append(max(_likeness(bar, other) for other in bars[:place]))
    return 1 - 2 * abs(sum(likest) / len(likest) - 0.5)


def _likeness(bar: tuple[Note, ...], other: tuple[Note, ...]) -> float:
    """Return how much of a bar is in another: half by its onsets, half by its pitches there."""
    shares = []
    for pitched in (False, True):
        here, there = (
            {(note.onset, note.pitch if pitched else 0) for note in one} for one in (bar, other)
        )
        shares.append(len(here & there) / len(here | there) if here or there else 1.0)
    return sum(shares) / 2


def _range(notes: Sequence[Note], *, several: bool) -> float:
    pitches = [note.pitch for note in notes]
    low, high = (12.0, 48.0) if several else (7.0, 19.0)
    return _plateau(max(pitches) - min(pitches), 0.0, low, high, 2 * high)


def _density(onsets: float, wished: float | None) -> float:
    """Return how near a number of onsets a beat is to what is wished, in octaves."""
    low, high = (0.75, 2.5) if wished is None else (wished / 2, wished / 2)
    off = max(math.log2(low / onsets), math.log2(onsets / high), 0.0)
    return max(0.0, 1 - off / 2)


def _rhythm(notes: Sequence[Note]) -> float:
    mean = sum(map(_weight, notes)) / len(notes)
    return _plateau(mean, 0.0, 0.5, 0.85, 1.0)


def _weight(note: Note) -> float:
    at = note.onset
    if at.denominator == 1:
        return 1.0
    return {2: 0.6, 4: 0.25}.get(int(at.denominator), 0.0)


def _plateau(value: float, none: float, low: float, high: float, more: float) -> float:
    """Return 1 between `low` and `high`, falling to 0 at `none` and at `more`."""
    if value < low:
        return max(0.0, (value - none) / (low - none))
    if value > high:
        return max(0.0, (more - value) / (more - high))
    return 1.0
