"""The draw of `models.sampling`, and how surprised the network was, compiled into one.

The same classes for the same chances, but where two probabilities meet within their last digits.
Where only the likeliest may come (`top_k`, `top_p`), and for a network gone astray, it is
`models.sampling` that draws.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from livecoder.models.compiled import Kernel
from livecoder.models.sampling import Floats, draw, surprise

__all__ = ["drawn"]


def drawn(
    logits: NDArray[np.floating],
    chance: float,
    bias: Floats,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> tuple[int, float]:
    """Return one class, and the nats of its probability as the network sees it, unmasked.

    >>> index, nats = drawn(np.log([0.25, 0.5, 0.25]), 0.6, np.array([0.0, -np.inf, 0.0]))
    >>> index, round(nats, 4)
    (2, 1.3863)

    Args:
        logits: one for every class, `[C]`.
        chance: where to cut, 0 <= chance < 1: equal chances give equal answers.
        bias: as of `sampling.shares`.
        temperature: as of `sampling.shares`.
        top_k: as of `sampling.shares`.
        top_p: as of `sampling.shares`.

    Raises:
        RangeError: no class may come.
    """
    if top_k is None and top_p is None:
        weights = np.empty(len(logits))
        index, nats = _cut(logits, chance, bias, temperature, weights)
        if index >= 0 and math.isfinite(nats):
            return index, nats
    index = draw(logits, chance, bias, temperature=temperature, top_k=top_k, top_p=top_p)
    return index, surprise(logits, index)


@Kernel
def _cut(logits, chance, bias, temperature, weights):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return a class and its nats; -1 for a class where none can be told.

    Args:
        logits: `[C]`.
        chance: where to cut.
        bias: `[C]`.
        temperature: divides the logits.
        weights: room, `[C]`.
    """
    best = np.float64(logits[0])
    top = -np.inf
    for i in range(logits.size):
        best = max(best, np.float64(logits[i]))
        weights[i] = np.float64(logits[i]) / temperature + bias[i]
        top = max(top, weights[i])
    if not np.isfinite(top) or not np.isfinite(best):
        return -1, 0.0
    total, whole = 0.0, 0.0
    for i in range(logits.size):
        whole += np.exp(np.float64(logits[i]) - best)
        weights[i] = np.exp(weights[i] - top)
        total += weights[i]
    cut, end, index = chance * total, 0.0, -1
    for i in range(logits.size):
        end += weights[i]
        if weights[i] > 0.0:
            index = i
            if end > cut:
                break
    return index, best - np.float64(logits[index]) + np.log(whole)
