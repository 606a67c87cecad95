"""A master that sends MIDI clock through JACK, at known times: `python -m timing.master ...`.

Pulse k is due at an exact time of `CLOCK_MONOTONIC`; it is written at that time and some jitter,
drawn evenly from a seed. So whoever follows can be held against what was meant. It prints
`began NANOSECONDS` when it has decided when beat 0 is.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

__all__ = ["CLIENT", "Plan", "main"]

CLIENT = "master"
PULSES = 24
_LEAD_NS = 1_500_000_000
_QUEUED = 64
_START, _CLOCK, _STOP = b"\xfa", b"\xf8", b"\xfc"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each beat of the master is: steady, and then stepping between two tempos.

    Attributes:
        bpm: at first, and at every second step.
        other_bpm: in between.
        steady: beats before the first step.
        every: beats from each step to the next.
        beats: how long it goes on.
    """

    bpm: float
    other_bpm: float
    steady: int
    every: int
    beats: int

    def pieces(self) -> list[tuple[int, float, float]]:
        """Return stretches of one tempo: first beat, seconds from beat 0, beats per minute.

        >>> Plan(120, 60, steady=4, every=2, beats=8).pieces()
        [(0, 0.0, 120), (4, 2.0, 60), (6, 4.0, 120)]
        """
        found, at, beat, bpm = [(0, 0.0, self.bpm)], 0.0, 0, self.bpm
        for step in range(self.steady, self.beats, self.every):
            at += (step - beat) * 60 / bpm
            beat, bpm = step, self.other_bpm if bpm == self.bpm else self.bpm
            found.append((beat, at, bpm))
        return found

    def seconds(self, beat: float) -> float:
        """Return when a beat is, in seconds from beat 0."""
        first, at, bpm = [piece for piece in self.pieces() if piece[0] <= max(beat, 0)][-1]
        return at + (beat - first) * 60 / bpm

    def beat(self, seconds: float) -> float:
        """Return which beat it is, so many seconds after beat 0."""
        first, at, bpm = [piece for piece in self.pieces() if piece[1] <= max(seconds, 0.0)][-1]
        return first + (seconds - at) * bpm / 60

    def arguments(self) -> list[str]:
        """Return what makes `main` play it."""
        words = (self.bpm, self.other_bpm, self.steady, self.every, self.beats)
        return ["--plan", *map(str, words)]


def main(argv: Sequence[str] | None = None) -> int:
    """Send a plan's pulses until its end, or until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", nargs=5, type=float, required=True)
    parser.add_argument("--jitter-ms", type=float, default=0.0, help="how wide, about the time")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    bpm, other, *beats = options.plan
    plan = Plan(bpm, other, *map(int, beats))
    import jack

    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    client = jack.Client(CLIENT, no_start_server=True)
    sender = _Sender(client)
    client.activate()
    begun = time.monotonic_ns() + _LEAD_NS
    print(f"began {begun}", flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    for message in _messages(plan, begun, options.jitter_ms, Random(options.seed)):
        while not sender.put(message):
            if ended.wait(0.05):
                break
        if ended.is_set():
            break
    while not ended.is_set() and sender.queue:
        ended.wait(0.05)
    client.deactivate()
    client.close()
    return 0


def _messages(
    plan: Plan, begun: int, jitter_ms: float, draw: Random
) -> Iterator[tuple[int, bytes]]:
    yield begun - 10_000_000, _START
    for pulse in range(plan.beats * PULSES):
        due = begun + plan.seconds(pulse / PULSES) * 1e9
        yield round(due + draw.uniform(-0.5, 0.5) * jitter_ms * 1e6), _CLOCK
    yield begun + round(plan.seconds(plan.beats) * 1e9), _STOP


class _Sender:
    """Writes each message on its frame; the queue is filled ahead of time."""

    def __init__(self, client: Any) -> None:
        from livecoder.outputs.midi.cycle import CycleTimes

        self.queue: deque[tuple[int, bytes]] = deque()
        self._port = client.midi_outports.register("clock")
        self._times = CycleTimes(client)
        client.set_process_callback(self._process)

    def put(self, message: tuple[int, bytes]) -> bool:
        """Queue a message, if there is room."""
        if len(self.queue) >= _QUEUED:
            return False
        self.queue.append(message)
        return True

    def _process(self, frames: int) -> None:
        self._port.clear_buffer()
        if not self._times.update():
            return
        begin, end = self._times.begin_ns, self._times.end_ns
        offset = 0
        while self.queue and self.queue[0][0] < end:
            when, data = self.queue.popleft()
            place = round((when - begin) * frames / (end - begin))
            offset = min(max(place, offset), frames - 1)
            self._port.write_midi_event(offset, data)


if __name__ == "__main__":
    sys.exit(main())
