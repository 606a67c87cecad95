"""OSC coming in: values of addresses, each from the moment its timetag says.

Conventions
-----------
Times are `CLOCK_MONOTONIC` nanoseconds. A packet is hostile until it is read: what is longer than
8 KiB, malformed, or of a time more than a minute away is dropped, and said once in ten seconds.
Nobody is answered.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from livecoder.clock.wall import unix_minus_monotonic_ns
from livecoder.core.errors import DeviceError, RangeError
from livecoder.inputs.osc_packets import LARGEST, Value, read_packet

__all__ = ["OscListener", "Sink"]

_FARTHEST_NS = 60 * 10**9
_SAY_AGAIN_S = 10.0


class Sink(Protocol):
    """Who takes the values."""

    def __call__(self, address: str, values: tuple[Value, ...], at_ns: int) -> None:
        """Take what an address has from a time on; called on the listener's thread."""


class OscListener:
    """Listens on a UDP port, in a thread of its own.

    Raises:
        DeviceError: the port is taken, or the address is none of this machine's.
        RangeError: the port is none.
    """

    def __init__(self, host: str, port: int, take: Sink, say: Callable[[str], None]) -> None:
        """Listen from now on.

        Args:
            host: address to listen at: `127.0.0.1` hears this machine alone.
            port: UDP port; 0 for any that is free.
            take: takes what comes.
            say: tells the performer a line, from the thread.
        """
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
            raise RangeError("port", port, "from 1 to 65535", fix="try osc_in(9000)")
        self._sink, self._say = take, say
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
        now_ns, offset = time.monotonic_ns(), unix_minus_monotonic_ns()
        for address, values, unix_ns in messages:
            later = 0 if unix_ns is None else unix_ns - offset - now_ns
            if later > _FARTHEST_NS:
                message = "its time is more than a minute away"
                raise ValueError(message)
            self._sink(address, values, now_ns + max(0, later))

    def _drop(self, sender: Any, error: Exception) -> None:
        self.dropped += 1
        now = time.monotonic()
        if now - self._said >= _SAY_AGAIN_S:
            self._said = now
            why = " ".join(str(error).split())[:80] or type(error).__name__
            self._say(f"an OSC packet from {sender[0]} was passed over: {why}")
