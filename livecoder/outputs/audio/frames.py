"""When a frame of the engine's stream sounds: `CLOCK_MONOTONIC` nanoseconds to frames and back.

A device counts frames by a crystal of its own, and tells the time of each buffer with jitter. A
second-order delay-locked loop follows both its phase and its rate: F. Adriaensen, "Using a DLL to
filter time" (2005). Its bandwidth narrows from lively to very slow, so that the grid locks within
a second and then hardly moves.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["FrameMap", "Observation"]

_WIDEST = 1.0
# So many observations in a row that are off by the same are no jitter: frames were lost, or the
# device's own clock slipped, and the grid goes there at once.
_AGREE = 4


class Observation(NamedTuple):
    """A buffer that began.

    Attributes:
        frame: its first frame.
        ns: when it was due, as the device says.
    """

    frame: int
    ns: int


class FrameMap:
    """Which frame is due when. One thread observes, any reads: a state is swapped in whole."""

    def __init__(
        self, rate: float, buffer: int, *, jitter_ns: float = 3e6, narrowest: float = 0.03
    ) -> None:
        """Start with the rate the device claims.

        Args:
            rate: frames a second.
            buffer: frames between observations.
            jitter_ns: how far off an observation may be and still be believed.
            narrowest: bandwidth it comes to rest at, Hz; narrow for a device that jitters.
        """
        self.jumps = 0
        self._nominal = 1e9 / rate
        self._buffer = buffer
        self._jitter = jitter_ns
        self._narrowest = narrowest
        self._seen = 0
        self._odd: list[float] = []
        # (frame, its nanosecond, nanoseconds a frame)
        self._state: tuple[int, float, float] | None = None

    @property
    def ready(self) -> bool:
        """Whether anything was observed yet."""
        return self._state is not None

    @property
    def rate(self) -> float:
        """Frames a second as measured."""
        return 1e9 / (self._state[2] if self._state else self._nominal)

    def observe(self, seen: Observation) -> None:
        """Take in that a buffer began."""
        if self._state is None:
            self._state = (seen.frame, float(seen.ns), self._nominal)
            return
        frame, ns, period = self._state
        expected = ns + (seen.frame - frame) * period
        error = seen.ns - expected
        if abs(error) > self._jitter:
            if self._odd and abs(error - self._odd[-1]) > 0.5 * self._jitter:
                self._odd.clear()
            self._odd.append(error)
            if len(self._odd) >= _AGREE:
                # The least of them: a callback can be late, never early.
                self._state = (seen.frame, expected + min(self._odd, key=abs), period)
                self._odd.clear()
                self.jumps += 1
                self._seen = 0
            return
        self._odd.clear()
        self._seen += 1
        interval = self._buffer * self._nominal * 1e-9
        bandwidth = max(self._narrowest, _WIDEST / (1.0 + 0.5 * self._seen * interval))
        omega = 2.0 * math.pi * bandwidth * interval
        moved = expected + math.sqrt(2.0) * omega * error
        period += omega * omega * error / self._buffer
        # No crystal is off by a hundredth; a machine that was suspended is.
        period = min(max(period, 0.99 * self._nominal), 1.01 * self._nominal)
        self._state = (seen.frame, moved, period)

    def frame_at(self, ns: int) -> float:
        """Return the frame due at `ns`; between frames it is a fraction."""
        frame, at, period = self._state or (0, 0.0, self._nominal)
        return frame + (ns - at) / period

    def ns_at(self, frame: float) -> float:
        """Return when a frame is due."""
        begin, at, period = self._state or (0, 0.0, self._nominal)
        return at + (frame - begin) * period
