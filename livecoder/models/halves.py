"""Matrices in half precision, where that is the same numbers: half as much to fetch from memory.

Weights are shipped in half precision, and a step of a network takes about as long as its weights
take to come from memory. Weights of elsewhere, which need more digits, stay as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.models import compiled

__all__ = ["Matrix", "halved", "halved_together"]

Matrix = NDArray[np.floating[Any]] | NDArray[np.uint16]
"""Numbers, or the bits of numbers in half precision."""


def halved(matrix: NDArray[np.floating[Any]]) -> Matrix:
    """Return the bits of a matrix in half precision; itself, if that were other numbers, or slower.

    >>> halved(np.array([[0.1]], np.float32)).dtype.name
    'float32'

    Args:
        matrix: of float32; one of float64 stays.
    """
    return halved_together(matrix)[0]


def halved_together(*matrices: NDArray[np.floating[Any]]) -> tuple[Matrix, ...]:
    """Return the same of several: all of them halved, or none."""
    if not compiled.reads_halves() or any(matrix.dtype != np.float32 for matrix in matrices):
        return matrices
    with np.errstate(over="ignore"):
        narrow = [matrix.astype(np.float16) for matrix in matrices]
    same = all(map(np.array_equal, narrow, matrices))
    return tuple(half.view(np.uint16) for half in narrow) if same else matrices
