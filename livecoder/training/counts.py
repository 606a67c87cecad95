"""The baseline of every stack: chances by counting what followed the last few classes.

A network that cannot beat counting has learnt nothing. Counts are over the transpositions the
network trains on (of a large corpus those nearest to what is written), each piece counting once;
the shares in which contexts of every length (and even chances) are mixed are found on the
validation split.

Source: Jelinek and Mercer, "Interpolated estimation of Markov source parameters", 1980.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livecoder.training.family import Family
from livecoder.training.pieces import Pieces

__all__ = ["Counted", "counted"]

Codes = NDArray[np.int64]

_MOST_CODES = 10_000_000  # of a larger corpus fewer transpositions are counted
_TOGETHER = 4_000_000  # codes sorted at once


@dataclass(frozen=True, slots=True)
class Counted:
    """An interpolated n-gram.

    Attributes:
        symbols: how many there are, one of which stands before the beginning.
        codes: for each length of context from 0, the codes seen, ascending: the symbols of the
            context and the one that follows, as digits.
        counts: how often each was seen.
        shares: of even chances, then of each length of context; they add up to 1.
    """

    symbols: int
    codes: tuple[Codes, ...]
    counts: tuple[NDArray[np.float64], ...]
    shares: tuple[float, ...]

    def nats(self, family: Family, pieces: Pieces, split: str) -> float:
        """Return the mean nats per event on a split."""
        return float(-np.log(self._chances(family, pieces, split) @ np.array(self.shares)).mean())

    def _chances(self, family: Family, pieces: Pieces, split: str) -> NDArray[np.float64]:
        """Return the chance of every event of a split, even and by each length of context."""
        numbers = pieces.of_split(split).tolist()
        classes = [_classes(family, pieces, number, pieces.middle(number)) for number in numbers]
        columns = [np.full(sum(map(len, classes)), 1 / (self.symbols - 1))]
        for length, (codes, counts) in enumerate(zip(self.codes, self.counts, strict=True)):
            wanted = np.concatenate([_codes(part, length, self.symbols) for part in classes])
            contexts, starts = np.unique(codes // self.symbols, return_index=True)
            totals = np.add.reduceat(counts, starts)
            seen = _looked_up(codes, counts, wanted)
            total = _looked_up(contexts, totals, wanted // self.symbols)
            columns.append(np.where(total > 0, seen / np.maximum(total, 1e-300), 0.0))
        return np.stack(columns, 1)


def counted(family: Family, pieces: Pieces, *, longest: int = 3) -> Counted:
    """Return the n-gram of a corpus, its shares found on the validation split.

    Args:
        family: how rows become classes.
        pieces: where they are.
        longest: classes of context at most.
    """
    symbols = family.shape.classes + 1
    tables = [_counts(family, pieces, length, symbols) for length in range(longest + 1)]
    model = Counted(
        symbols,
        tuple(codes for codes, _ in tables),
        tuple(counts for _, counts in tables),
        (1 / (longest + 2),) * (longest + 2),
    )
    chances = model._chances(family, pieces, "valid")
    shares = np.array(model.shares)
    for _ in range(50):  # expectation, then maximisation
        mixed = chances * shares
        shares = (mixed / mixed.sum(1, keepdims=True)).mean(0)
    return Counted(symbols, model.codes, model.counts, tuple(shares.tolist()))


def _counts(
    family: Family, pieces: Pieces, length: int, symbols: int
) -> tuple[Codes, NDArray[np.float64]]:
    """Return the codes of contexts of one length and what follows, and how often each was seen."""
    found, often = np.zeros(0, np.int64), np.zeros(0)
    waiting: list[Codes] = []
    weights: list[NDArray[np.float64]] = []
    for codes, weight in _dealt(family, pieces, length, symbols):
        waiting.append(codes)
        weights.append(np.full(len(codes), weight))
        if sum(map(len, waiting)) > _TOGETHER:
            found, often = _merged([found, *waiting], [often, *weights])
            waiting, weights = [], []
    return _merged([found, *waiting], [often, *weights])


def _dealt(
    family: Family, pieces: Pieces, length: int, symbols: int
) -> Iterator[tuple[Codes, float]]:
    """Yield the codes of every training piece in every transposition, and what each counts."""
    most = max(1, _MOST_CODES // pieces.events("train"))
    for number in pieces.of_split("train").tolist():
        moves = _moves(pieces, number, most)
        for up in moves:
            classes = _classes(family, pieces, number, up)
            yield _codes(classes, length, symbols), 1 / len(moves)


def _moves(pieces: Pieces, number: int, most: int) -> list[int]:
    """Return the semitones a piece is counted at: as written, and `most` in all at most."""
    least, highest = int(pieces.least[number]), int(pieces.most[number])
    every = sorted(range(least, highest + 1), key=lambda up: abs(up - pieces.middle(number)))
    return every[:most]


def _classes(family: Family, pieces: Pieces, number: int, up: int) -> Codes:
    return family.answers(pieces.piece(number), np.array(up, np.int64))


def _codes(classes: Codes, length: int, symbols: int) -> Codes:
    """Return each class with the `length` before it, as one number.

    >>> _codes(np.array([0, 1]), 1, 3).tolist()  # 2 stands before the beginning
    [6, 1]
    """
    padded = np.concatenate([np.full(length, symbols - 1, np.int64), classes])
    codes = np.zeros(len(classes), np.int64)
    for place in range(length + 1):
        codes = codes * symbols + padded[place : place + len(classes)]
    return codes


def _merged(
    codes: list[Codes], counts: list[NDArray[np.float64]]
) -> tuple[Codes, NDArray[np.float64]]:
    found, place = np.unique(np.concatenate(codes), return_inverse=True)
    return found, np.asarray(np.bincount(place, np.concatenate(counts), len(found)), np.float64)


def _looked_up(keys: Codes, values: NDArray[np.float64], wanted: Codes) -> NDArray[np.float64]:
    """Return the value of each wanted key, 0 where there is none."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0.0)
