"""What came in: whole messages with the time each arrived, from a driver's thread to the host's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from livecoder.outputs.midi.framing import Framer

__all__ = ["Arrivals", "Arrived"]

_MOST = 8192
_ACTIVE_SENSING = 0xFE


class Arrived(NamedTuple):
    """A message that came in.

    Attributes:
        ns: when, `CLOCK_MONOTONIC` nanoseconds.
        port: name of the input, as the performer typed it.
        data: its bytes, whole.
    """

    ns: int
    port: str
    data: bytes


class Arrivals:
    """A queue that neither end waits at: full, it forgets the oldest.

    Attributes:
        malformed: names of the ports on which something came that is no MIDI message.
        wake: called after every message that was put in.
    """

    def __init__(self) -> None:
        self.malformed: set[str] = set()
        self.wake: Callable[[], None] = _nobody
        self._queue: deque[Arrived] = deque(maxlen=_MOST)
        self._framers: dict[str, Framer] = {}

    def put(self, ns: int, port: str, data: bytes) -> None:
        """Take what a driver hands over, whole messages or not; what is none is only noted."""
        framer = self._framers.get(port)
        if framer is None:
            framer = self._framers[port] = Framer()
        dropped = framer.dropped
        for message in framer.feed(data):
            if message[0] != _ACTIVE_SENSING:
                self._queue.append(Arrived(ns, port, message))
                self.wake()
        if framer.dropped > dropped:
            self.malformed.add(port)

    def take(self) -> list[Arrived]:
        """Return what waits, in the order it came, and forget it."""
        taken = []
        while self._queue:
            taken.append(self._queue.popleft())
        return taken


def _nobody() -> None:
    """Wake nobody."""
