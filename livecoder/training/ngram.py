"""The baseline: an interpolated trigram over MelodyRNN's events, or over its classes.

A network that cannot beat counting what followed the last two symbols has learnt nothing. The
counts are over every transposition the network trains on, each melody counting once; the three
weights that mix trigram, pair, single and uniform chances are found on the validation split.

Source: Jelinek and Mercer, "Interpolated estimation of Markov source parameters", 1980.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livecoder.models.encodings.key_melody import CLASSES, LOWEST, NOTES
from livecoder.training.corpus import Corpus

__all__ = ["Trigram", "symbols_of"]

_BEGIN = CLASSES  # stands before the first symbol, twice
_SYMBOLS = CLASSES + 1


def symbols_of(corpus: Corpus, stretch: int, up: int, *, events: bool) -> NDArray[np.int64]:
    """Return the symbols of one stretch moved up, a 16th each.

    Args:
        corpus: where it is.
        stretch: its number.
        up: semitones.
        events: True for events (0..35 notes, 36 nothing, 37 the end of a note), False for the
            network's classes (which add 38, 39: a look-back).
    """
    rows = corpus.rows[corpus.begins[stretch] : corpus.begins[stretch + 1]]
    if events:
        event = rows[:, 8].astype(np.int64)
        return np.where(event < 0, np.where(event == -2, NOTES, NOTES + 1), event - LOWEST + up)
    index = rows[:, 7].astype(np.int64)
    return np.where(index < NOTES, index + up, index)


@dataclass(frozen=True, slots=True)
class Trigram:
    """Chances of the next symbol after two.

    Attributes:
        three: counts, `[41 * 41 * 41]`, of a symbol after two.
        events: whether its symbols are events or classes.
        weights: shares of trigram, pair, single and uniform chances; they add up to 1.
    """

    three: NDArray[np.float64]
    events: bool
    weights: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25)

    @classmethod
    def counted(cls, corpus: Corpus, *, events: bool) -> Trigram:
        """Return the trigram of a corpus, weights found on its validation split."""
        three = np.zeros(_SYMBOLS**3)
        for stretch in corpus.of_split("train").tolist():
            room = int(corpus.room[stretch]) + 1
            for up in range(room):
                codes = _codes(symbols_of(corpus, stretch, up, events=events))
                three += np.bincount(codes, minlength=_SYMBOLS**3) / room
        trigram = cls(three, events)
        chances = trigram._chances(corpus, "valid")
        weights = np.full(4, 0.25)
        for _ in range(50):  # expectation, then maximisation
            mixed = chances * weights
            weights = (mixed / mixed.sum(1, keepdims=True)).mean(0)
        return cls(three, events, tuple(weights.tolist()))

    def nats(self, corpus: Corpus, split: str) -> float:
        """Return the mean nats per step on a split."""
        mixed = self._chances(corpus, split) @ np.array(self.weights)
        return float(-np.log(mixed).mean())

    def _chances(self, corpus: Corpus, split: str) -> NDArray[np.float64]:
        """Return the chances of every step of a split by trigram, pair, single, uniform."""
        codes = np.concatenate(
            [
                _codes(
                    symbols_of(corpus, stretch, int(corpus.room[stretch]) // 2, events=self.events)
                )
                for stretch in corpus.of_split(split).tolist()
            ]
        )
        cube = self.three.reshape(_SYMBOLS, _SYMBOLS, _SYMBOLS)
        pairs = cube.sum(0)
        singles = pairs.sum(0)
        first, second, third = codes // _SYMBOLS**2, codes // _SYMBOLS % _SYMBOLS, codes % _SYMBOLS
        with np.errstate(invalid="ignore"):
            chances = [
                cube[first, second, third] / cube.sum(2)[first, second],
                pairs[second, third] / pairs.sum(1)[second],
                singles[third] / singles.sum(),
            ]
        uniform = 1 / (NOTES + 2 if self.events else CLASSES)
        table = np.stack([*chances, np.full(len(codes), uniform)], 1)
        return np.asarray(np.nan_to_num(table, nan=0.0), np.float64)


def _codes(symbols: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for each symbol with the two before it."""
    padded = np.concatenate([[_BEGIN, _BEGIN], symbols])
    return np.asarray((padded[:-2] * _SYMBOLS + padded[1:-1]) * _SYMBOLS + padded[2:], np.int64)
