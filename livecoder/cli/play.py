"""`livecoder play`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from livecoder.cli.render import render
from livecoder.core.errors import RangeError
from livecoder.outputs.probe import audible
from livecoder.session.replay import Progress, replay
from livecoder.session.script import Script, read_script

__all__ = ["command"]


def command(
    script: Annotated[Path, typer.Argument(help="A session script.")],
    bars: Annotated[int | None, typer.Option(help="How many bars; else to its end.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the script's.")] = None,
    audio: Annotated[str, typer.Option(help="auto, jack, portaudio or paced.")] = "auto",
    midi: Annotated[str, typer.Option(help="auto, jack, rtmidi or none.")] = "auto",
    out: Annotated[Path, typer.Option(help="Where a render goes.")] = Path("build"),
) -> int:
    """Play a script live; without JACK or a sound card, render it and say where."""
    if bars is not None and not 1 <= bars <= 10_000:
        raise RangeError("--bars", bars, "from 1 to 10000", fix="try --bars 16")
    read = read_script(script)
    if seed is not None:
        read = Script(seed, read.blocks)
    if audio == "auto" and not audible():
        wav, notes = out / f"{script.stem}.wav", out / f"{script.stem}.mid"
        print("No JACK server and no sound card here: rendering instead of playing.")
        return render(read, bars=bars, wav=wav, midi=notes)
    return _live(read, bars, audio, midi)


def _live(script: Script, bars: int | None, audio: str, midi: str) -> int:
    from livecoder.session.live import LiveSession

    sys.setswitchinterval(0.001)
    console = Console()
    console.print("starting the outputs ...", style="dim")
    session = LiveSession(seed=script.seed, audio=audio, midi=midi, start=False)
    try:
        if console.is_terminal:
            with Live(console=console, refresh_per_second=10, transient=True) as live:

                def show(progress: Progress) -> None:
                    for message in progress.messages:
                        console.print(message)
                    live.update(_picture(progress))

                replay(session, script, bars=bars, on_progress=show)
        else:
            last = -1

            def tell(progress: Progress) -> None:
                nonlocal last
                for message in progress.messages:
                    print(message, file=sys.stderr)
                if int(progress.cycle) != last:
                    last = int(progress.cycle)
                    names = " ".join(name for name, _ in progress.playing)
                    print(f"bar {last + 1}/{progress.bars}  {names}", flush=True)

            replay(session, script, bars=bars, on_progress=tell)
    finally:
        session.shutdown()
    return 0


def _picture(progress: Progress) -> Group:
    bar = min(int(progress.cycle) + 1, progress.bars)
    beat = int(progress.cycle % 1 * progress.beats_per_cycle) + 1
    head = Table.grid(padding=(0, 2))
    head.add_row(
        Text(f"bar {bar}.{beat}", style="bold"),
        Text(f"of {progress.bars}"),
        Text(f"{progress.bpm:g} bpm"),
        ProgressBar(total=max(1, progress.bars), completed=progress.cycle, width=40),
    )
    tracks = Table.grid(padding=(0, 2))
    for name, what in progress.playing:
        text = what.removeprefix(f"{name} plays ")
        tracks.add_row(Text(name, style="cyan"), Text(text, overflow="ellipsis", no_wrap=True))
    return Group(head, tracks)
