"""Other live-coding clocks beside us, each in the environment `make peers` made for it.

Each plays 16 tracks of 16ths at 120 bpm by its public interface, into a sink that stamps every note
(see `peers/`). Under load a network composes in another process, as one does for us, and another
process burns a core; the busy loop in the performer's own process they are spared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from peers.catalogue import PEERS

from timing.figures import drift, interval_figures
from timing.performance import BPM, burning

__all__ = ["PEERS", "TRACKS", "compare", "measure"]

TRACKS = 16
_HERE = Path(__file__).resolve().parents[1]
_BUILD = _HERE.parent / "build" / "peers"
_STEP_NS = 60e9 / BPM / 4
# Over and above what is measured: starting, importing, settling.
_PATIENCE = 60.0
_LAST = 300


def measure(
    name: str, seconds: float, *, load: bool, build: Path = _BUILD
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the figures of a peer and its errors of intervals in nanoseconds.

    One that is not there or does not play has one figure, `missing`: why.
    """
    folder, peer = build / name, PEERS[name]
    about = {"licence": peer.licence, "sink": peer.sink, "tracks": TRACKS}
    if not (folder / "pins.txt").exists():
        failed = folder / "failed.txt"
        why = failed.read_text().strip() if failed.exists() else "not installed; type make peers"
        return {**about, "missing": why}, np.zeros(0)
    with ExitStack() as stack:
        out = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "stamps.json"
        if load:
            stack.enter_context(_composing())
            stack.enter_context(burning())
        why = _play(name, folder, seconds, out)
        if why:
            return {**about, "missing": why}, np.zeros(0)
        written = json.loads(out.read_text())
    figures, errors = compare([np.array(track, np.int64) for track in written["stamps"]])
    cpu, versions = written["cpu_percent"], written["versions"]
    return {**about, **figures, "cpu_percent": cpu, "versions": versions}, errors


def compare(voices: list[NDArray[np.int64]]) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the figures of tracks of 16ths, whose first beat nobody knows.

    Args:
        voices: of each track, when its notes left, nanoseconds.
    """
    intervals, off = interval_figures(voices, ideal_ns=_STEP_NS)
    error = [_from_own_grid(voice) for voice in voices if voice.size > 1]
    together = np.concatenate(error) if error else np.zeros(0)
    at = np.concatenate([voice for voice in voices if voice.size > 1] or [np.zeros(0, np.int64)])
    return {"intervals": intervals, "drift": drift(together, at)}, off


def _from_own_grid(voice: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far notes are from a grid of exact 16ths that begins where they do."""
    since = (voice - voice[0]).astype(np.float64)
    steps = np.concatenate([[0.0], np.cumsum(np.rint(np.diff(since) / _STEP_NS))])
    return since - steps * _STEP_NS


def _play(name: str, folder: Path, seconds: float, out: Path) -> str:
    """Run a peer; return why it did not play, or nothing."""
    command = [
        str(folder / "bin" / "python"),
        str(_HERE / "peers" / f"run_{name}.py"),
        f"--seconds={seconds}",
        f"--tracks={TRACKS}",
        f"--out={out}",
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + _PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it did not come to its end ({error})"[:_LAST]
    if done.returncode != 0 or not out.exists():
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return f"it did not play: {lines[-1] if lines else done.returncode}"[:_LAST]
    return ""


@contextmanager
def _composing() -> Iterator[None]:
    """Have a network compose a bar whenever one is due, in a process of lower priority."""
    program = subprocess.Popen(
        [sys.executable, "-m", "timing.composing"],
        cwd=_HERE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        program.stdout.readline()
        yield
    finally:
        program.kill()
        program.wait()
        if program.stdout is not None:
            program.stdout.close()
