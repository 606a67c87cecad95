"""`livecoder render`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from livecoder.core.errors import RangeError
from livecoder.models.ahead import Composer
from livecoder.models.registry import MODELS
from livecoder.outputs.audio.offline import Engine
from livecoder.session.script import Script, read_script

__all__ = ["command", "render"]


def command(
    script: Annotated[Path, typer.Argument(help="A session script.")],
    bars: Annotated[int | None, typer.Option(help="How many bars; else to its end.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the script's.")] = None,
    wav: Annotated[Path | None, typer.Option(help="The mix, 48 kHz, 24 bit.")] = None,
    midi: Annotated[Path | None, typer.Option(help="All notes as a MIDI file.")] = None,
    stems: Annotated[Path | None, typer.Option(help="A folder for one WAV a track.")] = None,
) -> int:
    """Render a script without waiting: the same notes, the same sounds, faster than real time."""
    if bars is not None and not 1 <= bars <= 10_000:
        raise RangeError("--bars", bars, "from 1 to 10000", fix="try --bars 16")
    if wav is None and midi is None and stems is None:
        wav = Path(f"{script.stem}.wav")
    return render(read_script(script), bars=bars, seed=seed, wav=wav, midi=midi, stems=stems)


def render(
    script: Script,
    *,
    bars: int | None = None,
    seed: int | None = None,
    wav: Path | None = None,
    midi: Path | None = None,
    stems: Path | None = None,
) -> int:
    """Render with a progress bar; returns the exit status: 1 if a block did not run.

    Raises:
        SessionFileError: a path cannot be written.
        DeviceError: a network or the engine failed.
    """
    begun = monotonic()
    composer = Composer()
    for model in MODELS:
        if any(f"{model}(" in block.source for block in script.blocks):
            # The network's process starts while this one still imports.
            composer.warm(model)
    sounds = wav is not None or stems is not None
    with contextlib.ExitStack() as stack:
        stack.callback(composer.close)
        engine = stack.enter_context(Engine()) if sounds else None
        from livecoder.session.offline import perform
        from livecoder.session.rendering import (
            check_writable,
            write_audio,
            write_notes,
        )

        check_writable(wav, midi, None if stems is None else stems / "mix.wav")
        console = Console(stderr=True)
        with Progress(
            TextColumn("{task.description:10}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f}%"),
            TimeElapsedColumn(),
            console=console,
            transient=not console.is_terminal,
        ) as progress:
            notes = progress.add_task("notes", total=1.0)
            performed = perform(
                script,
                bars=bars,
                seed=seed,
                composer=composer,
                on_bar=lambda bar, total: progress.update(notes, completed=bar / total),
            )
            if midi is not None:
                write_notes(performed, midi)
            seconds = performed.seconds(performed.beats)
            if sounds:
                sound = progress.add_task("sound", total=1.0)
                write_audio(
                    performed,
                    wav=wav,
                    stems=stems,
                    seed=script.seed if seed is None else seed,
                    on_progress=lambda done: progress.update(sound, completed=done),
                    engine=engine,
                )
    took = monotonic() - begun
    for problem in performed.problems:
        print(f"livecoder: {problem}", file=sys.stderr)
    count = sum(map(len, performed.tracks.values()))
    made = ", ".join(str(path) for path in (wav, midi, stems) if path is not None)
    print(f"{made}: {count} notes, {seconds:.1f} s of music in {took:.1f} s")
    return 1 if performed.problems else 0
