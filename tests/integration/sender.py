"""A JACK client that sends: MIDI messages, each on the frame it was given."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import jack

from livecoder.outputs.jack_cycles import Cycles

__all__ = ["MidiSender"]

jack.set_error_function(lambda _text: None)
jack.set_info_function(lambda _text: None)


class MidiSender:
    """One output port, `NAME:out`; what listens to it connects by itself.

    Attributes:
        sent: `(frame, message)` of what has gone out.
    """

    def __init__(self, name: str = "master", *, server: str | None = None) -> None:
        self.client = jack.Client(name, servername=server, no_start_server=True)
        self.sent: list[tuple[int, bytes]] = []
        self.rate = self.client.samplerate
        self._port = self.client.midi_outports.register("out")
        self._queue: list[tuple[int, int, bytes]] = []
        self._count = 0
        self._lock = threading.Lock()
        self._cycles = Cycles(self.client, self._process)

    def __enter__(self) -> Self:
        self.client.activate()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Go away, as a program that is quit."""
        self._cycles.end()
        self.client.close()

    @property
    def now(self) -> int:
        """The server's frame at this moment."""
        return int(self.client.frame_time)

    @property
    def listeners(self) -> list[str]:
        """Names of what is connected; none while one of them is going."""
        try:
            return [port.name for port in self._port.connections]
        except jack.JackError:  # it was gone before it could be asked for its name
            return []

    def send(self, *data: bytes) -> None:
        """Send messages at once."""
        self.play((0.0, one) for one in data)

    def play(self, messages: Iterable[tuple[float, bytes]], *, delay: float = 0.0) -> int:
        """Send messages at seconds from `delay` seconds from now; return the frame that is."""
        begin = self.now + round(delay * self.rate)
        with self._lock:
            for at, data in messages:
                self._count += 1
                frame = begin + round(at * self.rate)
                heapq.heappush(self._queue, (frame, self._count, data))
        return begin

    def forget(self) -> None:
        """Send nothing of what is still to come."""
        with self._lock:
            self._queue.clear()

    def _process(self, frames: int) -> None:
        self._port.clear_buffer()
        begin = self.client.last_frame_time
        offset = 0
        with self._lock:
            while self._queue and self._queue[0][0] < begin + frames:
                frame, _, data = heapq.heappop(self._queue)
                offset = min(max(frame - begin, offset), frames - 1)
                self._port.write_midi_event(offset, data)
                self.sent.append((begin + offset, data))
