"""What all trainings have in common: where they read and write, who is told, the loop itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

from livecoder.models.containers.tensors import write_tensors

__all__ = ["Learner", "Listener", "Places", "Progress", "keep", "learn"]


class Progress(NamedTuple):
    """Where a run stands.

    Attributes:
        step: optimiser steps done.
        epochs: times the corpus was dealt out.
        loss: nats per event (or 16th) on the last batch, dropout on.
        done: share of the plan, 0 to 1.
        seconds: spent training, over all resumptions.
    """

    step: int
    epochs: float
    loss: float
    done: float
    seconds: float


class Listener(Protocol):
    """Told how a run goes; a progress bar, or a test."""

    def reading(self, source: str, pieces: int) -> None:
        """Say that so many pieces of a set have been read."""

    def learning(self, progress: Progress) -> None:
        """Say where training stands, after every step."""

    def checked(self, nats: float) -> None:
        """Say the nats per event (or 16th) on a part of the validation split."""

    def judging(self, what: str) -> None:
        """Say what is measured now that training is over."""


class Learner(Protocol):
    """A trainer: iterated, it takes a step at a time until its plan is done."""

    history: list[dict[str, float]]

    def __iter__(self) -> Iterator[Progress]:
        """Take a step, and say where the run stands."""

    def save(self, path: Path) -> None:
        """Write a checkpoint."""


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


def learn(
    trainer: Learner,
    checkpoint: Path,
    listener: Listener,
    *,
    every: float,
    score: Callable[[], float],
) -> None:
    """Take steps until the plan is done; score and keep a checkpoint now and then, and at the end.

    A run that is interrupted (`KeyboardInterrupt` comes through) has kept its checkpoint first.

    Args:
        trainer: what learns.
        checkpoint: where to keep it.
        listener: told how it goes.
        every: seconds between two scores.
        score: returns nats on a part of the validation split.
    """
    last = time.monotonic()
    try:
        for progress in trainer:
            listener.learning(progress)
            if time.monotonic() - last > every or progress.done >= 1:
                nats = score()
                trainer.history.append(
                    {
                        "step": progress.step,
                        "seconds": round(progress.seconds, 1),
                        "loss": round(progress.loss, 4),
                        "valid": round(nats, 4),
                    }
                )
                trainer.save(checkpoint)
                listener.checked(nats)
                last = time.monotonic()
    except KeyboardInterrupt:
        trainer.save(checkpoint)
        raise


def keep(
    path: Path, tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors to a file; an older one stays whole until the new one is.

    Raises:
        OSError: it cannot be written there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(write_tensors(tensors, metadata))
    partial.replace(path)
