"""What every runner shares: notes are stamped as they leave, and written down at the end.

Runs in the peer's environment, so it needs nothing but Python. `CLOCK_MONOTONIC` nanoseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from importlib.metadata import version
from pathlib import Path

__all__ = ["BPM", "STEP", "Stamps", "options"]

BPM = 120
STEP = 0.25
"""Beats from one 16th to the next."""
# A peer has begun, and settled, by then.
_SETTLING = 2.5


def options() -> argparse.Namespace:
    """Read what the bench wants: seconds, tracks, and where the stamps go."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--tracks", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


class Stamps:
    """When the notes of each track left."""

    def __init__(self, tracks: int) -> None:
        self._left: list[list[int]] = [[] for _ in range(tracks)]

    def note(self, track: int) -> None:
        """A note of a track leaves now."""
        self._left[track].append(time.monotonic_ns())

    def end_after(self, seconds: float, out: Path, *packages: str) -> None:
        """In a thread: let the peer settle, and it play; then write all down and end the process.

        A peer need not know how to stop: whatever state it is in, the process ends.
        """
        arguments = (seconds, out, packages)
        threading.Thread(target=self._end_after, args=arguments, daemon=True).start()

    def _end_after(self, seconds: float, out: Path, packages: tuple[str, ...]) -> None:
        time.sleep(_SETTLING)
        begin, cpu = time.monotonic_ns(), time.process_time_ns()
        time.sleep(seconds)
        end, used = time.monotonic_ns(), time.process_time_ns() - cpu
        written = {
            "begin": begin,
            "end": end,
            "cpu_percent": round(used / (end - begin) * 100, 2),
            "versions": {name: version(name) for name in packages},
            "stamps": [[ns for ns in track if begin <= ns < end] for track in self._left],
        }
        out.write_text(json.dumps(written))
        os._exit(0)
