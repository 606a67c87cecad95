"""Notes and audio onsets of a whole session, through JACK: the figures the README quotes.

A real session plays 16ths at 120 bpm on four MIDI channels and on an audio track, through the real
MIDI and audio processes, into a JACK server without a sound card; another process records what
arrives on which frame.

The ideal grid is the session's tempo map, in `CLOCK_MONOTONIC`; frames are put on that clock by
what the server says of each of its cycles (see `support.recorder`). Three things are told apart:

- `latency_ms`: what all events of a kind have in common, less what is meant (`declared_ms`: MIDI
  waits for audio, which takes longer from its port to the ear);
- `error_ms`: how far each is from the grid, without that (p50, p99 and max of its magnitude);
- `drift_ppm`: how much the error grows in time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from support.recorder import Recording, recording

from timing.figures import Grid
from timing.performance import performance

__all__ = ["measure"]

CHANNELS = (1, 2, 3, 4)
STEPS = 16
LOWEST = 40
PORT = "bench"
# Loud from its first milliseconds on, and gone before the next 16th.
SOUND = "rim"
THRESHOLD = 0.02
QUIET = 0.03


def measure(seconds: float, *, load: bool) -> dict[str, Any]:
    """Perform, record and compare; a JACK server is to run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.npz"
        with (
            recording(path, midi=PORT, audio="livecoder"),
            performance(_blocks(), load=load, midi="jack", audio="jack") as playing,
        ):
            window = playing.measure(seconds)
            time.sleep(0.5)
            scheduler = playing.session.scheduler
            tempo, statistics = scheduler.tempo_map, scheduler.statistics()
            reports, late = playing.reports(), playing.late_bars()
        heard = Recording(path)
    grid = Grid(tempo, window.begin, window.end)
    return {
        "seconds": seconds,
        "midi": compare_midi(heard, grid, reports),
        "audio": compare_audio(heard, grid),
        "server_drift_ppm": round(heard.drift_ppm, 3),
        "server_wander_ms": round(heard.wander_ms, 3),
        "xruns": heard.xruns,
        "late_bars": late,
        "late_events": statistics.late,
        "outputs": reports,
    }


def _blocks() -> list[str]:
    notes = " ".join(str(LOWEST + step) for step in range(STEPS))
    blocks = [f'd{c} >> note("{notes}").midi("{PORT}", {c})' for c in CHANNELS]
    return [*blocks, f'd5 >> s("{SOUND}*{STEPS}")']


def compare_midi(
    recording: Recording, grid: Grid, reports: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    """Return the figures of the note-ons of every channel together.

    MIDI waits for audio, so that both are heard at once: by what audio says it takes, less what
    the port does.
    """
    own = reports.get("midi", {}).get(f"latency {PORT}", 0.0)
    declared = max(0.0, reports.get("audio", {}).get("latency", 0.0) - own)
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
    figures = _figures(np.concatenate(errors), np.concatenate(indices), grid, recording, declared)
    return {"sent": sent, "lost": sent - heard, "doubled": doubled, "wrong": wrong, **figures}


def compare_audio(recording: Recording, grid: Grid) -> dict[str, Any]:
    """Return the figures of the onsets that were heard.

    What audio says it takes lies behind its ports, where this listens: so nothing is taken off.
    """
    frames = recording.onsets(THRESHOLD, QUIET)
    times = recording.ns(frames.astype(np.float64))
    inside, index = grid.match(times)
    error = times[inside] - grid.ns[index]
    found = len(np.unique(index))
    figures = _figures(error, index, grid, recording, 0.0)
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
