"""A way out that only writes down when each message left: what a benchmark listens to.

Everything before the port is what `rtmidi` has; in the port's place, each message is put into
memory with the time at which a port would have got it. The file is written when the process ends.
"""

from __future__ import annotations

import sys
import time
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path

from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.punctual import Punctual

__all__ = ["StampingPorts", "read_stamps"]

_AHEAD_NS = 75_000_000
_SLACK_NS = 33_000_000
# Ten minutes of 16 tracks of 16ths at 120 bpm, with their ends, ten times over.
_MOST = 2_000_000
_WORDS = 4
_UP_TO = 3


class StampingPorts:
    """Implements `Backend`."""

    name = "stamps"
    ahead_ns = _AHEAD_NS
    slack_ns = _SLACK_NS

    def __init__(self, path: Path) -> None:
        """Listen.

        Args:
            path: where `read_stamps` finds what left, once the process has ended.
        """
        self.lost = 0
        self.latencies: Mapping[str, float] = {}
        self.arrivals = Arrivals()
        self.newcomers: set[str] = set()
        self._path = path
        self._names: dict[str, int] = {}
        self._stamps = array("q")
        self._punctual = Punctual("stamps", self._write)

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:
        """See `Backend`."""
        self._punctual.put(deadline_ns, port, data)

    def cancel(self) -> None:
        """See `Backend`."""
        self._punctual.cancel()

    def open(self, names: Iterable[str]) -> None:
        """See `Backend`."""
        for name in names:
            self._names.setdefault(name, len(self._names))

    def listen(self, names: Iterable[str]) -> None:
        """See `Backend`; nothing comes in."""

    def maintain(self) -> None:
        """See `Backend`."""

    def ports(self) -> tuple[str, ...]:
        """See `Backend`."""
        return tuple(self._names)

    def close(self) -> None:
        """Write the file."""
        self._punctual.close()
        head = "\n".join([*self._names, "", ""]).encode()
        try:
            self._path.write_bytes(head + self._stamps.tobytes())
        except OSError as error:
            sys.stderr.write(f"{self._path} cannot be written: {error.strerror}\n")

    def _write(self, port: str, data: bytes) -> None:
        now = time.monotonic_ns()
        if len(self._stamps) >= _MOST * _WORDS or len(data) > _UP_TO:
            self.lost += 1
            return
        number = self._names.setdefault(port, len(self._names))
        message = int.from_bytes(data.ljust(_UP_TO, b"\0"), "big")
        self._stamps.extend((now, number, message, len(data)))


def read_stamps(path: Path) -> list[tuple[int, str, bytes]]:
    """Return what left, in that order: `CLOCK_MONOTONIC` nanoseconds, port, message."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    names = head.decode().split("\n")
    words = array("q")
    words.frombytes(body)
    rows = zip(*(words[column::_WORDS] for column in range(_WORDS)), strict=True)
    return [
        (ns, names[port], message.to_bytes(_UP_TO, "big")[:length])
        for ns, port, message, length in rows
    ]
