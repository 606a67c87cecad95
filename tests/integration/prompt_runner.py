"""A prompt on the terminal it is started on, with the performer's words and no sound."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from livecoder.core.rational import Rational
from livecoder.patterns import vocabulary
from livecoder.repl import main
from livecoder.session.tracks import Track
from tests.fakes.prompt_host import TableHost

HEAVY = ("torch", "numpy", "numba", "pyo", "jedi", "typer", "rich", "music21", "soundfile")


class Stage:
    """Keeps what tracks are given, and asks it for a bar as the real one does."""

    def __init__(self, host: TableHost) -> None:
        self._host = host
        self._playing: dict[str, Any] = {}

    def assign(self, name: str, pattern: Any, *, now: bool = False) -> None:
        if pattern is None:
            self._playing.pop(name, None)
        else:
            made = vocabulary.reify(pattern)
            made.query(Rational(0), Rational(1))
            self._playing[name] = made
        self._host.play(*sorted(self._playing))

    def describe(self, name: str) -> str:
        return f"{name} plays {self._playing.get(name, 'nothing')!r}"


def heavy() -> list[str]:
    """Return what is imported that a prompt does not need."""
    return [name for name in HEAVY if name in sys.modules]


if __name__ == "__main__":
    words = {name: getattr(vocabulary, name) for name in vocabulary.__all__}
    host = TableHost(**words, asyncio=asyncio, heavy=heavy)
    stage = Stage(host)
    host.namespace |= {f"d{n}": Track(stage, f"d{n}") for n in range(1, 5)}  # type: ignore[arg-type]
    status = main(host, debug="--debug" in sys.argv)
    told = f"left with {status} after {len(host.begun)} blocks"
    # The terminal may be gone by now.
    Path(os.environ["XDG_STATE_HOME"], "told").write_text(told)
    with contextlib.suppress(OSError):
        print(told, flush=True)
    os._exit(status)
