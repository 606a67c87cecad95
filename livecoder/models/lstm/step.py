"""A stack of LSTMs as a performance runs it: one stream, one step at a time, at once.

The weights are laid out anew: linear maps that follow each other without a bend between them are
multiplied into one beforehand, in float64, and everything that meets the same vector is one matrix.
Of the input only the columns of its few numbers that are not 0 are read: a step costs about as long
as the weights take to come from memory.

The score of a key `k` and a query `q` is `v . tanh(k + q)`. As `tanh(x) = 2 s(2 x) - 1` with `s`
the logistic function, and a softmax does not feel the constant, `2 v . s(2 k + 2 q)` gives the
same shares, sooner: key, query and score are kept doubled.

A stream that goes on from a state answers as one that went on, to the last bit: what is made anew
from a state is made by the same products as before.

Conventions: arrays of float32 (float64 for whom the last digits matter); matrices that a vector
meets, as `halves.halved` keeps them, which is the same numbers in less room. Gates in torch's order
(input, forget, cell, output). A `Stepper` copies the state it begins from and works in its own
memory; `state` copies it out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.models import compiled
from livecoder.models.halves import Matrix, halved
from livecoder.models.lstm.shape import StackShape
from livecoder.models.lstm.state import StackState

__all__ = ["AttentionWeights", "StackWeights", "Stepper"]

Floats = NDArray[np.floating[Any]]


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

    query: Matrix
    query_bias: Floats
    key: Matrix
    score: Floats
    write: Matrix
    write_bias: Floats

    @classmethod
    def doubled(cls, tensors: Mapping[str, NDArray[Any]], kind: type) -> AttentionWeights:
        """Return the weights of tensors named as `shape` says."""
        scored = ("query.weight", "query.bias", "key.weight", "score")
        query, bias, key, score = (
            2 * _copied(tensors[f"attention.{name}"], kind) for name in scored
        )
        write, write_bias = (
            _copied(tensors[f"attention.write.{part}"], kind) for part in ("weight", "bias")
        )
        return cls(halved(query), bias, halved(key), score, halved(write), write_bias)


@dataclass(frozen=True, slots=True, eq=False)
class StackWeights:
    """The weights of a stack, folded for one step.

    Attributes:
        shape: of the stack.
        columns: what each number of the input gives the first LSTM's gates, `[I, 4H]`.
        matrices: of each LSTM: what is below it (of the first, what was attended, if anything is)
            and its own hidden to gates, `[4H, M]`.
        biases: of each LSTM, `[4H]`.
        attention: or None.
        classes: `[C, H]`.
        classes_bias: `[C]`.
    """

    shape: StackShape
    columns: Floats
    matrices: tuple[Matrix, ...]
    biases: tuple[Floats, ...]
    attention: AttentionWeights | None
    classes: Matrix
    classes_bias: Floats

    @classmethod
    def folded(
        cls, shape: StackShape, tensors: Mapping[str, NDArray[Any]], kind: type = np.float32
    ) -> StackWeights:
        """Return the weights of tensors named and laid out as `shape` says.

        Args:
            shape: of the stack.
            tensors: under their names.
            kind: of number to keep and to reckon with: `np.float32` or `np.float64`.

        >>> shape = StackShape(3, (2,), 4)
        >>> zeros = {name: np.zeros(size) for name, size in shape.layouts().items()}
        >>> StackWeights.folded(shape, zeros).matrices[0].shape
        (8, 2)
        """
        first, bias = (_copied(tensors[f"layer0.{part}"]) for part in ("weight", "bias"))
        attention = None
        if shape.attention is not None:
            into, own = first[:, : shape.inputs], first[:, shape.inputs :]
            read = {part: _copied(tensors[f"attention.read.{part}"]) for part in ("weight", "bias")}
            first = np.concatenate([into @ read["weight"], own], 1)
            bias = bias + into @ read["bias"]
            attention = AttentionWeights.doubled(tensors, kind)
        layers = range(1, len(shape.units))
        return cls(
            shape,
            _copied(first[:, : shape.inputs].T, kind),
            (
                halved(_copied(first[:, shape.inputs :], kind)),
                *(halved(_copied(tensors[f"layer{layer}.weight"], kind)) for layer in layers),
            ),
            (
                _copied(bias, kind),
                *(_copied(tensors[f"layer{layer}.bias"], kind) for layer in layers),
            ),
            attention,
            halved(_copied(tensors["classes.weight"], kind)),
            _copied(tensors["classes.bias"], kind),
        )


class Stepper:
    """A stream under way.

    Args:
        weights: of the stack.
        state: where to begin; it is not changed.
        steps: how many steps there is room for.
    """

    def __init__(self, weights: StackWeights, state: StackState, steps: int) -> None:
        shape, kind = weights.shape, weights.classes_bias.dtype
        self._weights = weights
        # Vectors that one matrix meets lie side by side, so that no step has to join them.
        self._ins = [np.zeros(matrix.shape[1], kind) for matrix in weights.matrices]
        self._hidden = [met[-own:] for met, own in zip(self._ins, shape.units, strict=True)]
        for mine, given in zip(self._hidden, state.hidden, strict=True):
            mine[:] = given
        self._cells = [cell.astype(kind) for cell in state.cells]
        self._attention: _Attending | None = None
        if weights.attention is not None:
            attended = self._ins[0][: len(self._ins[0]) - shape.units[0]]
            self._attention = _Attending(weights.attention, state, attended, steps)
            for layer in range(len(shape.wrapped)):
                self._cells[layer] = self._attention.take_cell(layer, self._cells[layer])
        # After which LSTM the attention comes.
        self._last_wrapped = len(shape.wrapped) - 1
        self._gates = [np.empty(4 * own, kind) for own in shape.units]
        self._bits = _room_for_bits(4 * max(shape.units), kind)
        self._nothing = np.empty(0, np.int64), np.empty(0, kind)

    def step(self, active: Mapping[int, float]) -> Floats:
        """Take one step.

        Args:
            active: the numbers of the input that are not 0, by index.

        Returns:
            The logits of what follows, `[C]`.
        """
        weights = self._weights
        kind = weights.classes_bias.dtype
        numbers = (
            np.fromiter(active.keys(), np.int64, len(active)),
            np.fromiter(active.values(), kind, len(active)),
        )
        last = len(self._cells) - 1
        for layer, (matrix, bias) in enumerate(zip(weights.matrices, weights.biases, strict=True)):
            top = self._hidden[layer]
            compiled.advance(
                matrix,
                bias,
                weights.columns,
                *numbers,
                self._ins[layer],
                self._cells[layer],
                top,
                self._gates[layer],
                self._bits,
            )
            numbers = self._nothing
            if layer == self._last_wrapped and self._attention is not None:
                top = self._attention.write(self._hidden)
            if layer < last:
                self._ins[layer + 1][: len(top)] = top
        logits = np.empty(len(weights.classes), kind)
        compiled.affine(weights.classes, weights.classes_bias, top, logits)
        return logits

    def state(self) -> StackState:
        """Return where the stream stands."""
        cells = tuple(cell.copy() for cell in self._cells)
        hidden = tuple(own.copy() for own in self._hidden)
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
        self, weights: AttentionWeights, state: StackState, attended: Floats, steps: int
    ) -> None:
        if state.attended is None or state.outputs is None:
            message = "this state is of a stack without attention"
            raise ValueError(message)
        self._weights = weights
        self._units = state.shape.wrapped
        self._length, size = state.outputs.shape
        self._steps = 0
        self._attended = attended
        self._attended[:] = state.attended
        kind = weights.score.dtype
        self._states = np.empty(2 * sum(self._units), kind)  # cell, hidden of each wrapped LSTM
        self._to_write = np.empty(self._units[-1] + size, kind)  # hidden | attended
        self._query, self._row = np.empty(size, kind), np.empty(size, kind)
        self._scores = np.empty(self._length, kind)
        self._bits = _room_for_bits(max(size, self._length), kind)
        self._outputs = np.empty((self._length + steps, size), kind)
        self._outputs[: self._length] = state.outputs
        self._keys = np.empty_like(self._outputs)
        for key, output in zip(self._keys, self._outputs[: self._length], strict=False):
            compiled.product(weights.key, output, key)
        begins = [2 * sum(self._units[:layer]) for layer in range(len(self._units))]
        self._cells = [
            self._states[at : at + own] for at, own in zip(begins, self._units, strict=True)
        ]
        self._hidden = [
            self._states[at + own : at + 2 * own]
            for at, own in zip(begins, self._units, strict=True)
        ]

    def take_cell(self, layer: int, cell: Floats) -> Floats:
        """Return where a wrapped LSTM's cell lives from now on: beside what the query meets."""
        self._cells[layer][:] = cell
        return self._cells[layer]

    def write(self, hidden: list[Floats]) -> Floats:
        """Return the output of a step whose wrapped LSTMs came to `hidden`."""
        weights = self._weights
        for mine, given in zip(self._hidden, hidden, strict=False):
            mine[:] = given
        compiled.affine(weights.query, weights.query_bias, self._states, self._query)
        begin, end = self._steps, self._steps + self._length
        compiled.attend(
            self._query,
            weights.score,
            self._keys[begin:end],
            self._outputs[begin:end],
            self._attended,
            self._row,
            self._scores,
            self._bits,
        )
        own = self._units[-1]
        self._to_write[:own] = self._hidden[-1]
        self._to_write[own:] = self._attended
        output: Floats = self._outputs[end]
        compiled.affine(weights.write, weights.write_bias, self._to_write, output)
        compiled.product(weights.key, output, self._keys[end])
        self._steps += 1
        return output

    def memory(self) -> tuple[Floats, Floats]:
        """Return what was attended last, `[A]`, and the last outputs, `[L, A]`."""
        outputs = self._outputs[self._steps : self._steps + self._length]
        return self._attended.copy(), outputs.copy()


def _copied(tensor: NDArray[Any], kind: type = np.float64) -> Floats:
    """Return a copy, as numbers of a kind."""
    copy: Floats = np.empty(np.shape(tensor), kind)
    copy[...] = tensor
    return copy


def _room_for_bits(most: int, kind: np.dtype[Any]) -> NDArray[np.int32]:
    """Return room for so many exponents: see `compiled`."""
    return np.empty(most if kind == np.float32 else 0, np.int32)
