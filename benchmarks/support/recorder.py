"""A JACK client that records, in a process of its own: `python -m support.recorder OUT.npz ...`.

Conventions
-----------
Frames are counted by the server. MIDI is kept with the frame each event arrived on; audio as
samples with the frame of each buffer; and for every cycle the server's own idea of when it began.
JACK's microseconds are of `CLOCK_MONOTONIC_RAW` on Linux, which runs at another rate than the
`CLOCK_MONOTONIC` the beat grid is in: both are read side by side all the while, and a straight line
leads from one to the other. From frames to microseconds there is no such line: a server without
real-time rights that is kept waiting loses time, and frames with it; so a frame's time is what the
server itself said of the cycle it was in, as any client, and any driver, has to take it.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Recording", "recording", "start"]

_SECONDS = 600
_TURN = 0.1
_AUDIBLE = 1e-3


class Recording:
    """What a recorder brought back.

    Attributes:
        events: shape `(n, 4)`: frame, status byte, pitch, velocity; 0 for bytes it has not.
        cycles: shape `(c, 3)`: first frame, microseconds, those when the next was to begin; floats.
        audio: samples of the mix, shape `(s,)`.
        rate: frames per second.
        xruns: as the server counted them.
        drift_ppm: how much longer the server's second is than the clock's, in millionths.
        wander_ms: how far the server's frames are from an even pace at most.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path) as data:
            self.events: NDArray[np.int64] = data["events"]
            self.cycles: NDArray[np.float64] = data["cycles"]
            self.audio: NDArray[np.float32] = data["audio"]
            self.rate = int(data["rate"])
            self.xruns = int(data["xruns"])
            clocks: NDArray[np.int64] = data["clocks"]
        self._to_ns = _Line(*clocks.T.astype(np.float64))
        frames, micros, _ = self.cycles.T
        line = _Line(frames, self._to_ns(micros))
        self.drift_ppm = (line.slope * self.rate / 1e9 - 1) * 1e6
        self.wander_ms = float(np.abs(self._to_ns(micros) - line(frames)).max()) / 1e6

    def ns(self, frames: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when frames were, `CLOCK_MONOTONIC` nanoseconds."""
        begins, micros, _ = self.cycles.T
        cycle = np.clip(np.searchsorted(begins, frames, "right") - 1, 0, len(begins) - 1)
        since = (frames - begins[cycle]) * 1e6 / self.rate
        return np.asarray(self._to_ns(micros[cycle] + since), np.float64)

    def stamps(self, ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the frames that lie at times, as a client had to stamp them in their cycle."""
        frames, micros, following = self.cycles.T
        begins, ends = self._to_ns(micros), self._to_ns(following)
        cycle = np.clip(np.searchsorted(begins, ns, "right") - 1, 0, len(begins) - 1)
        period = self.audio.size // len(self.cycles)
        into = (ns - begins[cycle]) / (ends[cycle] - begins[cycle])
        return np.asarray(frames[cycle] + np.rint(into * period), np.float64)

    def onsets(self, threshold: float, quiet: float) -> NDArray[np.int64]:
        """Return the frames at which sound rises above a threshold after `quiet` seconds below."""
        loud = np.flatnonzero(np.abs(self.audio) > threshold)
        if not loud.size:
            return np.zeros(0, np.int64)
        first = np.concatenate([[True], np.diff(loud) > quiet * self.rate])
        index = loud[first]
        # The samples lie end to end only while no cycle was missed; each buffer knows its frame.
        period = self.audio.size // len(self.cycles)
        return self.cycles[index // period, 0].astype(np.int64) + index % period


class _Line:
    """The straight line through points, by least squares; numbers are large, so it is centred."""

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self._x, self._y = x.mean(), y.mean()
        self.slope = float(np.polyfit(x - self._x, y - self._y, 1)[0])

    def __call__(self, x: Any) -> Any:
        return self._y + self.slope * (x - self._x)


def start(path: Path, *, midi: str, audio: str, first_sound: bool = False) -> Popen[str]:
    """Start a recorder that connects to all ports whose names match, as they appear.

    Args:
        path: where it puts what it recorded, when its input is closed.
        midi: part of the names of MIDI ports to listen to; empty for none.
        audio: the same for audio ports.
        first_sound: have it print `sound NANOSECONDS` at the first audible sample.
    """
    command = [sys.executable, "-m", "support.recorder", str(path), "--midi", midi]
    command += ["--audio", audio, *(["--first-sound"] if first_sound else [])]
    here = str(Path(__file__).resolve().parents[1])
    places = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    return Popen(command, stdin=PIPE, stdout=PIPE, text=True, bufsize=1, env=environment)


@contextlib.contextmanager
def recording(path: Path, *, midi: str, audio: str) -> Iterator[None]:
    """Record meanwhile; afterwards it is all in the file. See `start`."""
    recorder = start(path, midi=midi, audio=audio)
    try:
        yield
    finally:
        if recorder.stdin is not None:
            recorder.stdin.close()
        try:
            recorder.wait(60)
        except TimeoutExpired:
            recorder.kill()
            recorder.wait()
        finally:
            if recorder.stdout is not None:
                recorder.stdout.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Record until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--midi", default="")
    parser.add_argument("--audio", default="")
    parser.add_argument("--first-sound", action="store_true")
    options = parser.parse_args(argv)
    import jack

    jack.set_error_function(lambda _message: None)
    jack.set_info_function(lambda _message: None)
    client = jack.Client("recorder", no_start_server=True)
    keep = _Keeper(client)
    client.activate()
    stop = _on_end_of_input()
    said = not options.first_sound
    while not stop():
        _connect(client, options.midi, keep.midi, {"is_midi": True})
        _connect(client, options.audio, keep.audio, {"is_audio": True})
        micros, ns = keep.read_clocks()
        if not said and keep.first_sound:
            print(f"sound {ns + 1000 * (keep.first_sound - micros)}", flush=True)
            said = True
        time.sleep(_TURN)
    client.deactivate()
    client.close()
    keep.save(options.out)
    return 0


class _Keeper:
    """The process callback, and what it fills; nothing is allocated in it but the events."""

    def __init__(self, client: Any) -> None:
        self.midi = client.midi_inports.register("midi")
        self.audio = client.inports.register("audio")
        self.first_sound = 0
        """JACK's microseconds of the first cycle that sounded."""
        self._client = client
        self._period, self.rate = client.blocksize, client.samplerate
        buffers = _SECONDS * self.rate // self._period
        self._samples = np.zeros((buffers, self._period), np.float32)
        self._cycles = np.zeros((buffers, 3), np.float64)
        self._filled = 0
        self._events: list[tuple[int, bytes]] = []
        self._xruns = 0
        self._clocks: list[tuple[int, int]] = []
        self._jack = _Jack(client)
        client.set_process_callback(self._process)
        client.set_xrun_callback(self._xrun)

    def _xrun(self, _delay: float) -> None:
        self._xruns += 1

    def _process(self, _frames: int) -> None:
        if self._filled >= len(self._samples):
            return
        cycle = self._jack.cycle()
        if cycle is None:
            return
        frame, micros, following = cycle
        samples = self._samples[self._filled]
        samples[:] = np.frombuffer(self.audio.get_buffer(), np.float32)
        self._cycles[self._filled] = frame, micros, following
        for offset, data in self.midi.incoming_midi_events():
            self._events.append((frame + offset, bytes(data)))
        if not self.first_sound and float(np.abs(samples).max()) > _AUDIBLE:
            self.first_sound = micros
        self._filled += 1

    def read_clocks(self) -> tuple[int, int]:
        """Read JACK's clock and `CLOCK_MONOTONIC` at one instant: microseconds, nanoseconds."""
        best, pair = 1 << 62, (0, 0)
        for _ in range(8):
            before = time.monotonic_ns()
            micros = self._jack.time()
            after = time.monotonic_ns()
            if after - before < best:
                best, pair = after - before, (micros, (before + after) // 2)
        self._clocks.append(pair)
        return pair

    def save(self, path: Path) -> None:
        """Write what was recorded."""
        events = [(frame, *data.ljust(3, b"\0")[:3]) for frame, data in self._events]
        np.savez(
            path,
            events=np.array(events, np.int64).reshape(-1, 4),
            cycles=self._cycles[: self._filled],
            clocks=np.array(self._clocks, np.int64),
            audio=self._samples[: self._filled].reshape(-1),
            rate=self.rate,
            xruns=self._xruns,
        )


class _Jack:
    """What JACK-Client does not offer. Our own, not livecoder's: what is measured measures not."""

    def __init__(self, client: Any) -> None:
        import jack

        library = ctypes.CDLL(jack._libname)
        self.time = library.jack_get_time
        self.time.restype = ctypes.c_uint64
        self._times = library.jack_get_cycle_times
        self._times.argtypes = [ctypes.c_void_p] * 5
        self._pointer = ctypes.c_void_p(int(jack._ffi.cast("uintptr_t", client._ptr)))
        self._words = (ctypes.c_uint32(), ctypes.c_uint64(), ctypes.c_uint64(), ctypes.c_float())
        self._places = [ctypes.byref(word) for word in self._words]

    def cycle(self) -> tuple[int, int, int] | None:
        """Return first frame, microseconds, and those of the next cycle; in the callback only."""
        if self._times(self._pointer, *self._places) != 0:
            return None
        frame, now, following, _ = self._words
        return frame.value, now.value, following.value


def _connect(client: Any, part: str, to: Any, kind: dict[str, bool]) -> None:
    """Connect what has appeared; the recorder's own ports and what it has are left alone."""
    if not part:
        return
    have = {port.name for port in to.connections}
    for port in client.get_ports(is_output=True, **kind):
        if part in port.name and port.name not in have and not port.name.startswith("recorder:"):
            try:
                client.connect(port, to)
            except Exception as error:
                print(f"cannot connect {port.name}: {error}", file=sys.stderr)
                continue
            print(f"connected {port.name}", flush=True)


def _on_end_of_input() -> Callable[[], bool]:
    import threading

    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    return ended.is_set


if __name__ == "__main__":
    sys.exit(main())
