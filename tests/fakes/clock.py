"""A clock whose time passes only when somebody says so."""

from __future__ import annotations


class FakeClock:
    """Stands still; `sleep_until_ns` and `advance` move it at once."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now = now_ns
        self.wakes = 0

    def now_ns(self) -> int:
        return self._now

    def sleep_until_ns(self, deadline: int) -> None:
        self._now = max(self._now, deadline)

    def advance(self, seconds: float) -> None:
        self._now += round(seconds * 1e9)

    def wake(self) -> None:
        self.wakes += 1
