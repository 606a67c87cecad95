"""Measuring how long sound takes to the ear: clicks go out, and come back in where a wire leads.

Each click is a short burst of noise, found again by correlation, so a loop that is soft, filtered
or upside down is measured too. From the way round, what JACK reports for the way in is taken off:
what is left is the way out.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import DeviceError
from livecoder.outputs.jack_cycles import Cycles
from livecoder.outputs.jack_latency import capture_frames, playback_frames

__all__ = ["CLIENT", "Measured", "delays_of", "measure"]

CLIENT = "livecoder-calibrate"
_CLICKS = 8
_EVERY_S = 0.5
_LENGTH = 64
_LEVEL = 0.5
# A burst stands out of what else is heard by this factor, or it was not heard.
_STANDS_OUT = 6.0
# Clicks agree if they are no farther apart than this many frames.
_AGREE = 3
_ENOUGH = 5
_SEED = 808

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it.

    Attributes:
        out_ms: from the time of a frame to the ear, milliseconds.
        round_ms: the whole way round.
        in_ms: what JACK reports for the way in.
        reported_ms: what JACK reports for the way out.
        heard: how many clicks agreed.
    """

    out_ms: float
    round_ms: float
    in_ms: float
    reported_ms: float
    heard: int


def measure(out: str | None = None, ear: str | None = None) -> Measured:
    """Play clicks and listen for them, about four seconds.

    Args:
        out: the JACK port to play to; the first physical one if not given.
        ear: the JACK port to listen to; the first physical one if not given.

    Raises:
        DeviceError: no JACK server, no such port, or the clicks are not heard.
    """
    try:
        import jack
    except (ImportError, OSError) as error:
        raise DeviceError(_NO_JACK) from error
    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    try:
        client = jack.Client(CLIENT, use_exact_name=True, no_start_server=True)
    except jack.JackError as error:
        raise DeviceError(_NO_JACK) from error
    try:
        return _Session(client, jack).run(out, ear)
    finally:
        client.close()


_NO_JACK = (
    "no JACK server answers, and only through JACK can a loop be measured; start one: "
    'jackd -d alsa, or set it by ear at the prompt: latency("audio", 12)'
)


def delays_of(heard: Samples, burst: Samples, starts: list[int]) -> list[int]:
    """Return after how many frames each burst is heard, for those that are.

    Args:
        heard: what was recorded, `(frames,)`.
        burst: what was played, `(length,)`.
        starts: frames at which it was played, from the start of the recording, ascending.
    """
    found = []
    for start, end in zip(starts, [*starts[1:], len(heard)], strict=True):
        part = heard[start : end + len(burst) - 1]
        if len(part) < len(burst):
            continue
        likeness = np.abs(np.correlate(part, burst, "valid"))
        at = int(likeness.argmax())
        if likeness[at] > _STANDS_OUT * max(float(np.sqrt(np.mean(likeness**2))), 1e-6):
            found.append(at)
    return found


class _Session:
    def __init__(self, client: Any, library: Any) -> None:
        self._client, self._jack = client, library
        self._rate, period = int(client.samplerate), int(client.blocksize)
        self._click = client.outports.register("click")
        self._ear = client.inports.register("ear")
        length = int(_CLICKS * _EVERY_S * self._rate)
        noise = np.random.default_rng(_SEED).uniform(-_LEVEL, _LEVEL, _LENGTH)
        self._burst: Samples = noise.astype(np.float32)
        self._starts = [int((k + 0.1) * _EVERY_S * self._rate) for k in range(_CLICKS)]
        size = length + period
        self._playing, self._heard = np.zeros(size, np.float32), np.zeros(size, np.float32)
        for start in self._starts:
            self._playing[start : start + _LENGTH] = self._burst
        self._at, self._length = 0, length
        self._running, self._done = False, threading.Event()
        self._lost = 0

    def run(self, out: str | None, ear: str | None) -> Measured:
        client = self._client
        cycles = Cycles(client, self._process)
        client.set_xrun_callback(self._on_xrun)
        client.activate()
        self._connect(self._click, self._port(out, is_input=True), out=True)
        if ear != self._click.name:  # our output is on our own input already
            self._connect(self._ear, self._port(ear, is_input=False), out=False)
        self._running = True
        done = self._done.wait(_CLICKS * _EVERY_S * 3 + 5.0)
        cycles.end()
        if not done:
            message = "JACK does not ask for sound; is its device there? livecoder doctor says more"
            raise DeviceError(message)
        return self._measured(delays_of(self._heard, self._burst, self._starts))

    def _process(self, frames: int) -> None:
        click, ear = self._click.get_array(), self._ear.get_array()
        begin, end = self._at, self._at + frames
        if not self._running or self._done.is_set():
            click[:] = 0.0
            return
        click[:] = self._playing[begin:end]
        self._heard[begin:end] = ear
        self._at = end
        if end >= self._length:
            self._done.set()

    def _on_xrun(self, _seconds: float) -> None:
        self._lost += 1

    def _port(self, name: str | None, *, is_input: bool) -> str:
        client = self._client
        if name is None:
            found = client.get_ports(is_audio=True, is_physical=True, is_input=is_input)
            if not found:
                which = "plays" if is_input else "listens"
                message = f"JACK has no device that {which}; name a port: livecoder devices"
                raise DeviceError(message)
            return str(found[0].name)
        return name

    def _connect(self, own: Any, other: str, *, out: bool) -> None:
        pair = (own, other) if out else (other, own)
        try:
            self._client.connect(*pair)
        except self._jack.JackErrorCode as error:
            message = f"JACK has no port {other!r} to connect to; livecoder devices lists them"
            raise DeviceError(message) from error

    def _measured(self, delays: list[int]) -> Measured:
        middle = sorted(delays)[len(delays) // 2] if delays else 0
        agreeing = [delay for delay in delays if abs(delay - middle) <= _AGREE]
        if len(agreeing) < _ENOUGH:
            lost = f", and JACK lost {self._lost} periods" if self._lost else ""
            message = (
                f"of {_CLICKS} clicks {len(agreeing)} came back alike{lost}: lead a cable from the "
                "output to the input and turn the input up, or name ports with --out and --ear"
            )
            raise DeviceError(message)
        scale = 1000.0 / self._rate
        way_in = capture_frames(self._client, self._ear.name)
        reported = playback_frames(self._client, self._click.name)
        return Measured(
            max(0, middle - way_in) * scale,
            middle * scale,
            way_in * scale,
            reported * scale,
            len(agreeing),
        )
