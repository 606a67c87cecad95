"""The Music Transformer as a performance runs it: one token at a time, at once.

The weights are those of `network.TransformerNetwork`, laid out for `compiled.hear`, which takes a
single token through all blocks; many that are there already are read together by matrix products.
A `Cache` holds the keys and values of the tokens heard so far. It follows from them, and from how
many of them were read together, number for number, so a cache may be thrown away and made again
without a note's being different. Tests hold it to that.

Conventions: float32 on the CPU, one thread; to be used inside `torch.inference_mode()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import layer_norm

from livecoder.models import compiled
from livecoder.models.halves import Matrix, halved_together
from livecoder.models.music_transformer.attention import attend
from livecoder.models.music_transformer.shape import TransformerShape

__all__ = ["Cache", "Matrices", "logits_of", "read_together", "step"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """The weights of a network, those of all blocks side by side.

    Attributes:
        shape: its sizes.
        tokens: `[taps, 310, width]`.
        phases: `[200, width]`.
        attention: to query, key and value, `[layers, 3 * width, width]`.
        attention_bias: `[layers, 3 * width]`.
        distance: by distance, near first, `[layers, heads, window, across]`.
        approach: the same, far first and distances innermost, `[layers, heads, across, window]`.
        mix: `[layers, width, width]`.
        up: `[layers, inner, width]`.
        up_bias: `[layers, inner]`.
        down: `[layers, width, inner]`.
        classes: `[310, width]`.
        classes_bias: `[310]`.
        narrow: `attention`, `mix`, `up`, `down` and `classes` again, as `halves` keeps them.
    """

    shape: TransformerShape
    tokens: Floats
    phases: Floats
    attention: Floats
    attention_bias: Floats
    distance: Floats
    approach: Floats
    mix: Floats
    up: Floats
    up_bias: Floats
    down: Floats
    classes: Floats
    classes_bias: Floats
    narrow: tuple[Matrix, ...]

    @classmethod
    def folded(cls, shape: TransformerShape, weights: Mapping[str, Floats]) -> Matrices:
        """Return the matrices of a network's parameters, named as the shape names them."""

        def stacked(name: str) -> Floats:
            parts = [weights[f"layer{layer}.{name}"] for layer in range(shape.layers)]
            return np.ascontiguousarray(np.stack(parts), np.float32)

        kinds = ("query", "key", "value")
        bias = np.zeros((shape.layers, 3 * shape.width), np.float32)
        bias[:, : shape.width] = stacked("query.bias")
        distance = stacked("distance")
        attention = np.concatenate([stacked(f"{kind}.weight") for kind in kinds], 1)
        mix, up, down = (stacked(f"{name}.weight") for name in ("mix", "up", "down"))
        classes = np.ascontiguousarray(weights["classes.weight"], np.float32)
        return cls(
            shape,
            np.ascontiguousarray(weights["tokens"], np.float32),
            np.ascontiguousarray(weights["phases"], np.float32),
            attention,
            bias,
            distance,
            np.ascontiguousarray(distance[:, :, ::-1].transpose(0, 1, 3, 2)),
            mix,
            up,
            stacked("up.bias"),
            down,
            classes,
            np.ascontiguousarray(weights["classes.bias"], np.float32),
            halved_together(attention, mix, up, down, classes),
        )


class Cache:
    """Keys and values of the tokens heard so far.

    Attributes:
        tokens: those tokens.
        keys: `[layers, heads, across, window]`; the first `len(tokens)` of a window are filled.
        values: the same.
    """

    def __init__(self, shape: TransformerShape) -> None:
        size = (shape.layers, shape.heads, shape.across, shape.window)
        self.tokens: list[int] = []
        self.keys = np.empty(size, np.float32)
        self.values = np.empty(size, np.float32)

    def copy(self) -> Cache:
        """Return a cache to go on with, so that this one stays as it is."""
        other = Cache.__new__(Cache)
        other.tokens = list(self.tokens)
        other.keys = np.empty_like(self.keys)
        other.values = np.empty_like(self.values)
        filled = len(self.tokens)
        other.keys[..., :filled] = self.keys[..., :filled]
        other.values[..., :filled] = self.values[..., :filled]
        return other


def step(matrices: Matrices, cache: Cache, token: int, phase: int) -> Floats:
    """Hear one token more.

    Args:
        matrices: the weights.
        cache: of the tokens before, fewer than a window; this one is added to it.
        token: 0 to 309.
        phase: steps since the bar line when the token has happened, 0 to 199.

    Returns:
        The logits of what follows, `[310]`.
    """
    here = len(cache.tokens)
    cache.tokens.append(token)
    read = matrices.phases[phase] + matrices.tokens[0, token]
    for back in range(1, min(matrices.shape.taps, here + 1)):
        read += matrices.tokens[back, cache.tokens[here - back]]
    attention, mix, up, down, classes = matrices.narrow
    logits: Floats = compiled.hear(
        read,
        attention,
        matrices.attention_bias,
        matrices.approach,
        mix,
        up,
        matrices.up_bias,
        down,
        classes,
        matrices.classes_bias,
        cache.keys,
        cache.values,
        here,
    )
    return logits


def read_together(matrices: Matrices, tokens: Sequence[int], phases: Sequence[int]) -> Cache:
    """Return the cache of `tokens`, heard all at once: quicker than one after the other.

    Args:
        matrices: the weights.
        tokens: at most a window of them.
        phases: one for each.
    """
    cache, _ = _heard(matrices, tokens, phases, answers=False)
    return cache


def logits_of(matrices: Matrices, tokens: Sequence[int], phases: Sequence[int]) -> Floats:
    """Return the logits of what follows each of `tokens`, `[tokens, 310]`, all at once."""
    _, stream = _heard(matrices, tokens, phases, answers=True)
    last = layer_norm(stream, (matrices.shape.width,))
    classes, bias = _torch(matrices.classes), _torch(matrices.classes_bias)
    logits: Floats = torch.addmm(bias, last, classes.T).numpy()
    return logits


def _heard(
    matrices: Matrices, tokens: Sequence[int], phases: Sequence[int], *, answers: bool
) -> tuple[Cache, Tensor]:
    """Return the cache of tokens, and what the last block leaves of them if that is wanted."""
    shape = matrices.shape
    places, size = len(tokens), (shape.width,)
    cache = Cache(shape)
    cache.tokens = list(tokens)
    if not places:
        return cache, torch.empty(0, shape.width)
    heard = np.array(cache.tokens)
    read = matrices.phases[np.array(list(phases))]
    for back in range(min(shape.taps, places)):
        read[back:] += matrices.tokens[back, heard[: places - back]]
    stream = layer_norm(_torch(read), size)
    for layer in range(shape.layers):
        met = torch.addmm(
            _torch(matrices.attention_bias[layer]),
            layer_norm(stream, size),
            _torch(matrices.attention[layer]).T,
        )
        met = met.view(places, 3, shape.heads, shape.across).permute(1, 2, 0, 3).contiguous()
        query, key, value = met.unbind(0)
        cache.keys[layer, ..., :places] = key.transpose(1, 2).numpy()
        cache.values[layer, ..., :places] = value.transpose(1, 2).numpy()
        if not answers and layer + 1 == shape.layers:
            break  # what follows the last keys and values is nobody's
        distance = _torch(matrices.distance[layer])
        attended = attend(query[None], key[None], value[None], distance)[0]
        mixed = attended.transpose(0, 1).reshape(places, shape.width)
        stream = torch.addmm(stream, mixed, _torch(matrices.mix[layer]).T)
        inner = torch.addmm(
            _torch(matrices.up_bias[layer]),
            layer_norm(stream, size),
            _torch(matrices.up[layer]).T,
        )
        bent = inner.relu_().square_()
        stream = torch.addmm(stream, bent, _torch(matrices.down[layer]).T)
    return cache, stream


def _torch(array: Floats) -> Tensor:
    """Return the same memory as a tensor."""
    return torch.from_numpy(array)
