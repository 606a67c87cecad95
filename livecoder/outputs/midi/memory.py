"""What ports were connected to, and which channels were used: for the next process, if this dies.

A small JSON file in the session's folder. What a killed process left sounding can then be ended,
and what listened to its ports listens again.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["PortMemory", "Remembered"]

_LARGEST = 1 << 20
_MOST = 256


@dataclass(slots=True)
class Remembered:
    """One port.

    Attributes:
        channels: used, 0 to 15; replaced, never changed, as two threads look at it.
        listeners: full names of what was connected.
    """

    channels: frozenset[int] = frozenset()
    listeners: set[str] = field(default_factory=set)


class PortMemory:
    """Ports by the name the performer typed.

    Attributes:
        ports: as the last process left them, and as they are changed here.
        inputs: what each input listened to, by full names; the same.
    """

    def __init__(self, path: Path) -> None:
        self.ports: dict[str, Remembered] = {}
        self.inputs: dict[str, frozenset[str]] = {}
        self._path = path
        self._written = ""
        with contextlib.suppress(OSError, LookupError, ValueError, TypeError, AttributeError):
            if path.stat().st_size <= _LARGEST:
                self._load(json.loads(path.read_text()))

    def _load(self, held: Any) -> None:
        for name, port in list(held["out"].items())[:_MOST]:
            channels = frozenset(c for c in port["channels"] if isinstance(c, int) and 0 <= c < 16)
            listeners = {one for one in port["listeners"] if isinstance(one, str)}
            self.ports[str(name)] = Remembered(channels, listeners)
        for name, sources in list(held["in"].items())[:_MOST]:
            self.inputs[str(name)] = frozenset(one for one in sources if isinstance(one, str))

    def save(self) -> None:
        """Write the file, if anything changed; that it cannot be written is no reason to stop."""
        out = {
            name: {"channels": sorted(port.channels), "listeners": sorted(port.listeners)}
            for name, port in sorted(self.ports.items())
        }
        sources = {name: sorted(held) for name, held in sorted(self.inputs.items())}
        text = json.dumps({"out": out, "in": sources})
        if text != self._written:
            beside = self._path.with_suffix(".new")
            with contextlib.suppress(OSError):
                beside.write_text(text)
                beside.replace(self._path)
                self._written = text

    def clear(self) -> None:
        """Forget it: everything was ended in order."""
        with contextlib.suppress(OSError):
            self._path.unlink()
