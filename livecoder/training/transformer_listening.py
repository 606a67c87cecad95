"""What piano music is like, in numbers: a network's own beside that which it learnt from.

Numbers are no ears. They tell hands that wander, stick or stutter from hands that do not, and they
are measured the same way on both. A bar is 200 steps; a body of music is pieces of sixteen bars.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.music_transformer.model import MusicTransformer
from livecoder.training.piano import BAR, BEAT, PianoCorpus, Struck, notes_of

__all__ = ["PianoSound", "heard", "improvised", "pieces_of"]

_MAJOR = frozenset((0, 2, 4, 5, 7, 9, 11))
_BARS = 16
_SIXTEENTH = BEAT / 4

Piece = Sequence[Sequence[Struck]]
"""Bars of notes; onsets from the bar's start."""


@dataclass(frozen=True, slots=True)
class PianoSound:
    """What a body of pieces is like.

    Attributes:
        notes_per_bar: mean.
        silent_bars: share of bars in which no note begins.
        at_once: mean number of notes that begin together, within a 32nd.
        span: mean semitones between a piece's lowest and highest note.
        in_key: share of notes in the major key that fits their piece best, nothing masked.
        on_the_grid: share of notes that begin within 3 steps of a 16th.
        beats_long: mean beats a note lasts, cut at its bar's end.
        loudness: mean velocity, 1 to 127.
        shading: standard deviation of velocity within a piece.
        alike: mean likeness of a bar to the bar most like it of the eight before: shared pairs of
            16th and pitch class, of all that either has.
    """

    notes_per_bar: float
    silent_bars: float
    at_once: float
    span: float
    in_key: float
    on_the_grid: float
    beats_long: float
    loudness: float
    shading: float
    alike: float

    def rounded(self) -> dict[str, float]:
        """Return the figures by name, to three places."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def heard(pieces: Iterable[Piece]) -> PianoSound:
    """Return what pieces are like; those without a note are left out, and all is 0 without any.

    >>> chord = [Struck(0, 50, pitch, 80) for pitch in (60, 64, 67)]
    >>> sound = heard([[chord, chord]])
    >>> sound.notes_per_bar, sound.at_once, sound.in_key, sound.alike
    (3.0, 3.0, 1.0, 1.0)
    """
    rows = [
        (len(piece), [note for bar in piece for note in bar], piece)
        for piece in pieces
        if any(piece)
    ]
    if not rows:
        return PianoSound(*(0.0,) * 10)
    notes = np.array([note for _, part, _ in rows for note in part])
    bars = sum(count for count, _, _ in rows)
    begun = sum(_moments(bar) for _, _, piece in rows for bar in piece)
    off = np.abs(notes[:, 0] - np.rint(notes[:, 0] / _SIXTEENTH) * _SIXTEENTH)
    likeness = [like for _, _, piece in rows for like in _likeness(piece)]
    return PianoSound(
        len(notes) / bars,
        sum(not bar for _, _, piece in rows for bar in piece) / bars,
        len(notes) / begun,
        float(np.mean([max(p) - min(p) for p in (_pitches(part) for _, part, _ in rows)])),
        sum(_in_key(_pitches(part)) for _, part, _ in rows) / len(notes),
        float((off <= 3).mean()),
        float(np.mean(np.minimum(notes[:, 1], BAR) - notes[:, 0]) / BEAT),
        float(notes[:, 3].mean()),
        float(np.mean([np.std([note.velocity for note in part]) for _, part, _ in rows])),
        float(np.mean(likeness)) if likeness else 0.0,
    )


def _pitches(notes: Iterable[Struck]) -> list[int]:
    return [note.pitch for note in notes]


def _in_key(pitches: Sequence[int]) -> int:
    """Return how many of the pitches are in the major key that has most of them."""
    return max(sum((pitch - key) % 12 in _MAJOR for pitch in pitches) for key in range(12))


def _moments(bar: Sequence[Struck]) -> int:
    """Return at how many moments, a 32nd apart at least, notes begin."""
    onsets = sorted(note.onset for note in bar)
    gaps = sum(later - sooner > _SIXTEENTH / 2 for sooner, later in pairwise(onsets))
    return gaps + bool(onsets)


def _likeness(piece: Piece) -> Iterator[float]:
    """Yield how like each bar is to the bar most like it of the eight before."""
    figures = [
        frozenset((round(note.onset / _SIXTEENTH), note.pitch % 12) for note in bar)
        for bar in piece
    ]
    for number, figure in enumerate(figures):
        before = [other for other in figures[max(0, number - 8) : number] if other]
        if figure and before:
            yield max(len(figure & other) / len(figure | other) for other in before)


def pieces_of(corpus: PianoCorpus, split: str) -> Iterator[Piece]:
    """Yield the songs of a split, sixteen bars of them at a time, as `heard` takes them."""
    for song in corpus.songs(split).tolist():
        events = corpus.classes[corpus.begins[song] : corpus.begins[song + 1]]
        notes = notes_of(events.tolist())
        bars: list[list[Struck]] = [[] for _ in range(notes[-1].onset // BAR + 1)] if notes else []
        for note in notes:
            begin = note.onset - note.onset % BAR
            bars[note.onset // BAR].append(
                note._replace(onset=note.onset - begin, end=note.end - begin)
            )
        for first in range(0, len(bars) - _BARS + 1, _BARS):
            yield bars[first : first + _BARS]


def improvised(
    model: MusicTransformer, *, pieces: int, temperature: float, seed: int = 0
) -> Iterator[Piece]:
    """Yield pieces of sixteen bars that a network makes up from silence, nothing masked."""
    for piece in range(pieces):
        state = model.initial((), beats=rational(0))
        bars: list[list[Struck]] = []
        for bar in range(_BARS):
            number = (seed * 1_000_003 + piece) * 1_000 + bar
            notes, state = model.compose(state, BarRequest(bar, number, rational(4), temperature))
            bars.append(
                [
                    Struck(
                        int(note.onset * BEAT),
                        int((note.onset + note.duration) * BEAT),
                        int(note.pitch),
                        round(note.velocity * 127),
                    )
                    for note in notes
                ]
            )
        yield bars
