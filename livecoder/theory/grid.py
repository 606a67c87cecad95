"""The notes there are to snap to, and the snapping of one note in plain Python.

A grid is every pitch of a scale in a tuning, in all octaves. It is asked for one note at a time
where compiling a kernel must not be waited for (a query of the scheduler); `theory.snap` does the
same to arrays, and tests hold the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from livecoder.core.errors import RangeError
from livecoder.theory.scales import Key, parse_key
from livecoder.theory.tunings import TWELVE, Tuning, tuning_named

__all__ = ["Direction", "Grid", "check_strength", "grid_of", "sense_of", "snap_note"]

Direction = Literal["nearest", "up", "down"]

_SENSES = {"nearest": 0, "up": 1, "down": -1}


@dataclass(frozen=True, slots=True)
class Grid:
    """Pitches `tonic + octave * period + step`, for every whole `octave` and every step.

    Attributes:
        steps: semitones, ascending, each at least 0 and below `period`.
        period: semitones.
        tonic: MIDI note number.
    """

    steps: tuple[float, ...]
    period: float = 12.0
    tonic: float = 0.0


def grid_of(
    scale: Key | str | Sequence[float],
    *,
    tonic: float | None = None,
    tuning: Tuning | str = TWELVE,
) -> Grid:
    """Return the notes of a scale in a tuning.

    >>> grid_of("d:minor:pentatonic").steps
    (0.0, 3.0, 5.0, 7.0, 10.0)
    >>> [round(step, 2) for step in grid_of("c:major", tuning="just").steps[:3]]
    [0.0, 2.04, 3.86]

    Args:
        scale: a key, the name of one, or semitone offsets, ascending from 0, below 12.
        tonic: MIDI note number of offset 0, any octave; the key's own when None, 0 for offsets.
        tuning: where the notes are. In a tuning of twelve notes a whole offset of the scale is
            that degree of the tuning; in any other it is the degree nearest in pitch (the lower
            of two as near). Degree 0 is at the tonic.

    Raises:
        RangeError: offsets that are no scale, or a tonic that is no note.
        UnknownNameError, NotationError: the name of a scale or tuning cannot be read.
        SessionFileError: a tuning file cannot be read.
    """
    key = parse_key(scale) if isinstance(scale, str) else scale
    if isinstance(key, Key):
        offsets, root = key.offsets, float(key.root)
    else:
        offsets, root = tuple(float(step) for step in key), 0.0
    if tonic is not None:
        root = float(tonic)
    if not abs(root) < 1000.0:
        raise RangeError("tonic", tonic, "a MIDI note number", fix="try tonic=60")
    return _grid(offsets, root, tuning_named(tuning) if isinstance(tuning, str) else tuning)


@lru_cache(maxsize=256)
def _grid(offsets: tuple[float, ...], root: float, tuning: Tuning) -> Grid:
    ascending = list(offsets) == sorted(set(offsets))
    if not offsets or not ascending or offsets[0] != 0.0 or not offsets[-1] < 12.0:
        raise RangeError(
            "scale", offsets, "ascending semitones from 0, below 12", fix='try "c:dorian"'
        )
    if tuning == TWELVE:
        return Grid(offsets, 12.0, root)
    steps = {_tuned(offset, tuning) for offset in offsets}
    return Grid(tuple(sorted(steps)), tuning.period, root)


def _tuned(offset: float, tuning: Tuning) -> float:
    if len(tuning.steps) == 12 and offset.is_integer():
        return tuning.steps[int(offset)]
    # The next period's first degree may be the nearest; it is degree 0 of this one again.
    near = min((*tuning.steps, tuning.period), key=lambda step: (abs(step - offset), step))
    return 0.0 if near == tuning.period else near


def check_strength(strength: float) -> float:
    """Return a strength that is one.

    Raises:
        RangeError: it is not between 0 and 1.
    """
    if not 0.0 <= strength <= 1.0:
        raise RangeError("strength", strength, "from 0 (leave) to 1 (snap)", fix="try strength=1.0")
    return float(strength)


def sense_of(direction: str) -> int:
    """Return a direction as the kernels know it: 0 nearest, 1 up, -1 down.

    Raises:
        RangeError: it is none of the three.
    """
    if direction not in _SENSES:
        raise RangeError(
            "direction", direction, '"nearest", "up" or "down"', fix='try direction="nearest"'
        )
    return _SENSES[direction]


def snap_note(
    note: float,
    scale: Key | str | Grid,
    *,
    tuning: Tuning | str = TWELVE,
    direction: Direction = "nearest",
    strength: float = 1.0,
) -> float:
    """Move one note onto a scale; halfway between two, to the lower.

    >>> snap_note(61.0, "c:major"), snap_note(61.0, "c:major", direction="up")
    (60.0, 62.0)

    Args:
        note: MIDI note number; NaN and infinities come back as they are.
        scale: a key, the name of one, or a grid (which has its tuning in it already).
        tuning: see `grid_of`.
        direction: to the nearest note, the next one up, or the next one down.
        strength: how far it moves: 0 stays, 1 lands on the note.

    Returns:
        A MIDI note number, equal to what `theory.snap.snap` gives.

    Raises:
        RangeError: strength or direction is none.
    """
    grid = scale if isinstance(scale, Grid) else grid_of(scale, tuning=tuning)
    strength = check_strength(strength)
    sense = sense_of(direction)
    if not math.isfinite(note):
        return note
    below, above = _around(note, grid)
    if sense > 0:
        target = below if below == note else above
    elif sense < 0 or note - below <= above - note:
        target = below
    else:
        target = above
    return target if strength == 1.0 else note + strength * (target - note)


def _around(note: float, grid: Grid) -> tuple[float, float]:
    """Return the highest pitch of the grid at or below a note, and the lowest one above it."""
    # One octave to either side, since rounding may put the note's own octave off by one. Every
    # pitch is reckoned by the same expression wherever it is met, so equal pitches are equal.
    octave = math.floor((note - grid.tonic) / grid.period)
    below = above = grid.tonic + grid.period * (octave - 1) + grid.steps[0]
    for turn in range(octave - 1, octave + 3):
        base = grid.tonic + grid.period * turn
        for step in grid.steps:
            above = base + step
            if above > note:
                return below, above
            below = above
    return below, above
