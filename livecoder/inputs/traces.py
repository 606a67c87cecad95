"""Where a controller stood, and when: so that a live knob is a function of time like any other.

Conventions
-----------
Time is in ticks, a whole number of them to a cycle of the session. What was moved holds from its
tick on. Nothing is ever put in before a tick that has been read, so what was read stays true: a
loop of the last bars, a replay and a render all read the same.
"""

from __future__ import annotations

import threading
from bisect import bisect_right

from livecoder.core.rational import Rational

__all__ = ["TICKS", "Trace"]

TICKS = 192
"""Of a cycle: at 120 beats a minute some ten milliseconds."""

_MOST = 200_000


class Trace:
    """One controller, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ticks: list[int] = []
        self._values: list[float] = []

    def __len__(self) -> int:
        """Return how often it was moved."""
        return len(self._ticks)

    def put(self, tick: int, value: float) -> bool:
        """Let it stand elsewhere from a tick on; what was to come after that is forgotten.

        Returns:
            Whether that is news.
        """
        with self._lock:
            before = len(self._ticks)
            while self._ticks and self._ticks[-1] >= tick:
                del self._ticks[-1], self._values[-1]
            # Back where it stood is news too, if a journal was told of what is forgotten.
            forgot = len(self._ticks) < before
            if not forgot and value == (self._values[-1] if self._values else None):
                return False
            self._ticks.append(tick)
            self._values.append(value)
            if len(self._ticks) > _MOST:
                del self._ticks[: _MOST // 2], self._values[: _MOST // 2]
            return True

    def at(self, tick: Rational) -> float | None:
        """Return where it stands at a time; None before it was moved.

        >>> trace = Trace()
        >>> trace.put(10, 1.0), trace.at(Rational(9)), trace.at(Rational(10))
        (True, None, 1.0)
        """
        with self._lock:
            place = bisect_right(self._ticks, tick)
            return self._values[place - 1] if place else None
