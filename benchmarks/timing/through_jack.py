"""Notes and clock pulses through JACK: on which frame they arrive, and on which they should.

A note is stamped with the frame its beat lies on, as the server tells every client in every cycle
which time its frames stand for. Another client, in another process, compares: what arrived on a
frame, and the frame the beat lies on by what the server told *it*. So what the server itself gains
or loses is not counted, and everything we do with the stamp is.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from support.recorder import Recording, recording
from support.server import jack_server

from timing.clock_out import CLOCK, pulse_figures
from timing.figures import Grid, interval_figures, spread
from timing.performance import performance

__all__ = ["measure"]

_CHANNELS = 8
_STEPS = 16
_LOWEST = 40
_PORT = "bench notes"
_PULSE, _NOTE_ON = 0xF8, 0x90


def measure(
    seconds: float, *, period: int, load: bool
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the figures at a period, in a server of its own, and the errors in frames."""
    notes = " ".join(str(_LOWEST + step) for step in range(_STEPS))
    blocks = [f'd{n} >> note("{notes}").midi("{_PORT}", {n})' for n in range(1, _CHANNELS + 1)]
    with (
        jack_server(period=period, realtime=True) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        path = Path(folder) / "recording.npz"
        with (
            recording(path, midi="bench", audio=""),
            performance(blocks, load=load, midi="jack", clock=CLOCK) as playing,
        ):
            window = playing.measure(seconds)
            time.sleep(0.5)
            tempo = playing.session.scheduler.tempo_map
        heard = Recording(path)
    notes_grid = Grid(tempo, window.begin, window.end)
    figures, frames = _notes(heard, notes_grid)
    pulses = heard.events[heard.events[:, 1] == _PULSE][:, 0]
    pulse_grid = Grid(tempo, window.begin, window.end, per_beat=24)
    times = np.rint(heard.ns(pulses.astype(np.float64))).astype(np.int64)
    return {
        "seconds": seconds,
        "server": server,
        "period": period,
        "notes": figures,
        "clock_out": {
            **pulse_figures(times, pulse_grid),
            "frames": _in_frames(*_frames_off(heard, pulses, pulse_grid)),
        },
        "xruns": heard.xruns,
        "server_wander_ms": round(heard.wander_ms, 3),
    }, frames


def _notes(heard: Recording, grid: Grid) -> tuple[dict[str, Any], NDArray[np.float64]]:
    on = (heard.events[:, 1] & 0xF0 == _NOTE_ON) & (heard.events[:, 3] > 0)
    off, sent, found, doubled, wrong, voices, errors = [], 0, 0, 0, 0, [], []
    for channel in range(_CHANNELS):
        mine = heard.events[on & (heard.events[:, 1] & 0x0F == channel)]
        times = heard.ns(mine[:, 0].astype(np.float64))
        inside, index = grid.match(times)
        wrong += int(np.sum(mine[inside, 2] != _LOWEST + grid.steps[index] % _STEPS))
        sent, found = sent + len(grid.ns), found + len(np.unique(index))
        doubled += len(index) - len(np.unique(index))
        voices.append(np.rint(times[inside]).astype(np.int64))
        errors.append(times[inside] - grid.ns[index])
        off.append(mine[inside, 0] - heard.stamps(grid.ns[index]))
    frames = np.concatenate(off)
    intervals, _ = interval_figures(voices, ideal_ns=grid.spacing)
    figures = {
        "sent": sent,
        "lost": sent - found,
        "doubled": doubled,
        "wrong": wrong,
        "frames": _in_frames(frames, sent),
        "intervals": intervals,
        "errors": spread(np.concatenate(errors)),
    }
    return figures, frames


def _frames_off(
    heard: Recording, frames: NDArray[np.int64], grid: Grid
) -> tuple[NDArray[np.float64], int]:
    inside, index = grid.match(heard.ns(frames.astype(np.float64)))
    return frames[inside] - heard.stamps(grid.ns[index]), len(grid.ns)


def _in_frames(off: NDArray[np.float64], sent: int) -> dict[str, Any]:
    if not off.size:
        return {"n": 0}
    size = np.abs(off)
    return {
        "n": int(off.size),
        "p50": float(np.percentile(size, 50)),
        "p99": float(np.percentile(size, 99)),
        "max": float(size.max()),
        "within_one": round(float(np.sum(size <= 1)) / sent, 5),
    }
