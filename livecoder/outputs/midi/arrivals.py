"""What came in: whole messages with the time each arrived, from a driver's thread to the host's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Arrivals", "Arrived", "is_message"]

_MOST = 8192
# Far more than any synthesiser sends of itself.
_LONGEST = 65_536
_SYSEX, _SYSEX_END, _ACTIVE_SENSING = 0xF0, 0xF7, 0xFE
# Bytes of each message by its status: channel messages by the upper four bits, the rest by itself.
_LENGTHS = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3} | {
    0xF1: 2, 0xF2: 3, 0xF3: 2, 0xF6: 1, 0xF8: 1, 0xFA: 1, 0xFB: 1, 0xFC: 1, 0xFE: 1, 0xFF: 1,
}  # fmt: skip


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

    def put(self, ns: int, port: str, data: bytes) -> None:
        """Take a message from a driver; what is none is only noted."""
        if not is_message(data):
            self.malformed.add(port)
        elif data[0] != _ACTIVE_SENSING:
            self._queue.append(Arrived(ns, port, data))
            self.wake()

    def take(self) -> list[Arrived]:
        """Return what waits, in the order it came, and forget it."""
        taken = []
        while self._queue:
            taken.append(self._queue.popleft())
        return taken


def is_message(data: bytes) -> bool:
    """Whether bytes are one whole MIDI message.

    >>> [is_message(bytes.fromhex(x)) for x in ("903c40", "f8", "f07e00f7", "f07e00", "3c40", "")]
    [True, True, True, False, False, False]
    """
    if not 1 <= len(data) <= _LONGEST:
        return False
    status, rest = data[0], data[1:]
    if status == _SYSEX:
        return data[-1] == _SYSEX_END and all(byte < 0x80 for byte in rest[:-1])
    length = _LENGTHS.get(status if status >= 0xF0 else status & 0xF0)
    return len(data) == length and all(byte < 0x80 for byte in rest)


def _nobody() -> None:
    """Wake nobody."""
