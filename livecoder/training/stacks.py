"""A whole training of any stack, from archives to weights and card, told as it goes.

Everything lies in one working folder: `corpus.safetensors` (read once), `checkpoint.safetensors`
(every few minutes, and when stopped), then the weights and the card beside them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from livecoder.models.lstm.network import StackNetwork
from livecoder.training import stack_card
from livecoder.training.counts import counted
from livecoder.training.family import Family, Plan
from livecoder.training.learning import Listener, Places, learn
from livecoder.training.pieces import Pieces
from livecoder.training.trainer import Trainer, held_out, write_weights

__all__ = ["judge", "train"]

_BETWEEN_CHECKS_S = 120.0
_CHECKED = 48  # pieces of the validation split that are scored now and then
_WITHHELD = 0.0  # the lot by which all that can be withheld is


def train(
    family: Family,
    places: Places,
    plan: Plan,
    listener: Listener,
    *,
    fresh: bool,
    verdict: str = "",
) -> None:
    """Train until the plan is done, then measure, and write weights and card.

    A run that is interrupted (`KeyboardInterrupt` comes through) has kept its checkpoint first.

    Args:
        family: what to train.
        places: where to read and write.
        plan: how to train.
        listener: told how it goes.
        fresh: begin anew, even where there is a checkpoint.
        verdict: how it sounds, in the words of someone who listened; for the card.

    Raises:
        ModelFileError: data, corpus or checkpoint cannot be used.
    """
    torch.set_num_threads(1)
    pieces = _pieces(family, places, listener)
    trainer = Trainer(family, pieces, plan)
    if places.checkpoint.exists() and not fresh:
        trainer.resume(places.checkpoint)
    learn(
        trainer, places.checkpoint, listener, every=_BETWEEN_CHECKS_S, score=lambda: _score(trainer)
    )
    judge(places.out, trainer, listener, verdict=verdict)


def _pieces(family: Family, places: Places, listener: Listener) -> Pieces:
    if not places.corpus.exists():
        Pieces.of(family.read(places.data, listener.reading)).save(places.corpus)
    return Pieces.load(places.corpus, family.columns)


def _score(trainer: Trainer) -> float:
    """Return nats per event on a part of the validation split."""
    pieces = trainer.pieces
    return held_out(trainer.mean, trainer.family, pieces, "valid", limit=_limit(pieces)).nats


def _limit(pieces: Pieces, split: str = "valid") -> int:
    """Return how many pieces of a split are about 20,000 events."""
    count = len(pieces.of_split(split))
    return max(1, min(_CHECKED, 20_000 * count // max(1, pieces.events(split))))


def judge(out: Path, trainer: Trainer, listener: Listener, *, verdict: str = "") -> dict[str, Any]:
    """Measure a trained network, write weights and card, and return the card."""
    family, pieces = trainer.family, trainer.pieces
    write_weights(trainer.mean, family, out, step=trainer.standing.step)
    listener.judging("held-out pieces")
    scores = {
        "valid": held_out(trainer.mean, family, pieces, "valid", limit=_limit(pieces)),
        "test": held_out(trainer.mean, family, pieces, "test"),
    }
    alone = held_out(trainer.mean, family, pieces, "test", lot=_WITHHELD)
    further = {}
    if abs(alone.nats - scores["test"].nats) > 1e-6:
        further["nothing asked of it"] = alone.nats
    listener.judging("the same network, untrained")
    torch.manual_seed(trainer.plan.seed)
    # What has learnt nothing is as bad on every piece: a part of them will do.
    fresh = StackNetwork(family.shape)
    untrained = held_out(fresh, family, pieces, "test", limit=_limit(pieces, "test")).nats
    listener.judging("the n-gram")
    baseline = counted(family, pieces).nats(family, pieces, "test")
    card = stack_card.make_card(
        family=family,
        pieces=pieces,
        plans=trainer.plans,
        standing=trainer.standing,
        scores=scores,
        baseline=baseline,
        untrained=untrained,
        further=further,
        history=trainer.history,
        verdict=verdict or family.verdict,
    )
    text = json.dumps(card, indent=2, ensure_ascii=False)
    out.with_suffix(".json").write_text(text + "\n", "utf-8")
    out.with_suffix(".md").write_text(stack_card.markdown(card), "utf-8")
    return card
