"""Following a DAW's clock through JACK: how near we are to its beat, and how soon.

A master of our own sends 24 pulses a quarter with 2 ms of jitter; after a steady stretch its tempo
steps between 120 and 140. What is held against the master's own beat is the session's timeline, on
which every output plays, read again and again at instants of `CLOCK_MONOTONIC`. Meanwhile notes are
played and recorded, to see that none is lost or doubled by a step.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from support.recorder import Recording, recording
from support.server import jack_server

from livecoder.clock.timeline import TimelineReader
from timing.figures import spread
from timing.master import CLIENT, Plan
from timing.performance import BPM, Performance, performance

__all__ = ["JITTER_MS", "judge", "measure"]

JITTER_MS = 2.0
_OTHER_BPM = 140
_OWN_BPM = 100
_EVERY = 16
_NEAR_NS = 1_000_000
# Beats after which a loop that is to lock within two has no excuse left.
_LOCKED_BY = 8
_LOOK_EVERY = 0.01
_PORT = "bench follow"
_STEPS = 16
_LOWEST = 40
_HERE = Path(__file__).resolve().parents[1]


def measure(seconds: float, *, load: bool) -> dict[str, Any]:
    """Return the figures; half of the time is steady, the other half steps."""
    beats = int(seconds * BPM / 60)
    plan = Plan(BPM, _OTHER_BPM, steady=beats // 2 + _LOCKED_BY, every=_EVERY, beats=beats + 16)
    notes = " ".join(str(_LOWEST + step) for step in range(_STEPS))
    with jack_server(realtime=True) as server, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.npz"
        with (
            recording(path, midi=_PORT, audio=""),
            performance([f'd1 >> note("{notes}").midi("{_PORT}", 1)'], load=load, midi="jack") as p,
        ):
            # Another tempo than the master's, so that there is something to find.
            p.play([f"tempo({_OWN_BPM})", f'sync.follow("{CLIENT}")'])
            seen, begun = _watch(p, plan)
            time.sleep(0.5)
        heard = Recording(path)
    return {
        "seconds": seconds,
        "server": server,
        "jitter_ms": JITTER_MS,
        **judge(seen, plan, begun),
        "notes": _count(heard, begun),
    }


def _watch(playing: Performance, plan: Plan) -> tuple[NDArray[np.float64], int]:
    """Let the master play; return what the timeline said: rows of nanoseconds, beat."""
    reader = TimelineReader(playing.session.folder / "timeline")
    rows: list[tuple[int, float]] = []

    def look() -> None:
        tempo = reader.read().tempo_map
        now = time.monotonic_ns()
        rows.append((now, float(tempo.beat_at(now))))

    with _master(plan) as begun:
        while time.monotonic_ns() < begun:
            time.sleep(0.01)
        playing.measure(plan.seconds(plan.beats), look, every=_LOOK_EVERY)
    return np.array(rows, np.float64).reshape(-1, 2), begun


@contextmanager
def _master(plan: Plan) -> Iterator[int]:
    command = [sys.executable, "-m", "timing.master", *plan.arguments(), "--jitter-ms"]
    process = subprocess.Popen(
        [*command, str(JITTER_MS)],
        cwd=_HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline().split()[1])
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def judge(seen: NDArray[np.float64], plan: Plan, begun: int) -> dict[str, Any]:
    """Hold what the timeline said against the master.

    Args:
        seen: shape `(n, 2)`: `CLOCK_MONOTONIC` nanoseconds, our beat at that time.
        plan: what the master played.
        begun: when its beat 0 was.

    Returns:
        `phase`: the error once locked, and before the first step; `lock_beats`: after which it
        stayed within a millisecond; `steps`: the same after every step of the tempo.
    """
    seconds = (seen[:, 0] - begun) / 1e9
    theirs = np.array([plan.beat(float(one)) for one in seconds])
    length = np.array([60e9 / _bpm_at(plan, float(beat)) for beat in theirs])
    off = seen[:, 1] - theirs
    error = (off - np.rint(off)) * length
    steady = theirs < plan.steady
    locked = steady & (theirs >= _LOCKED_BY)
    steps = range(plan.steady, plan.beats, plan.every)
    relocks = [
        _settled(theirs[here] - step, error[here])
        for step in steps
        if np.any(here := (theirs >= step) & (theirs < step + plan.every))
    ]
    return {
        "phase": spread(error[locked]),
        "lock_beats": _settled(theirs[steady], error[steady]),
        "steps": {
            "n": len(relocks),
            "beats_p50": round(float(np.median(relocks)), 2) if relocks else None,
            "beats_max": round(max(relocks), 2) if relocks else None,
        },
        "beats_apart": sorted({int(one) for one in np.rint(off[locked])}),
    }


def _bpm_at(plan: Plan, beat: float) -> float:
    return [bpm for first, _, bpm in plan.pieces() if first <= max(beat, 0)][-1]


def _settled(beats: NDArray[np.float64], error: NDArray[np.float64]) -> float:
    """Return the beats after which no error was more than a millisecond for two beats."""
    far = beats[np.abs(error) > _NEAR_NS]
    last = 0.0
    for beat in far:
        if beat - last > 2.0:
            break
        last = float(beat)
    return round(last, 2)


def _count(heard: Recording, begun: int) -> dict[str, int]:
    """Return how many notes came after the master began, and how many were out of turn."""
    on = (heard.events[:, 1] & 0xF0 == 0x90) & (heard.events[:, 3] > 0)
    notes = heard.events[on]
    notes = notes[heard.ns(notes[:, 0].astype(np.float64)) > begun + 4e9]
    turns = np.diff(notes[:, 2]) % _STEPS
    return {
        "heard": len(notes),
        "doubled": int(np.sum(turns == 0)),
        "lost": int(np.sum(turns[turns > 1] - 1)),
    }
