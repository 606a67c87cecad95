"""The OSC instrument: events in, bundles out, a little before they are due.

A receiver that reads timetags plays each event on its time. One that does not hears of it when it
comes, so a place may be `untimed`: its messages leave at their deadline, with no time on them.
"""

from __future__ import annotations

import heapq
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from livecoder.clock.tempo import TempoMap
from livecoder.clock.wall import unix_minus_monotonic_ns
from livecoder.core.errors import LivecoderError
from livecoder.core.events import Mix, Report, Schedule
from livecoder.outputs.instrument import Due
from livecoder.outputs.osc.messages import Sounding, packets
from livecoder.outputs.osc.places import Place, place_named

__all__ = ["OscInstrument"]

_AHEAD_NS = 60_000_000


class OscInstrument:
    """Implements `livecoder.outputs.instrument.Instrument`."""

    backend = "udp"
    dispatch_ahead_ns = _AHEAD_NS
    # Places that know no timetags are sent to in the host's own turns.
    slack_ns = 0

    def __init__(
        self, say: Callable[[str], None], between: Callable[[], int] = unix_minus_monotonic_ns
    ) -> None:
        """Open a socket to send from.

        Args:
            say: tells the performer a line, each once in ten seconds.
            between: says what turns deadlines into nanoseconds since 1970 when it is added.
        """
        self._say, self._between = say, between
        self._places: Mapping[str, Place] = {}
        self._used: dict[str, None] = {}
        self._waiting: list[tuple[int, int, str, Place, bytes]] = []
        self._order = 0
        self._sent = self._lost = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        # A full buffer loses a packet; waiting would make all others late.
        self._socket.setblocking(False)

    def calm_ns(self, wanted_ns: int) -> int:
        """Then: nothing is sent between turns."""
        return wanted_ns

    def expect(self, order: Schedule) -> None:
        """See `Instrument`; there is nothing to get ready."""

    def play(self, due: Sequence[Due], tempo_map: TempoMap, until_ns: int) -> int | None:
        """See `Instrument`: what is due together at one place is one bundle."""
        # Once for all that is due, so that nothing moves one bundle against another.
        between = self._between() if due else 0
        for (name, deadline), group in groupby(due, key=_together):
            try:
                place = place_named(name, self._places)
            except LivecoderError as error:
                self._lost += 1
                self._say(str(error))
                continue
            self._used.setdefault(name)
            wall = (deadline + between) / 1e9
            # What is timed leaves at once: its receiver waits for it.
            leaves = until_ns - _AHEAD_NS if place.timed else deadline
            try:
                events = [_sounding(one, tempo_map) for one in group]
                made = list(packets(place, events, wall))
            except Exception as error:  # a value no message holds; the other places have theirs
                self._lost += 1
                self._say(f"osc: {name} was not sent ({type(error).__name__}: {error})")
                continue
            for packet in made:
                self._order += 1
                heapq.heappush(self._waiting, (leaves, self._order, name, place, packet))
        while self._waiting and self._waiting[0][0] <= time.monotonic_ns():
            self._send(*heapq.heappop(self._waiting)[2:])
        # The host comes back so long before what it is told.
        return self._waiting[0][0] + _AHEAD_NS if self._waiting else None

    def rest(self) -> None:
        """See `Instrument`; what was due is past, and OSC has nothing that ends."""
        self._waiting.clear()

    def mix(self, order: Mix) -> None:
        """See `Instrument`; a place has no strip."""

    def configure(self, settings: Mapping[str, Any]) -> None:
        """See `Instrument`: takes `osc`, all places by name."""
        if "osc" in settings:
            self._places = {name: Place(*place) for name, place in settings["osc"].items()}

    def panic(self) -> None:
        """See `Instrument`; what is out is out."""
        self._waiting.clear()

    def report(self) -> Report:
        """See `Instrument`."""
        figures = {"sent": float(self._sent), "lost": float(self._lost)}
        return Report("osc", figures, (), tuple(self._used))

    def close(self) -> None:
        """See `Instrument`."""
        self._socket.close()

    def _send(self, name: str, place: Place, packet: bytes) -> None:
        try:
            self._socket.sendto(packet, (place.host, place.port))
            self._sent += 1
        except OSError as error:
            self._lost += 1
            self._say(f'OSC to "{name}" ({place.host}:{place.port}) fails: {error.strerror}')


def _together(due: Due) -> tuple[str, int]:
    return str(due.event.controls.get("osc", "")), due.deadline_ns


def _sounding(due: Due, tempo: TempoMap) -> Sounding:
    beat = due.event.beat
    cycle = tempo.cycle_of_beat(beat)
    beats = float(tempo.meter_at(cycle).beats_per_cycle)
    cps = tempo.bpm_at(beat) / 60.0 / beats
    return Sounding(due.track, due.event.controls, due.lasts_ns / 1e9, float(cycle), cps)
