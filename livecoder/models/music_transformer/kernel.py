"""One token of a Music Transformer, compiled: all blocks in one call, without a detour by Python.

Private: arguments are trusted, shapes are not checked (see `models.compiled`). Keys and values lie
with places innermost, `[layers, heads, across, window]`, so that one head's scores are reckoned
side by side.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from livecoder.models.compiled import LOOSE, Kernel, dot, exps

__all__ = ["hear"]


@njit(fastmath=LOOSE)
def _normal(stream, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    # As torch's layer_norm, without parameters.
    size = np.float32(stream.size)
    mean = np.float32(0)
    for i in range(stream.size):
        mean += stream[i]
    mean /= size
    spread = np.float32(0)
    for i in range(stream.size):
        spread += (stream[i] - mean) * (stream[i] - mean)
    scale = np.float32(1) / np.sqrt(spread / size + np.float32(1e-5))
    for i in range(stream.size):
        out[i] = (stream[i] - mean) * scale


@njit(fastmath=LOOSE)
def _attend(query, keys, values, approach, here, scale, scores, bits, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Let one head look back from place `here`; arrays are of this head alone."""
    away = approach.shape[1] - 1 - here
    for j in range(here + 1):
        scores[j] = np.float32(0)
    for c in range(query.size):
        weight = query[c] * scale
        key = keys[c]
        near = approach[c, away:]
        for j in range(here + 1):
            scores[j] += weight * (key[j] + near[j])
    top = scores[0]
    for j in range(1, here + 1):
        top = max(top, scores[j])
    for j in range(here + 1):
        scores[j] -= top
    exps(scores[: here + 1], bits)
    total = np.float32(0)
    for j in range(here + 1):
        total += scores[j]
    share = np.float32(1) / total
    for c in range(query.size):
        out[c] = dot(scores[: here + 1], values[c, : here + 1]) * share


@Kernel
def hear(  # type: ignore[no-untyped-def]  # noqa: ANN201
    read,  # noqa: ANN001
    attention,  # noqa: ANN001
    attention_bias,  # noqa: ANN001
    approach,  # noqa: ANN001
    mix,  # noqa: ANN001
    up,  # noqa: ANN001
    up_bias,  # noqa: ANN001
    down,  # noqa: ANN001
    classes,  # noqa: ANN001
    classes_bias,  # noqa: ANN001
    keys,  # noqa: ANN001
    values,  # noqa: ANN001
    here,  # noqa: ANN001
):
    """Return the logits of what follows a token at place `here`; its keys and values are added.

    Args:
        read: the sum of its tables, `[width]`; used up.
        attention: to query, key and value, `[layers, 3 * width, width]`.
        attention_bias: `[layers, 3 * width]`.
        approach: what distances say, far first, `[layers, heads, across, window]`.
        mix: `[layers, width, width]`.
        up: `[layers, inner, width]`.
        up_bias: `[layers, inner]`.
        down: `[layers, width, inner]`.
        classes: `[310, width]`.
        classes_bias: `[310]`.
        keys: `[layers, heads, across, window]`.
        values: the same.
        here: place of the token in the window, 0 to `window - 1`.
    """
    layers, heads, across, window = keys.shape
    width = read.size
    inner = up.shape[1]
    scale = np.float32(1) / np.sqrt(np.float32(across))
    normal = np.empty(width, np.float32)
    met = np.empty(3 * width, np.float32)
    attended = np.empty(width, np.float32)
    bent = np.empty(inner, np.float32)
    scores = np.empty(window, np.float32)
    bits = np.empty(window, np.int32)
    stream = np.empty(width, np.float32)
    _normal(read, stream)
    for layer in range(layers):
        _normal(stream, normal)
        for row in range(3 * width):
            met[row] = attention_bias[layer, row] + dot(attention[layer, row], normal)
        for head in range(heads):
            first = head * across
            for c in range(across):
                keys[layer, head, c, here] = met[width + first + c]
                values[layer, head, c, here] = met[2 * width + first + c]
            _attend(
                met[first : first + across],
                keys[layer, head],
                values[layer, head],
                approach[layer, head],
                here,
                scale,
                scores,
                bits,
                attended[first : first + across],
            )
        for row in range(width):
            stream[row] += dot(mix[layer, row], attended)
        _normal(stream, normal)
        for row in range(inner):
            above = max(np.float32(0), up_bias[layer, row] + dot(up[layer, row], normal))
            bent[row] = above * above
        for row in range(width):
            stream[row] += dot(down[layer, row], bent)
    _normal(stream, normal)
    logits = np.empty(classes.shape[0], np.float32)
    for row in range(logits.size):
        logits[row] = classes_bias[row] + dot(classes[row], normal)
    return logits
