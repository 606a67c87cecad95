"""What a MelodyRNN is worth on melodies it never heard, in nats per step (a 16th).

The network answers in classes, of which two look back; several classes may stand for one event.
`classes` scores the class the encoding writes, as training does; `events` scores the event,
adding the chances of all classes that stand for it: that is comparable with a model of events.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from livecoder.models.melody_rnn.network import MelodyNetwork, Memory
from livecoder.training.batches import PAST, whole
from livecoder.training.corpus import SOURCES, Corpus

__all__ = ["HeldOut", "held_out"]

_AT_ONCE = 256  # steps of a forward pass


class HeldOut(NamedTuple):
    """Mean nats per step on a split.

    Attributes:
        classes: of the encoding's classes.
        events: of the events they stand for.
        by_source: of the events, for each data set alone.
        steps: how many steps were scored.
    """

    classes: float
    events: float
    by_source: dict[str, float]
    steps: int


def held_out(
    network: MelodyNetwork, corpus: Corpus, split: str, *, limit: int | None = None
) -> HeldOut:
    """Return the nats per step of a network on a split, every melody heard whole from silence.

    Args:
        network: any; dropout is off.
        corpus: where the split is.
        split: "valid" or "test".
        limit: score only so many melodies, evenly chosen; None for all.
    """
    network.eval()
    sums = np.zeros((len(SOURCES), 3))  # of classes, of events, steps
    with torch.inference_mode():
        for batch in whole(corpus, split, limit=limit):
            memory = Memory.silent(batch.classes.shape[1])
            for first in range(0, len(batch.classes), _AT_ONCE):
                part = slice(first, first + _AT_ONCE)
                logits, memory = network(torch.from_numpy(batch.inputs[part]), memory)
                chances = torch.log_softmax(logits, 2).numpy().astype(np.float64)
                classes, alike = batch.classes[part], batch.alike[part]
                counted = classes != PAST
                written = np.where(counted, classes, 0)
                class_nats = -np.take_along_axis(chances, written[..., None], 2)[..., 0]
                same = np.zeros(chances.shape, bool)
                np.put_along_axis(same, np.where(counted[..., None], alike, 0), values=True, axis=2)
                event_nats = -np.log((np.exp(chances) * same).sum(2))
                for source in range(len(SOURCES)):
                    where = counted & (batch.source == source)[None]
                    sums[source] += class_nats[where].sum(), event_nats[where].sum(), where.sum()
    total = sums.sum(0)
    by_source = {
        name: float(row[1] / row[2]) for name, row in zip(SOURCES, sums, strict=True) if row[2]
    }
    return HeldOut(float(total[0] / total[2]), float(total[1] / total[2]), by_source, int(total[2]))
