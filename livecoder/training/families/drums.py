"""What DrumsRNN learns from: the drummers of the Groove MIDI Dataset, in 16ths.

Rows, 3 columns: the class fed (the drums of the 16th before; at first nothing, -1), the number of
16ths so far, the class of this 16th.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecoder.models.encodings.drums import Drums
from livecoder.models.lstm.shape import Attention, StackShape
from livecoder.training.family import Family, Fed, Plan, Told
from livecoder.training.groove import read_groove
from livecoder.training.pieces import Piece
from livecoder.training.sources import GROOVE

__all__ = ["FAMILY"]

_CLASSES = 512
_BITS = 6


def feed(rows: NDArray[np.int16], up: NDArray[np.int64], lot: NDArray[np.float64]) -> Fed:  # noqa: ARG001
    """Return the 518 numbers of rows; drums are not transposed, and nothing is withheld."""
    indices = np.empty((*rows.shape[:-1], 1 + _BITS), np.int64)
    values = np.ones(indices.shape, np.float32)
    indices[..., 0] = np.maximum(rows[..., 0], 0)
    values[..., 0] = rows[..., 0] >= 0
    indices[..., 1:] = _CLASSES + np.arange(_BITS)
    values[..., 1:] = 2 * (rows[..., 1, None] >> np.arange(_BITS) & 1) - 1
    return Fed(indices, values)


def answers(rows: NDArray[np.int16], up: NDArray[np.int64]) -> NDArray[np.int64]:  # noqa: ARG001
    """Return the classes of rows."""
    return rows[..., 2].astype(np.int64)


def read(data: Path, told: Told) -> Iterator[Piece]:
    """Yield the performances in 4/4 found in `data`."""
    drums = Drums()
    for count, drummed in enumerate(read_groove(data / GROOVE.archive)):
        classes = [drums.class_of(drums.begin(), step) for step in drummed.steps]
        rows = np.column_stack([[-1, *classes[:-1]], range(len(classes)), classes])
        yield Piece(0, drummed.split, rows.astype(np.int16))
        told("Groove MIDI", count + 1)


FAMILY = Family(
    name="drums_rnn",
    config="drum_kit",
    title="DrumsRNN: a drummer, a 16th a step",
    event="step (a 16th)",
    shape=StackShape(_CLASSES + _BITS, (192,), _CLASSES, Attention(32, "first", 192)),
    plan=Plan(minutes=45, lanes=64, chunk=32, rate=3e-3, dropout=0.2),
    sources=(GROOVE,),
    columns=3,
    feed=feed,
    answers=answers,
    read=read,
    transposed="not at all: drums have no key",
    split="the data set's own",
    limits=(
        "Nine drums (kick, snare, closed and open hi-hat, three toms, crash, ride), on 16ths: no "
        "triplets, no flams, no ghost-note loudness (every stroke has velocity 0.8).",
        "It learnt 4/4 alone; bars of other lengths are cut out of its own 4/4.",
        "It looks back two bars: a groove is kept, a form is not.",
        "Fills are among what it learnt; they come when they come, and cannot be asked for.",
    ),
    verdict="Measured, and read as drum tablature; nobody has sat and listened. It goes on as it "
    "began: from the bar of sixteenths it is given where there is no primer it plays 20 "
    "strokes a bar at temperature 1.0 (the drummers: 19), a kick on 88 % of first beats "
    "(they: 72 %), a snare on 92 % of the beats 2 and 4 (they: 61 %), and its bars are a "
    "little more alike than theirs (0.75 against 0.70): a steady drummer who keeps the "
    "groove. Primed with a sparse beat it stays sparse; primed with one stroke it may "
    "fade away.",
)
