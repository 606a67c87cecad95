"""Functions compiled to machine code when they are first called: the inner loops of the networks.

Private: arguments are trusted, shapes are not checked. Importing this module imports numba.

Sums may be taken in any order (so that the processor adds eight numbers at once), but the order
follows from the sizes alone: the same numbers in give the same numbers out, to the bit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

__all__ = ["LOOSE", "Kernel", "dot", "exps"]

LOOSE = {"reassoc", "contract", "nsz", "arcp"}
"""What the compiler may do to sums."""


class Kernel:
    """A function compiled once, from the disk's copy where there is one."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.compiled = njit(fastmath=LOOSE)(function)
        # numba refuses at once when no folder for its cache can be written.
        with contextlib.suppress(RuntimeError):
            self.compiled = njit(cache=True, fastmath=LOOSE)(function)

    def __call__(self, *arguments: Any) -> Any:
        """Compute; the first call compiles."""
        try:
            return self.compiled(*arguments)
        except OSError:  # the cache's disk is full, or was made read-only meanwhile
            self.compiled = njit(fastmath=LOOSE)(self._function)
            return self.compiled(*arguments)


@njit(fastmath=LOOSE)
def dot(first, second):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the sum of products."""
    total = first.dtype.type(0)
    for i in range(first.size):
        total += first[i] * second[i]
    return total


@njit(fastmath=LOOSE)
def exps(values, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Put e to the power of each value, held between -87 and 87, in its place.

    To seven digits. The C library takes one number at a time; this way the processor takes eight: a
    power of two by its bits, and a polynomial for what is left (S. Moshier, Cephes, `expf`).

    Args:
        values: of float32, or of float64 if `bits` is empty: those are left to the C library.
        bits: int32, at least as many as there are values; overwritten.
    """
    if bits.size == 0:
        for j in range(values.size):
            values[j] = np.exp(values[j])
        return
    powers = bits.view(np.float32)
    for j in range(values.size):
        power = min(max(np.float32(values[j]), np.float32(-87)), np.float32(87))
        whole = np.floor(power * np.float32(1.4426950408889634) + np.float32(0.5))
        rest = power - whole * np.float32(0.693359375) + whole * np.float32(2.12194440e-4)
        near = np.float32(1.9875691500e-4) * rest + np.float32(1.3981999507e-3)
        near = near * rest + np.float32(8.3334519073e-3)
        near = near * rest + np.float32(4.1665795894e-2)
        near = near * rest + np.float32(1.6666665459e-1)
        near = near * rest + np.float32(5.0000001201e-1)
        values[j] = near * rest * rest + rest + np.float32(1)
        bits[j] = (np.int32(whole) + np.int32(127)) << np.int32(23)
    for j in range(values.size):
        values[j] *= powers[j]
