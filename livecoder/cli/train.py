"""`livecoder train`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.training.sources import SOURCES

if TYPE_CHECKING:
    from livecoder.training.learning import Places
    from livecoder.training.learning import Progress as Standing

__all__ = ["command"]

# `livecoder.training.families` holds how each but the first and the last is trained.
_TRAINABLE = (
    "melody_rnn",
    "melody_rnn_basic",
    "drums_rnn",
    "improv_rnn",
    "polyphony_rnn",
    "performance_rnn",
    "music_transformer",
)


def command(
    model: Annotated[str, typer.Argument(help=f"The network: {', '.join(_TRAINABLE)}.")] = (
        "melody_rnn"
    ),
    data: Annotated[Path, typer.Option(help="Folder with the archives; see --sources.")] = Path(
        "training-data"
    ),
    minutes: Annotated[
        float | None,
        typer.Option(help="Training time in all, over resumptions; each network has its own."),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps instead of minutes.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh/--resume", help="Begin anew, or go on from the checkpoint.")
    ] = False,
    work: Annotated[Path | None, typer.Option(help="Folder for corpus and checkpoint.")] = None,
    out: Annotated[Path | None, typer.Option(help="The weights; the card beside them.")] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is left to chance.")] = 1,
    verdict: Annotated[str, typer.Option(help="How it sounds, in your words, for the card.")] = "",
    sources: Annotated[
        bool, typer.Option("--sources", help="Say where the public finds the data.")
    ] = False,
) -> int:
    """Train a network on data you have; stop with Ctrl-C, go on with the same command."""
    if model not in _TRAINABLE:
        raise UnknownNameError("trainable model", model, _TRAINABLE, listing="livecoder models")
    if sources:
        _say_sources()
        return 0
    if minutes is not None and not 0 < minutes <= 100_000:
        raise RangeError("--minutes", minutes, "more than 0", fix="try --minutes 60")
    if steps is not None and steps < 1:
        raise RangeError("--steps", steps, "at least 1", fix="try --steps 5000")
    from livecoder.training.learning import Places

    folder = work or Path("checkpoints") / model
    places = Places(data, folder, out or folder / f"{model}.safetensors")
    console = Console(stderr=True)
    with _Bar(console) as bar:
        try:
            _train(model, places, bar, minutes, steps, seed=seed, fresh=fresh, verdict=verdict)
        except KeyboardInterrupt:
            console.print(f"stopped and kept in {places.checkpoint}; the same command goes on")
            return 130
    print(f"{places.out} and its card {places.out.with_suffix('.md')}")
    return 0


def _train(
    model: str,
    places: Places,
    bar: _Bar,
    minutes: float | None,
    steps: int | None,
    *,
    seed: int,
    fresh: bool,
    verdict: str,
) -> None:
    """Train one network by its own plan, in so many minutes or steps if they are given."""
    if model == "melody_rnn":
        from livecoder.training import melody_rnn, run

        first = melody_rnn.Plan(steps=steps, minutes=minutes or 60.0, seed=seed)
        run.train(places, first, bar, fresh=fresh, verdict=verdict)
        return
    if model == "music_transformer":
        from livecoder.training import transformer, transformer_run

        longest = transformer.Plan(steps=steps, minutes=minutes or 55.0, seed=seed)
        transformer_run.train(places, longest, bar, fresh=fresh, verdict=verdict)
        return
    from livecoder.training import stacks
    from livecoder.training.families import FAMILIES

    family = FAMILIES[model]
    plan = replace(family.plan, steps=steps, minutes=minutes or family.plan.minutes, seed=seed)
    stacks.train(family, places, plan, bar, fresh=fresh, verdict=verdict)


class _Bar:
    """A listener of every training; it draws loss, held-out loss, time left."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:28}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f}%"),
            TextColumn("{task.fields[figures]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
        )
        self._task = self._progress.add_task("reading", total=None, figures="")
        self._loss = 0.0
        self._valid = ""
        self._at = ""

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def reading(self, source: str, pieces: int) -> None:
        """Show how many pieces have been read."""
        self._progress.update(self._task, description=f"reading {source}", figures=f"{pieces}")

    def learning(self, progress: Standing) -> None:
        """Show loss and progress; the loss shown is a running mean."""
        self._loss += (progress.loss - self._loss) * (0.05 if self._loss else 1.0)
        self._at = f"step {progress.step}, epoch {progress.epochs:.1f}"
        self._progress.update(
            self._task,
            description=self._at,
            total=1.0,
            completed=progress.done,
            figures=f"loss {self._loss:.3f}{self._valid}",
        )

    def checked(self, nats: float) -> None:
        """Show the held-out loss from now on, and leave a line of it."""
        self._valid = f", held out {nats:.3f}"
        self._progress.console.print(f"{self._at}: loss {self._loss:.3f}{self._valid}")

    def judging(self, what: str) -> None:
        """Show what is measured."""
        self._progress.update(self._task, description=f"measuring {what}", total=None, figures="")


def _say_sources() -> None:
    for source in SOURCES:
        print(f"{source.public_name}\n  {source.what}\n  licence: {source.licence}")
        print(f"  {source.where}")
        if source.archive:
            print(f"  --data DIR: DIR/{source.archive}")
