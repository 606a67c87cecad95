"""How MelodyRNN's answer becomes one event: what may sound is kept, and one class is drawn.

Notes outside the scale or the register are masked *before* the draw, so what is left keeps its
proportions; "nothing" and "the note ends" are never masked, so there is always an answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from livecoder.models.melody_rnn.encoding import (
    CLASSES,
    HIGHEST,
    LOOKBACKS,
    LOWEST,
    NOTES,
    Heard,
    event_of,
)

__all__ = ["draw", "masked", "notes_allowed"]


def notes_allowed(allowed: frozenset[int], lowest: int, highest: int) -> frozenset[int]:
    """Return the notes of the encoding that may sound.

    >>> sorted(notes_allowed(frozenset({0, 4, 7}), 55, 70))
    [55, 60, 64, 67]
    """
    return frozenset(
        note
        for note in range(max(lowest, LOWEST), min(highest, HIGHEST) + 1)
        if note % 12 in allowed
    )


def masked(heard: Heard, notes: frozenset[int]) -> list[int]:
    """Return the classes that may follow `heard`, those that look back to a forbidden note not.

    >>> masked(Heard(), frozenset({60}))
    [12, 36, 37, 38, 39]
    """
    kept = [note - LOWEST for note in sorted(notes)]
    kept += [NOTES, NOTES + 1]
    for index in range(CLASSES - len(LOOKBACKS), CLASSES):
        event = event_of(heard, index)
        if event < 0 or event in notes:
            kept.append(index)
    return kept


def draw(logits: Sequence[float], kept: Sequence[int], temperature: float, chance: float) -> int:
    """Return one of the classes in `kept`.

    Args:
        logits: one for every class.
        kept: classes that may be drawn; at least one.
        temperature: divides the logits; more than 0.
        chance: where to cut, 0 <= chance < 1: equal chances give equal answers.

    >>> draw([0.0, 5.0, 0.0], [0, 2], 1.0, 0.6)
    2
    """
    top = max(logits[index] for index in kept)
    weights = [math.exp((logits[index] - top) / temperature) for index in kept]
    at = chance * sum(weights)
    for index, weight in zip(kept, weights, strict=True):
        at -= weight
        if at < 0:
            return index
    return kept[-1]
