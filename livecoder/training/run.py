"""A whole training of MelodyRNN, from archives to weights and card, told as it goes.

Everything lies in one working folder: `corpus.safetensors` (read once), `checkpoint.safetensors`
(every few minutes, and when stopped), then the weights and the card beside them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from livecoder.models.melody_rnn.model import load
from livecoder.training import corpus as corpora
from livecoder.training.card import make_card, write_card
from livecoder.training.corpus import Corpus
from livecoder.training.figures import held_out
from livecoder.training.listening import (
    bars_of,
    heard,
    improvised,
    phrases_known,
    share_known,
)
from livecoder.training.melody_rnn import Plan, Progress, Trainer, write_weights
from livecoder.training.ngram import Trigram

__all__ = ["Listener", "Places", "judge", "train"]

_BETWEEN_CHECKS_S = 150.0
_CHECKED = 120  # melodies of the validation split that are scored now and then
_IMPROVISED = 40  # melodies judged for the card


class Listener(Protocol):
    """Told how a run goes; a progress bar, or a test."""

    def reading(self, source: str, pieces: int) -> None:
        """Say that so many pieces of a set have been read."""

    def learning(self, progress: Progress) -> None:
        """Say where training stands, after every step."""

    def checked(self, nats: float) -> None:
        """Say the nats per step on a part of the validation split."""

    def judging(self, what: str) -> None:
        """Say what is measured now that training is over."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run reads and writes.

    Attributes:
        data: folder with the archives of `sources`.
        work: folder for the corpus and the checkpoint.
        out: the weights; the card is put beside them as `.json` and `.md`.
    """

    data: Path
    work: Path
    out: Path

    @property
    def corpus(self) -> Path:
        """The encoded corpus."""
        return self.work / "corpus.safetensors"

    @property
    def checkpoint(self) -> Path:
        """Where a run that stopped goes on."""
        return self.work / "checkpoint.safetensors"


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
    last = time.monotonic()
    with _kept(trainer, places.checkpoint):
        for progress in trainer:
            listener.learning(progress)
            if time.monotonic() - last > _BETWEEN_CHECKS_S or progress.done >= 1:
                nats = held_out(trainer.mean, corpus, "valid", limit=_CHECKED).classes
                trainer.history.append(
                    {
                        "step": progress.step,
                        "seconds": round(progress.seconds, 1),
                        "loss": round(progress.loss, 4),
                        "valid": round(nats, 4),
                    }
                )
                trainer.save(places.checkpoint)
                listener.checked(nats)
                last = time.monotonic()
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


@contextmanager
def _kept(trainer: Trainer, checkpoint: Path) -> Iterator[None]:
    """Keep a checkpoint when what is inside is interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        trainer.save(checkpoint)
        raise
