"""The edits of a performance, counted: so a thread that looks again learns of those since."""

from __future__ import annotations

from collections import deque

from livecoder.core.rational import Rational

__all__ = ["Edit", "Edits"]

Edit = tuple[Rational, int]
"""The cycle from which something was changed, and the thread that did it."""

# A thread that asks patterns looks between any two windows; nobody is so many edits behind.
_MOST = 512


class Edits:
    """All edits so far, of which the last 512 are kept.

    >>> edits = Edits()
    >>> edits.add((Rational(4), 1))
    >>> edits.since(0), edits.since(edits.count)
    ([(mpq(4,1), 1)], [])
    """

    def __init__(self) -> None:
        self.count = 0
        self._last: deque[Edit] = deque(maxlen=_MOST)

    def add(self, edit: Edit) -> None:
        """Count one more."""
        self._last.append(edit)
        self.count += 1

    def since(self, count: int) -> list[Edit]:
        """Return those that came when there were `count` already, earliest first."""
        new = min(self.count - count, len(self._last))
        return [self._last[-back] for back in range(new, 0, -1)]
