"""Who asks the engine for sound, and when they say each buffer is due.

JACK tells the time of every buffer; PortAudio through pyo does not, so the moment of the callback
stands in for it; without a device, a thread asks at the pace of the clock, and the time of a buffer
is exact by definition.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from livecoder.core.errors import DeviceError
from livecoder.outputs.audio.frames import Observation
from livecoder.outputs.audio.server import Server
from livecoder.outputs.jack_latency import playback_frames
from livecoder.outputs.jack_library import jack_library, pointer_of

__all__ = ["BACKENDS", "Device", "open_device"]

BACKENDS = ("jack", "portaudio", "paced")


class Device(Protocol):
    """A server that runs, and its clock."""

    name: str
    server: Server
    steadiness: Mapping[str, float]
    """How its times jitter: arguments of `FrameMap`."""

    def start(self, callback: Callable[[], None]) -> None:
        """Run; `callback` comes before each buffer, on the thread that computes it."""

    def observe(self, frame: int) -> Observation:
        """Say when the buffer that begins with `frame` is due; called in the callback."""

    def frames_exactly(self, ns: int) -> float | None:
        """Return the frame due at `ns` where that is known exactly, else None."""

    def latency_ms(self) -> float | None:
        """Return how long a frame takes from its time to the ear, where that is known."""

    def close(self) -> None:
        """Stop and let go."""


class Portaudio:
    """A sound card through PortAudio."""

    name = "portaudio"
    steadiness: Mapping[str, float] = MappingProxyType({"jitter_ns": 3e6, "narrowest": 0.03})

    def __init__(self) -> None:
        self.server = Server("portaudio")

    def start(self, callback: Callable[[], None]) -> None:
        """Run."""
        self.server.start(callback)

    def observe(self, frame: int) -> Observation:
        """Take now for when the buffer is due: the loop evens out the jitter."""
        return Observation(frame, time.monotonic_ns())

    def frames_exactly(self, ns: int) -> float | None:  # noqa: ARG002
        """Return None: the card has a crystal of its own."""
        return None

    def latency_ms(self) -> float | None:
        """Return None: PortAudio through pyo does not tell; `livecoder calibrate` measures."""
        return None

    def close(self) -> None:
        """Stop."""
        self.server.close()


class Paced:
    """No device: buffers are computed when they would have been due."""

    name = "paced"
    steadiness: Mapping[str, float] = MappingProxyType({"jitter_ns": 1e3, "narrowest": 0.03})

    def __init__(self) -> None:
        self.server = Server("manual")
        self._stop = threading.Event()
        self._begin = 0
        self._thread: threading.Thread | None = None

    def start(self, callback: Callable[[], None]) -> None:
        """Run."""
        self._begin = time.monotonic_ns()
        self.server.start(callback)
        self._thread = threading.Thread(target=self._pace, name="paced", daemon=True)
        self._thread.start()

    def _pace(self) -> None:
        done, buffer = 0, self.server.buffer
        while not self._stop.is_set():
            behind = time.monotonic_ns() - self._due(done)
            if behind < 0:
                self._stop.wait(-behind / 1e9)
                continue
            self.server.process()
            done += buffer

    def _due(self, frame: int) -> int:
        return self._begin + round(frame * 1e9 / self.server.rate)

    def observe(self, frame: int) -> Observation:
        """Say when the buffer is due: that is the definition here."""
        return Observation(frame, self._due(frame))

    def frames_exactly(self, ns: int) -> float | None:
        """Return the frame, exactly."""
        return (ns - self._begin) * self.server.rate / 1e9

    def latency_ms(self) -> float | None:
        """Return 0: nobody hears it."""
        return 0.0

    def close(self) -> None:
        """Stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2.0)
        self.server.close()


class Jack:
    """A JACK server.

    A second client, which has no ports and computes nothing, is there to ask the server the time
    of the cycle pyo is computing. JACK counts microseconds of its own clock, which on Linux runs
    at another rate than `CLOCK_MONOTONIC` by what the kernel corrects; both are read side by side.
    """

    name = "jack"
    # JACK evens out its times itself; what others hear on this server follows them, so we do.
    steadiness: Mapping[str, float] = MappingProxyType({"jitter_ns": 2.5e5, "narrowest": 1.5})

    def __init__(self) -> None:
        import jack

        self.server = Server("jack")
        self._client = jack.Client("livecoder-time", no_start_server=True)
        self._library = _library()
        self._pointer = pointer_of(self._client)
        self._between = self._measure()
        self._until_measure = 0

    def start(self, callback: Callable[[], None]) -> None:
        """Run."""
        self.server.start(callback)

    def observe(self, frame: int) -> Observation:
        """Say when JACK's cycle begins."""
        self._until_measure -= 1
        if self._until_measure <= 0:
            self._until_measure = 8
            # Smoothed: a single reading is a microsecond or two off.
            self._between += 0.05 * (self._measure() - self._between)
        begin = self._library.jack_last_frame_time(self._pointer)
        micros = self._library.jack_frames_to_time(self._pointer, begin)
        return Observation(frame, round(micros * 1000 + self._between))

    def _measure(self) -> float:
        """Return `CLOCK_MONOTONIC` minus JACK's clock, nanoseconds."""
        best, between = 1 << 62, 0.0
        for _ in range(4):
            before = time.monotonic_ns()
            micros = self._library.jack_get_time()
            after = time.monotonic_ns()
            if after - before < best:
                best, between = after - before, (before + after) / 2.0 - micros * 1000.0 - 500.0
        return between

    def frames_exactly(self, ns: int) -> float | None:  # noqa: ARG002
        """Return None: the server has a crystal of its own."""
        return None

    def latency_ms(self) -> float | None:
        """Return what JACK reports for the way from our ports to the physical ones."""
        port = f"{self.server.name}:output_1"
        return 1000.0 * playback_frames(self._client, port) / self.server.rate

    def close(self) -> None:
        """Leave the server."""
        self.server.close()
        self._client.close()


def _library() -> Any:
    library = jack_library()
    library.jack_get_time.restype = ctypes.c_uint64
    library.jack_last_frame_time.restype = ctypes.c_uint32
    library.jack_last_frame_time.argtypes = [ctypes.c_void_p]
    library.jack_frames_to_time.restype = ctypes.c_uint64
    library.jack_frames_to_time.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    return library


def open_device(backend: str | None = None) -> Device:
    """Open a device: the one named, else the best there is, down to none at all.

    Raises:
        DeviceError: the one that was named is not there.
    """
    from livecoder.outputs.probe import jack_runs, sound_card

    if backend not in (None, *BACKENDS):
        message = f"no audio backend is called {backend!r}; there are {', '.join(BACKENDS)}"
        raise DeviceError(message)
    if backend == "jack" or (backend is None and jack_runs()):
        if not jack_runs():
            message = "no JACK server answers; start one: jackd -d alsa, or leave the backend out"
            raise DeviceError(message)
        return Jack()
    if backend == "portaudio" or (backend is None and sound_card()):
        return Portaudio()
    return Paced()
