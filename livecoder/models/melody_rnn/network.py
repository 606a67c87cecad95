"""The MelodyRNN network as torch trains it: many melodies at once, whole stretches of steps.

Conventions: one step is a 16th; tensors are `[steps, melodies, features]`; gates are in torch's
order (input, forget, cell, output). The architecture is Magenta's `attention_rnn` as its last
release builds it: attention over the last 40 outputs wraps the first LSTM, a second LSTM follows.

Source: Magenta `contrib/rnn.py` (`AttentionCellWrapper`), after Bahdanau, Cho and Bengio 2015.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from livecoder.models.encodings.key_melody import CLASSES, INPUTS
from livecoder.models.lstm.attention import attend

__all__ = ["ATTENTION_STEPS", "UNITS", "MelodyNetwork", "Memory"]

UNITS = 128
ATTENTION_STEPS = 40


class Memory(NamedTuple):
    """What the network carries from one stretch of steps to the next, for `B` melodies.

    Attributes:
        hidden0: output of the first LSTM, `[B, UNITS]`.
        cell0: cell of the first LSTM, `[B, UNITS]`.
        hidden1: output of the second LSTM, `[B, UNITS]`.
        cell1: cell of the second LSTM, `[B, UNITS]`.
        attended: what the attention read last, `[B, UNITS]`.
        outputs: the last outputs of the attention layer, oldest first, `[B, 40, UNITS]`.
    """

    hidden0: Tensor
    cell0: Tensor
    hidden1: Tensor
    cell1: Tensor
    attended: Tensor
    outputs: Tensor

    @classmethod
    def silent(cls, melodies: int) -> Memory:
        """Return the memory of networks that have heard nothing."""
        flat = torch.zeros(melodies, UNITS)
        return cls(flat, flat, flat, flat, flat, torch.zeros(melodies, ATTENTION_STEPS, UNITS))

    def keep(self, going_on: Tensor) -> Memory:
        """Return this memory, detached, zeroed for melodies that begin anew.

        Args:
            going_on: 1.0 for a melody that goes on, 0.0 for one that begins, `[B]`.
        """
        flat = going_on[:, None]
        return Memory(
            self.hidden0.detach() * flat,
            self.cell0.detach() * flat,
            self.hidden1.detach() * flat,
            self.cell1.detach() * flat,
            self.attended.detach() * flat,
            self.outputs.detach() * flat[:, :, None],
        )


class MelodyNetwork(nn.Module):
    """Inputs of `encoding` to logits over its classes.

    Args:
        dropout: share of each LSTM's outputs dropped while training.
    """

    def __init__(self, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.read = nn.Linear(INPUTS + UNITS, INPUTS)
        self.lstm0 = nn.LSTMCell(INPUTS, UNITS)
        self.query = nn.Linear(2 * UNITS, UNITS)
        self.key = nn.Linear(UNITS, UNITS, bias=False)
        self.score = nn.Parameter(torch.empty(UNITS).uniform_(-0.1, 0.1))
        self.write = nn.Linear(2 * UNITS, UNITS)
        self.lstm1 = nn.LSTMCell(UNITS, UNITS)
        self.classes = nn.Linear(UNITS, CLASSES)
        self.drop = nn.Dropout(dropout)
        for name, parameter in self.named_parameters():
            if name.startswith("lstm") and "bias_ih" in name:
                # an LSTM that begins by remembering learns sooner
                parameter.data[UNITS : 2 * UNITS] += 1.0

    def forward(self, inputs: Tensor, memory: Memory) -> tuple[Tensor, Memory]:
        """Return logits `[steps, B, CLASSES]` after each step, and the memory after the last."""
        hidden, cell, hidden1, cell1, attended, outputs = memory
        # What x alone gives the first layer is known for all steps at once: the two linear maps
        # before its gates are folded into one.
        fold = self.lstm0.weight_ih @ self.read.weight
        fixed = self.lstm0.bias_ih + self.lstm0.bias_hh + self.lstm0.weight_ih @ self.read.bias
        gates_x = inputs @ fold[:, :INPUTS].T + fixed
        recurrent = torch.cat([self.lstm0.weight_hh, fold[:, INPUTS:]], 1).T
        mask = self.drop(torch.ones(len(inputs), *hidden.shape)) if self.training else None
        written, hidden, cell, attended, outputs = attend(
            gates_x,
            (
                recurrent,
                self.query.weight,
                self.query.bias,
                self.key.weight,
                self.score,
                self.write.weight,
                self.write.bias,
            ),
            (hidden, cell, attended, outputs.transpose(0, 1)),
            mask,
        )
        second, hidden1, cell1 = self._second(written, hidden1, cell1)
        logits: Tensor = self.classes(self.drop(second))
        kept = outputs.transpose(0, 1)
        return logits, Memory(hidden, cell, hidden1, cell1, attended, kept)

    def _second(
        self, written: Tensor, hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Run the second LSTM over what the first layer wrote; quicker here than torch's own."""
        bias = self.lstm1.bias_ih + self.lstm1.bias_hh
        gates_x = torch.nn.functional.linear(written, self.lstm1.weight_ih, bias)
        recurrent = self.lstm1.weight_hh.T
        heard = []
        for gates_in in gates_x:
            gates = gates_in + hidden @ recurrent
            enter, forget, candidate, leave = gates.chunk(4, 1)
            cell = cell * forget.sigmoid() + enter.sigmoid() * candidate.tanh()
            hidden = leave.sigmoid() * cell.tanh()
            heard.append(hidden)
        return torch.stack(heard), hidden, cell
