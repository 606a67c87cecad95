"""Where a stack of LSTMs stands between two steps, as a value.

Conventions: float32 tensors on the CPU, never changed once they are in a state. As arrays, a
state is `cellN` and `hiddenN` `[H]` of each LSTM, and with attention `attended` `[A]`, what was
read last, and `outputs` `[L, A]`, the last outputs, oldest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_bytes, write_tensors
from livecoder.models.lstm.shape import StackShape

__all__ = ["LARGEST", "StackState"]

LARGEST = 256 * 1024  # bytes of a frozen state
_FIX = "start the stream again from its primer"


@dataclass(frozen=True, slots=True, eq=False)
class StackState:
    """What a stack remembers.

    Attributes:
        shape: of the stack.
        cells: of each LSTM, `[H]`.
        hidden: output of each LSTM, `[H]`.
        attended: what the attention read last, `[A]`, or None.
        outputs: the last outputs that it reads, oldest first, `[L, A]`, or None.
    """

    shape: StackShape
    cells: tuple[NDArray[Any], ...]
    hidden: tuple[NDArray[Any], ...]
    attended: NDArray[Any] | None = None
    outputs: NDArray[Any] | None = None

    @classmethod
    def silent(cls, shape: StackShape) -> StackState:
        """Return the state of a stack that has heard nothing.

        >>> StackState.silent(StackShape(38, (8, 4), 38)).cells[1].tolist()
        [0.0, 0.0, 0.0, 0.0]
        """
        zeros = {name: np.zeros(size, np.float32) for name, size in _sizes(shape).items()}
        return cls.of(shape, zeros)

    @classmethod
    def of(cls, shape: StackShape, arrays: Mapping[str, NDArray[Any]]) -> StackState:
        """Return the state that `arrays` gave; other arrays beside its own are passed over.

        Raises:
            ModelFileError: one is missing, of another shape, or holds what is no number.
        """
        tensors: dict[str, NDArray[Any]] = {}
        for name, size in _sizes(shape).items():
            array = arrays.get(name)
            if array is None or array.shape != size or not np.isfinite(array).all():
                message = f"{name} of this state is missing, of another network, or no number"
                raise ModelFileError(f"{message}; {_FIX}")
            tensors[name] = np.array(array, np.float32)
        layers = range(len(shape.units))
        return cls(
            shape,
            tuple(tensors[f"cell{layer}"] for layer in layers),
            tuple(tensors[f"hidden{layer}"] for layer in layers),
            tensors.get("attended"),
            tensors.get("outputs"),
        )

    @staticmethod
    def layouts(shape: StackShape) -> dict[str, Layout]:
        """Return what `containers.tensors.read_bytes` is to expect of `arrays`.

        >>> StackState.layouts(StackShape(38, (8,), 38))["cell0"]
        Layout(kind='F32', shape=(8,))
        """
        return {name: Layout("F32", size) for name, size in _sizes(shape).items()}

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the state as arrays, to be stored."""
        found = {f"cell{layer}": cell for layer, cell in enumerate(self.cells)}
        found |= {f"hidden{layer}": hidden for layer, hidden in enumerate(self.hidden)}
        if self.attended is not None and self.outputs is not None:
            found |= {"attended": self.attended, "outputs": self.outputs}
        return found

    def freeze(self) -> bytes:
        """Return the state as safetensors."""
        return write_tensors(self.arrays(), {"state": "stack"})

    @classmethod
    def thaw(cls, shape: StackShape, data: bytes) -> StackState:
        """Return the state that `freeze` was called on.

        Raises:
            ModelFileError: the bytes are over 256 KiB, or no state of such a stack.

        >>> shape = StackShape(38, (8,), 38)
        >>> StackState.thaw(shape, StackState.silent(shape).freeze()).shape == shape
        True
        """
        if len(data) > LARGEST:
            message = f"a state has at most {LARGEST} bytes, this one {len(data)}; {_FIX}"
            raise ModelFileError(message)
        arrays, _ = read_bytes(data, cls.layouts(shape), what="this state", fix=_FIX)
        return cls.of(shape, arrays)


def _sizes(shape: StackShape) -> dict[str, tuple[int, ...]]:
    """Return the shape of every array of a state."""
    sizes: dict[str, tuple[int, ...]] = {}
    for layer, units in enumerate(shape.units):
        sizes |= {f"cell{layer}": (units,), f"hidden{layer}": (units,)}
    attention = shape.attention
    if attention is not None:
        sizes |= {"attended": (attention.size,), "outputs": (attention.length, attention.size)}
    return sizes
