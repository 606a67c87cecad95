"""A whole training of Music Transformer, from the archive to weights and card, told as it goes.

Everything lies in one working folder: `piano.safetensors` (the corpus, read once),
`checkpoint.safetensors` (every few minutes, and when stopped), then weights and card.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.training import piano
from livecoder.training.piano import PianoCorpus
from livecoder.training.transformer import Plan, Progress, Trainer
from livecoder.training.transformer_figures import held_out

__all__ = ["Listener", "Places", "train"]

_BETWEEN_CHECKS_S = 240.0
_CHECKED = 32  # windows of the validation split that are scored now and then


class Listener(Protocol):
    """Told how a run goes; a progress bar, or a test."""

    def reading(self, source: str, pieces: int) -> None:
        """Say that so many pieces of a set have been read."""

    def learning(self, progress: Progress) -> None:
        """Say where training stands, after every step."""

    def checked(self, nats: float) -> None:
        """Say the nats per event on a part of the validation split."""

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
        return self.work / "piano.safetensors"

    @property
    def checkpoint(self) -> Path:
        """Where a run that stopped goes on."""
        return self.work / "checkpoint.safetensors"


def train(
    places: Places,
    plan: Plan,
    listener: Listener,
    *,
    fresh: bool,
    shape: TransformerShape | None = None,
    verdict: str = "",
) -> None:
    """Train until the plan is done, then measure, and write weights and card.

    A run that is interrupted (`KeyboardInterrupt` comes through) has kept its checkpoint first.

    Args:
        places: where to read and write.
        plan: how to train.
        listener: told how it goes.
        fresh: begin anew, even where there is a checkpoint.
        shape: of the network; None for the one livecoder ships.
        verdict: how it sounds, in the words of someone who listened; for the card.

    Raises:
        ModelFileError: data, corpus or checkpoint cannot be used.
    """
    torch.set_num_threads(1)
    corpus = _corpus(places, listener)
    trainer = Trainer(corpus, plan, shape or TransformerShape())
    untrained = held_out(trainer.network, corpus, "test", limit=_CHECKED).nats
    if places.checkpoint.exists() and not fresh:
        trainer.resume(places.checkpoint)
    last = time.monotonic()
    with _kept(trainer, places.checkpoint):
        for progress in trainer:
            listener.learning(progress)
            if time.monotonic() - last > _BETWEEN_CHECKS_S or progress.done >= 1:
                nats = held_out(trainer.network, corpus, "valid", limit=_CHECKED).nats
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
    # Imported late: judging needs the model as it plays, training does not.
    from livecoder.training.transformer_card import judge

    judge(places.out, trainer, untrained, listener.judging, verdict=verdict)


def _corpus(places: Places, listener: Listener) -> PianoCorpus:
    if not places.corpus.exists():
        songs = piano.songs_of(places.data, on_progress=listener.reading)
        piano.save(piano.build(songs), places.corpus)
    return piano.load(places.corpus)


@contextmanager
def _kept(trainer: Trainer, checkpoint: Path) -> Iterator[None]:
    """Keep a checkpoint when what is inside is interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        trainer.save(checkpoint)
        raise
