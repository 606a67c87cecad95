"""What an output has to tell the performer: each line once in a while, however often it happens."""

from __future__ import annotations

import threading
import time
from collections import deque

__all__ = ["Notices"]

_AGAIN = 10.0
_MOST = 50


class Notices:
    """Lines waiting to be reported. Any thread may `say`; whoever reports takes them."""

    def __init__(self) -> None:
        self.news = threading.Event()
        self._lines: deque[str] = deque(maxlen=_MOST)
        self._said: dict[str, float] = {}

    def say(self, line: str) -> None:
        """Queue a line; one that was said in the last ten seconds is not said again."""
        now = time.monotonic()
        if now - self._said.get(line, -_AGAIN) < _AGAIN:
            return
        if len(self._said) > _MOST:
            self._said.clear()
        self._said[line] = now
        self._lines.append(line)
        self.news.set()

    def take(self) -> tuple[str, ...]:
        """Return the lines that wait, oldest first, and forget them."""
        lines = []
        while self._lines:
            lines.append(self._lines.popleft())
        return tuple(lines)
