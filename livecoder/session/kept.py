"""What the journal keeps: what was typed, and what came of it that a replay could not know.

`tap()` depends on the moment, a master that locates on somebody else. Of these the journal has a
line that does the same: `tempo(121.5)`, `goto(17)`. It never stands between a block and its end.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from livecoder.core.rational import ZERO, Rational
from livecoder.session.journal import Journal

__all__ = ["Kept"]


class Kept:
    """A journal, and the lines that wait for the block that runs."""

    def __init__(self, journal: Journal, edge: Callable[[], Rational]) -> None:
        """Begin between two blocks.

        Args:
            journal: where all is kept.
            edge: the cycle that something done now acts from.
        """
        self._journal, self._edge = journal, edge
        self._lines: deque[tuple[str, Rational | None]] = deque()
        self._lock = threading.Lock()
        self._runs = False
        self._latest = ZERO

    def begin(self, source: str, at: Rational) -> None:
        """Keep a block that is about to run; see `Journal.block`."""
        with self._lock:
            self._runs, self._latest = True, max(at, self._latest)
        self._journal.block(source, at)

    def end(self, *, ok: bool, at: Rational) -> None:
        """Keep how it ended, and what came of it."""
        self._journal.done(ok=ok, at=at)
        with self._lock:
            self._runs, self._latest = False, max(at, self._latest)
        self._write()

    def add(self, source: str, at: Rational | None = None) -> None:
        """Keep a line that does again what came to be, from a cycle on: now, if not given."""
        self._lines.append((source, at))
        self._write()

    def _write(self) -> None:
        with self._lock:
            while self._lines and not self._runs:
                source, at = self._lines.popleft()
                # A script goes forward.
                self._latest = max(self._edge() if at is None else at, self._latest)
                self._journal.came(source, self._latest)
