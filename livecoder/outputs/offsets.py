"""How much later than its beat each event is handed to its output, so that all are heard together.

Conventions
-----------
Nanoseconds, positive is later. An output that takes 5 ms from a deadline to the listener's ear is
given its events 15 ms late when the slowest one takes 20: the slowest is what the others wait for.
The performer's `nudge` is added to all of them, and is the only part that may be negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["Offsets"]

_NS_PER_MS = 1_000_000
_FARTHEST_MS = 2_000.0
_NONE: Mapping[str, int] = MappingProxyType({})
# What names the place an event goes to, in each output that has several.
_TARGETS = {"midi": "midiport", "osc": "osc"}


class Offsets(NamedTuple):
    """The offsets of one output process.

    >>> Offsets().changed({"delays": {"": 2.5}, "nudge": -10}).of("audio", {})
    -7500000

    Attributes:
        delays: by port or place; `""` for those that are not named.
        nudge_ns: of everything.
    """

    delays: Mapping[str, int] = _NONE
    nudge_ns: int = 0

    def of(self, output: str, controls: Mapping[str, Any]) -> int:
        """Return how much later than its beat an event is due in an output."""
        if not self.delays:
            return self.nudge_ns
        target = controls.get(_TARGETS.get(output, ""), "")
        found = self.delays.get(target) if isinstance(target, str) else None
        return self.nudge_ns + (self.delays.get("", 0) if found is None else found)

    @property
    def early_ns(self) -> int:
        """How long before its beat an event may be due, 0 or more."""
        if self.nudge_ns >= 0:
            return 0
        return max(0, -self.nudge_ns - min((self.delays.get("", 0), *self.delays.values())))

    def changed(self, settings: Mapping[str, Any]) -> Offsets:
        """Return the offsets after `delays` (ms by name) and `nudge` (ms), where they are given.

        Raises:
            TypeError: one is no number.
            ValueError: one is more than two seconds.
        """
        made = self
        if "nudge" in settings:
            made = made._replace(nudge_ns=_ns(settings["nudge"]))
        if "delays" in settings:
            delays = {str(name): _ns(ms) for name, ms in dict(settings["delays"]).items()}
            made = made._replace(delays=MappingProxyType(delays))
        return made


def _ns(ms: Any) -> int:
    value = float(ms)
    if not abs(value) <= _FARTHEST_MS:
        message = f"{ms!r} ms is out of all bounds"
        raise ValueError(message)
    return round(value * _NS_PER_MS)
