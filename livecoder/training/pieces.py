"""Encoded pieces of any family of models: built once from archives, kept, dealt out by `lanes`.

Conventions: a piece is a table with a row for each event, which says, in whatever columns its
family needs, what is fed before that event and which class the event is. Rows hold the music as
written; `feed` and `answers` of the family transpose it as it is dealt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_file
from livecoder.training.corpus import SPLITS
from livecoder.training.learning import keep

__all__ = ["Piece", "Pieces"]

Rows = NDArray[np.int16]


class Piece(NamedTuple):
    """One piece of music.

    Attributes:
        source: index into the family's sources.
        split: index into `corpus.SPLITS`.
        rows: `[events, columns]` int16.
        least: semitones by which it may be moved at least, 0 or below.
        most: semitones by which it may be moved at most, 0 or above.
    """

    source: int
    split: int
    rows: Rows
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Pieces:
    """A corpus.

    Attributes:
        rows: of all pieces, one after the other, `[events, columns]` int16.
        begins: first row of each piece, and the number of rows, `[pieces + 1]`.
        source: index into the family's sources, `[pieces]`.
        split: index into `SPLITS`, `[pieces]`.
        least: semitones each may be moved at least, `[pieces]`.
        most: semitones each may be moved at most, `[pieces]`.
    """

    rows: Rows
    begins: NDArray[np.int32]
    source: NDArray[np.int8]
    split: NDArray[np.int8]
    least: NDArray[np.int8]
    most: NDArray[np.int8]

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> Pieces:
        """Return the corpus of some pieces; those without an event are left out.

        Raises:
            ModelFileError: there is none.
        """
        kept = [piece for piece in pieces if len(piece.rows)]
        if not kept:
            message = "no music was found in the data; look at the folder given by --data"
            raise ModelFileError(message)
        begins = np.cumsum([0, *(len(piece.rows) for piece in kept)])
        table = np.array([[p.source, p.split, p.least, p.most] for p in kept], np.int8)
        return cls(
            np.concatenate([piece.rows for piece in kept]).astype(np.int16),
            begins.astype(np.int32),
            *(np.ascontiguousarray(table[:, column]) for column in range(4)),
        )

    def of_split(self, split: str) -> NDArray[np.int64]:
        """Return the numbers of the pieces in a split: "train", "valid" or "test"."""
        return np.flatnonzero(self.split == SPLITS.index(split))

    def events(self, split: str) -> int:
        """Return the events in a split."""
        return int(np.diff(self.begins)[self.of_split(split)].sum())

    def piece(self, number: int) -> Rows:
        """Return the rows of one piece."""
        return self.rows[self.begins[number] : self.begins[number + 1]]

    def middle(self, number: int) -> int:
        """Return the semitones a held-out piece is moved by: none, unless it has to be."""
        return int(min(max(0, self.least[number]), self.most[number]))

    def save(self, path: Path) -> None:
        """Write it as safetensors."""
        keep(path, {name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path, columns: int) -> Pieces:
        """Return the corpus `save` wrote.

        Raises:
            ModelFileError: the file is no corpus of so many columns.
        """
        layout = {
            "rows": Layout("I16", (None, columns)),
            "begins": Layout("I32", (None,)),
            **{name: Layout("I8", (None,)) for name in ("source", "split", "least", "most")},
        }
        tensors, _ = read_file(path, layout, largest=2**30, fix="delete it; it is built again")
        return cls(**tensors)
