"""JACK clients that write down what they hear: MIDI messages and samples with their frames.

Both must be opened in a process that does little else. The server waits for them (`jackd -S`), so
no cycle is missed. Frames are those of the server's own count (`jack_last_frame_time`).
"""

from __future__ import annotations

import re
import threading
from types import TracebackType
from typing import Any, NamedTuple, Self

import jack
import numpy as np

__all__ = ["AudioRecorder", "Heard", "MidiRecorder"]

jack.set_error_function(lambda _text: None)
jack.set_info_function(lambda _text: None)


class Heard(NamedTuple):
    """A MIDI message that arrived.

    Attributes:
        frame: when, in frames of the server.
        data: its bytes.
    """

    frame: int
    data: bytes

    @property
    def is_on(self) -> bool:
        """Whether it begins a note."""
        return self.data[0] & 0xF0 == 0x90 and self.data[2] > 0

    @property
    def is_off(self) -> bool:
        """Whether it ends a note."""
        return self.data[0] & 0xF0 == 0x80 or (self.data[0] & 0xF0 == 0x90 and self.data[2] == 0)

    @property
    def channel(self) -> int:
        """1 to 16."""
        return (self.data[0] & 0x0F) + 1

    @property
    def note(self) -> int:
        """The number of the key, or of the controller."""
        return self.data[1]


class _Recorder:
    """A client with one input, which connects to every output whose name matches."""

    def __init__(self, name: str, wanted: str, *, server: str | None) -> None:
        self.client = jack.Client(name, servername=server, no_start_server=True)
        self.wanted = re.compile(wanted)
        self.rate = self.client.samplerate
        self.gone = threading.Event()
        self.xruns = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._connect, daemon=True)
        self.client.set_shutdown_callback(lambda *_why: self.gone.set())
        self.client.set_process_callback(self._process)
        self.client.set_xrun_callback(self._on_xrun)

    def __enter__(self) -> Self:
        self.client.activate()
        self._connect_now()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(2)
        if not self.gone.is_set():
            self.client.deactivate()
            self.client.close()

    @property
    def now(self) -> int:
        """The server's frame at this moment."""
        return int(self.client.frame_time)

    def connected(self) -> list[str]:
        """Names of what it hears."""
        return [port.name for port in self._port.connections]

    _port: Any

    def _process(self, frames: int) -> None:
        raise NotImplementedError

    def _sources(self) -> list[Any]:
        raise NotImplementedError

    def _on_xrun(self, _delay: float) -> None:
        self.xruns += 1

    def _connect(self) -> None:
        while not self._stop.wait(0.02) and not self.gone.is_set():
            self._connect_now()

    def _connect_now(self) -> None:
        try:
            mine = set(self.connected())
            for port in self._sources():
                if self.wanted.search(port.name) and port.name not in mine:
                    self.client.connect(port, self._port)
        except jack.JackError:
            return  # it went between being seen and being connected


class MidiRecorder(_Recorder):
    """Writes down every message of the MIDI outputs whose full name matches.

    Attributes:
        heard: messages in the order of arrival.
    """

    def __init__(
        self, wanted: str = "^livecoder", *, name: str = "recorder", server: str | None = None
    ) -> None:
        super().__init__(name, wanted, server=server)
        self.heard: list[Heard] = []
        self._port = self.client.midi_inports.register("in")

    def _sources(self) -> list[Any]:
        return list(self.client.get_ports(is_midi=True, is_output=True))

    def _process(self, _frames: int) -> None:
        start = self.client.last_frame_time
        for offset, data in self._port.incoming_midi_events():
            self.heard.append(Heard(start + offset, bytes(data)))

    @property
    def ons(self) -> list[Heard]:
        """The notes that began."""
        return [one for one in self.heard if one.is_on]

    def sounding(self) -> set[tuple[int, int]]:
        """Return (channel, note) of every note that began and has not ended."""
        held: set[tuple[int, int]] = set()
        for one in list(self.heard):
            if one.is_on:
                held.add((one.channel, one.note))
            elif one.is_off:
                held.discard((one.channel, one.note))
            elif one.data[0] & 0xF0 == 0xB0 and one.note in (120, 123):
                held = {(channel, note) for channel, note in held if channel != one.channel}
        return held


class AudioRecorder(_Recorder):
    """Writes down the sum of the audio outputs whose full name matches."""

    def __init__(self, wanted: str, *, name: str = "recorder", server: str | None = None) -> None:
        super().__init__(name, wanted, server=server)
        self._port = self.client.inports.register("in")
        self._blocks: list[tuple[int, bytes]] = []

    def _sources(self) -> list[Any]:
        return list(self.client.get_ports(is_audio=True, is_output=True))

    def _process(self, _frames: int) -> None:
        self._blocks.append((self.client.last_frame_time, bytes(self._port.get_buffer())))

    def samples(self) -> tuple[int, np.ndarray]:
        """Return the first frame and the samples since, as float32; a missed block is silence."""
        blocks = list(self._blocks)
        if not blocks:
            return 0, np.zeros(0, np.float32)
        begin = blocks[0][0]
        end = max(frame + len(data) // 4 for frame, data in blocks)
        sound = np.zeros(end - begin, np.float32)
        for frame, data in blocks:
            if frame >= begin:
                block = np.frombuffer(data, np.float32)
                sound[frame - begin : frame - begin + len(block)] = block
        return begin, sound
