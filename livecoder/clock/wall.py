"""Where the time of day stands beside `CLOCK_MONOTONIC`, also while the machine is busy.

Two clocks cannot be read at once, and a thread that is interrupted between the two takes them for
apart by as long as it was away. So the time of day is read between two readings of the other, three
times over, and the reading that took least is believed (Cristian, "Probabilistic clock
synchronization", 1989).
"""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["unix_minus_monotonic_ns"]

_READINGS = 3


def unix_minus_monotonic_ns(
    monotonic: Callable[[], int] = time.monotonic_ns, unix: Callable[[], int] = time.time_ns
) -> int:
    """Return what to add to `CLOCK_MONOTONIC` nanoseconds for nanoseconds since 1970.

    It is wrong by at most half of what the quickest of three readings took: a microsecond, unless
    every one of them was interrupted. To be asked anew, as the time of day may be set.

    >>> monotonic = iter((0, 9_000_000, 9_000_100, 9_000_300, 9_000_400, 9_000_800))
    >>> unix = iter((5_010_000, 14_000_200, 14_000_600))  # the first time it was interrupted
    >>> unix_minus_monotonic_ns(monotonic.__next__, unix.__next__)
    5000000

    Args:
        monotonic: reads the clock of deadlines, nanoseconds.
        unix: reads the time of day, nanoseconds since 1970.
    """
    quickest, between = None, 0
    for _ in range(_READINGS):
        before = monotonic()
        day = unix()
        took = monotonic() - before
        if quickest is None or took < quickest:
            quickest, between = took, day - before - took // 2
    return between
