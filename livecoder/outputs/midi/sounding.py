"""From events to messages in the order of time: every note that begins ends, once.

Pure. Ends are kept in beats, so that a change of tempo bends them too. A key that is struck again
while it sounds is released first, and the earlier note's end is then forgotten: it is the later
note that holds the key. In MPE each note has a channel of its own while there is one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import Rational
from livecoder.outputs.midi.messages import (
    note_of,
    note_off,
    note_on,
    settings_of,
)
from livecoder.outputs.midi.mpe import Zone, zone_of

__all__ = ["Sounding", "Timed"]

_END, _BEGIN = 0, 1


class Timed(NamedTuple):
    """A message and when it is due.

    Attributes:
        deadline_ns: `CLOCK_MONOTONIC` nanoseconds.
        port: name of the port, as the performer typed it.
        data: the message.
    """

    deadline_ns: int
    port: str
    data: bytes


class _Key(NamedTuple):
    port: str
    channel: int
    number: int


class _Coming(NamedTuple):
    beat: Rational
    kind: int
    order: int
    key: _Key | None
    note: int
    until: Rational
    port: str
    controls: Mapping[str, Any]


class Sounding:
    """The notes that sound, and those about to.

    Attributes:
        used: channels that were used, per port.
    """

    def __init__(self) -> None:
        self.used: dict[str, set[int]] = {}
        self._coming: list[_Coming] = []
        self._held: dict[_Key, int] = {}
        self._zones: dict[str, Zone] = {}
        self._told: set[str] = set()
        self._order = 0

    def __len__(self) -> int:
        """Return how many notes sound."""
        return len(self._held)

    def begin(self, beat: Rational, duration: Rational, controls: Mapping[str, Any]) -> None:
        """Take an event that is to be played on a beat."""
        port = str(controls.get("midiport", ""))
        if not port:
            return
        self._order += 1
        end = beat + duration
        coming = _Coming(beat, _BEGIN, self._order, None, self._order, end, port, controls)
        heapq.heappush(self._coming, coming)

    def until(self, tempo: TempoMap, until_ns: int) -> Iterator[Timed]:
        """Give the messages due before a time, in order."""
        coming = self._coming
        while coming and (due := tempo.ns_at(coming[0].beat)) < until_ns:
            one = heapq.heappop(coming)
            if one.kind == _BEGIN:
                for data in self._begun(one):
                    yield Timed(due, one.port, data)
            elif one.key is not None and self._held.get(one.key) == one.note:
                yield Timed(due, one.port, self._ended(one.key))

    def introduce(self, port: str) -> None:
        """Tell a port again what an instrument must be told before its first note."""
        self._told.discard(port)

    def next_ns(self, tempo: TempoMap) -> int | None:
        """Return when the next message is due."""
        return tempo.ns_at(self._coming[0].beat) if self._coming else None

    def release(self, now_ns: int) -> list[Timed]:
        """End every note now and forget what was to come."""
        ends = [Timed(now_ns, key.port, self._ended(key)) for key in sorted(self._held)]
        self._coming.clear()
        return ends

    def _begun(self, one: _Coming) -> list[bytes]:
        """Return what begins an event: its settings, and the note if it is one that is heard."""
        shape = zone_of(one.controls)
        messages = [] if shape is None else self._configured(one.port, shape)
        channel, number, velocity = note_of(one.controls)
        zone = None if shape is None else self._zones[one.port]
        heard = number is not None and velocity > 0
        if zone is None:
            settings = settings_of(one.controls)
        else:
            channel = self._member(zone, one.port, messages) if heard else 0
            settings = zone.settings(one.controls, channel)
        self.used.setdefault(one.port, set()).add(channel)
        messages += settings
        if number is None or not heard:
            return messages
        key = _Key(one.port, channel, number)
        if key in self._held:
            messages.append(note_off(channel, number))
        self._held[key] = one.note
        heapq.heappush(self._coming, one._replace(beat=one.until, kind=_END, key=key))
        return [*messages, note_on(channel, number, velocity)]

    def _member(self, zone: Zone, port: str, messages: list[bytes]) -> int:
        """Return a channel for a note; if each has one, the oldest note makes room."""
        if (channel := zone.take()) is None:
            mine = [key for key in self._held if key.port == port and key.channel]
            oldest = min(mine, key=self._held.__getitem__)
            messages.append(self._ended(oldest))
            channel = zone.take()
        return 1 if channel is None else channel

    def _configured(self, port: str, shape: tuple[int, int]) -> list[bytes]:
        """Return what tells an instrument of its zone: the first time, and when either changes."""
        held = self._zones.get(port)
        if held is not None and held.shape == shape:
            return [] if port in self._told else [*self._configuration(port, held)]
        ends = [self._ended(key) for key in sorted(self._held) if key.port == port]
        self._zones[port] = zone = Zone(*shape)
        self.used.setdefault(port, set()).add(0)
        return [*ends, *self._configuration(port, zone)]

    def _configuration(self, port: str, zone: Zone) -> tuple[bytes, ...]:
        self._told.add(port)
        return zone.configuration()

    def _ended(self, key: _Key) -> bytes:
        """Forget a note that sounds, and return what ends it."""
        del self._held[key]
        if (zone := self._zones.get(key.port)) is not None and key.channel:
            zone.give(key.channel)
        return note_off(key.channel, key.number)
