"""Where nanoseconds come from. `MonotonicClock` holds the one timed sleep of the front."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from livecoder.core.protocols import Clock

__all__ = ["MonotonicClock", "WakingClock"]


class WakingClock(Clock, Protocol):
    """A clock whose sleeper can be woken."""

    def wake(self) -> None:
        """End the sleep, now or the next one."""


class MonotonicClock:
    """The machine's `CLOCK_MONOTONIC`: the same in every process, and it never steps.

    One thread sleeps on it; any thread may wake that one.
    """

    def __init__(self) -> None:
        self._woken = threading.Event()

    def now_ns(self) -> int:
        """Return nanoseconds since an instant that is the same for the whole machine."""
        return time.monotonic_ns()

    def sleep_until_ns(self, deadline: int) -> None:
        """Return at `deadline`, or at once if it has passed, or early when woken.

        A `wake` that came before the sleep ends it at once: none is lost.
        """
        remaining = deadline - time.monotonic_ns()
        if remaining > 0:
            self._woken.wait(remaining / 1e9)
        self._woken.clear()

    def wake(self) -> None:
        """End the sleep, now or the next one."""
        self._woken.set()
