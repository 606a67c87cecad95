"""What PerformanceRNN learns from: POP909 as one pianist, with what is asked of each moment.

Rows, 15 columns: the class fed (the event before; at first none, -1), the bin of the
notes per second to come (0 to 7), twelve shares of pitch classes (thousandths), the class of the
event. What is asked is what the next three seconds (density) and five seconds (pitches) then had.
Songs to train on are cut into parts of 576 events. Half of
the time something is withheld, so that the network can play without being asked.

Source: note-seq 0.0.5, `performance_controls`, whose windows and prior these are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecoder.models.lstm.shape import StackShape
from livecoder.training import piano
from livecoder.training.corpus import SPLITS, split_of
from livecoder.training.family import Family, Fed, Plan, Told
from livecoder.training.pieces import Piece
from livecoder.training.sources import POP909

__all__ = ["FAMILY", "asked", "rows_of"]

_NOTE_OFF, _SHIFT, _VELOCITY, _CLASSES = 128, 256, 356, 388
_DENSITIES = np.array([1, 2, 4, 8, 16, 32, 64])
_CONTROLS = 8 + 12
_DENSITY_STEPS, _PITCH_STEPS = 300, 500
_PART = 576  # events
_PRIOR = 0.01  # seconds
_PER_SECOND = 100
# Lots below these: nothing is asked; density alone; pitches alone; above, both.
_NOTHING, _DENSITY_ALONE, _PITCHES_ALONE = 0.35, 0.5, 0.65


def asked(classes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the bin of density and the shares of pitch classes at each event of a performance.

    >>> bins, shares = asked(np.array([60, 355, 188]))  # C for a second
    >>> bins.tolist(), shares[0].round(2).tolist()[:2]
    ([1, 1, 0], [0.9, 0.01])

    Args:
        classes: of the events, `[T]`, 0 to 387.

    Returns:
        Bins `[T]`, 0 to 7; shares `[T, 12]`, each row of which adds up to 1.
    """
    is_shift = (classes >= _SHIFT) & (classes < _VELOCITY)
    lasts = np.where(is_shift, classes - _SHIFT + 1, 0)
    after = np.cumsum(lasts)
    before = after - lasts
    # Events of one moment share what is asked at the first of them.
    begins = np.concatenate([[True], is_shift[:-1]])
    first = np.maximum.accumulate(np.where(begins, np.arange(len(classes)), 0))

    def reached(steps: int) -> NDArray[np.int64]:
        return np.asarray(np.searchsorted(before, before + steps, "left"), np.int64)

    struck = np.concatenate([[0], np.cumsum(classes < _NOTE_OFF)])
    end = reached(_DENSITY_STEPS)
    lasted = np.minimum(after[end - 1] - before, _DENSITY_STEPS)
    here = np.arange(len(classes))
    notes = struck[end] - struck[here]
    density = np.where(lasted > 0, notes * _PER_SECOND / np.maximum(lasted, 1), 0.0)
    bins = np.searchsorted(_DENSITIES, density, "right")

    changes = np.zeros((len(classes), 12), np.int64)
    ons, offs = classes < _NOTE_OFF, (classes >= _NOTE_OFF) & (classes < _SHIFT)
    changes[here[ons], classes[ons] % 12] = 1
    changes[here[offs], (classes[offs] - _NOTE_OFF) % 12] = -1
    sounding = np.cumsum(changes, 0)
    sounded = np.concatenate([np.zeros((1, 12)), np.cumsum(sounding * lasts[:, None], 0)])
    end = reached(_PITCH_STEPS)
    shares = _PRIOR + (sounded[end] - sounded[here]) / _PER_SECOND
    shares /= shares.sum(1, keepdims=True)
    return bins[first], shares[first]


def rows_of(classes: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return the rows of a performance."""
    bins, shares = asked(classes)
    fed = np.concatenate([[-1], classes[:-1]])
    thousandths = np.rint(1000 * shares)
    return np.column_stack([fed, bins, thousandths, classes]).astype(np.int16)


def _moved(classes: NDArray[np.int16], up: NDArray[np.int64]) -> NDArray[np.int64]:
    wide = classes.astype(np.int64)
    return np.where((wide >= 0) & (wide < _SHIFT), wide + up, wide)


def feed(rows: NDArray[np.int16], up: NDArray[np.int64], lot: NDArray[np.float64]) -> Fed:
    """Return the 408 numbers of rows moved `up` semitones; see `Family.feed`."""
    shape = rows.shape[:-1]
    ups = np.broadcast_to(up, shape)
    lots = np.broadcast_to(lot, shape)
    indices = np.empty((*shape, 14), np.int64)
    values = np.ones((*shape, 14), np.float32)
    fed = _moved(rows[..., 0], ups)
    indices[..., 0] = _CONTROLS + np.maximum(fed, 0)
    values[..., 0] = fed >= 0
    indices[..., 1] = rows[..., 1]
    indices[..., 2:] = 8 + (np.arange(12) + ups[..., None]) % 12
    nothing = lots < _NOTHING
    values[..., 1] = ~(nothing | ((lots >= _DENSITY_ALONE) & (lots < _PITCHES_ALONE)))
    withheld = nothing | ((lots >= _NOTHING) & (lots < _DENSITY_ALONE))
    values[..., 2:] = np.where(withheld[..., None], 0, rows[..., 2:14] / np.float32(1000))
    return Fed(indices, values)


def answers(rows: NDArray[np.int16], up: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the classes of rows moved `up` semitones."""
    return _moved(rows[..., 14], np.broadcast_to(up, rows.shape[:-1]))


def read(data: Path, told: Told) -> Iterator[Piece]:
    """Yield the songs of POP909 in `data`."""
    for song in piano.songs_of(data, on_progress=told):
        if not len(song.events):
            continue
        classes = song.events.astype(np.int64)
        pitches = classes[classes < _NOTE_OFF]
        least = max(-5, piano.LOWEST - int(pitches.min()))
        most = min(6, piano.HIGHEST - int(pitches.max()))
        piece = Piece(0, split_of(song.name), rows_of(classes), min(0, least), max(0, most))
        yield from _parts(piece) if piece.split == SPLITS.index("train") else (piece,)


def _parts(piece: Piece) -> Iterator[Piece]:
    """Yield a song in parts, each learnt from silence: a batch of few whole songs is one-sided."""
    for first in range(0, len(piece.rows), _PART):
        yield piece._replace(rows=piece.rows[first : first + _PART])


FAMILY = Family(
    name="performance_rnn",
    config="multiconditioned_performance_with_dynamics",
    title="PerformanceRNN: a piano that never ends, with touch and rubato",
    event="event (a note begins or ends, time passes, loudness changes)",
    shape=StackShape(_CONTROLS + _CLASSES, (512,), _CLASSES),
    plan=Plan(minutes=90, lanes=16, chunk=64, rate=3e-3, dropout=0.0),
    sources=(
        POP909._replace(
            what="pop songs as piano: MELODY, BRIDGE and PIANO tracks together, with velocities, "
            "on the grid of their own beats: 909 songs, 63 hours"
        ),
    ),
    columns=15,
    feed=feed,
    answers=answers,
    read=read,
    transposed="every song anew each time, by -5 to 6 semitones as far as the piano goes; "
    "held-out songs as written",
    split="by name, as the melodies: SHA-256 of the song's name; of twenty parts one is held out "
    "to validate, one to test",
    limits=(
        "A piano alone. Time is told in hundredths of a second at 120 beats a minute and bent to "
        "your tempo; it learnt 4/4 pop and does not know where in the bar it is but by listening.",
        "It remembers some seconds: harmony drifts, tunes do not come back.",
        "What is asked of it (density, pitch classes) it leans towards, and does not obey to the "
        "letter; a key is obeyed, by masking.",
        "Learnt from one collection of Chinese pop songs arranged by one team; it plays their "
        "manner and no other.",
    ),
    verdict="Measured, and read as notes; nobody has sat and listened. At temperature 1.0 it "
    "plays 20.0 notes a bar (the held-out songs: 20.7), in the manner of pop piano: "
    "broken chords under a tune, loud and soft. It knows no bars and no phrases: a bar is"
    " less than half as like its neighbours as in the songs (0.16 against 0.38), and what"
    " it began it rarely takes up again. Kindest at temperature 0.9 and in a key.",
)
