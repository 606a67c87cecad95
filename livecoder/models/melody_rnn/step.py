"""The MelodyRNN network as a performance runs it: one melody, one step at a time, at once.

The weights are those of `network.MelodyNetwork`, laid out anew: linear maps that follow each
other without a bend between them are multiplied into one beforehand, and everything that meets
the same vector is one matrix. A test holds the two to the same logits.

Conventions: float32 vectors on the CPU. A `Stepper` copies the state it begins from and works in
its own memory; `state` copies it out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from livecoder.models.melody_rnn.encoding import INPUTS, Heard
from livecoder.models.melody_rnn.network import ATTENTION_STEPS, UNITS
from livecoder.models.melody_rnn.state import MelodyState

__all__ = ["Matrices", "Stepper"]


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """The weights, folded for one step.

    Attributes:
        gates0: input, attended and hidden to the first LSTM's gates, `[512, 74 + 128 + 128]`.
        gates0_bias: `[512]`.
        query: cell and hidden to twice the query, `[128, 256]`; see `attention` on why twice.
        query_bias: `[128]`.
        key: output to twice the key, `[128, 128]`.
        score: key and query to a score, twice, `[128]`.
        write: hidden and attended to the output, `[128, 256]`.
        write_bias: `[128]`.
        gates1: output and hidden to the second LSTM's gates, `[512, 256]`.
        gates1_bias: `[512]`.
        classes: hidden to logits, `[40, 128]`.
        classes_bias: `[40]`.
    """

    gates0: Tensor
    gates0_bias: Tensor
    query: Tensor
    query_bias: Tensor
    key: Tensor
    score: Tensor
    write: Tensor
    write_bias: Tensor
    gates1: Tensor
    gates1_bias: Tensor
    classes: Tensor
    classes_bias: Tensor

    @classmethod
    def folded(cls, weights: Mapping[str, Tensor]) -> Matrices:
        """Return the matrices of a network's parameters, named as `MelodyNetwork` names them."""
        into = weights["lstm0.weight_ih"]
        read = into @ weights["read.weight"]
        return cls(
            torch.cat([read, weights["lstm0.weight_hh"]], 1).contiguous(),
            weights["lstm0.bias_ih"] + weights["lstm0.bias_hh"] + into @ weights["read.bias"],
            2 * weights["query.weight"],
            2 * weights["query.bias"],
            2 * weights["key.weight"],
            2 * weights["score"],
            weights["write.weight"],
            weights["write.bias"],
            torch.cat([weights["lstm1.weight_ih"], weights["lstm1.weight_hh"]], 1),
            weights["lstm1.bias_ih"] + weights["lstm1.bias_hh"],
            weights["classes.weight"],
            weights["classes.bias"],
        )


class Stepper:
    """A melody under way; must be used inside `torch.inference_mode()`.

    Args:
        matrices: the weights.
        state: where to begin; it is not changed.
        steps: how many steps there is room for.
    """

    def __init__(self, matrices: Matrices, state: MelodyState, steps: int) -> None:
        self._matrices = matrices
        self._steps = 0
        # Vectors that one matrix meets lie side by side, so that no step has to join them.
        self._in0 = torch.empty(INPUTS + 2 * UNITS)  # input | attended | hidden0
        self._input = self._in0[:INPUTS]
        self._attended = self._in0[INPUTS : INPUTS + UNITS]
        self._hidden0 = self._in0[INPUTS + UNITS :]
        self._to_query = torch.empty(2 * UNITS)  # cell0 | hidden0
        self._cell0 = self._to_query[:UNITS]
        self._to_write = torch.empty(2 * UNITS)  # hidden0 | attended
        self._in1 = torch.empty(2 * UNITS)  # output | hidden1
        self._hidden1 = self._in1[UNITS:]
        hidden0, self._cell1, hidden1, cell0, attended = (
            state.vectors[0],
            state.vectors[3].clone(),
            state.vectors[2],
            state.vectors[1],
            state.vectors[4],
        )
        self._hidden0.copy_(hidden0)
        self._cell0.copy_(cell0)
        self._hidden1.copy_(hidden1)
        self._attended.copy_(attended)
        self._outputs = torch.empty(ATTENTION_STEPS + steps, UNITS)
        self._outputs[:ATTENTION_STEPS] = state.outputs
        self._keys = torch.empty(ATTENTION_STEPS + steps, UNITS)
        self._keys[:ATTENTION_STEPS] = state.outputs @ matrices.key.T

    def step(self, active: Mapping[int, float]) -> Tensor:
        """Take one step.

        Args:
            active: the numbers of the input that are not 0, by index.

        Returns:
            The logits of what follows, `[40]`.
        """
        weights = self._matrices
        self._input.zero_()
        for index, value in active.items():
            self._input[index] = value
        gates = torch.addmv(weights.gates0_bias, weights.gates0, self._in0)
        self._cell(gates, self._cell0, self._hidden0)
        self._to_query[UNITS:] = self._hidden0
        query = torch.addmv(weights.query_bias, weights.query, self._to_query)
        begin, end = self._steps, self._steps + ATTENTION_STEPS
        scores = torch.mv((self._keys[begin:end] + query).sigmoid_(), weights.score)
        torch.mv(self._outputs[begin:end].T, scores.softmax(0), out=self._attended)
        self._to_write[:UNITS] = self._hidden0
        self._to_write[UNITS:] = self._attended
        output = torch.addmv(weights.write_bias, weights.write, self._to_write)
        self._outputs[end] = output
        torch.mv(weights.key, output, out=self._keys[end])
        self._in1[:UNITS] = output
        gates = torch.addmv(weights.gates1_bias, weights.gates1, self._in1)
        self._cell(gates, self._cell1, self._hidden1)
        self._steps += 1
        return torch.addmv(weights.classes_bias, weights.classes, self._hidden1)

    @staticmethod
    def _cell(gates: Tensor, cell: Tensor, hidden: Tensor) -> None:
        """Advance an LSTM's cell and hidden vectors in place."""
        candidate = gates[2 * UNITS : 3 * UNITS].tanh()
        opened = gates.sigmoid_()
        cell.mul_(opened[UNITS : 2 * UNITS]).addcmul_(opened[:UNITS], candidate)
        torch.mul(opened[3 * UNITS :], cell.tanh(), out=hidden)

    def state(self, heard: Heard) -> MelodyState:
        """Return where the melody stands, with what it has heard."""
        vectors = torch.stack(
            [self._hidden0, self._cell0, self._hidden1, self._cell1, self._attended]
        )
        outputs = self._outputs[self._steps : self._steps + ATTENTION_STEPS].clone()
        return MelodyState(vectors, outputs, heard)
