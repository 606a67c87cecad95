"""`livecoder calibrate`."""

from __future__ import annotations

import json as written
from dataclasses import asdict
from typing import Annotated

import typer

from livecoder.outputs.loopback import measure
from livecoder.session.latency import AUDIO, write_latency
from livecoder.session.runtime import state_root

__all__ = ["command"]


def command(
    out: Annotated[str, typer.Option(help="JACK port to play to; else the first device.")] = "",
    ear: Annotated[str, typer.Option(help="JACK port to listen to; else the first device.")] = "",
    dry: Annotated[bool, typer.Option("--dry", help="Measure, and keep nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure how long your audio takes to the ear: lead a cable from its output to its input.

    The figure is kept; sessions to come give MIDI and OSC their notes so much later.
    """
    if not json:
        print("eight clicks, about four seconds")
    found = measure(out or None, ear or None)
    path = state_root() / "latency.json"
    if not dry:
        write_latency(path, AUDIO, round(found.out_ms, 3))
    if json:
        print(written.dumps(asdict(found)))
        return
    print(f"round trip {found.round_ms:.2f} ms, of which JACK reports {found.in_ms:.2f} ms in")
    print(f"audio takes {found.out_ms:.2f} ms to the ear (JACK reports {found.reported_ms:.2f} ms)")
    print("nothing was kept" if dry else f"kept in {path}; calibrate again for another buffer")
