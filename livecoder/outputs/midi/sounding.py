"""From events to messages in the order of time: every note that begins ends, once.

Pure. Ends are kept in beats, so that a change of tempo bends them too. A key that is struck again
while it sounds is released first, and the earlier note's end is then forgotten: it is the later
note that holds the key.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import Rational
from livecoder.outputs.midi.messages import (
    channel_of,
    key_of,
    note_off,
    note_on,
    settings_of,
    velocity_of,
)

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
        self._order = 0

    def __len__(self) -> int:
        """Return how many notes sound."""
        return len(self._held)

    def begin(self, beat: Rational, duration: Rational, controls: Mapping[str, Any]) -> None:
        """Take an event that is to be played on a beat."""
        port = str(controls.get("midiport", ""))
        if not port:
            return
        channel, number = channel_of(controls), key_of(controls)
        key = None if number is None else _Key(port, channel, number)
        self.used.setdefault(port, set()).add(channel)
        self._order += 1
        end = beat + duration
        coming = _Coming(beat, _BEGIN, self._order, key, self._order, end, port, controls)
        heapq.heappush(self._coming, coming)

    def until(self, tempo: TempoMap, until_ns: int) -> Iterator[Timed]:
        """Give the messages due before a time, in order."""
        coming = self._coming
        while coming and (due := tempo.ns_at(coming[0].beat)) < until_ns:
            one = heapq.heappop(coming)
            key = one.key
            if one.kind == _END:
                if key is not None and self._held.get(key) == one.note:
                    del self._held[key]
                    yield Timed(due, one.port, note_off(key.channel, key.number))
                continue
            for data in settings_of(one.controls):
                yield Timed(due, one.port, data)
            velocity = velocity_of(one.controls)
            if key is None or velocity == 0:
                continue
            if key in self._held:
                yield Timed(due, one.port, note_off(key.channel, key.number))
            self._held[key] = one.note
            yield Timed(due, one.port, note_on(key.channel, key.number, velocity))
            heapq.heappush(coming, one._replace(beat=one.until, kind=_END))

    def next_ns(self, tempo: TempoMap) -> int | None:
        """Return when the next message is due."""
        return tempo.ns_at(self._coming[0].beat) if self._coming else None

    def release(self, now_ns: int) -> list[Timed]:
        """End every note now and forget what was to come."""
        ends = [Timed(now_ns, k.port, note_off(k.channel, k.number)) for k in sorted(self._held)]
        self._held.clear()
        self._coming.clear()
        return ends
