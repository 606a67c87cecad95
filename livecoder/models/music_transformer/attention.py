"""Relative attention over whole stretches, quick to train on one core.

A score is what a query makes of a key, and of the distance to it:

    score[i, j] = (query[i] . key[j] + query[i] . distance[i - j]) / sqrt(across),  j <= i

The second term is worked out for every distance at once and then skewed into place, which here
costs nothing: both are views of one buffer whose rows are one number longer. The backward pass is
written out by hand; one stretch after the other, so that its scores stay in the cache.

Source: Huang et al., "Music Transformer", 2018, section 3.4.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

__all__ = ["attend"]


def attend(query: Tensor, key: Tensor, value: Tensor, distance: Tensor) -> Tensor:
    """Return what every place makes of the places up to itself.

    Args:
        query: `[stretches, heads, places, across]`.
        key: the same.
        value: the same.
        distance: `[heads, window, across]`; the first `places` of a window are used.

    Returns:
        `[stretches, heads, places, across]`.
    """
    attended: Tensor = _Attend.apply(query, key, value, distance)  # type: ignore[no-untyped-call]
    return attended


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor, distance: Tensor) -> Tensor:
        """Attend; keeps the shares, `[stretches, heads, places, places]`."""
        stretches, heads, places, across = query.shape
        scale = 1 / math.sqrt(across)
        far = distance[:, :places].flip(1).transpose(1, 2)  # far first: [heads, across, places]
        future = torch.full((places, places), -math.inf).triu_(1)
        buffer = query.new_zeros(heads, places * (places + 1))
        long, skewed = _views(buffer, places)
        shares = torch.empty(stretches, heads, places, places, dtype=query.dtype)
        out = torch.empty_like(value)
        for at in range(stretches):
            scaled = query[at] * scale
            long.copy_(torch.bmm(scaled, far))
            scores = torch.baddbmm(skewed, scaled, key[at].transpose(1, 2))
            scores.add_(future)
            torch.softmax(scores, 2, out=shares[at])
            torch.bmm(shares[at], value[at], out=out[at])
        ctx.save_for_backward(query, key, value, distance, shares)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, ...]:
        """Return the gradients of all four."""
        query, key, value, distance, shares = ctx.saved_tensors
        stretches, heads, places, across = query.shape
        scale = 1 / math.sqrt(across)
        near = distance[:, :places].flip(1)
        buffer = query.new_zeros(heads, places * (places + 1))
        long, skewed = _views(buffer, places)
        to_query, to_key, to_value = (torch.empty_like(query) for _ in range(3))
        to_near = query.new_zeros(heads, places, across)
        for at in range(stretches):
            share = shares[at]
            torch.bmm(share.transpose(1, 2), grad[at], out=to_value[at])
            steep = torch.bmm(grad[at], value[at].transpose(1, 2)).mul_(share)
            torch.addcmul(steep, share, steep.sum(2, keepdim=True), value=-1, out=steep)
            skewed.copy_(steep)
            torch.bmm(steep, key[at], out=to_query[at])
            # Rows of places + 1 numbers are nothing to a matrix product.
            to_query[at].baddbmm_(long, near).mul_(scale)
            scaled = query[at] * scale
            torch.bmm(steep.transpose(1, 2), scaled, out=to_key[at])
            to_near.baddbmm_(long.transpose(1, 2), scaled)
        to_distance = torch.zeros_like(distance)
        to_distance[:, :places] = to_near.flip(1)
        return to_query, to_key, to_value, to_distance


def _views(buffer: Tensor, places: int) -> tuple[Tensor, Tensor]:
    """Return two views of one buffer: by distance (furthest first), and skewed, by place.

    In the skewed view a row's numbers beyond the diagonal belong to the next row: forward they are
    masked, backward they are zero.
    """
    heads = buffer.shape[0]
    long = buffer.view(heads, places, places + 1)[:, :, 1:]
    skewed = buffer.view(heads, places + 1, places)[:, 1:]
    return long, skewed
