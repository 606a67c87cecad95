"""One LSTM over a whole stretch of steps, forward and back, as training needs it.

Left to autograd, each step keeps a dozen small tensors and passes its gradients back through as
many operations. Here everything of a stretch lies in one array each, and the gradient by the
recurrent weights is one product for all steps.

Conventions: `T` steps, `B` streams, `H` units; gates in torch's order (input, forget, cell,
output). Gradients stop at the memory that comes in. Under autocast, products are taken in
bfloat16 and sums kept in float32.

Source: Hochreiter and Schmidhuber 1997, with Gers's forget gate; the backward pass is derived
from the forward pass above it, and a test compares it with autograd's.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["recur"]


def recur(
    gates_x: Tensor, recurrent: Tensor, hidden: Tensor, cell: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the outputs of an LSTM at every step, and its memory after the last.

    Args:
        gates_x: what the inputs and biases alone give the gates, `[T, B, 4H]`.
        recurrent: the last output to the gates, `[4H, H]`.
        hidden: the output before the first step, `[B, H]`.
        cell: the cell before the first step, `[B, H]`.

    Returns:
        Outputs `[T, B, H]`; hidden and cell, `[B, H]`.

    >>> outputs, hidden, _ = recur(
    ...     torch.zeros(3, 2, 8), torch.zeros(8, 2), torch.ones(2, 2), torch.ones(2, 2)
    ... )
    >>> outputs.shape, bool((outputs[-1] == hidden).all())
    (torch.Size([3, 2, 2]), True)
    """
    halved = torch.is_autocast_enabled("cpu")
    with torch.autocast("cpu", enabled=False):
        if torch.is_grad_enabled() and gates_x.requires_grad:
            result: tuple[Tensor, Tensor, Tensor]
            result = _Recur.apply(  # type: ignore[no-untyped-call]
                gates_x.float(), recurrent, hidden, cell, halved
            )
            return result
        return _forward(gates_x.float(), recurrent, hidden, cell, halved, None)


def _forward(
    gates_x: Tensor,
    recurrent: Tensor,
    hidden: Tensor,
    cell: Tensor,
    halved: bool,
    kept: dict[str, Tensor] | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Run the steps; keep in `kept`, unless None, what the way back needs."""
    steps, streams, units = len(gates_x), *hidden.shape
    kind = torch.bfloat16 if halved else gates_x.dtype
    across = recurrent.to(kind).T
    outputs = gates_x.new_empty(steps, streams, units)
    if kept is not None:
        kept |= {
            "before": torch.empty(steps, streams, units, dtype=kind),
            "gates": torch.empty_like(gates_x),
            "cells": gates_x.new_empty(steps + 1, streams, units),
            "bent": gates_x.new_empty(steps, streams, units),
        }
        kept["cells"][0] = cell
    room = torch.empty_like(gates_x[0])
    for step in range(steps):
        before = hidden.to(kind)
        gates = kept["gates"][step] if kept is not None else room
        if halved:
            torch.add(gates_x[step], before @ across, out=gates)
        else:
            torch.addmm(gates_x[step], before, across, out=gates)
        candidate = gates[:, 2 * units : 3 * units]
        candidate.tanh_()
        opened = gates[:, : 2 * units].sigmoid_()
        leave = gates[:, 3 * units :].sigmoid_()
        cell = cell * opened[:, units:] + opened[:, :units] * candidate
        bent = cell.tanh()
        hidden = torch.mul(leave, bent, out=outputs[step])
        if kept is not None:
            kept["before"][step] = before
            kept["cells"][step + 1] = cell
            kept["bent"][step] = bent
    return outputs, hidden.clone(), cell


class _Recur(torch.autograd.Function):
    """`_forward` with its gradient by the recurrent weights and by `gates_x`."""

    @staticmethod
    def forward(ctx: Any, gates_x: Tensor, recurrent: Tensor, *rest: Any) -> tuple[Tensor, ...]:
        hidden, cell, halved = rest
        kept: dict[str, Tensor] = {}
        outputs, *after = _forward(gates_x, recurrent, hidden, cell, halved, kept)
        ctx.kept, ctx.recurrent = kept, recurrent
        ctx.mark_non_differentiable(*after)
        return outputs, *after

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        with torch.autocast("cpu", enabled=False):
            by_gates, by_recurrent = _backward(gradients[0].float(), ctx.recurrent, ctx.kept)
        ctx.kept = None
        return by_gates, by_recurrent, None, None, None


def _backward(
    gradient: Tensor, recurrent: Tensor, kept: dict[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """Return the gradients by `gates_x` and by `recurrent`; `d_` is a gradient by what follows."""
    cells, bents, gates = kept["cells"], kept["bent"], kept["gates"]
    kind = kept["before"].dtype
    back = recurrent.to(kind)
    steps, streams, units = gradient.shape
    d_gates = torch.empty_like(gates)
    d_hidden_next = gradient.new_zeros(streams, units)
    d_cell_next = gradient.new_zeros(streams, units)
    for step in reversed(range(steps)):
        d_hidden = gradient[step] + d_hidden_next
        enter, forget, candidate, leave = gates[step].chunk(4, 1)
        bent = bents[step]
        into = d_gates[step]
        d_leave = d_hidden * bent
        d_cell = d_hidden.mul_(leave)
        d_cell = torch.addcmul(d_cell, d_cell * bent, bent, value=-1).add_(d_cell_next)
        into[:, :units] = d_cell * candidate
        into[:, units : 2 * units] = d_cell * cells[step]
        into[:, 2 * units : 3 * units] = d_cell * enter
        into[:, 3 * units :] = d_leave
        # The derivatives of the bends: s (1 - s) of three, 1 - t^2 of the candidate.
        opened = gates[step]
        slope = torch.addcmul(opened, opened, opened, value=-1)
        slope[:, 2 * units : 3 * units] = 1 - candidate * candidate
        into.mul_(slope)
        d_cell_next = d_cell.mul_(forget)
        d_hidden_next = (into.to(kind) @ back).to(gradient.dtype)
    flat = d_gates.flatten(0, 1).to(kind)
    by_recurrent = (flat.T @ kept["before"].flatten(0, 1)).to(recurrent.dtype)
    return d_gates, by_recurrent
