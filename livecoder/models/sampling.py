"""How a network's answer becomes one class: what may come is kept, and one is drawn.

What may not come is masked *before* the draw, so what is left keeps its proportions. The order is:
masks and nudges, temperature, the likeliest `top_k`, the likeliest `top_p`, the draw. The draw is
a function of the logits and one number, so that a seed gives the same notes wherever it runs.

Source: A. Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, for top-p;
A. Fan et al., "Hierarchical Neural Story Generation", ACL 2018, for top-k.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import RangeError

__all__ = ["MASKED", "draw", "shares", "surprise"]

MASKED = -np.inf
"""What is added to the logit of a class that may not come."""

Floats = NDArray[np.float64]


def shares(
    logits: NDArray[np.floating],
    bias: Floats | None = None,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Floats:
    """Return the probability of every class, as it is drawn.

    >>> shares(np.array([0.0, 0.0, 0.0]), np.array([0.0, MASKED, 0.0])).tolist()
    [0.5, 0.0, 0.5]
    >>> shares(np.log([0.5, 0.3, 0.2]), top_p=0.6).round(3).tolist()
    [0.625, 0.375, 0.0]

    Args:
        logits: one for every class, `[C]`.
        bias: added to what the temperature has divided, `[C]`: 0 where a class may come, `MASKED`
            where it may not, other numbers where it is made more or less likely.
        temperature: divides the logits; more than 0.
        top_k: keep so many of the likeliest, at least 1; equally likely ones in their order.
        top_p: keep the likeliest that together have at least this share, 0 to 1; at least one.

    Returns:
        `[C]`, at least one of them above 0, adding up to 1.

    Raises:
        RangeError: no class may come.
    """
    scores = logits.astype(np.float64) / temperature
    if bias is not None:
        scores += bias
    top = scores.max()
    if not np.isfinite(top):
        # Numbers beyond all bounds, of a network gone astray, or nothing that may come.
        scores = np.where(np.isneginf(scores), MASKED, np.nan_to_num(scores))
        top = scores.max()
        if np.isneginf(top):
            raise RangeError("what may come", "nothing", "one class at least", fix="allow a note")
    weights: Floats = np.exp(scores - top)
    if top_k is not None and top_k < len(weights):
        kept = np.argsort(-weights, kind="stable")[: max(1, top_k)]
        weights = _only(weights, kept)
    if top_p is not None and top_p < 1.0:
        order = np.argsort(-weights, kind="stable")
        before = np.cumsum(weights[order]) - weights[order]
        kept = order[: max(1, int(np.searchsorted(before, top_p * weights.sum(), side="left")))]
        weights = _only(weights, kept)
    result: Floats = weights / weights.sum()
    return result


def draw(
    logits: NDArray[np.floating],
    chance: float,
    bias: Floats | None = None,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> int:
    """Return one class.

    >>> draw(np.array([0.0, 5.0, 0.0]), 0.6, np.array([0.0, MASKED, 0.0]))
    2

    Args:
        logits: one for every class, `[C]`.
        chance: where to cut, 0 <= chance < 1: equal chances give equal answers.
        bias: as of `shares`.
        temperature: as of `shares`.
        top_k: as of `shares`.
        top_p: as of `shares`.

    Raises:
        RangeError: no class may come.
    """
    weights = shares(logits, bias, temperature=temperature, top_k=top_k, top_p=top_p)
    ends = np.cumsum(weights)
    index = int(np.searchsorted(ends, chance * ends[-1], side="right"))
    # A sum of floats may fall short of what the chance asks for: then it is the last that may come.
    return index if index < len(weights) and weights[index] else int(np.flatnonzero(weights)[-1])


def surprise(logits: NDArray[np.floating], index: int) -> float:
    """Return how little a network expected a class: the nats of its probability.

    >>> round(surprise(np.log([0.5, 0.25, 0.25]), 1), 4)
    1.3863

    Args:
        logits: one for every class, `[C]`.
        index: the class that came.
    """
    top = logits.max()
    return float(top - logits[index]) + math.log(float(np.exp(logits - top).sum()))


def _only(weights: Floats, kept: NDArray[np.intp]) -> Floats:
    result = np.zeros_like(weights)
    result[kept] = weights[kept]
    return result
