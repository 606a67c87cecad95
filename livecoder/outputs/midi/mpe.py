"""MPE: each note on a channel of its own, so that each can be bent by itself.

A port that plays so is one lower zone: channel 1 is its master, the members come after it. The
instrument is told once how many members there are and how far a note bends; then a note takes the
member that has been free for longest, so that what still rings of an earlier one is not bent.

Source: MIDI Polyphonic Expression, M1-100-UM version 1.1, 2.1 to 2.4.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Any

from livecoder.outputs.midi.messages import bend_to, key_of, number_of, parameter, settings_of

__all__ = ["MEMBERS", "Zone", "zone_of"]

MEMBERS = 15
"""Channels that notes may have."""

_MASTER = 0
_BEND_SENSITIVITY, _CONFIGURATION = 0, 6
# Semitones a note of an MPE instrument bends either way if nobody says otherwise.
_RANGE = 48


class Zone:
    """The member channels of one port.

    Attributes:
        members: how many; they are channels 1 to `members`, counted from 0.
        bend: semitones either way.
    """

    def __init__(self, members: int, bend: int) -> None:
        self.members, self.bend = members, bend
        self._free = deque(range(1, members + 1))

    @property
    def shape(self) -> tuple[int, int]:
        """What the instrument has been told."""
        return self.members, self.bend

    def configuration(self) -> tuple[bytes, ...]:
        """Return the messages that tell the instrument.

        >>> [data.hex() for data in Zone(1, 48).configuration()[2:4]]
        ['b00601', 'b02600']
        """
        # What one member is told of its range holds for all. To tell each would be a hundred
        # messages at once, for which no cycle has the time.
        return (
            *parameter(_MASTER, _CONFIGURATION, self.members << 7, registered=True),
            *parameter(_MASTER + 1, _BEND_SENSITIVITY, self.bend << 7, registered=True),
        )

    def take(self) -> int | None:
        """Return a channel for a note; None if each has one."""
        return self._free.popleft() if self._free else None

    def give(self, channel: int) -> None:
        """Let a channel be taken again: its note has ended."""
        if 1 <= channel <= self.members and channel not in self._free:
            self._free.append(channel)

    def settings(self, controls: Mapping[str, Any], channel: int) -> tuple[bytes, ...]:
        """Return the messages before a note: programme to the master, the rest to the member.

        A note between two keys is the nearer key, bent; `midibend` bends it further.

        >>> [data.hex() for data in Zone(15, 48).settings({"note": 60.5}, 3)]
        ['e32b3f']
        """
        own = {n: v for n, v in controls.items() if n not in ("progNum", "midibend")}
        programme = {n: v for n, v in controls.items() if n == "progNum"}
        bend = number_of(controls, "midibend") or 0.0
        key, note = key_of(controls), number_of(controls, "note")
        if key is not None and note is not None:
            bend += (note - key) / self.bend
        wheel = bend_to(channel, bend)
        return (*settings_of(programme, _MASTER), wheel, *settings_of(own, channel))


def zone_of(controls: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the shape of the zone an event is to be played in; None if it is not MPE.

    >>> zone_of({"mpe": 15}), zone_of({"mpe": 4, "mpebend": 24}), zone_of({})
    ((15, 48), (4, 24), None)
    """
    members = number_of(controls, "mpe") or 0.0
    if members < 1:
        return None
    bend = number_of(controls, "mpebend") or _RANGE
    return min(math.floor(members), MEMBERS), min(max(round(bend), 1), 96)
