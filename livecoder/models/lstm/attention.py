"""The attention layer of a stack of LSTMs over a whole stretch of steps, forward and back.

Left to autograd, each step would copy the window of 40 outputs that it attends to, and pass
gradients back through as many small pieces. Here outputs and keys lie in one array each, a window
is a view of it, and gradients are added up where they belong: about twice as fast.

The score of a key `k` and a query `q` is `v . tanh(k + q)`. As `tanh(x) = 2 s(2 x) - 1` with `s`
the logistic function, and the softmax does not feel the constant, `2 v . s(2 k + 2 q)` gives the
same shares; torch takes `s` several times faster. So `keys` and `query` hold twice the key and
query.

Conventions: `T` steps, `B` melodies, `H` units, `L` steps of window; gates in torch's order
(input, forget, cell, output). Gradients stop at the memory that comes in. Under autocast,
products are taken in bfloat16 and sums kept in float32.

Source: Bahdanau, Cho and Bengio 2015 for the scores; the backward pass is derived from the
forward pass above it, and a test compares it with autograd's.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["attend"]


def attend(
    gates_x: Tensor,
    weights: tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor],
    memory: tuple[Tensor, Tensor, Tensor, Tensor],
    mask: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return what the layer writes, and its memory after the last step.

    Args:
        gates_x: what the inputs and biases alone give the gates, `[T, B, 4H]`.
        weights: hidden and attended to gates `[2H, 4H]`; cell and hidden to query `[H, 2H]` and
            its bias; output to key `[H, H]`; key and query to a score `[H]`; hidden and attended
            to output `[H, 2H]` and its bias.
        memory: hidden, cell, attended, each `[B, H]`; the last outputs, oldest first, `[L, B, H]`.
        mask: multiplies hidden on its way to the output (dropout), `[T, B, H]`, or None.

    Returns:
        Outputs `[T, B, H]`; then hidden, cell, attended and the last `L` outputs.
    """
    halved = torch.is_autocast_enabled("cpu")
    with torch.autocast("cpu", enabled=False):
        if torch.is_grad_enabled() and gates_x.requires_grad:
            result: tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
            result = _Attend.apply(  # type: ignore[no-untyped-call]
                gates_x.float(), *weights, *memory, mask, halved
            )
            return result
        return _forward(gates_x.float(), weights, memory, mask, halved, None)


def _forward(
    gates_x: Tensor,
    weights: tuple[Tensor, ...],
    memory: tuple[Tensor, ...],
    mask: Tensor | None,
    halved: bool,
    kept: dict[str, Tensor] | None,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Run the steps; keep in `kept`, unless None, what the way back needs."""
    hidden, cell, attended, outputs = memory
    kind = torch.bfloat16 if halved else gates_x.dtype
    recurrent, write_w, write_b = (weights[i].to(kind) for i in (0, 5, 6))
    query_w, query_b, key_w = (2 * weights[i].to(kind) for i in (1, 2, 3))
    score = weights[4]
    steps, melodies, units = len(gates_x), *hidden.shape
    length = len(outputs)
    written = gates_x.new_empty(length + steps, melodies, units)
    written[:length] = outputs
    keys = torch.empty_like(written)
    heard = gates_x.new_empty(length, melodies, units)
    keys[:length] = written[:length].to(kind) @ key_w.T
    if kept is not None:
        kept |= {
            "before": torch.empty(steps, melodies, 2 * units, dtype=kind),
            "asked": torch.empty(steps, melodies, 2 * units, dtype=kind),
            "joined": torch.empty(steps, melodies, 2 * units, dtype=kind),
            "queries": gates_x.new_empty(steps, melodies, units),
            "shares": gates_x.new_empty(steps, length, melodies),
            "gates": torch.empty_like(gates_x),
            "cells": gates_x.new_empty(steps + 1, melodies, units),
            "bent": gates_x.new_empty(steps, melodies, units),
        }
        kept["cells"][0] = cell
    for step in range(steps):
        before = torch.cat([hidden, attended], 1).to(kind)
        gates = gates_x[step] + before @ recurrent
        candidate = gates[:, 2 * units : 3 * units].tanh()
        gates.sigmoid_()
        gates[:, 2 * units : 3 * units] = candidate
        enter, forget, _, leave = gates.chunk(4, 1)
        cell = cell * forget + enter * candidate
        bent = cell.tanh()
        hidden = leave * bent
        asked = torch.cat([cell, hidden], 1).to(kind)
        query = torch.addmm(query_b, asked, query_w.T).to(heard.dtype)
        torch.add(keys[step : step + length], query, out=heard).sigmoid_()
        shares = torch.softmax((heard.view(-1, units) @ (2 * score)).view(length, melodies), 0)
        attended = torch.mul(written[step : step + length], shares[..., None], out=heard).sum(0)
        shown = hidden if mask is None else hidden * mask[step]
        joined = torch.cat([shown, attended], 1).to(kind)
        output = torch.addmm(write_b, joined, write_w.T)
        written[length + step] = output
        keys[length + step] = output @ key_w.T
        if kept is not None:
            kept["before"][step] = before
            kept["asked"][step] = asked
            kept["joined"][step] = joined
            kept["queries"][step] = query
            kept["shares"][step] = shares
            kept["gates"][step] = gates
            kept["cells"][step + 1] = cell
            kept["bent"][step] = bent
    if kept is not None:
        kept |= {"written": written, "keys": keys}
    return written[length:].clone(), hidden, cell, attended, written[steps:].clone()


class _Attend(torch.autograd.Function):
    """`_forward` with its gradient by the weights and by `gates_x`."""

    @staticmethod
    def forward(ctx: Any, gates_x: Tensor, *rest: Any) -> tuple[Tensor, ...]:
        weights, memory, mask, halved = rest[:7], rest[7:11], rest[11], rest[12]
        kept: dict[str, Tensor] = {}
        written, *after = _forward(gates_x, weights, memory, mask, halved, kept)
        ctx.kept, ctx.weights, ctx.mask = kept, weights, mask
        ctx.mark_non_differentiable(*after)
        return written, *after

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        with torch.autocast("cpu", enabled=False):
            by_gates, by_weights = _backward(gradients[0].float(), ctx.weights, ctx.mask, ctx.kept)
        ctx.kept = None
        return by_gates, *by_weights, None, None, None, None, None, None


def _backward(
    gradient: Tensor, weights: tuple[Tensor, ...], mask: Tensor | None, kept: dict[str, Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Return the gradients by `gates_x` and by the weights; `d_` is a gradient by what follows."""
    written, keys, shares, cells = (kept[n] for n in ("written", "keys", "shares", "cells"))
    kind = kept["before"].dtype
    recurrent, write_w = (weights[i].to(kind) for i in (0, 5))
    query_w, key_w = (2 * weights[i].to(kind) for i in (1, 3))
    score = 2 * weights[4]
    steps, length, melodies = shares.shape
    units = len(score)
    heard = keys.new_empty(length, melodies, units)
    spare = torch.empty_like(heard)
    d_written = torch.zeros_like(written)
    d_keys = torch.zeros_like(written)
    d_gates = torch.empty_like(kept["gates"])
    d_query = gradient.new_empty(steps, melodies, units)
    d_output = gradient.new_empty(steps, melodies, units)
    d_score = gradient.new_zeros(units)
    d_hidden_next = gradient.new_zeros(melodies, units)
    d_cell_next = gradient.new_zeros(melodies, units)
    d_attended_next = gradient.new_zeros(melodies, units)
    for step in reversed(range(steps)):
        window = slice(step, step + length)
        output = gradient[step] + d_written[length + step]
        output += d_keys[length + step].to(kind) @ key_w
        d_output[step] = output
        d_joined = (output.to(kind) @ write_w).to(gradient.dtype)
        d_hidden = d_joined[:, :units] if mask is None else d_joined[:, :units] * mask[step]
        d_hidden = d_hidden + d_hidden_next
        d_attended = d_joined[:, units:] + d_attended_next
        share = shares[step]
        d_share = torch.mul(written[window], d_attended, out=spare).sum(2)
        d_written[window].addcmul_(share[..., None], d_attended)
        d_scores = share * (d_share - (share * d_share).sum(0))
        # Hearing the window once more is quicker than having kept it.
        torch.add(keys[window], kept["queries"][step], out=heard).sigmoid_()
        d_score += heard.view(-1, units).T @ d_scores.view(-1)
        torch.mul(d_scores[..., None], score, out=spare)
        d_heard = torch.ops.aten.sigmoid_backward(spare, heard)
        d_keys[window] += d_heard
        d_query[step] = d_heard.sum(0)
        d_asked = (d_query[step].to(kind) @ query_w).to(gradient.dtype)
        d_hidden += d_asked[:, units:]
        enter, forget, candidate, leave = kept["gates"][step].chunk(4, 1)
        bent = kept["bent"][step]
        d_cell = d_asked[:, :units] + d_cell_next + d_hidden * leave * (1 - bent * bent)
        into = d_gates[step]
        into[:, :units] = d_cell * candidate * enter * (1 - enter)
        into[:, units : 2 * units] = d_cell * cells[step] * forget * (1 - forget)
        into[:, 2 * units : 3 * units] = d_cell * enter * (1 - candidate * candidate)
        into[:, 3 * units :] = d_hidden * bent * leave * (1 - leave)
        d_cell_next = d_cell * forget
        d_before = (into.to(kind) @ recurrent.T).to(gradient.dtype)
        d_hidden_next, d_attended_next = d_before[:, :units], d_before[:, units:]
    by_weights = (
        _product(kept["before"], d_gates),
        2 * _product(d_query, kept["asked"]),
        2 * d_query.sum((0, 1)),
        2 * _product(d_keys, written.to(kind)),
        2 * d_score,
        _product(d_output, kept["joined"]),
        d_output.sum((0, 1)),
    )
    return d_gates, by_weights


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Return the sum over all steps and melodies of the outer products of two vectors."""
    kind = torch.bfloat16 if torch.bfloat16 in {left.dtype, right.dtype} else left.dtype
    product = left.flatten(0, 1).to(kind).T @ right.flatten(0, 1).to(kind)
    return product.to(torch.float32 if kind == torch.bfloat16 else kind)
