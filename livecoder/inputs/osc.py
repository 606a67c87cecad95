"""OSC coming in: the last values of every address, each from the moment its timetag says.

Conventions
-----------
Times are `CLOCK_MONOTONIC` nanoseconds. A packet is hostile until it is read: what is longer than
8 KiB, malformed, or of a time more than a minute away is dropped, and said once in ten
seconds; addresses, arguments, texts and values that wait are bounded. Nobody is answered.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from bisect import insort
from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from livecoder.core.errors import DeviceError, RangeError
from livecoder.inputs.osc_packets import LARGEST, Value, read_packet

__all__ = ["OscListener", "OscValues"]

_MOST_ADDRESSES = 1024
_MOST_HELD = 64
_FARTHEST_NS = 60 * 10**9
_SAY_AGAIN_S = 10.0


class _Held(NamedTuple):
    at_ns: int
    values: tuple[Value, ...]


class OscValues:
    """What came in, by address. Any thread may put or ask."""

    def __init__(self) -> None:
        self._held: dict[str, list[_Held]] = {}
        self._lock = threading.Lock()

    def put(self, address: str, values: tuple[Value, ...], at_ns: int, now_ns: int) -> None:
        """Let an address have these values from a time on.

        Raises:
            ValueError: there are too many addresses already.
        """
        with self._lock:
            held = self._held.get(address)
            if held is None:
                if len(self._held) >= _MOST_ADDRESSES:
                    message = f"more than {_MOST_ADDRESSES} addresses"
                    raise ValueError(message)
                held = self._held[address] = []
            insort(held, _Held(at_ns, values), key=itemgetter(0))
            past = sum(one.at_ns <= now_ns for one in held)
            # The last value that holds already, and what is to come.
            del held[: max(past - 1, len(held) - _MOST_HELD, 0)]

    def at(self, address: str, ns: int) -> tuple[Value, ...] | None:
        """Return the values an address has at a time; None before its first."""
        with self._lock:
            held = [one for one in self._held.get(address, ()) if one.at_ns <= ns]
        return held[-1].values if held else None

    def addresses(self) -> list[str]:
        """Return every address that has sent something."""
        with self._lock:
            return sorted(self._held)


class OscListener:
    """Listens on a UDP port, in a thread of its own.

    Raises:
        DeviceError: the port is taken, or the address is none of this machine's.
        RangeError: the port is none.
    """

    def __init__(self, host: str, port: int, values: OscValues, say: Callable[[str], None]) -> None:
        """Listen from now on.

        Args:
            host: address to listen at: `127.0.0.1` hears this machine alone.
            port: UDP port; 0 for any that is free.
            values: takes what comes.
            say: tells the performer a line, from the thread.
        """
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
            raise RangeError("port", port, "from 1 to 65535", fix="try osc_in(9000)")
        self._values, self._say = values, say
        self._said = -_SAY_AGAIN_S
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except (OSError, TypeError, UnicodeError) as error:
            self._socket.close()
            why = getattr(error, "strerror", None) or error
            message = f"cannot listen for OSC at {host}:{port} ({why}); try osc_in({port + 1})"
            raise DeviceError(message) from error
        self.port: int = self._socket.getsockname()[1]
        self.dropped = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"osc in {port}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._closed.set()
        with contextlib.suppress(OSError):
            # Whoever waits on a socket that is closed may wait for ever; a shutdown wakes it.
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(1.0)

    def _run(self) -> None:
        while True:
            try:
                packet, sender = self._socket.recvfrom(LARGEST + 1)
            except OSError:
                packet, sender = b"", None
            if self._closed.is_set():
                return
            if sender is None:
                continue
            try:
                self._take(packet)
            except Exception as error:  # whatever a packet does, the next one must come
                self._drop(sender, error)

    def _take(self, packet: bytes) -> None:
        messages = read_packet(packet)
        now_ns, wall = time.monotonic_ns(), time.time_ns()
        for address, values, unix_ns in messages:
            later = 0 if unix_ns is None else unix_ns - wall
            if later > _FARTHEST_NS:
                message = "its time is more than a minute away"
                raise ValueError(message)
            self._values.put(address, values, now_ns + max(0, later), now_ns)

    def _drop(self, sender: Any, error: Exception) -> None:
        self.dropped += 1
        now = time.monotonic()
        if now - self._said >= _SAY_AGAIN_S:
            self._said = now
            why = " ".join(str(error).split())[:80] or type(error).__name__
            self._say(f"an OSC packet from {sender[0]} was passed over: {why}")
