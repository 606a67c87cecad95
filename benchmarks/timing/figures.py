"""What is said of many errors: how many, their middle, the worst hundredth, the worst.

Conventions
-----------
Times are `CLOCK_MONOTONIC` nanoseconds, figures milliseconds. An error is later minus ideal;
percentiles and the maximum are of its magnitude, the standard deviation of itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import Rational, floor

__all__ = ["Grid", "drift", "interval_figures", "spread"]

_NS_PER_MS = 1e6
_DIGITS = 4


class Grid:
    """The pulses that lie within a stretch of time, and when each is due.

    Attributes:
        steps: their numbers, counted from beat 0.
        ns: when each is, `CLOCK_MONOTONIC` nanoseconds.
        spacing: nanoseconds from one to the next, the tempo being steady.
    """

    def __init__(self, tempo: TempoMap, begin: int, end: int, *, per_beat: int = 4) -> None:
        first = floor(tempo.beat_at(begin) * per_beat) + 1
        last = floor(tempo.beat_at(end) * per_beat)
        self.steps = np.arange(first, last)
        self.ns = np.array(
            [tempo.ns_at(Rational(int(step), per_beat)) for step in self.steps], np.int64
        )
        self.spacing = float(np.median(np.diff(self.ns)))

    def match(self, ns: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return which times lie in the grid, and the index of the nearest point of those."""
        index = np.rint((ns - self.ns[0]) / self.spacing).astype(np.int64)
        inside = (index >= 0) & (index < len(self.ns))
        return inside, index[inside]


def spread(error_ns: NDArray[np.float64]) -> dict[str, Any]:
    """Return `n`, and `p50`, `p99`, `max` and `sd` in milliseconds; only `n` of nothing."""
    if not error_ns.size:
        return {"n": 0}
    off = np.abs(error_ns) / _NS_PER_MS
    return {
        "n": int(error_ns.size),
        "p50": round(float(np.percentile(off, 50)), _DIGITS),
        "p99": round(float(np.percentile(off, 99)), _DIGITS),
        "max": round(float(off.max()), _DIGITS),
        "sd": round(float(np.std(error_ns)) / _NS_PER_MS, _DIGITS),
    }


def interval_figures(
    voices: Sequence[NDArray[np.int64]], *, ideal_ns: float
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return how far the time from each note to the next of its voice is from the ideal.

    What was never played would pass for one very long interval; so an interval of two or more is
    taken as that many, and `skipped` counts the notes between.

    Args:
        voices: of each, when its notes were, in order.
        ideal_ns: how far apart they are to be.

    Returns:
        The figures, with `skipped`; and the errors, in nanoseconds.
    """
    gaps = np.concatenate([np.diff(voice) for voice in voices if voice.size > 1] or [np.zeros(0)])
    steps = np.maximum(np.rint(gaps / ideal_ns), 1.0)
    error = gaps - steps * ideal_ns
    return {**spread(error), "skipped": int(np.sum(steps - 1))}, error


def drift(error_ns: NDArray[np.float64], at_ns: NDArray[np.int64]) -> dict[str, float]:
    """Return how much an error grows: parts in a million, and in all, in milliseconds.

    The straight line is through the medians of sixteen stretches, so that a few late notes at one
    end do not pass for drift.
    """
    if error_ns.size < 2 or not np.ptp(at_ns):
        return {"ppm": 0.0, "ms": 0.0, "seconds": 0.0}
    order = np.argsort(at_ns, kind="stable")
    parts = [part for part in np.array_split(order, 16) if part.size]
    x = np.array([np.mean(at_ns[part] - at_ns[order[0]]) for part in parts]) / 1e9
    y = np.array([np.median(error_ns[part]) for part in parts]) / 1e3
    ppm = float(np.polyfit(x, y, 1)[0])
    seconds = float(np.ptp(at_ns)) / 1e9
    return {
        "ppm": round(ppm, _DIGITS),
        "ms": round(ppm * seconds / 1e3, _DIGITS),
        "seconds": round(seconds, 1),
    }
