"""Deals melodies out to the network: many at once, chunk after chunk, each time in another key.

Conventions: a *lane* is one place in the batch; it walks through one stretch a chunk of steps at
a time, and takes the next of the shuffled corpus when it has come to the end. Tensors are
`[steps, lanes, ...]`. A step past the end of a stretch has class `PAST`, which no loss counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.models.encodings.key_melody import INPUTS, LOOKBACKS, LOWEST, NO_EVENT, NOTES
from livecoder.training.corpus import Corpus

__all__ = ["PAST", "Batch", "Dealer", "Whole", "inputs_of", "whole"]

PAST = -100


class Batch(NamedTuple):
    """One chunk for every lane.

    Attributes:
        inputs: `[steps, lanes, 74]` float32.
        classes: what follows each, `[steps, lanes]` int64; `PAST` beyond the end.
        going_on: 1.0 for a lane that goes on with its stretch, 0.0 at a beginning, `[lanes]`.
    """

    inputs: NDArray[np.float32]
    classes: NDArray[np.int64]
    going_on: NDArray[np.float32]


def inputs_of(rows: NDArray[np.int16], up: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return the inputs of corpus rows transposed up.

    Args:
        rows: `[..., 9]`, as `Corpus.rows` has them.
        up: semitones, `[...]` or anything that broadcasts to it.

    Returns:
        `[..., 74]` float32.
    """
    shape = rows.shape[:-1]
    flat = rows.reshape(-1, rows.shape[-1]).astype(np.int64)
    shift = np.broadcast_to(up, shape).reshape(-1).astype(np.int64)
    inputs = np.zeros((len(flat), INPUTS), np.float32)
    playing = flat[:, 0] >= 0
    where = np.flatnonzero(playing)
    inputs[where, flat[where, 0] + shift[where] - LOWEST] = 1
    inputs[:, NOTES] = playing
    inputs[:, NOTES + 1] = ~playing
    inputs[:, 38] = flat[:, 1]
    inputs[:, 39] = flat[:, 2]
    inputs[:, 40] = flat[:, 3] & 1
    inputs[:, 41] = flat[:, 3] >> 1
    steps = flat[:, 6]
    inputs[:, 42:49] = (steps[:, None] >> np.arange(7) & 1) * 2 - 1
    inputs[:, 49] = steps % 16 == 0
    keys = (np.arange(12) - shift[:, None]) % 12
    inputs[:, 50:62] = flat[:, 4, None] >> keys & 1
    inputs[:, 62:74] = flat[:, 5, None] >> keys & 1
    return inputs.reshape(*shape, INPUTS)


def _classes_of(rows: NDArray[np.int16], up: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the classes that follow corpus rows transposed up."""
    classes = rows[..., 7].astype(np.int64)
    return np.where(classes < NOTES, classes + up, classes)


class Dealer:
    """An endless deal of batches, whose place can be kept and taken up again.

    Args:
        corpus: where the melodies are.
        lanes: melodies at once.
        steps: steps of a chunk.
        seed: of shuffling and transposing.
    """

    def __init__(self, corpus: Corpus, *, lanes: int, steps: int, seed: int) -> None:
        self._corpus = corpus
        self._steps = steps
        self._seed = seed
        self._train = corpus.of_split("train")
        if not len(self._train):
            message = "the corpus has nothing to train on"
            raise ValueError(message)
        self._order = self._shuffled(0)
        # Per lane: stretch (-1: none yet), rows done, semitones up. Then: dealt so far.
        self._lanes = np.tile(np.array([-1, 0, 0], np.int64), (lanes, 1))
        self._dealt = 0

    @property
    def epochs(self) -> float:
        """How many times the corpus has been dealt out."""
        return self._dealt / len(self._train)

    def place(self) -> dict[str, NDArray[np.int64]]:
        """Return all that `resume` needs to go on from here."""
        return {"lanes": self._lanes.copy(), "dealt": np.array([self._dealt], np.int64)}

    def resume(self, lanes: NDArray[np.int64], dealt: NDArray[np.int64]) -> None:
        """Go on from a place."""
        self._lanes = lanes.copy()
        self._dealt = int(dealt[0])
        self._order = self._shuffled(self._dealt // len(self._train))

    def batch(self) -> Batch:
        """Return the next chunk of every lane."""
        lanes = len(self._lanes)
        going_on = np.ones(lanes, np.float32)
        rows = np.zeros((self._steps, lanes, self._corpus.rows.shape[1]), np.int16)
        past = np.zeros((self._steps, lanes), bool)
        for lane in range(lanes):
            stretch, done, up = self._lanes[lane]
            if stretch < 0 or self._length(stretch) <= done:
                stretch, up = self._deal()
                done = 0
                going_on[lane] = 0
            begin = self._corpus.begins[stretch] + done
            chunk = self._corpus.rows[
                begin : min(begin + self._steps, self._corpus.begins[stretch + 1])
            ]
            rows[: len(chunk), lane] = chunk
            past[len(chunk) :, lane] = True
            self._lanes[lane] = stretch, done + self._steps, up
        ups = self._lanes[:, 2].astype(np.int16)
        classes = _classes_of(rows, ups)
        classes[past] = PAST
        return Batch(inputs_of(rows, ups), classes, going_on)

    def _length(self, stretch: int) -> int:
        return int(self._corpus.begins[stretch + 1] - self._corpus.begins[stretch])

    def _deal(self) -> tuple[int, int]:
        """Return the next stretch of the shuffled corpus, and the semitones to move it by."""
        index = self._dealt % len(self._train)
        if index == 0:
            self._order = self._shuffled(self._dealt // len(self._train))
        stretch = int(self._order[index])
        generator = np.random.default_rng((self._seed, 1, self._dealt))
        self._dealt += 1
        return stretch, int(generator.integers(0, int(self._corpus.room[stretch]) + 1))

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng((self._seed, 0, epoch)).permutation(self._train)


class Whole(NamedTuple):
    """Whole stretches side by side, from silence, to judge a network by.

    Attributes:
        inputs: `[steps, lanes, 74]` float32.
        classes: what follows each, `[steps, lanes]` int64; `PAST` beyond the end.
        alike: classes that stand for the same event there (itself, and the look-backs that lead
            to it; itself again where they do not), `[steps, lanes, 3]`.
        source: index into `corpus.SOURCES`, `[lanes]`.
    """

    inputs: NDArray[np.float32]
    classes: NDArray[np.int64]
    alike: NDArray[np.int64]
    source: NDArray[np.int8]


def whole(
    corpus: Corpus, split: str, *, lanes: int = 64, limit: int | None = None
) -> Iterator[Whole]:
    """Yield whole stretches of a split, `lanes` at once, in the middle of their room.

    Stretches of like length are dealt together; every lane begins from silence.

    Args:
        corpus: where the melodies are.
        split: "train", "valid" or "test".
        lanes: melodies at once.
        limit: take only so many stretches, evenly chosen; None for all.
    """
    chosen = corpus.of_split(split)
    if limit is not None and len(chosen) > limit:
        chosen = chosen[np.linspace(0, len(chosen) - 1, limit).astype(np.int64)]
    lengths = np.diff(corpus.begins)
    chosen = chosen[np.argsort(lengths[chosen], kind="stable")]
    for first in range(0, len(chosen), lanes):
        group = chosen[first : first + lanes]
        steps = int(lengths[group].max())
        rows = np.zeros((steps, len(group), corpus.rows.shape[1]), np.int16)
        past = np.ones((steps, len(group)), bool)
        for lane, stretch in enumerate(group):
            part = corpus.rows[corpus.begins[stretch] : corpus.begins[stretch + 1]]
            rows[: len(part), lane] = part
            past[: len(part), lane] = False
        ups = (corpus.room[group] // 2).astype(np.int16)
        classes = _classes_of(rows, ups)
        alike = _alike(rows, classes, ups)
        classes[past] = PAST
        yield Whole(inputs_of(rows, ups), classes, alike, corpus.source[group])


def _alike(
    rows: NDArray[np.int16], classes: NDArray[np.int64], ups: NDArray[np.int16]
) -> NDArray[np.int64]:
    """Return, for every step, the classes that stand for the event there."""
    event = rows[..., 8]
    plain = np.where(event < 0, np.where(event == NO_EVENT, NOTES, NOTES + 1), event + ups - LOWEST)
    alike = [plain.astype(np.int64)]
    for index, distance in enumerate(LOOKBACKS):
        earlier = np.full_like(event, NO_EVENT)  # what a look-back beyond the start leads to
        earlier[distance:] = event[:-distance]
        alike.append(np.where(earlier == event, NOTES + 2 + index, classes))
    return np.stack(alike, -1)
