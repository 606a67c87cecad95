"""The Music Transformer as it is trained, and as it scores whole pieces: many places at once.

The last four tokens are read into one place by tables of their own, beside a table of where in
the bar the music stands after the token; then blocks of relative attention and of feed-forward
networks (squared rectifiers), each on its input normalised. No normalisation has parameters.

Sources: Huang et al., "Music Transformer", 2018; So et al., "Primer", 2021 (the squared rectifier).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, layer_norm, pad

from livecoder.models.music_transformer.attention import attend
from livecoder.models.music_transformer.shape import TransformerShape

__all__ = ["TransformerNetwork"]

# How long the bias of each head's query is at first: long enough that what tokens add to it seldom
# turns a leaning round.
_LEANING = 4.0


class TransformerNetwork(nn.Module):
    """The network.

    Args:
        shape: its sizes.
    """

    def __init__(self, shape: TransformerShape) -> None:
        super().__init__()
        self.shape = shape
        self.weights = nn.ParameterDict(
            {
                name.replace(".", "/"): nn.Parameter(_begin(name, size, shape))
                for name, size in shape.tensors()
            }
        )

    def named(self) -> dict[str, Tensor]:
        """Return the parameters by the names of the shape, as they are (not copies)."""
        return {name: self.weights[name.replace(".", "/")] for name, _ in self.shape.tensors()}

    def forward(self, tokens: Tensor, phases: Tensor) -> Tensor:
        """Return the logits of what follows every place.

        Args:
            tokens: `[stretches, places]` int64; no more places than the window.
            phases: steps since the bar line when the token has happened, the same shape.

        Returns:
            `[stretches, places, 310]`.
        """
        named = self.named()
        stretches, places = tokens.shape
        read = embedding(phases, named["phases"])
        for back in range(self.shape.taps):
            earlier = embedding(tokens[:, : places - back], named["tokens"][back])
            read = read + pad(earlier, (0, 0, back, 0))
        size = (self.shape.width,)
        stream = layer_norm(read, size).flatten(0, 1)
        heads = (stretches, places, 3, self.shape.heads, self.shape.across)
        nothing = torch.zeros(2 * self.shape.width)
        for layer in range(self.shape.layers):
            name = f"layer{layer}."
            met = torch.cat([named[f"{name}{kind}.weight"] for kind in ("query", "key", "value")])
            bias = torch.cat([named[f"{name}query.bias"], nothing])
            met = torch.addmm(bias, layer_norm(stream, size), met.T).view(heads)
            query, key, value = met.permute(2, 0, 3, 1, 4).contiguous().unbind(0)
            attended = attend(query, key, value, named[f"{name}distance"])
            mixed = attended.transpose(1, 2).reshape(stretches * places, -1)
            stream = torch.addmm(stream, mixed, named[f"{name}mix.weight"].T)
            inner = torch.addmm(
                named[f"{name}up.bias"], layer_norm(stream, size), named[f"{name}up.weight"].T
            )
            bent: Tensor = _Bend.apply(inner)  # type: ignore[no-untyped-call]
            stream = torch.addmm(stream, bent, named[f"{name}down.weight"].T)
        last = layer_norm(stream, size)
        logits = torch.addmm(named["classes.bias"], last, named["classes.weight"].T)
        return logits.view(stretches, places, -1)


class _Bend(torch.autograd.Function):
    """The squared rectifier, in as few passes over memory as there can be."""

    @staticmethod
    def forward(ctx: Any, inner: Tensor) -> Tensor:
        """Return the square of what is above zero."""
        above = inner.clamp_min(0)
        ctx.save_for_backward(above)
        return above.square()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        """Return the gradient."""
        (above,) = ctx.saved_tensors
        steep: Tensor = (above * grad).mul_(2)
        return steep


def _begin(name: str, size: tuple[int, ...], shape: TransformerShape) -> Tensor:
    """Return where a parameter begins.

    Blocks begin as nothing at all (what they write is zero); heads begin with a leaning to what is
    near, each over another reach, in the way of Press et al., "Train Short, Test Long", 2021.
    """
    kind = name.rpartition(".")[0].rpartition(".")[2] or name
    if name == "tokens":
        reach = torch.tensor([1.0, *[0.5] * (shape.taps - 1)])
        return torch.randn(size) * reach[:, None, None]
    if name == "phases":
        return torch.randn(size) * 0.5
    if name.endswith("query.bias"):
        return _direction(shape).flatten() * _LEANING
    if name.endswith(".bias") or kind in {"mix", "down", "classes"}:
        return torch.zeros(size)
    if name.endswith(".distance"):
        falls = torch.linspace(0, 2, shape.heads)[:, None] * torch.arange(shape.window).log1p()
        along = -falls * math.sqrt(shape.across) / _LEANING
        return torch.randn(size) * 0.1 + along[..., None] * _direction(shape)[:, None]
    return torch.randn(size) / math.sqrt(size[-1])


def _direction(shape: TransformerShape) -> Tensor:
    """Return the direction along which each head's distances lean at first, `[heads, across]`."""
    return torch.ones(shape.heads, shape.across) / math.sqrt(shape.across)
