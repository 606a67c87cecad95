"""JACK clients that write down what they hear: MIDI messages and samples with their frames.

Frames are those of the server's own count (`jack_last_frame_time`). MIDI is heard in a process of
its own, where nothing is missed. Samples are heard in this one: where the server does not wait for
everybody (`jackd -S`), a block may be missed or come twice.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from types import TracebackType
from typing import NamedTuple, Self

import jack
import numpy as np

from livecoder.outputs.jack_cycles import Cycles

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


class MidiRecorder:
    """Writes down every message of the MIDI outputs whose full name matches: see `hearing`.

    Attributes:
        heard: messages in the order of arrival.
        xruns: what the server said of them so far.
    """

    def __init__(self, wanted: str = "^livecoder", *, name: str = "recorder") -> None:
        self.heard: list[Heard] = []
        self.xruns = 0
        self._connected: list[str] = []
        self._command = [sys.executable, "-m", "tests.integration.hearing", name, wanted]
        self._ready = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._thread.start()
        if not self._ready.wait(30):
            raise AssertionError("the recorder does not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:  # the server it would say farewell to hangs
            process.kill()
            process.wait()
        self._thread.join(5)

    def connected(self) -> list[str]:
        """Names of what it hears."""
        return list(self._connected)

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                word, *rest = line.rstrip("\n").split(" ")
                match word:
                    case "ready":
                        self._ready.set()
                    case "connected":
                        self._connected = [name.replace("\t", " ") for name in rest]
                    case "xruns":
                        self.xruns = int(rest[0])
                    case "gone":
                        self._connected = []
                    case _:
                        self.heard.append(Heard(int(word), bytes.fromhex(rest[0])))

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


class AudioRecorder:
    """Writes down the sum of the audio outputs whose full name matches."""

    def __init__(self, wanted: str, *, name: str = "recorder") -> None:
        self.client = jack.Client(name, no_start_server=True)
        self.wanted = re.compile(wanted)
        self.gone = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._connect, daemon=True)
        self.client.set_shutdown_callback(lambda *_why: self.gone.set())
        self._cycles = Cycles(self.client, self._process)
        self._port = self.client.inports.register("in")
        self._blocks: list[tuple[int, bytes]] = []

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
            self._cycles.end()
            self.client.close()

    @property
    def now(self) -> int:
        """The server's frame at this moment."""
        return int(self.client.frame_time)

    def _connect(self) -> None:
        while not self._stop.wait(0.02) and not self.gone.is_set():
            self._connect_now()

    def _connect_now(self) -> None:
        try:
            mine = {port.name for port in self._port.connections}
            for port in self.client.get_ports(is_audio=True, is_output=True):
                if self.wanted.search(port.name) and port.name not in mine:
                    self.client.connect(port, self._port)
        except jack.JackError:
            return  # it went between being seen and being connected

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
