"""The engine: rack, device and clock together, playing live.

Three threads meet here. The device's computes sound and notes when each buffer is due; nothing else
happens there. The engine's own ticks the rack. Whoever owns the engine hands over notes from a
third. The last two share a lock, which the device's thread never takes.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from livecoder.core.errors import LivecoderError
from livecoder.outputs.audio.devices import open_device
from livecoder.outputs.audio.frames import FrameMap
from livecoder.outputs.audio.rack import AHEAD, Rack
from livecoder.outputs.audio.recorder import Recorder
from livecoder.outputs.urgency import ENGINE, SOUND, favour_process, favour_thread

__all__ = ["Engine"]

_TICK = 0.004
# Objects are made this many voices a tick: each holds the interpreter for less than a millisecond.
_GROW = 1


class Engine:
    """One pyo server that plays what it is given, when it is due."""

    def __init__(
        self,
        *,
        backend: str | None = None,
        seed: int = 0,
        on_message: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Open the device and start.

        Args:
            backend: `"jack"`, `"portaudio"`, `"paced"`, or None for the best there is.
            seed: of every noise.
            on_message: told what the performer should know; called on any thread.

        Raises:
            DeviceError: the device that was named is not there.
        """
        favour_process()
        # The device's thread waits for the interpreter no longer than this.
        sys.setswitchinterval(0.0005)
        self._device = open_device(backend)
        server = self._device.server
        self.backend = self._device.name
        self.rate = server.rate
        self.rack = Rack(
            server.rate, server.buffer, seed, frame_of=self._frame_of, computed=self._computed
        )
        self.rack.warm()
        self._map = FrameMap(server.rate, server.buffer, **self._device.steadiness)
        self._on_message = on_message
        self._recording = threading.Lock()
        self._lock = threading.Lock()
        self._wanted: deque[tuple[str, Mapping[str, Any]]] = deque()
        self._begun = -server.buffer
        self._device_thread: int | None = None
        self._recorder: Recorder | None = None
        self._measured = (time.monotonic(), 0.0)
        self._stop = threading.Event()
        # What exists now stays; collecting later has little to look through.
        gc.collect()
        gc.freeze()
        self._device.start(self._callback)
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    @property
    def lead(self) -> float:
        """How far ahead of its onset a note should be handed over, seconds."""
        return AHEAD + (self.rack.mixer.latency + 2 * self._device.server.buffer) / self.rate

    def prepare(self, track: str, controls: Mapping[str, Any]) -> None:
        """Have the voices ready that such a note will need; returns at once."""
        self._wanted.append((track, controls))

    def play(self, ns: int, lasts: float, track: str, controls: Mapping[str, Any]) -> None:
        """Have a note start at `ns`, `CLOCK_MONOTONIC` nanoseconds; late ones start at once.

        Args:
            ns: when.
            lasts: how long it is held, seconds.
            track: whose strip it goes through.
            controls: as in `core.events.Event`.
        """
        with self._lock:
            self.rack.note(ns, lasts, track, controls)

    def mix(self, track: str, settings: Mapping[str, float]) -> None:
        """Move a track's strip; see `Rack.set`."""
        with self._lock:
            self.rack.set(track, settings)

    def panic(self) -> None:
        """Silence everything within 20 ms and forget what waits."""
        with self._lock:
            self.rack.panic(self._computed())

    def hush(self) -> None:
        """Let what sounds fade and forget what waits."""
        with self._lock:
            self.rack.hush(self._computed())

    @property
    def frames(self) -> int:
        """How many frames were begun: a device that is alive counts on."""
        return self._begun

    def record(self, path: Path | None) -> None:
        """Write what is heard to a WAV file from now on; None ends it.

        Raises:
            SessionFileError: it cannot be written there.
        """
        with self._recording:
            if self._recorder is not None:
                self._on_message(self._recorder.close())
                self._recorder = None
            if path is not None:
                outs, rate = self.rack.mixer.outs, self.rate
                self._recorder = Recorder(path, outs, rate, lambda: self._begun)
                self._on_message(f"recording to {path}")

    def figures(self) -> dict[str, float]:
        """Return `load` (share of a core the device's thread takes), `late`, `sent`, `voices`.

        And `latency` (ms from a frame's time to the ear), where it is known. `load` is since
        the last call.
        """
        busy = 0.0
        if self._device_thread is not None and hasattr(time, "pthread_getcpuclockid"):
            clock = time.pthread_getcpuclockid(self._device_thread)
            busy = time.clock_gettime(clock)
        now = time.monotonic()
        before, spent = self._measured
        load = (busy - spent) / (now - before) if spent and now > before else 0.0
        self._measured = (now, busy)
        latency = self._device.latency_ms()
        return ({} if latency is None else {"latency": latency}) | {
            "load": max(load, 0.0),
            "late": float(self.rack.late),
            "sent": float(self.rack.sounded),
            "voices": float(self.rack.voices),
            "jumps": float(self._map.jumps),
        }

    def close(self) -> None:
        """Stop, and finish a recording."""
        self.record(None)
        self._stop.set()
        self._thread.join(2.0)
        self._device.close()

    # The device's thread

    def _callback(self) -> None:
        if self._device_thread is None:
            self._device_thread = threading.get_ident()
            favour_thread(SOUND)
        self._begun += self._device.server.buffer
        self._map.observe(self._device.observe(self._begun))

    # The engine's thread

    def _computed(self) -> int:
        return self._begun + self._device.server.buffer

    def _frame_of(self, ns: int) -> int:
        exact = self._device.frames_exactly(ns)
        return round(self._map.frame_at(ns) if exact is None else exact)

    def _run(self) -> None:
        # Just below the device's: while it holds the interpreter it must not be kept from ending.
        favour_thread(ENGINE)
        while not self._stop.wait(_TICK):
            try:
                with self._lock:
                    self.rack.tick(self._computed())
                for _ in range(_GROW):
                    self._grow()
            except LivecoderError as error:
                self._on_message(str(error))

    def _grow(self) -> None:
        if not self._wanted:
            return
        track, controls = self._wanted[0]
        with self._lock:
            ready = self.rack.prepare(track, controls)
        if ready:
            self._wanted.popleft()
