"""How exactly the music is on the beat: `livecoder bench timing --seconds 30 --load`.

A real session plays 16ths at 120 bpm on four MIDI channels and on an audio track, through the real
MIDI and audio processes, into a JACK server without a sound card; another process records what
arrives on which frame. With `--load` a network composes all the while, a busy loop runs in the
front's main thread, where a performer's code would, and another process burns a core.

The ideal grid is the session's tempo map, in `CLOCK_MONOTONIC`; frames are put on that clock by
what the server says of each of its cycles (see `support.recorder`). Three things are told apart:

- `latency_ms`: what all events of a kind have in common, less what the output itself declares;
- `error_ms`: how far each is from the grid, without that (p50, p99 and max of its magnitude);
- `drift_ppm`: how much the error grows in time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from support.recorder import Recording, start
from support.server import jack_server, own_state

from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import DeviceError
from livecoder.core.rational import Rational, floor

BPM = 120
CHANNELS = (1, 2, 3, 4)
STEPS = 16
LOWEST = 40
PORT = "bench"
# Loud from its first milliseconds on, and gone before the next 16th.
SOUND = "rim"
THRESHOLD = 0.02
QUIET = 0.03
# What was started is settled by then, and every port connected.
SETTLING = 4.0
READY = 30.0


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and, last, one JSON object."""
    parser = argparse.ArgumentParser(
        prog="livecoder bench timing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="how long to record")
    parser.add_argument("--load", action="store_true", help="keep everything busy meanwhile")
    parser.add_argument("--json", action="store_true", help="the last line alone")
    options = parser.parse_args(argv)
    if not 1 <= options.seconds <= 500:
        parser.error("--seconds must be from 1 to 500; try --seconds 30")
    with jack_server() as server, own_state():
        figures = measure(options.seconds, load=options.load)
    figures = {"benchmark": "timing", "server": server, "load": options.load, **figures}
    if not options.json:
        for kind in ("midi", "audio"):
            for name, value in figures[kind].items():
                print(f"{kind + ' ' + name:22} {value}")
    print(json.dumps(figures))
    return 0


def measure(seconds: float, *, load: bool) -> dict[str, Any]:
    """Perform, record and compare."""
    from livecoder.session.live import LiveSession
    from livecoder.session.perform import perform_block

    sys.setswitchinterval(0.001)  # as the front does
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.npz"
        recorder = start(path, midi=PORT, audio="livecoder")
        burner: subprocess.Popen[bytes] | None = None
        session = LiveSession(seed=1, audio="jack", midi="jack", start=False)
        try:
            if not session.wait_ready(READY):
                message = "an output did not start; livecoder doctor says why"
                raise DeviceError(message)
            session.scheduler.start()
            for block in _blocks(load=load):
                session.begin(block)
                error = perform_block(block, session.namespace, "<bench>")
                session.end(ok=error is None)
                if error is not None:
                    raise error
            time.sleep(SETTLING)
            if load:
                burner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            begin = time.monotonic_ns()
            end = begin + int(seconds * 1e9)
            while time.monotonic_ns() < end:
                if not load:
                    time.sleep(0.05)
            time.sleep(0.5)
            tempo, statistics = session.scheduler.tempo_map, session.scheduler.statistics()
            reports = {name: dict(report.figures) for name, report in session._reports.items()}
            late = sum(session._late.values())
        finally:
            if burner is not None:
                burner.kill()
                burner.wait()
            _finish(recorder)
            session.shutdown()
        recording = Recording(path)
    grid = Grid(tempo, begin, end)
    return {
        "seconds": seconds,
        "midi": compare_midi(recording, grid),
        "audio": compare_audio(recording, grid, reports.get("audio", {})),
        "server_drift_ppm": round(recording.drift_ppm, 3),
        "server_wander_ms": round(recording.wander_ms, 3),
        "xruns": recording.xruns,
        "late_bars": late,
        "late_events": statistics.late,
        "outputs": reports,
    }


def _blocks(*, load: bool) -> list[str]:
    notes = " ".join(str(LOWEST + step) for step in range(STEPS))
    blocks = [f"tempo({BPM})"]
    blocks += [f'd{c} >> note("{notes}").midi("{PORT}", {c})' for c in CHANNELS]
    blocks += [f'd5 >> s("{SOUND}*{STEPS}")']
    if load:
        blocks += ['key("a:minor")', 'd6 >> melody_rnn().midi("unheard", 1)']
    return blocks


def _finish(recorder: subprocess.Popen[str]) -> None:
    if recorder.stdin is not None:
        recorder.stdin.close()
    try:
        recorder.wait(60)
    except subprocess.TimeoutExpired:
        recorder.kill()
        recorder.wait()


class Grid:
    """The 16ths that lie within the recording, and when each is due.

    Attributes:
        steps: their numbers, counted from beat 0.
        ns: when each is, `CLOCK_MONOTONIC` nanoseconds.
    """

    def __init__(self, tempo: TempoMap, begin: int, end: int) -> None:
        first, last = floor(tempo.beat_at(begin) * 4) + 1, floor(tempo.beat_at(end) * 4)
        self.steps = np.arange(first, last)
        self.ns = np.array([tempo.ns_at(Rational(int(step), 4)) for step in self.steps], np.int64)
        self.spacing = float(np.median(np.diff(self.ns)))

    def match(self, ns: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return which times lie in the grid, and the index of the nearest point of those."""
        index = np.rint((ns - self.ns[0]) / self.spacing).astype(np.int64)
        inside = (index >= 0) & (index < len(self.ns))
        return inside, index[inside]


def compare_midi(recording: Recording, grid: Grid) -> dict[str, Any]:
    """Return the figures of the note-ons of every channel together."""
    ons = recording.events[(recording.events[:, 1] & 0xF0 == 0x90) & (recording.events[:, 3] > 0)]
    errors, indices, wrong, doubled, heard = [], [], 0, 0, 0
    for channel in CHANNELS:
        mine = ons[(ons[:, 1] & 0x0F) == channel - 1]
        times = recording.ns(mine[:, 0].astype(np.float64))
        inside, index = grid.match(times)
        wrong += int(np.sum(mine[inside, 2] != LOWEST + grid.steps[index] % STEPS))
        heard += len(np.unique(index))
        doubled += len(index) - len(np.unique(index))
        errors.append(times[inside] - grid.ns[index])
        indices.append(index)
    sent = len(CHANNELS) * len(grid.ns)
    figures = _figures(np.concatenate(errors), np.concatenate(indices), grid, recording, 0.0)
    return {"sent": sent, "lost": sent - heard, "doubled": doubled, "wrong": wrong, **figures}


def compare_audio(recording: Recording, grid: Grid, report: dict[str, float]) -> dict[str, Any]:
    """Return the figures of the onsets that were heard."""
    frames = recording.onsets(THRESHOLD, QUIET)
    times = recording.ns(frames.astype(np.float64))
    inside, index = grid.match(times)
    error = times[inside] - grid.ns[index]
    found = len(np.unique(index))
    declared = float(report.get("latency", 0.0)) * 1e3
    figures = _figures(error, index, grid, recording, declared)
    sent = len(grid.ns)
    return {"sent": sent, "lost": sent - found, "doubled": len(index) - found, **figures}


def _figures(
    error: NDArray[np.float64],
    index: NDArray[np.int64],
    grid: Grid,
    recording: Recording,
    declared_ms: float,
) -> dict[str, Any]:
    if not error.size:
        return {"heard": 0}
    common = float(np.median(error))
    off = np.abs(error - common) / 1e6
    seconds = (grid.ns[index] - grid.ns[0]) / 1e9
    drift = float(np.polyfit(seconds, error / 1e3, 1)[0]) if np.ptp(seconds) else 0.0
    frame = 1e3 / recording.rate
    return {
        "latency_ms": round(common / 1e6 - declared_ms, 4),
        "declared_ms": round(declared_ms, 4),
        "error_ms": {
            "p50": round(float(np.percentile(off, 50)), 4),
            "p99": round(float(np.percentile(off, 99)), 4),
            "max": round(float(off.max()), 4),
        },
        "within_a_frame": round(float(np.mean(off <= frame)), 4),
        "drift_ppm": round(drift, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
