"""After the tempo has jumped up, messages come a little closer together until time is caught up.

What is due within the next moments has been handed over already, at the old tempo. What follows
would be due before it, and all of it would go out together with the last of it: two pulses of the
clock in one place, a roll as a chord. So everything after it is played a third faster until it is
where it belongs: order and distances stay, and a note stays on its pulse.

Pure: no clock.
"""

from __future__ import annotations

from livecoder.clock.tempo import TempoMap

__all__ = ["CatchingUp"]

# Of a lag, a quarter of the time that has gone is made up for.
_SHARE = 4
# The lag of a change of tempo is less than what is handed over ahead; more is a jump.
_MOST_NS = 250_000_000


class CatchingUp:
    """When messages go out that are due by the tempo map."""

    def __init__(self) -> None:
        """Begin with nothing to catch up with."""
        self._map: TempoMap | None = None
        self._until = self._from = self._lag = 0

    def see(self, tempo_map: TempoMap, until_ns: int) -> None:
        """Learn by which map everything due before a time is handed over now."""
        old = self._map
        if old is not None and tempo_map is not old:
            meant = tempo_map.ns_at(old.beat_at(self._until))
            lag = self.deadline(self._until) - meant
            self._from, self._lag = meant, lag if 0 < lag <= _MOST_NS else 0
        self._map, self._until = tempo_map, until_ns

    def deadline(self, due_ns: int) -> int:
        """Return when a message goes out; no earlier than due, and never before an earlier one."""
        since = max(due_ns - self._from, 0)
        return due_ns + max(self._lag - since // _SHARE, 0)

    def forget(self) -> None:
        """Begin again: what was handed over has been taken back, or time stands."""
        self._map, self._lag = None, 0
