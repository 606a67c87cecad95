"""What the trainer must be told of a model: its data, its size, how rows become inputs.

Adding a model to `livecoder train` is one module in `families` and one line in its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.models.lstm.shape import StackShape
from livecoder.training.pieces import Piece
from livecoder.training.sources import Source

__all__ = ["Family", "Fed", "Plan", "Told"]

Told = Callable[[str, int], object]


class Fed(NamedTuple):
    """Sparse inputs of rows.

    Attributes:
        indices: `[..., K]` int64.
        values: `[..., K]` float32.
    """

    indices: NDArray[np.int64]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; kept in the checkpoint, and in the card.

    Attributes:
        steps: optimiser steps in all, or None to go by the clock.
        minutes: minutes in all, over all resumptions; ignored where `steps` is given.
        lanes: pieces at once.
        chunk: events between two updates; gradients reach so far back.
        rate: learning rate after warming up; falls along a cosine to a fiftieth.
        dropout: share of each LSTM's outputs dropped.
        decay: weight decay of AdamW, by which matrices shrink at every step, times the rate.
        seed: of everything.
        halved: multiply in bfloat16 where the processor is quicker at it.
    """

    steps: int | None = None
    minutes: float = 30.0
    lanes: int = 64
    chunk: int = 128
    rate: float = 3e-3
    dropout: float = 0.1
    decay: float = 0.0
    seed: int = 1
    halved: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """One model that can be trained.

    Attributes:
        name: at the prompt.
        config: which of Magenta's configurations it is.
        title: of its card.
        event: what one event is, in words.
        shape: of the network.
        plan: how to train it unless told otherwise.
        sources: the data sets it learns from.
        columns: of the rows of its corpus.
        feed: rows `[..., columns]`, semitones up and a lot in [0, 1) for each lane (both
            `[...]` or what broadcasts to it), to the inputs. The lot decides what is withheld.
        answers: rows and semitones up to the class of each event, `[...]` int64.
        read: the pieces found in a folder; told of each piece.
        transposed: how pieces are transposed, in words.
        split: how the split was made, in words.
        limits: what it cannot do.
        notes: further sentences for the card.
        verdict: how it sounds, in the words of who listened.
        suffix: of the name by which it is trained, where `name` has several.
    """

    name: str
    config: str
    title: str
    event: str
    shape: StackShape
    plan: Plan
    sources: tuple[Source, ...]
    columns: int
    feed: Callable[[NDArray[np.int16], NDArray[np.int64], NDArray[np.float64]], Fed]
    answers: Callable[[NDArray[np.int16], NDArray[np.int64]], NDArray[np.int64]]
    read: Callable[[Path, Told], Iterator[Piece]]
    transposed: str
    split: str
    limits: tuple[str, ...]
    notes: tuple[str, ...] = ()
    verdict: str = ""
    suffix: str = ""

    @property
    def key(self) -> str:
        """The name by which it is trained: `drums_rnn`, `melody_rnn_basic`."""
        return self.name + self.suffix
