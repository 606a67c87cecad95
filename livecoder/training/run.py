"""A whole training of MelodyRNN, from archives to weights and card, told as it goes.

Everything lies in one working folder: `corpus.safetensors` (read once), `checkpoint.safetensors`
(every few minutes, and when stopped), then the weights and the card beside them.
"""

from __future__ import annotations

import torch

from livecoder.models.melody_rnn.model import load
from livecoder.training import corpus as corpora
from livecoder.training.card import make_card, write_card
from livecoder.training.corpus import Corpus
from livecoder.training.figures import held_out
from livecoder.training.learning import Listener, Places, learn
from livecoder.training.listening import (
    bars_of,
    heard,
    improvised,
    phrases_known,
    share_known,
)
from livecoder.training.melody_rnn import Plan, Trainer, write_weights
from livecoder.training.ngram import Trigram

__all__ = ["judge", "train"]

_BETWEEN_CHECKS_S = 150.0
_CHECKED = 120  # melodies of the validation split that are scored now and then
_IMPROVISED = 40  # melodies judged for the card


def train(
    places: Places, plan: Plan, listener: Listener, *, fresh: bool, verdict: str = ""
) -> None:
    """Train until the plan is done, then measure, and write weights and card.

    A run that is interrupted (`KeyboardInterrupt` comes through) has kept its checkpoint first.

    Args:
        places: where to read and write.
        plan: how to train.
        listener: told how it goes.
        fresh: begin anew, even where there is a checkpoint.
        verdict: how it sounds, in the words of someone who listened; for the card.

    Raises:
        ModelFileError: data, corpus or checkpoint cannot be used.
    """
    torch.set_num_threads(1)
    corpus = _corpus(places, listener)
    trainer = Trainer(corpus, plan)
    untrained = held_out(trainer.mean, corpus, "test").classes
    if places.checkpoint.exists() and not fresh:
        trainer.resume(places.checkpoint)
    learn(
        trainer,
        places.checkpoint,
        listener,
        every=_BETWEEN_CHECKS_S,
        score=lambda: held_out(trainer.mean, corpus, "valid", limit=_CHECKED).classes,
    )
    judge(places, trainer, untrained, listener, verdict=verdict)


def judge(
    places: Places, trainer: Trainer, untrained: float, listener: Listener, *, verdict: str = ""
) -> None:
    """Measure a trained network and write weights and card."""
    corpus = trainer.corpus
    listener.judging("held-out melodies")
    scores = {split: held_out(trainer.mean, corpus, split) for split in ("valid", "test")}
    listener.judging("trigrams")
    trigrams = {
        kind: Trigram.counted(corpus, events=kind == "events").nats(corpus, "test")
        for kind in ("events", "classes")
    }
    write_weights(
        trainer.mean, places.out, {"model": "melody_rnn", "step": str(trainer.standing.step)}
    )
    listener.judging("what it sounds like")
    model = load(places.out)
    bodies = {"held-out melodies": list(bars_of(corpus, "test"))}
    for temperature in (0.8, 0.9, 1.0):
        bodies[f"the network at temperature {temperature}"] = list(
            improvised(model, melodies=_IMPROVISED, temperature=temperature)
        )
    known = phrases_known(corpus)
    card = make_card(
        corpus=corpus,
        plans=trainer.plans,
        verdict=verdict,
        standing=trainer.standing,
        parameters=sum(parameter.numel() for parameter in trainer.mean.parameters()),
        scores=scores,
        trigrams=trigrams,
        untrained=untrained,
        sounds={who: heard(body) for who, body in bodies.items()},
        copied={who: share_known(body, known) for who, body in bodies.items()},
        history=trainer.history,
    )
    write_card(card, places.out)


def _corpus(places: Places, listener: Listener) -> Corpus:
    if not places.corpus.exists():
        stretches = corpora.stretches_of(places.data, on_progress=listener.reading)
        corpora.save(corpora.build(stretches), places.corpus)
    return corpora.load(places.corpus)
