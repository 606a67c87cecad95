"""What PolyphonyRNN learns from: Bach's chorales, and those of a program beside them.

Rows, 2 columns: the class fed (the event before; at first START), the class of this event.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecoder.models.encodings.polyphony import Polyphony, events_of
from livecoder.models.lstm.shape import StackShape
from livecoder.training.chorales import Chorale, read_chorales, voices
from livecoder.training.corpus import SPLITS
from livecoder.training.family import Family, Fed, Plan, Told
from livecoder.training.pieces import Piece
from livecoder.training.sources import JSB, JSFAKES

__all__ = ["FAMILY"]

_SPECIAL = 3
_CLASSES = 259
_LOWEST, _HIGHEST = 33, 84


def _moved(classes: NDArray[np.int16], up: NDArray[np.int64]) -> NDArray[np.int64]:
    wide = classes.astype(np.int64)
    return np.where(wide < _SPECIAL, wide, wide + np.broadcast_to(up, wide.shape))


def feed(rows: NDArray[np.int16], up: NDArray[np.int64], lot: NDArray[np.float64]) -> Fed:  # noqa: ARG001
    """Return the 259 numbers of rows moved `up` semitones; nothing is withheld."""
    indices = _moved(rows[..., 0], up)[..., None]
    return Fed(indices, np.ones(indices.shape, np.float32))


def answers(rows: NDArray[np.int16], up: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the classes of rows moved `up` semitones."""
    return _moved(rows[..., 1], up)


def read(data: Path, told: Told) -> Iterator[Piece]:
    """Yield the chorales of both sets in `data`."""
    count = 0
    for index, split in enumerate(SPLITS):
        for chorale in read_chorales(data / JSB.archive, split):
            yield _piece(0, index, chorale)
            told("JSB chorales", count := count + 1)
    count = 0
    for chorale in read_chorales(data / JSFAKES.archive, "pitches"):
        yield _piece(1, SPLITS.index("train"), chorale)
        told("JS Fake Chorales", count := count + 1)


def _piece(source: int, split: int, chorale: Chorale) -> Piece:
    encoding = Polyphony()
    events = events_of(voices(chorale), len(chorale))
    classes = np.array([encoding.class_of(0, event) for event in events], np.int16)
    pitches = chorale[chorale >= 0]
    if not len(pitches):
        return Piece(source, split, np.zeros((0, 2), np.int16))
    least = min(0, max(-5, _LOWEST - int(pitches.min())))
    most = max(0, min(6, _HIGHEST - int(pitches.max())))
    return Piece(source, split, np.column_stack([classes[:-1], classes[1:]]), least, most)


FAMILY = Family(
    name="polyphony_rnn",
    config="polyphony",
    title="PolyphonyRNN: chorales without end, in 16ths",
    event="event (a note begins or goes on, a 16th ends)",
    shape=StackShape(_CLASSES, (224,), _CLASSES),
    plan=Plan(minutes=16, lanes=16, chunk=64, rate=3e-3, dropout=0.0),
    sources=(JSB, JSFAKES),
    columns=2,
    feed=feed,
    answers=answers,
    read=read,
    transposed="every chorale anew each time, by -5 to 6 semitones within notes 33 to 84; "
    "held-out chorales as written",
    split="that of every paper on the JSB chorales; those of the program are trained on alone",
    limits=(
        "Four voices as Bach wrote them, told one note at a time from the highest down: it does "
        "not know which voice a note belongs to, and voices may cross, double or fall silent.",
        "The data do not tell a repeated note from a held one, so it holds where a choir would "
        "sing a note again; long notes come of that.",
        "It is not told where in the bar it is and loses it; keys wander; cadences come where "
        "they come.",
        "All notes are equally loud.",
    ),
    verdict="Measured, and read as notes; nobody has sat and listened. At temperature 0.8 it "
    "keeps 4 voices sounding (the chorales: 3.9), 91 % of its beats are a triad or a "
    "seventh chord (they: 92 %), 93 % of its notes fit one major key over four bars "
    "(they: 94 %), 80 % begin on a beat (they: 78 %), and a bar is as like its neighbours"
    " (0.31 against 0.34): choral writing that keeps its key and its beat. At 1.0 it is "
    "busier and slips off the beat by an eighth: 59 % begin on one.",
)
