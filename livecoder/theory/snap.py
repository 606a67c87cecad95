"""Arrays of notes and audio-rate pitch curves, moved onto any scale in any tuning.

Conventions
-----------
Pitches are MIDI note numbers, float64; NaN is unvoiced and passes through. Halfway between two
notes goes to the lower. This module is light; numpy and the compiled kernels are loaded by the
first call (or by `warm`, which compiles them while nobody waits). For a single note where that
must not be waited for there is `snap_note`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from livecoder.core.errors import RangeError
from livecoder.theory.grid import (
    Direction,
    Grid,
    check_strength,
    grid_of,
    sense_of,
    snap_note,
)
from livecoder.theory.scales import Key
from livecoder.theory.tunings import TWELVE, Tuning

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ["GlideState", "snap", "snap_block", "snap_curve", "snap_note", "warm"]

_LONGEST_MS = 60_000.0


class GlideState(NamedTuple):
    """Where a curve's target is between two blocks of it.

    Attributes:
        at: MIDI note number it has reached; NaN before the first voiced sample.
        goal: MIDI note number it moves to.
        left: samples until it is there.
    """

    at: float = math.nan
    goal: float = math.nan
    left: int = 0


def snap(
    pitches: ArrayLike,
    scale: Key | str | Grid | Sequence[float],
    *,
    tonic: float | None = None,
    tuning: Tuning | str = TWELVE,
    direction: Direction = "nearest",
    strength: float = 1.0,
) -> NDArray[np.float64]:
    """Move each pitch onto a scale; halfway between two notes, to the lower.

    >>> snap([61.0, 61.1, 66.0], "c:major")
    array([60., 62., 65.])

    Args:
        pitches: MIDI note numbers, any shape; fractions are microtones, NaN means unvoiced.
        scale: a key, the name of one, or semitone offsets ascending from 0, below 12.
        tonic: MIDI note number of offset 0, any octave; the key's own when None.
        tuning: a `Tuning`, the name of one, or the path of a Scala file; see `grid_of`.
        direction: to the nearest note, the next one `"up"`, or the next one `"down"`.
        strength: how far each pitch moves: 0 stays, 1 lands on the note.

    Returns:
        MIDI note numbers, shape as `pitches`, which is left unchanged.

    Raises:
        RangeError: scale, tonic, direction or strength is none.
        UnknownNameError, NotationError, SessionFileError: a name or file cannot be read.
    """
    import numpy as np

    from livecoder.theory.kernels import snap_each

    grid = _grid(scale, tonic, tuning)
    given = np.asarray(pitches, dtype=np.float64)
    snapped: NDArray[np.float64] = snap_each(
        np.ascontiguousarray(given).reshape(-1),
        np.array(grid.steps),
        grid.period,
        grid.tonic,
        sense_of(direction),
        check_strength(strength),
    )
    return snapped.reshape(given.shape)


def snap_curve(
    curve: ArrayLike,
    rate: float,
    scale: Key | str | Grid | Sequence[float],
    *,
    tonic: float | None = None,
    tuning: Tuning | str = TWELVE,
    direction: Direction = "nearest",
    strength: float = 1.0,
    glide_ms: float = 0.0,
) -> NDArray[np.float64]:
    """Move a pitch curve onto a scale, gliding from note to note.

    Each move from one note to the next is a straight line that takes `glide_ms`, however far it
    goes; a new note met on the way starts a new line from there, so the pitch is always between
    notes that were asked for, never past one. After an unvoiced stretch (NaN) it starts on its
    note.

    >>> snap_curve([60.2, 60.2, 62.1, 62.1, 62.1], 1000, "c:major", glide_ms=2)
    array([60., 60., 61., 62., 62.])

    Args:
        curve: MIDI note numbers, shape `(n,)`, NaN where unvoiced.
        rate: samples of the curve per second.
        scale: see `snap`, as are `tonic`, `tuning`, `direction` and `strength`.
        tonic: MIDI note number of offset 0.
        tuning: where the scale's notes are.
        direction: which note to take.
        strength: how far each sample is moved towards the (gliding) note.
        glide_ms: milliseconds from note to note, 0 to 60,000; 0 gives what `snap` gives.

    Returns:
        MIDI note numbers, shape `(n,)`; `curve` is left unchanged.

    Raises:
        RangeError: a number is outside its range, or `curve` has more than one dimension.
        UnknownNameError, NotationError, SessionFileError: a name or file cannot be read.
    """
    grid = _grid(scale, tonic, tuning)
    return snap_block(
        curve,
        GlideState(),
        rate,
        grid,
        direction=direction,
        strength=strength,
        glide_ms=glide_ms,
    )[0]


def snap_block(
    curve: ArrayLike,
    state: GlideState,
    rate: float,
    grid: Grid,
    *,
    direction: Direction = "nearest",
    strength: float = 1.0,
    glide_ms: float = 0.0,
) -> tuple[NDArray[np.float64], GlideState]:
    """Do as `snap_curve` to the next block of an endless curve.

    However a curve is cut into blocks, the blocks together are what `snap_curve` gives.

    >>> head, state = snap_block([60.2], GlideState(), 1000, grid_of("c:major"), glide_ms=2)
    >>> snap_block([62.1, 62.1], state, 1000, grid_of("c:major"), glide_ms=2)[0]
    array([61., 62.])

    Args:
        curve: MIDI note numbers, shape `(n,)`.
        state: what the block before returned; `GlideState()` for the first.
        rate: samples per second.
        grid: of `grid_of`; the other arguments are as for `snap_curve`.
        direction: which note to take.
        strength: how far each sample is moved.
        glide_ms: milliseconds from note to note.

    Returns:
        MIDI note numbers, shape `(n,)`, and the state to go on from.

    Raises:
        RangeError: a number is outside its range, or `curve` has more than one dimension.
    """
    import numpy as np

    from livecoder.theory.kernels import glide

    if not 0.0 < rate <= 1e9:
        raise RangeError("rate", rate, "samples per second, more than 0", fix="try rate=48000")
    if not 0.0 <= glide_ms <= _LONGEST_MS:
        raise RangeError("glide_ms", glide_ms, "from 0 to 60000", fix="try glide_ms=80")
    given = np.asarray(curve, dtype=np.float64)
    if given.ndim != 1:
        raise RangeError("curve", f"shape {given.shape}", "one row of pitches", fix="try curve[0]")
    snapped, at, goal, left = glide(
        np.ascontiguousarray(given),
        np.array(grid.steps),
        grid.period,
        grid.tonic,
        sense_of(direction),
        check_strength(strength),
        max(1, round(glide_ms * rate / 1000.0)),
        *state,
    )
    return snapped, GlideState(float(at), float(goal), int(left))


def warm() -> None:
    """Load numba and compile the kernels, or take them from the disk, so that no one waits."""
    snap([60.0], "c:major")
    snap_curve([60.0], 1000.0, "c:major")


def _grid(
    scale: Key | str | Grid | Sequence[float], tonic: float | None, tuning: Tuning | str
) -> Grid:
    return scale if isinstance(scale, Grid) else grid_of(scale, tonic=tonic, tuning=tuning)
