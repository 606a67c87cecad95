"""`livecoder devices`."""

from __future__ import annotations

import json as written
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import typer

from livecoder.outputs.survey import survey

__all__ = ["command"]

_PARTS = ("midi", "jack", "audio")


def command(
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """List MIDI ports and audio devices, by the names that `.midi("...")` takes."""
    with ThreadPoolExecutor() as pool:  # each waits for a process of its own
        found = dict(zip(_PARTS, pool.map(survey, _PARTS), strict=True))
    if json:
        print(written.dumps(found))
        return
    _say("MIDI ports", found["midi"], found["midi"].get("ports", ()))
    jack = found["jack"]
    state = f" at {jack['rate']} Hz, {jack['period']} frames" if "rate" in jack else ""
    lines = (
        f"{port['name']}  ({port['kind']} {'in' if port['takes'] else 'out'})"
        for port in jack.get("ports", ())
    )
    _say(f"JACK{state}", jack, lines)
    cards = (f"{card['number']}  {card['name']}" for card in found["audio"].get("outputs", ()))
    _say("Audio outputs (PortAudio)", found["audio"], cards)


def _say(title: str, answer: dict[str, Any], lines: Iterable[str]) -> None:
    print(title)
    shown = [f"  {line}" for line in lines] or [f"  none{_why(answer)}"]
    print("\n".join(shown))


def _why(answer: dict[str, Any]) -> str:
    return f": {answer['error']}" if "error" in answer else ""
