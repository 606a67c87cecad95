"""What a Music Transformer is worth on songs it never heard, in nats per event.

Songs are heard as a performance hears itself: a window fills up, then its older half is let go of
and the newer one is read again. So an event is told from half a window of the past at least, but
near a song's beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from livecoder.models.music_transformer.network import TransformerNetwork
from livecoder.models.music_transformer.shape import TOKENS
from livecoder.training.piano import PianoCorpus
from livecoder.training.transformer import BEGIN, PAST, Dealt, whole

__all__ = ["KINDS", "Counted", "HeldOut", "held_out", "windows"]

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
class Counted:
    """The baseline: chances of an event by counting what followed the last three, two, one, none.

    A network that cannot beat counting has learnt nothing. Counts are of the training songs as they
    are written; the shares in which they and even chances are mixed are found on the validation
    split.

    Source: Jelinek and Mercer, "Interpolated estimation of Markov source parameters", 1980.

    Attributes:
        codes: for each length of context from 0, the codes seen, ascending: the tokens of the
            context and the one that follows, as digits.
        counts: how often each was seen.
        shares: of even chances, then of each length of context; they add up to 1.
    """

    codes: tuple[NDArray[np.int64], ...]
    counts: tuple[NDArray[np.int64], ...]
    shares: tuple[float, ...]

    @classmethod
    def of(cls, corpus: PianoCorpus, *, longest: int = 3) -> Counted:
        """Return the counts of a corpus, with up to `longest` tokens of context."""
        tables = [
            np.unique(_codes(corpus, "train", length), return_counts=True)
            for length in range(longest + 1)
        ]
        model = cls(
            tuple(codes for codes, _ in tables),
            tuple(counts for _, counts in tables),
            (1 / (longest + 2),) * (longest + 2),
        )
        chances = model._chances(corpus, "valid")
        shares = np.array(model.shares)
        for _ in range(50):  # expectation, then maximisation
            mixed = chances * shares
            shares = (mixed / mixed.sum(1, keepdims=True)).mean(0)
        return cls(model.codes, model.counts, tuple(shares.tolist()))

    def nats(self, corpus: PianoCorpus, split: str) -> float:
        """Return the mean nats per event on a split."""
        return float(-np.log(self._chances(corpus, split) @ np.array(self.shares)).mean())

    def _chances(self, corpus: PianoCorpus, split: str) -> NDArray[np.float64]:
        """Return the chance of every event of a split, even and by each length of context."""
        columns = []
        for length, (codes, counts) in enumerate(zip(self.codes, self.counts, strict=True)):
            wanted = _codes(corpus, split, length)
            contexts, starts = np.unique(codes // TOKENS, return_index=True)
            totals = np.add.reduceat(counts, starts)
            seen = _looked_up(codes, counts, wanted)
            total = _looked_up(contexts, totals, wanted // TOKENS)
            columns.append(seen / np.maximum(total, 1))
        even = np.full(len(columns[0]), 1 / (TOKENS - 2))
        return np.stack([even, *columns], 1)


def _codes(corpus: PianoCorpus, split: str, length: int) -> NDArray[np.int64]:
    """Return every event of a split with the `length` tokens before it, as one number."""
    parts = []
    for song in corpus.songs(split).tolist():
        tokens, _ = whole(corpus, song)
        padded = np.concatenate([np.full(length, BEGIN), tokens[1:]])
        codes = np.zeros(len(tokens) - 1, np.int64)
        for place in range(length + 1):
            codes = codes * TOKENS + padded[place : place + len(codes)]
        parts.append(codes)
    return np.concatenate(parts)


def _looked_up(
    keys: NDArray[np.int64], values: NDArray[np.int64], wanted: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the value of each wanted key, 0 where there is none."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
