"""What a Music Transformer is worth on songs it never heard, in nats per event.

Songs are heard as a performance hears itself: a window fills up, then its older half is let go of
and the newer one is read again. So an event is told from half a window of the past at least, but
near a song's beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from livecoder.models.music_transformer.network import TransformerNetwork
from livecoder.models.music_transformer.shape import TOKENS
from livecoder.training.piano import PianoCorpus
from livecoder.training.transformer import PAST, Dealt, whole

__all__ = ["KINDS", "HeldOut", "Trigram", "held_out", "windows"]

# The kinds of events, and the tokens each begins at.
KINDS = {"note_on": 2, "note_off": 90, "time_shift": 178, "velocity": 278}
_AT_ONCE = 8


class HeldOut(NamedTuple):
    """Mean nats per event on a split.

    Attributes:
        nats: of all events.
        by_kind: of note_on, note_off, time_shift and velocity alone.
        events: how many events were scored.
    """

    nats: float
    by_kind: dict[str, float]
    events: int


def windows(
    tokens: NDArray[np.int64], phases: NDArray[np.int64], window: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Yield a song's windows: what is heard, the phases, and what follows, each event once.

    >>> song = np.arange(7)
    >>> [following.tolist() for _, _, following in windows(song, song, 4)]
    [[1, 2, 3, 4], [-100, -100, 5, 6]]
    """
    half = window // 2
    for start in range(0, max(1, len(tokens) - 1 - half), half):
        part = slice(start, start + window)
        following = tokens[1:][part].copy()
        if start:
            following[:half] = PAST
        yield tokens[:-1][part], phases[:-1][part], following


def held_out(
    network: TransformerNetwork, corpus: PianoCorpus, split: str, *, limit: int | None = None
) -> HeldOut:
    """Return the nats per event of a network on a split.

    Args:
        network: any.
        corpus: where the split is.
        split: "valid" or "test".
        limit: score only so many windows, evenly chosen; None for all.
    """
    songs = corpus.songs(split).tolist()
    window = network.shape.window
    parts = [part for song in songs for part in windows(*whole(corpus, song), window)]
    if limit is not None and limit < len(parts):
        parts = [parts[index * len(parts) // limit] for index in range(limit)]
    nats = np.zeros(TOKENS)
    counts = np.zeros(TOKENS, np.int64)
    with torch.inference_mode():
        for first in range(0, len(parts), _AT_ONCE):
            batch = _together(parts[first : first + _AT_ONCE], window)
            logits = network(torch.from_numpy(batch.tokens), torch.from_numpy(batch.phases))
            scored = batch.following != PAST
            labels = np.where(scored, batch.following, 0)
            chances = torch.log_softmax(logits, 2).numpy()
            each = -np.take_along_axis(chances, labels[..., None], 2)[..., 0]
            np.add.at(nats, labels[scored], each[scored])
            np.add.at(counts, labels[scored], 1)
    return _summed(nats, counts)


def _together(
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]], window: int
) -> Dealt:
    batch = Dealt(
        np.zeros((len(parts), window), np.int64),
        np.zeros((len(parts), window), np.int64),
        np.full((len(parts), window), PAST, np.int64),
    )
    for row, part in enumerate(parts):
        for table, values in zip(batch, part, strict=True):
            table[row, : len(values)] = values
    return batch


def _summed(nats: NDArray[np.float64], counts: NDArray[np.int64]) -> HeldOut:
    ends = [*list(KINDS.values())[1:], TOKENS]
    by_kind = {
        kind: float(nats[begin:end].sum() / max(1, counts[begin:end].sum()))
        for (kind, begin), end in zip(KINDS.items(), ends, strict=True)
    }
    return HeldOut(float(nats.sum() / max(1, counts.sum())), by_kind, int(counts.sum()))


@dataclass(frozen=True, slots=True)
class Trigram:
    """The baseline: chances of an event after two, mixed with those after one and after none.

    A network that cannot beat counting what followed the last two events has learnt nothing. Counts
    are of the training songs as they are; the weights that mix are found on the validation split.

    Source: Jelinek and Mercer, "Interpolated estimation of Markov source parameters", 1980.

    Attributes:
        three: how often each three events followed each other.
        two: how often each two did.
        one: how often each event came.
        weights: shares of trigram, pair, single and uniform chances; they add up to 1.
    """

    three: Counter[tuple[int, int, int]]
    two: Counter[tuple[int, int]]
    one: Counter[int]
    weights: tuple[float, ...]

    @classmethod
    def counted(cls, corpus: PianoCorpus) -> Trigram:
        """Return the trigram of a corpus."""
        three: Counter[tuple[int, int, int]] = Counter()
        two: Counter[tuple[int, int]] = Counter()
        one: Counter[int] = Counter()
        for tokens in _songs(corpus, "train"):
            three.update(zip(tokens, tokens[1:], tokens[2:]))
            two.update(zip(tokens[1:], tokens[2:]))
            one.update(tokens[2:])
        weights = np.full(4, 0.25)
        chances = cls(three, two, one, ())._chances(_songs(corpus, "valid"))
        for _ in range(50):  # expectation, then maximisation
            mixed = chances * weights
            weights = (mixed / mixed.sum(1, keepdims=True)).mean(0)
        return cls(three, two, one, tuple(weights.tolist()))

    def nats(self, corpus: PianoCorpus, split: str) -> float:
        """Return the mean nats per event on a split."""
        mixed = self._chances(_songs(corpus, split)) @ np.array(self.weights)
        return float(-np.log(mixed).mean())

    def _chances(self, songs: Iterable[list[int]]) -> NDArray[np.float64]:
        """Return the chances of every event by trigram, pair, single, uniform."""
        after_two: Counter[tuple[int, int]] = Counter()
        for (first, second, _), count in self.three.items():
            after_two[first, second] += count
        after_one: Counter[int] = Counter()
        for (second, _), count in self.two.items():
            after_one[second] += count
        total = sum(self.one.values())
        rows = [
            (
                self.three[first, second, third] / max(1, after_two[first, second]),
                self.two[second, third] / max(1, after_one[second]),
                self.one[third] / total,
                1 / (TOKENS - 2),
            )
            for tokens in songs
            for first, second, third in zip(tokens, tokens[1:], tokens[2:])
        ]
        return np.array(rows)


def _songs(corpus: PianoCorpus, split: str) -> Iterator[list[int]]:
    """Yield the songs of a split, their beginning marked twice."""
    for song in corpus.songs(split).tolist():
        tokens, _ = whole(corpus, song)
        yield [int(tokens[0]), *tokens.tolist()]
