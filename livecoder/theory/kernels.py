"""The compiled loops of `theory.snap`. Private: arguments are trusted, shapes are not checked.

Importing this module imports numba. Kernels compile at their first call and are kept on disk:
beside this file, else in the user's cache, else where NUMBA_CACHE_DIR says. Where none of these
can be written the kernels compile anew in each process and work all the same.

Compiled code and the plain Python in `theory.grid` reckon every pitch by the same expressions, in
the same order, without fast-math, so their results are equal to the bit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

__all__ = ["glide", "snap_each"]


class Kernel:
    """A function compiled once, from the disk's copy where there is one."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.compiled = njit(function)
        # numba refuses at once when no folder for its cache can be written.
        with contextlib.suppress(RuntimeError):
            self.compiled = njit(cache=True)(function)

    def __call__(self, *arguments: Any) -> Any:
        try:
            return self.compiled(*arguments)
        except OSError:  # the cache's disk is full, or was made read-only meanwhile
            self.compiled = njit(self._function)
            return self.compiled(*arguments)


@njit
def _target(pitch, steps, period, tonic, sense):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    # As `theory.grid._around` and `snap_note`, which say why.
    octave = np.floor((pitch - tonic) / period)
    below = above = tonic + period * (octave - 1) + steps[0]
    found = False
    for turn in range(4):
        base = tonic + period * (octave - 1 + turn)
        for step in steps:
            above = base + step
            if above > pitch:
                found = True
                break
            below = above
        if found:
            break
    if sense > 0:
        return below if below == pitch else above
    if sense < 0 or pitch - below <= above - pitch:
        return below
    return above


@Kernel
def snap_each(pitches, steps, period, tonic, sense, strength):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Snap each of `pitches`, shape (n,), to the grid; what is not finite stays."""
    snapped = np.empty_like(pitches)
    for i in range(pitches.size):
        pitch = pitches[i]
        if not np.isfinite(pitch):
            snapped[i] = pitch
            continue
        target = _target(pitch, steps, period, tonic, sense)
        snapped[i] = target if strength == 1.0 else pitch + strength * (target - pitch)
    return snapped


@Kernel
def glide(curve, steps, period, tonic, sense, strength, samples, at, goal, left):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Snap a curve, shape (n,), its target moving to each new note in `samples` equal steps.

    `at` is where the moving target is, `goal` where it goes, `left` the samples until there;
    NaN in `at` means that nothing has sounded yet. Returns the curve and these three.
    """
    snapped = np.empty_like(curve)
    for i in range(curve.size):
        pitch = curve[i]
        if not np.isfinite(pitch):
            # Unvoiced: the next note starts where it is, not on the way from the last.
            at, left = np.nan, 0
            snapped[i] = pitch
            continue
        target = _target(pitch, steps, period, tonic, sense)
        if np.isnan(at):
            at, goal, left = target, target, 0
        elif target != goal:
            goal, left = target, samples
        if left > 0:
            # An equal share of what is left, so the way is straight and ends on the goal itself.
            at += (goal - at) / left
            left -= 1
        if left == 0:
            at = goal
        snapped[i] = at if strength == 1.0 else pitch + strength * (at - pitch)
    return snapped, at, goal, left
