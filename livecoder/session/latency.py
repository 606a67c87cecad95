"""How long each output takes to the listener's ear, and how long the others wait for it.

Conventions
-----------
Milliseconds from the moment an output was told to sound at until it is heard. `audio` is the audio
process; every other name is a MIDI port or a place OSC goes to. A figure that was **set** (by
`latency("audio", 12)`, or by `livecoder calibrate`) counts before one that was **measured** (what
JACK reports); an output that nobody knows anything of counts as 0.

The slowest of those in use is the reference: it is given its notes on the beat, and the others
theirs so much later that all are heard together. An output is in use from its first report on, a
port or a place from the first that names it; nobody waits for a port that was set in another
session and is not here. What has been in use is waited for to the end, also while it is gone: a
loose cable moves nothing.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from livecoder.core.errors import RangeError, SessionFileError
from livecoder.core.events import Configure, Report
from livecoder.core.protocols import Output

__all__ = ["AUDIO", "Latencies", "checked_latency", "read_latencies", "write_latency"]

AUDIO = "audio"
_MOST_MS = 1000.0
_MOST_NAMES = 256
_LARGEST_FILE = 65_536
_LONGEST_NAME = 200
# A measured figure that trembles by less moves nothing.
_TREMBLE_MS = 0.05
_FIX = 'try latency("audio", 12)'


def checked_latency(ms: Any) -> float:
    """Return a latency that is one, milliseconds.

    Raises:
        RangeError: it is no number, or outside 0 to 1000.
    """
    number = isinstance(ms, (int, float)) and not isinstance(ms, bool)
    if not number or not 0 <= ms <= _MOST_MS:
        raise RangeError("latency", ms, f"from 0 to {_MOST_MS:g} ms", fix=_FIX)
    return float(ms)


def read_latencies(path: Path) -> dict[str, float]:
    """Return the figures that were set; what the file holds besides is passed over."""
    try:
        with path.open("rb") as file:
            held = json.loads(file.read(_LARGEST_FILE))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(held, dict):
        return {}
    figures = {}
    for name, ms in list(held.items())[:_MOST_NAMES]:
        sound = isinstance(ms, (int, float)) and not isinstance(ms, bool) and 0 <= ms <= _MOST_MS
        if sound and len(name) <= _LONGEST_NAME:
            figures[name] = float(ms)
    return figures


def write_latency(path: Path, name: str, ms: float | None) -> None:
    """Keep a figure for the sessions to come; None forgets it.

    Raises:
        SessionFileError: the file cannot be written.
    """
    figures: dict[str, float] = {**read_latencies(path)}
    figures.pop(name, None)
    if ms is not None:
        figures[name] = ms
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
        beside.replace(path)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); set XDG_STATE_HOME"
        raise SessionFileError(message) from error


class Latencies:
    """The figures of one session, and what follows from them for its outputs."""

    def __init__(self, path: Path, clients: Mapping[str, Output]) -> None:
        """Begin with what earlier sessions set.

        Args:
            path: where figures that are set are kept.
            clients: the outputs, by name; told whenever their delays change.
        """
        self._path, self._clients = path, clients
        self._set = read_latencies(path)
        self._measured: dict[str, float] = {}
        self._in_use: frozenset[str] = frozenset()
        self._told: dict[str, dict[str, float]] = {}
        # Each output reports on a thread of its own.
        self._lock = threading.Lock()
        self._tell()

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        return {"latency": self.latency}

    def latency(
        self, name: str | None = None, ms: float | str | None = None
    ) -> float | dict[str, float]:
        """Tell or set how many milliseconds an output takes to your ear; kept for next time.

        `latency()` lists them, `latency("audio", 12)` sets that of the audio, and any other name
        is that of a MIDI port or a place OSC goes to. `latency("audio", "measured")` goes back to
        what JACK reports. The slowest in use is waited for by all others.

        Raises:
            RangeError: the figure is none.
            SessionFileError: it takes effect, but cannot be kept.
        """
        if name is None:
            return {**self._measured, **self._set}
        if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME:
            raise RangeError("name", name, '"audio" or a MIDI port', fix=_FIX)
        if ms is not None:
            given = None if ms == "measured" else checked_latency(ms)
            with self._lock:
                others = {other: held for other, held in self._set.items() if other != name}
                self._set = others if given is None else {**others, name: given}
                self._tell()
            write_latency(self._path, name, self._set.get(name))
        return self._known().get(name, 0.0)

    def on_report(self, report: Report) -> None:
        """Take what an output has measured: `latency`, or `latency PORT` for each port, in ms."""
        in_use = {*report.ports, *((AUDIO,) if report.name == AUDIO else ())}
        with self._lock:
            known = self._measured, self._in_use
            self._in_use |= in_use
            for figure, ms in report.figures.items():
                word, _, port = figure.partition(" ")
                if word == "latency" and math.isfinite(ms) and 0 <= ms <= _MOST_MS:
                    self._measure(port or report.name, ms)
            if known != (self._measured, self._in_use):
                self._tell()

    def delays(self) -> dict[str, dict[str, float]]:
        """Return how much each output delays each of its targets, ms; `""` for all others."""
        known = self._known()
        slowest = max((ms for name, ms in known.items() if name in self._in_use), default=0.0)
        others = {name: max(0.0, slowest - ms) for name, ms in known.items() if name != AUDIO}
        return {
            name: {"": max(0.0, slowest - known.get(AUDIO, 0.0))}
            if name == AUDIO
            else {"": slowest, **others}
            for name in self._clients
        }

    def _measure(self, name: str, ms: float) -> None:
        if abs(self._measured.get(name, -1.0) - ms) > _TREMBLE_MS:
            self._measured = {**self._measured, name: ms}

    def _known(self) -> dict[str, float]:
        return {**self._measured, **self._set}

    def _tell(self) -> None:
        for name, delays in self.delays().items():
            if self._told.get(name, {"": 0.0}) != delays:
                self._told[name] = delays
                self._clients[name].send(Configure({"delays": delays}))
