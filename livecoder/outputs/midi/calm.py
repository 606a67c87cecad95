"""Moments at which a turn of the host keeps no message waiting.

Ways out that know no time stamps have a thread write each message when it is due, and it shares the
interpreter with the host. A turn that is under way just then has it wait for up to a switch of
threads, each time it is interrupted anew: a chord comes apart. So turns begin between messages.

Pure: no clock.
"""

from __future__ import annotations

from collections import deque

__all__ = ["Calm"]

# A turn takes a millisecond, with notes to hand over.
_TURN_NS = 1_500_000
# What is due together is written by then: 16 notes that begin, and 16 that end.
_WRITTEN_NS = 500_000
# A turn is put off by no more; where there is no calm for so long, it begins when it was to.
_MOST_NS = 6_000_000


class Calm:
    """The deadlines of what was handed over, and the gaps between them."""

    def __init__(self) -> None:
        """Expect nothing."""
        self._deadlines: deque[int] = deque()

    def expect(self, deadline_ns: int) -> None:
        """Learn when a message will be written; deadlines never decrease."""
        deadlines = self._deadlines
        if not deadlines or deadlines[-1] != deadline_ns:
            deadlines.append(deadline_ns)

    def after(self, wanted_ns: int) -> int:
        """Return the first moment from one on in which a turn fits between messages."""
        deadlines, moment = self._deadlines, wanted_ns
        while deadlines and deadlines[0] <= wanted_ns - _WRITTEN_NS:
            deadlines.popleft()
        for deadline in deadlines:
            if deadline >= moment + _TURN_NS:
                break
            moment = deadline + _WRITTEN_NS
        return moment if moment <= wanted_ns + _MOST_NS else wanted_ns

    def forget(self) -> None:
        """Expect nothing any more: what was handed over has been taken back."""
        self._deadlines.clear()
