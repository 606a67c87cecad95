"""Deals pieces out to a network: many at once, chunk after chunk, each time in another key.

Conventions: a *lane* is one place in the batch; it walks through one piece a chunk of events at a
time, and takes the next of the shuffled corpus when it has come to the end. The first piece of a
lane is begun at some chunk in its middle, so that lanes do not march in step. Arrays are
`[steps, lanes, ...]`. A step past the end of a piece has class `PAST`, which no loss counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.training.family import Family, Fed
from livecoder.training.pieces import Pieces

__all__ = ["PAST", "Batch", "Dealer", "whole"]

PAST = -100
_LOTS = 2**20
_ALL_GIVEN = 1 - 1 / _LOTS


class Batch(NamedTuple):
    """One chunk for every lane.

    Attributes:
        inputs: sparse, `[steps, lanes, K]`.
        classes: what follows each, `[steps, lanes]` int64; `PAST` beyond the end.
        going_on: 1.0 for a lane that goes on with its piece, 0.0 at a beginning, `[lanes]`.
        numbers: which piece each lane plays, `[lanes]`.
    """

    inputs: Fed
    classes: NDArray[np.int64]
    going_on: NDArray[np.float32]
    numbers: NDArray[np.int64]


class Dealer:
    """An endless deal of batches, whose place can be kept and taken up again.

    Args:
        family: how rows become inputs.
        pieces: where the music is.
        lanes: pieces at once.
        steps: events of a chunk.
        seed: of shuffling, transposing and withholding.

    Raises:
        ValueError: there is nothing in the training split.
    """

    def __init__(
        self, family: Family, pieces: Pieces, *, lanes: int, steps: int, seed: int
    ) -> None:
        self._family = family
        self._pieces = pieces
        self._steps = steps
        self._seed = seed
        self._train = pieces.of_split("train")
        if not len(self._train):
            message = "the corpus has nothing to train on"
            raise ValueError(message)
        self._order = self._shuffled(0)
        # Per lane: piece (-1: none yet), rows done, semitones up, lot. Then: dealt so far.
        self._lanes = np.tile(np.array([-1, 0, 0, 0], np.int64), (lanes, 1))
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
        rows = np.zeros((self._steps, lanes, self._pieces.rows.shape[1]), np.int16)
        past = np.zeros((self._steps, lanes), bool)
        for lane in range(lanes):
            number, done, up, lot = self._lanes[lane]
            if number < 0 or len(self._pieces.piece(number)) <= done:
                first = number < 0
                number, up, lot = self._deal()
                chunks = len(self._pieces.piece(number)) // self._steps
                done = self._steps * (lot % max(1, chunks)) if first else 0
                going_on[lane] = 0
            chunk = self._pieces.piece(number)[done : done + self._steps]
            rows[: len(chunk), lane] = chunk
            past[len(chunk) :, lane] = True
            self._lanes[lane] = number, done + self._steps, up, lot
        numbers, _, ups, lots = self._lanes.T.copy()
        classes = self._family.answers(rows, ups)
        classes[past] = PAST
        return Batch(self._family.feed(rows, ups, lots / _LOTS), classes, going_on, numbers)

    def _deal(self) -> tuple[int, int, int]:
        """Return the next piece of the shuffled corpus, the semitones to move it by, and a lot."""
        index = self._dealt % len(self._train)
        if index == 0:
            self._order = self._shuffled(self._dealt // len(self._train))
        number = int(self._order[index])
        generator = np.random.default_rng((self._seed, 1, self._dealt))
        self._dealt += 1
        least, most = int(self._pieces.least[number]), int(self._pieces.most[number])
        return number, int(generator.integers(least, most + 1)), int(generator.integers(_LOTS))

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng((self._seed, 0, epoch)).permutation(self._train)


def whole(
    family: Family,
    pieces: Pieces,
    split: str,
    *,
    lanes: int = 64,
    limit: int | None = None,
    lot: float | None = None,
) -> Iterator[Batch]:
    """Yield whole pieces of a split, `lanes` at once, as written, each from silence.

    Pieces of like length are dealt together.

    Args:
        family: how rows become inputs.
        pieces: where the music is.
        split: "train", "valid" or "test".
        lanes: pieces at once.
        limit: take only so many pieces, evenly chosen; None for all.
        lot: what is withheld, as `Family.feed` says; nothing unless given.
    """
    chosen = pieces.of_split(split)
    if limit is not None and len(chosen) > limit:
        chosen = chosen[np.linspace(0, len(chosen) - 1, limit).astype(np.int64)]
    lengths = np.diff(pieces.begins)
    chosen = chosen[np.argsort(lengths[chosen], kind="stable")]
    for first in range(0, len(chosen), lanes):
        group = chosen[first : first + lanes]
        rows = np.zeros((int(lengths[group].max()), len(group), pieces.rows.shape[1]), np.int16)
        past = np.ones(rows.shape[:2], bool)
        for lane, number in enumerate(group.tolist()):
            part = pieces.piece(number)
            rows[: len(part), lane] = part
            past[: len(part), lane] = False
        ups = np.array([pieces.middle(number) for number in group.tolist()], np.int64)
        classes = family.answers(rows, ups)
        classes[past] = PAST
        lots = np.full(len(group), _ALL_GIVEN if lot is None else lot)
        yield Batch(family.feed(rows, ups, lots), classes, np.zeros(len(group), np.float32), group)
