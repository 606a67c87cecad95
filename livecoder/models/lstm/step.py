"""A stack of LSTMs as a performance runs it: one stream, one step at a time, at once.

The weights are laid out anew: linear maps that follow each other without a bend between them are
multiplied into one beforehand, in float64, and everything that meets the same vector is one matrix.
Of a wide input only the columns of its few numbers that are not 0 are read: a step costs about as
long as the weights take to come from memory.

The score of a key `k` and a query `q` is `v . tanh(k + q)`. As `tanh(x) = 2 s(2 x) - 1` with `s`
the logistic function, and a softmax does not feel the constant, `2 v . s(2 k + 2 q)` gives the
same shares, sooner: key, query and score are kept doubled.

A stream that goes on from a state answers as one that went on, to the last bit: what is made anew
from a state is made by the same products as before.

Conventions: vectors on the CPU, float32 (float64 for whom the last digits matter), gates in
torch's order (input, forget, cell, output). A `Stepper` copies the state it begins from and works
in its own memory; `state` copies it out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livecoder.models.lstm.shape import StackShape
from livecoder.models.lstm.state import StackState

__all__ = ["AttentionWeights", "StackWeights", "Stepper"]

# Weights of an input beyond which its columns are picked instead of multiplied with zeros.
_MANY = 131_072


@dataclass(frozen=True, slots=True, eq=False)
class AttentionWeights:
    """The weights of an attention, folded for one step.

    Attributes:
        query: cell and hidden of each wrapped LSTM to twice the query, `[A, 2 sum H]`.
        query_bias: twice, `[A]`.
        key: output to twice the key, `[A, A]`.
        score: key and query to a score, twice, `[A]`.
        write: hidden and attended to the output, `[A, H + A]`.
        write_bias: `[A]`.
    """

    query: Tensor
    query_bias: Tensor
    key: Tensor
    score: Tensor
    write: Tensor
    write_bias: Tensor

    @classmethod
    def doubled(
        cls, tensors: Mapping[str, NDArray[Any] | Tensor], kind: torch.dtype
    ) -> AttentionWeights:
        """Return the weights of tensors named as `shape` says."""
        scored = ("query.weight", "query.bias", "key.weight", "score")
        parts = [2 * _copied(tensors[f"attention.{name}"], kind) for name in scored]
        parts += [_copied(tensors[f"attention.write.{part}"], kind) for part in ("weight", "bias")]
        return cls(*parts)


@dataclass(frozen=True, slots=True, eq=False)
class StackWeights:
    """The weights of a stack, folded for one step.

    Attributes:
        shape: of the stack.
        columns: for each number of the input what it gives the first LSTM's gates, `[4H]`; empty
            where the input is narrow: then the first matrix holds them.
        matrices: of each LSTM: input, attended (first LSTM, with attention) and hidden to gates.
        biases: of each LSTM, `[4H]`.
        attention: or None.
        classes: `[C, H]`.
        classes_bias: `[C]`.
    """

    shape: StackShape
    columns: tuple[Tensor, ...]
    matrices: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]
    attention: AttentionWeights | None
    classes: Tensor
    classes_bias: Tensor

    @classmethod
    def folded(
        cls,
        shape: StackShape,
        tensors: Mapping[str, NDArray[Any] | Tensor],
        kind: torch.dtype = torch.float32,
    ) -> StackWeights:
        """Return the weights of tensors named and laid out as `shape` says.

        Args:
            shape: of the stack.
            tensors: under their names.
            kind: of number to keep and to reckon with.

        >>> shape = StackShape(3, (2,), 4)
        >>> zeros = {name: np.zeros(size) for name, size in shape.layouts().items()}
        >>> StackWeights.folded(shape, zeros).matrices[0].shape
        torch.Size([8, 5])
        """
        first, bias = (_copied(tensors[f"layer0.{part}"]) for part in ("weight", "bias"))
        attention = None
        if shape.attention is not None:
            into, own = first[:, : shape.inputs], first[:, shape.inputs :]
            read = {part: _copied(tensors[f"attention.read.{part}"]) for part in ("weight", "bias")}
            first = torch.cat([into @ read["weight"], own], 1)
            bias = bias + into @ read["bias"]
            attention = AttentionWeights.doubled(tensors, kind)
        columns: tuple[Tensor, ...] = ()
        if shape.inputs * len(bias) > _MANY:
            columns = first[:, : shape.inputs].T.to(kind).contiguous().unbind(0)
            first = first[:, shape.inputs :]
        layers = range(1, len(shape.units))
        return cls(
            shape,
            columns,
            (
                first.to(kind).contiguous(),
                *(_copied(tensors[f"layer{layer}.weight"], kind) for layer in layers),
            ),
            (bias.to(kind), *(_copied(tensors[f"layer{layer}.bias"], kind) for layer in layers)),
            attention,
            _copied(tensors["classes.weight"], kind),
            _copied(tensors["classes.bias"], kind),
        )


class Stepper:
    """A stream under way; must be used inside `torch.inference_mode()`.

    Args:
        weights: of the stack.
        state: where to begin; it is not changed.
        steps: how many steps there is room for.
    """

    def __init__(self, weights: StackWeights, state: StackState, steps: int) -> None:
        shape = weights.shape
        self._weights = weights
        units = shape.units
        size = shape.attention.size if shape.attention else 0
        # Vectors that one matrix meets lie side by side, so that no step has to join them.
        self._ins = [
            torch.empty(matrix.shape[1], dtype=matrix.dtype) for matrix in weights.matrices
        ]
        # The same memory as an array: numbers are set in it sooner than in a tensor.
        self._input = self._ins[0].numpy()[: 0 if weights.columns else shape.inputs]
        self._hidden = [met[-own:] for met, own in zip(self._ins, units, strict=True)]
        for mine, given in zip(self._hidden, state.hidden, strict=True):
            mine.copy_(given)
        kind = weights.classes.dtype
        self._cells = [cell.clone().to(kind) for cell in state.cells]
        self._attention: _Attending | None = None
        if weights.attention is not None:
            attended = self._ins[0][len(self._input) : len(self._input) + size]
            self._attention = _Attending(weights.attention, state, attended, steps)
            for layer in range(len(shape.wrapped)):
                self._cells[layer] = self._attention.take_cell(layer, self._cells[layer])
        # After which LSTM the attention comes.
        self._last_wrapped = len(shape.wrapped) - 1

    def step(self, active: Mapping[int, float]) -> Tensor:
        """Take one step.

        Args:
            active: the numbers of the input that are not 0, by index.

        Returns:
            The logits of what follows, `[C]`.
        """
        weights = self._weights
        if not weights.columns:
            self._input.fill(0.0)
            for index, value in active.items():
                self._input[index] = value
        last = len(self._cells) - 1
        for layer, (matrix, bias) in enumerate(zip(weights.matrices, weights.biases, strict=True)):
            gates = torch.addmv(bias, matrix, self._ins[layer])
            if layer == 0 and weights.columns:
                for index, value in active.items():
                    gates.add_(weights.columns[index], alpha=value)
            top = self._hidden[layer]
            _advance(gates, self._cells[layer], top)
            if layer == self._last_wrapped and self._attention is not None:
                top = self._attention.write(self._hidden)
            if layer < last:
                self._ins[layer + 1][: len(top)] = top
        return torch.addmv(weights.classes_bias, weights.classes, top)

    def state(self) -> StackState:
        """Return where the stream stands."""
        cells = tuple(cell.clone() for cell in self._cells)
        hidden = tuple(own.clone() for own in self._hidden)
        if self._attention is None:
            return StackState(self._weights.shape, cells, hidden)
        attended, outputs = self._attention.memory()
        return StackState(self._weights.shape, cells, hidden, attended, outputs)


class _Attending:
    """The attention of a stream under way.

    Args:
        weights: of the attention.
        state: where the stream begins.
        attended: where the first LSTM reads what was attended, `[A]`.
        steps: how many steps there is room for.
    """

    def __init__(
        self, weights: AttentionWeights, state: StackState, attended: Tensor, steps: int
    ) -> None:
        if state.attended is None or state.outputs is None:
            message = "this state is of a stack without attention"
            raise ValueError(message)
        self._weights = weights
        self._units = state.shape.wrapped
        self._length, size = state.outputs.shape
        self._steps = 0
        self._attended = attended
        self._attended.copy_(state.attended)
        kind = weights.key.dtype
        self._states = torch.empty(
            2 * sum(self._units), dtype=kind
        )  # cell, hidden of each wrapped LSTM
        self._to_write = torch.empty(self._units[-1] + size, dtype=kind)  # hidden | attended
        self._outputs = _rows(self._length + steps, size, kind)
        self._outputs[: self._length] = state.outputs
        self._keys = _rows(self._length + steps, size, kind)
        for key, output in zip(self._keys, self._outputs[: self._length], strict=False):
            torch.mv(weights.key, output, out=key)
        begins = [2 * sum(self._units[:layer]) for layer in range(len(self._units))]
        self._cells = [
            self._states[at : at + own] for at, own in zip(begins, self._units, strict=True)
        ]
        self._hidden = [
            self._states[at + own : at + 2 * own]
            for at, own in zip(begins, self._units, strict=True)
        ]

    def take_cell(self, layer: int, cell: Tensor) -> Tensor:
        """Return where a wrapped LSTM's cell lives from now on: beside what the query meets."""
        return self._cells[layer].copy_(cell)

    def write(self, hidden: list[Tensor]) -> Tensor:
        """Return the output of a step whose wrapped LSTMs came to `hidden`."""
        weights = self._weights
        for mine, given in zip(self._hidden, hidden, strict=False):
            mine.copy_(given)
        query = torch.addmv(weights.query_bias, weights.query, self._states)
        begin, end = self._steps, self._steps + self._length
        scores = torch.mv((self._keys[begin:end] + query).sigmoid_(), weights.score)
        torch.mv(self._outputs[begin:end].T, scores.softmax(0), out=self._attended)
        own = self._units[-1]
        self._to_write[:own] = self._hidden[-1]
        self._to_write[own:] = self._attended
        output = torch.addmv(weights.write_bias, weights.write, self._to_write)
        self._outputs[end] = output
        torch.mv(weights.key, output, out=self._keys[end])
        self._steps += 1
        return output

    def memory(self) -> tuple[Tensor, Tensor]:
        """Return what was attended last, `[A]`, and the last outputs, `[L, A]`."""
        outputs = self._outputs[self._steps : self._steps + self._length]
        return self._attended.clone(), outputs.clone()


def _copied(tensor: NDArray[Any] | Tensor, kind: torch.dtype = torch.float64) -> Tensor:
    """Return a copy, as numbers of a kind."""
    if isinstance(tensor, Tensor):
        return tensor.detach().clone().to(kind).contiguous()
    return torch.from_numpy(np.array(tensor)).to(kind).contiguous()


def _rows(rows: int, size: int, kind: torch.dtype) -> Tensor:
    """Return room for rows that each begin at a multiple of 64 bytes.

    Sums are taken in another order where a row begins elsewhere, and a stream that goes on from a
    state, with its rows moved up, would differ in the last bit.
    """
    return torch.empty(rows, -(-size // 16) * 16, dtype=kind)[:, :size]


def _advance(gates: Tensor, cell: Tensor, hidden: Tensor) -> None:
    """Advance an LSTM's cell and hidden vectors in place; `gates` is used up."""
    units = len(cell)
    candidate = gates[2 * units : 3 * units].tanh()
    opened = gates.sigmoid_()
    cell.mul_(opened[units : 2 * units]).addcmul_(opened[:units], candidate)
    torch.mul(opened[3 * units :], cell.tanh(), out=hidden)
