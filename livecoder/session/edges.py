"""The edge of a block: the cycle that what it changes starts from."""

from __future__ import annotations

from collections.abc import Callable

from livecoder.core.rational import ZERO, Rational
from livecoder.session.loops import at_or_after

__all__ = ["Edge"]

_GRID = 1000
# Cycles an edge may lie behind before it is moved; a part of the lookahead still covers it.
_SLACK = Rational(1, 40)


class Edge:
    """One block at a time; without a block, the edge is always the soonest there is.

    It never goes back.
    """

    def __init__(self, uncommitted: Callable[[], Rational]) -> None:
        """Begin without a block.

        Args:
            uncommitted: the first cycle an edit could still reach at this moment.
        """
        self._uncommitted = uncommitted
        self._edge: Rational | None = None
        self._given: Rational | None = None
        self._reached = ZERO

    @property
    def given(self) -> bool:
        """Whether the block that runs was told its edge: it is of a script or a journal."""
        return self._given is not None

    def begin(self, at: Rational | None) -> Rational:
        """Fix the edge for a block, where it is told or as soon as can be, and return it."""
        self._given = at
        self._edge = self._soonest() if at is None else at
        self._reached = max(self._reached, self._edge)
        return self._edge

    def end(self) -> None:
        """Forget the block."""
        self._edge = self._given = None

    def cycle(self) -> Rational:
        """Return the cycle that edits made now start from.

        A block that takes long (it slept, or sorted ten million numbers) finds its edge gone by;
        what it changes from there on takes effect later.
        """
        if self._given is not None:
            return self._given
        if self._edge is None:
            return self._soonest()
        if self._edge < self._uncommitted() - _SLACK:
            self._edge = self._soonest()
        return self._edge

    def _soonest(self) -> Rational:
        # Where time is stopped it stands before the edge of the block that stopped it; but a script
        # goes forward.
        soonest = at_or_after(self._uncommitted(), Rational(1, _GRID))
        self._reached = max(self._reached, soonest)
        return self._reached
