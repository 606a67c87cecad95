"""What melodies are like, in numbers: a network's own beside those it learnt from.

Numbers are no ears. They tell a melody that wanders, sticks or stutters from one that does not,
and they are measured the same way on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.melody_rnn.model import MelodyRNN
from livecoder.training.corpus import Corpus

__all__ = ["Sound", "bars_of", "heard", "improvised", "phrases_known", "share_known"]

_MAJOR = frozenset((0, 2, 4, 5, 7, 9, 11))
_BARS = 16
_TELLING = 6  # notes; a phrase of fewer is anybody's

# A bar in figures: (16th of the onset, 16ths long, pitch) of each note that begins in it.
Figure = tuple[tuple[int, int, int], ...]
# Two bars, whatever the key: (16th of the onset, semitones above the first note) of each note.
Phrase = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """What a body of melodies is like, each sixteen bars long.

    Attributes:
        notes_per_bar: mean.
        silent_bars: share of bars in which no note begins.
        span: mean semitones between a melody's lowest and highest note.
        in_key: share of notes in the major key that fits its melody best, nothing masked.
        same: share of moves from note to note that stay on the pitch.
        steps: share that move one or two semitones.
        leaps: share that move more than seven semitones.
        on_beats: share of notes that begin on a beat.
        again: share of bars with notes that are, note for note, a bar of the eight before.
    """

    notes_per_bar: float
    silent_bars: float
    span: float
    in_key: float
    same: float
    steps: float
    leaps: float
    on_beats: float
    again: float

    def rounded(self) -> dict[str, float]:
        """Return the figures by name, to three places."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def heard(melodies: Iterable[Sequence[Figure]]) -> Sound:
    """Return what melodies are like; those without a note are left out, and all is 0 without any.

    >>> scale = [((0, 4, 60 + step),) for step in (0, 2, 4, 5, 7, 9, 11, 12)]
    >>> sound = heard([scale])
    >>> sound.in_key, sound.steps, sound.leaps, sound.span
    (1.0, 1.0, 0.0, 12.0)
    """
    bars = silent = notes = beats = again = in_key = 0
    moves: list[int] = []
    spans: list[int] = []
    for melody in melodies:
        pitches = [pitch for bar in melody for _, _, pitch in bar]
        if not pitches:
            continue
        spans.append(max(pitches) - min(pitches))
        in_key += max(sum((pitch - key) % 12 in _MAJOR for pitch in pitches) for key in range(12))
        moves += [abs(later - sooner) for sooner, later in pairwise(pitches)]
        notes += len(pitches)
        bars += len(melody)
        silent += sum(not bar for bar in melody)
        beats += sum(at % 4 == 0 for bar in melody for at, _, _ in bar)
        again += sum(bool(bar) and bar in melody[max(0, i - 8) : i] for i, bar in enumerate(melody))
    if not moves:  # a network that has learnt nothing may be silent
        return Sound(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    moved = np.array(moves)
    return Sound(
        notes / bars,
        silent / bars,
        float(np.mean(spans)),
        in_key / notes,
        float((moved == 0).mean()),
        float(((moved > 0) & (moved < 3)).mean()),
        float((moved > 7).mean()),
        beats / notes,
        again / max(1, bars - silent),
    )


def bars_of(corpus: Corpus, split: str) -> Iterable[Sequence[Figure]]:
    """Yield the melodies of a split, sixteen bars each, as `heard` takes them."""
    for melody in _melodies(corpus, split):
        for first in range(0, len(melody) - _BARS + 1, _BARS):
            yield melody[first : first + _BARS]


def _melodies(corpus: Corpus, split: str) -> Iterable[list[Figure]]:
    """Yield the melodies of a split whole, in full bars."""
    for stretch in corpus.of_split(split).tolist():
        events = corpus.rows[corpus.begins[stretch] : corpus.begins[stretch + 1], 8].tolist()
        melody: list[list[tuple[int, int, int]]] = [[] for _ in range(len(events) // 16)]
        onsets = [step for step, event in enumerate(events) if event != -2] + [len(events)]
        for onset, end in pairwise(onsets):
            if events[onset] >= 0 and onset // 16 < len(melody):
                length = min(end, onset - onset % 16 + 16) - onset
                melody[onset // 16].append((onset % 16, length, events[onset]))
        yield [tuple(bar) for bar in melody]


def phrases_known(corpus: Corpus) -> frozenset[Phrase]:
    """Return every phrase of two bars that a network was trained on, in any key."""
    return frozenset(phrase for melody in _melodies(corpus, "train") for phrase in _phrases(melody))


def share_known(melodies: Iterable[Sequence[Figure]], known: frozenset[Phrase]) -> float:
    """Return the share of the phrases of two bars in `melodies` that are `known`, note for note.

    Onsets and intervals must be the same, not the key. Phrases of fewer than six notes are
    anybody's, and not counted.
    """
    phrases = [phrase for melody in melodies for phrase in _phrases(melody)]
    return sum(phrase in known for phrase in phrases) / max(1, len(phrases))


def _phrases(melody: Sequence[Figure]) -> Iterable[Phrase]:
    for first, second in pairwise(melody):
        notes = [(at, pitch) for at, _, pitch in first]
        notes += [(16 + at, pitch) for at, _, pitch in second]
        if len(notes) >= _TELLING:
            yield tuple((at, pitch - notes[0][1]) for at, pitch in notes)


def improvised(
    model: MelodyRNN, *, melodies: int, temperature: float, seed: int = 0
) -> Iterable[Sequence[Figure]]:
    """Yield melodies of sixteen bars that a network makes up from silence, nothing masked."""
    for melody in range(melodies):
        state = model.initial((), beats=rational(4))
        bars: list[Figure] = []
        for bar in range(_BARS):
            request = BarRequest(
                bar, (seed * 1_000_003 + melody) * 1_000 + bar, rational(4), temperature
            )
            notes, state = model.compose(state, request)
            bars.append(tuple(_figure(note) for note in notes))
        yield bars


def _figure(note: Note) -> tuple[int, int, int]:
    return int(note.onset * 4), int(note.duration * 4), int(note.pitch)
