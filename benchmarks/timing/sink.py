"""16 tracks of 16ths and a clock, into a sink: what our own scheduling adds, whatever the port.

The session, the scheduler, the MIDI process and its waiting thread are the real ones; in the place
of a port a sink writes down the time each message left at (`livecoder.outputs.midi.stamping`). The
same run tells the drift against `CLOCK_MONOTONIC` and what the scheduler and the MIDI process cost.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.outputs.midi.stamping import read_stamps
from timing.clock_out import CLOCK, pulse_figures
from timing.figures import Grid, drift, interval_figures, spread
from timing.floor import beside
from timing.performance import performance

__all__ = ["TRACKS", "compare", "measure", "summary"]

TRACKS = 16
_PORT = "sink"
_STEPS = 16
_LOWEST = 40


def measure(seconds: float, *, load: bool) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the figures, and the errors of intervals in nanoseconds, for the plot."""
    notes = " ".join(str(_LOWEST + step) for step in range(_STEPS))
    blocks = [f'd{n} >> note("{notes}").midi("{_PORT}", {n})' for n in range(1, TRACKS + 1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stamps"
        with performance(blocks, load=load, midi=f"stamps:{path}", clock=CLOCK) as playing:
            with beside() as floor:
                window = playing.measure(seconds)
            tempo = playing.session.scheduler.tempo_map
            late = playing.session.scheduler.statistics().late
        stamps = read_stamps(path)
    left = [(ns, data) for ns, port, data in stamps if port == _PORT]
    figures, errors = compare(left, Grid(tempo, window.begin, window.end))
    pulses = np.array([ns for ns, port, data in stamps if port == CLOCK and data == b"\xf8"])
    return {
        "seconds": seconds,
        "tracks": TRACKS,
        **figures,
        "clock_out": pulse_figures(pulses, Grid(tempo, window.begin, window.end, per_beat=24)),
        "cpu_percent": {**window.cpu, "together": round(sum(window.cpu.values()), 2)},
        "late_events": late,
        "floor": floor,
    }, errors


def summary(run: dict[str, Any]) -> dict[str, float]:
    """Return what one run of several is judged by."""
    spreads = {
        "16ths": run["intervals"],
        "clock out": run["clock_out"]["intervals"],
        "bare loop": run["floor"],
    }
    return {
        **{
            f"{name}, {figure}": of[figure]
            for name, of in spreads.items()
            for figure in ("sd", "max")
            if of.get("n")
        },
        "CPU %": run["cpu_percent"]["together"],
    }


def compare(
    stamps: list[tuple[int, bytes]], grid: Grid
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Hold note-ons against the grid, channel by channel.

    Returns:
        Figures: `intervals` (from note to note), `errors` (from the beat), `drift`, and how many
        notes were `sent`, `lost`, `doubled`, `wrong`; and the errors of intervals, nanoseconds.
    """
    ons = np.array(
        [(ns, d[0] & 0x0F, d[1]) for ns, d in stamps if d[0] & 0xF0 == 0x90 and d[2]], np.int64
    ).reshape(-1, 3)
    voices, errors, indices, wrong, doubled, heard = [], [], [], 0, 0, 0
    for channel in range(TRACKS):
        mine = ons[ons[:, 1] == channel]
        inside, index = grid.match(mine[:, 0].astype(np.float64))
        mine = mine[inside]
        wrong += int(np.sum(mine[:, 2] != _LOWEST + grid.steps[index] % _STEPS))
        heard += len(np.unique(index))
        doubled += len(index) - len(np.unique(index))
        voices.append(mine[:, 0])
        errors.append(mine[:, 0] - grid.ns[index])
        indices.append(index)
    error, index = np.concatenate(errors).astype(np.float64), np.concatenate(indices)
    intervals, off = interval_figures(voices, ideal_ns=grid.spacing)
    sent = TRACKS * len(grid.ns)
    figures = {
        "sent": sent,
        "lost": sent - heard,
        "doubled": doubled,
        "wrong": wrong,
        "intervals": intervals,
        "errors": spread(error),
        "drift": drift(error, grid.ns[index]),
    }
    return figures, off
