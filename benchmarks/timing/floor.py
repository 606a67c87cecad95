"""What the machine itself adds: a bare loop that waits as our sink's thread does, and as often.

It has the same priority, sleeps and watches the clock in the same way, and does nothing else. Run
beside a measurement, it says how much of an error is the system's, which gave the core to another.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["beside", "main"]

# About as often as there are pulses of the clock, so that what happens once in 2000 of those can
# happen here; and never in step with them, so that neither waits for the other for long.
_STEP_NS = 20_100_000
_SPIN_NS = 100_000
_HERE = Path(__file__).resolve().parents[1]


@contextmanager
def beside() -> Iterator[dict[str, Any]]:
    """Run the loop meanwhile; afterwards the dictionary holds its figures."""
    from timing.figures import interval_figures

    figures: dict[str, Any] = {}
    command = [sys.executable, "-m", "timing.floor"]
    process = subprocess.Popen(
        command, cwd=_HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield figures
    finally:
        try:
            stamps, _ = process.communicate("", timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            stamps = process.communicate()[0]
    measured, _ = interval_figures([np.array(json.loads(stamps), np.int64)], ideal_ns=_STEP_NS)
    figures.update(measured)


def main() -> None:
    """Wait for one moment after the other until the input ends, then print when each was."""
    from livecoder.outputs.urgency import PUNCTUAL, favour_process, favour_thread

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    favour_process()
    favour_thread(PUNCTUAL)
    stamps: list[int] = []
    due = time.monotonic_ns() + _STEP_NS
    while not ended.wait(max(0, due - _SPIN_NS - time.monotonic_ns()) / 1e9):
        while time.monotonic_ns() < due:
            pass
        stamps.append(time.monotonic_ns())
        due += _STEP_NS
    print(json.dumps(stamps))


if __name__ == "__main__":
    main()
