"""A stack of LSTMs as torch trains it: many streams at once, whole stretches of steps.

The parameters have the names and shapes of `shape`, so that what is trained is, tensor by tensor,
what is shipped. Inputs are sparse: at each step a handful of the numbers is not 0, and only their
columns of the first matrix are read.

Conventions: tensors are `[steps, streams, features]`. Dropout falls on what each LSTM passes on,
not on what it hears of itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from livecoder.core.errors import RangeError
from livecoder.models.lstm.attention import attend
from livecoder.models.lstm.recurrence import recur
from livecoder.models.lstm.shape import StackShape

__all__ = ["Memory", "Sparse", "StackNetwork"]


_HEARD = 0.4


class Sparse(NamedTuple):
    """Inputs of which few numbers are not 0.

    Attributes:
        indices: which, `[T, B, K]` int64; any index where the value is 0.
        values: the numbers, `[T, B, K]` float32.
    """

    indices: Tensor
    values: Tensor

    @classmethod
    def of(cls, inputs: Tensor) -> Sparse:
        """Return inputs given whole, `[T, B, I]`, as sparse ones.

        >>> Sparse.of(torch.tensor([[[0.0, 0.5, 0.0]]])).values
        tensor([[[0.5000]]])
        """
        most = max(1, int((inputs != 0).sum(2).max()))
        indices = inputs.abs().topk(most, dim=2).indices
        return cls(indices, inputs.gather(2, indices))


class Memory(NamedTuple):
    """What a stack carries from one stretch to the next.

    Attributes:
        hidden: the last output of each LSTM, `[B, H]` each.
        cells: the cell of each LSTM, `[B, H]` each.
        attended: what the attention read last, `[B, A]`; `[B, 0]` without attention.
        outputs: the last outputs of the attention layer, oldest first, `[L, B, A]`.
    """

    hidden: tuple[Tensor, ...]
    cells: tuple[Tensor, ...]
    attended: Tensor
    outputs: Tensor

    @classmethod
    def silent(cls, shape: StackShape, streams: int) -> Memory:
        """Return the memory of a stack that has heard nothing."""
        size = 0 if shape.attention is None else shape.attention.size
        length = 0 if shape.attention is None else shape.attention.length
        return cls(
            tuple(torch.zeros(streams, units) for units in shape.units),
            tuple(torch.zeros(streams, units) for units in shape.units),
            torch.zeros(streams, size),
            torch.zeros(length, streams, size),
        )

    def keep(self, going_on: Tensor) -> Memory:
        """Return this memory, detached, zeroed for streams that begin anew.

        Args:
            going_on: 1.0 for a stream that goes on, 0.0 for one that begins, `[B]`.
        """
        flat = going_on[:, None]
        return Memory(
            tuple(part.detach().float() * flat for part in self.hidden),
            tuple(part.detach().float() * flat for part in self.cells),
            self.attended.detach().float() * flat,
            self.outputs.detach().float() * flat,
        )

    def tensors(self) -> dict[str, Tensor]:
        """Return its parts by name."""
        parts = {f"hidden{n}": part for n, part in enumerate(self.hidden)}
        parts |= {f"cell{n}": part for n, part in enumerate(self.cells)}
        return parts | {"attended": self.attended, "outputs": self.outputs}

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor], layers: int) -> Memory:
        """Return the memory whose `tensors` these are."""
        return cls(
            tuple(tensors[f"hidden{n}"] for n in range(layers)),
            tuple(tensors[f"cell{n}"] for n in range(layers)),
            tensors["attended"],
            tensors["outputs"],
        )


class _Layer(nn.Module):
    """The two tensors of an LSTM."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(units)
        self.weight = nn.Parameter(torch.empty(4 * units, inputs + units).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(4 * units))
        self.bias.data[units : 2 * units] = 1.0  # it begins by remembering, and learns sooner


class _Attention(nn.Module):
    """The tensors of attention round the first LSTM."""

    def __init__(self, inputs: int, units: int, size: int) -> None:
        super().__init__()
        self.read = nn.Linear(inputs + size, inputs)
        self.query = nn.Linear(2 * units, size)
        self.key = nn.Linear(size, size, bias=False)
        self.score = nn.Parameter(torch.empty(size).uniform_(-0.1, 0.1))
        self.write = nn.Linear(units + size, size)


class StackNetwork(nn.Module):
    """A stack of LSTMs to be trained, or judged.

    Args:
        shape: its size.
        dropout: share of each LSTM's outputs dropped while training.

    Raises:
        RangeError: attention wraps the whole stack: such files are played, not trained.

    >>> network = StackNetwork(StackShape(38, (8,), 38))
    >>> sorted(name for name, _ in network.named_parameters())
    ['classes.bias', 'classes.weight', 'layer0.bias', 'layer0.weight']
    """

    def __init__(self, shape: StackShape, *, dropout: float = 0.0) -> None:
        super().__init__()
        around = shape.attention
        if around is not None and (around.around != "first" or around.size != shape.units[0]):
            raise RangeError(
                "attention", around, "round the first LSTM, as wide as it", fix='try "first"'
            )
        self.shape = shape
        width = shape.inputs
        for number, units in enumerate(shape.units):
            self.add_module(f"layer{number}", _Layer(width, units))
            width = units
        if around is None:
            # Of a sparse input a few columns are read at a time: small ones would hardly be heard.
            self._layer(0).weight.data[:, : shape.inputs].uniform_(-_HEARD, _HEARD)
        if around is not None:
            self.attention = _Attention(shape.inputs, shape.units[0], around.size)
        self.classes = nn.Linear(width, shape.classes)
        self.drop = nn.Dropout(dropout)

    def forward(self, inputs: Tensor | Sparse, memory: Memory) -> tuple[Tensor, Memory]:
        """Return logits `[T, B, C]` after each step, and the memory after the last."""
        sparse = inputs if isinstance(inputs, Sparse) else Sparse.of(inputs)
        hidden, cells = list(memory.hidden), list(memory.cells)
        attended, outputs = memory.attended, memory.outputs
        into, bias, own = self._first()
        gates_x = _columns(sparse, into) + bias
        if self.shape.attention is None:
            heard, hidden[0], cells[0] = recur(gates_x, own, hidden[0], cells[0])
            heard = self.drop(heard)
        else:
            mask = self.drop(torch.ones(len(gates_x), *hidden[0].shape)) if self.training else None
            wrap = self.attention
            heard, hidden[0], cells[0], attended, outputs = attend(
                gates_x,
                (
                    own.T,
                    wrap.query.weight,
                    wrap.query.bias,
                    wrap.key.weight,
                    wrap.score,
                    wrap.write.weight,
                    wrap.write.bias,
                ),
                (hidden[0], cells[0], attended, outputs),
                mask,
            )
        for number in range(1, len(self.shape.units)):
            layer = self._layer(number)
            width = heard.shape[2]
            gates_x = nn.functional.linear(heard, layer.weight[:, :width], layer.bias)
            heard, hidden[number], cells[number] = recur(
                gates_x, layer.weight[:, width:], hidden[number], cells[number]
            )
            heard = self.drop(heard)
        logits: Tensor = self.classes(heard)
        return logits, Memory(tuple(hidden), tuple(cells), attended, outputs)

    def _layer(self, number: int) -> _Layer:
        layer = self.get_submodule(f"layer{number}")
        if not isinstance(layer, _Layer):
            message = f"layer{number} is no LSTM"
            raise TypeError(message)
        return layer

    def _first(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return input to the first gates `[I, 4H]`, their bias, and what else meets them.

        The two linear maps before the gates of an attended layer are folded into one; then what
        else meets them is hidden and attended, `[4H, H + A]`.
        """
        layer, width = self._layer(0), self.shape.inputs
        into, own = layer.weight[:, :width], layer.weight[:, width:]
        if self.shape.attention is None:
            return into.T, layer.bias, own
        read = self.attention.read
        with torch.autocast("cpu", enabled=False):
            fold = into @ read.weight
            bias = layer.bias + into @ read.bias
        return fold[:, :width].T, bias, torch.cat([own, fold[:, width:]], 1)

    def expect(self, shares: NDArray[np.float64]) -> None:
        """Begin with each class as likely as `shares` says, `[C]`: that need not be learnt."""
        with torch.no_grad():
            self.classes.bias.copy_(torch.from_numpy(np.log(shares)))

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """Return its tensors under the names of `shape`."""
        return {
            name: np.ascontiguousarray(parameter.detach().numpy())
            for name, parameter in self.named_parameters()
        }


def _columns(inputs: Sparse, into: Tensor) -> Tensor:
    """Return the inputs times `into` `[I, N]`: `[T, B, N]`."""
    steps, streams, most = inputs.indices.shape
    with torch.autocast("cpu", enabled=False):
        summed = nn.functional.embedding_bag(
            inputs.indices.reshape(-1, most),
            into.float().contiguous(),
            per_sample_weights=inputs.values.reshape(-1, most),
            mode="sum",
        )
    return summed.view(steps, streams, -1)
