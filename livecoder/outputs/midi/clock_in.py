"""Following a clock in the MIDI process: what comes in leads the timeline while the front wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from livecoder.clock.follower import Follower
from livecoder.clock.part import Slot
from livecoder.clock.timeline import FollowerWriter, TimelineReader
from livecoder.core.errors import LivecoderError
from livecoder.outputs.midi.arrivals import Arrived

__all__ = ["ClockIn"]

_POSITION = 0xF2


class ClockIn:
    """Reads what the front wants, writes what the clock says.

    Attributes:
        port: name of the input that is followed; empty for none.
    """

    def __init__(self, timeline: Path, say: Callable[[str], None]) -> None:
        """Follow nothing yet.

        Args:
            timeline: the file.
            say: tells the performer a line.
        """
        self.port = ""
        self._path, self._say = timeline, say
        self._number = 0
        self._follower: Follower | None = None
        self._reader: TimelineReader | None = None
        self._writer: FollowerWriter | None = None
        self._front: Slot | None = None
        self._written: Slot | None = None

    def follow(self, what: Any) -> None:
        """Follow a clock, `(port, number)`, or none.

        Raises:
            ValueError: it is neither.
            DeviceError: there is no timeline.
        """
        if what is None:
            self.port, self._number, self._follower = "", 0, None
            return
        port, number = str(what[0]), int(what[1])
        if port == self.port and number == self._number and self._follower is not None:
            return  # a front that took over says again what is so already
        if self._reader is None:
            self._reader, self._writer = TimelineReader(self._path), FollowerWriter(self._path)
        front = self._reader.front()
        # An earlier process may have followed already; a number that is new goes on as time goes.
        led = self._reader.follower(number)
        moment = self._reader.read()
        follower = Follower(
            Slot(moment.tempo_map, front.playing, moment.place, moment.at), port, self._say
        )
        if led is not None:
            follower.playing = led.playing
        self.port, self._number, self._follower = port, number, follower
        self._front, self._written = front, None

    def hear(self, arrived: Iterable[Arrived], now_ns: int) -> bool:
        """Take what came on the port, and write what follows from it.

        Returns:
            Whether the song has gone elsewhere, which the front should know soon.
        """
        follower, writer = self._follower, self._writer
        if follower is None or writer is None:
            return False
        self._look_at_front(follower)
        for one in arrived:
            if one.port == self.port and one.data[0] >= _POSITION:
                follower.message(one.ns, one.data)
        follower.turn(now_ns)
        slot = follower.slot(self._number)
        if slot == self._written:
            return False
        moved = self._written is None or slot.place != self._written.place
        writer.write(slot)
        self._written = slot
        return moved

    def figures(self) -> dict[str, float]:
        """Return what the toolbar shows; from any thread."""
        follower = self._follower
        if follower is None:
            return {}
        pulses, lost, doubled = follower.pulses
        return {
            "lock": float(follower.lock),
            "clock_bpm": follower.bpm,
            "phase_ms": follower.error_ns / 1e6,
            "pulses": float(pulses),
            "pulses_lost": float(lost),
            "pulses_doubled": float(doubled),
        }

    def _look_at_front(self, follower: Follower) -> None:
        try:
            front = None if self._reader is None else self._reader.front()
        except LivecoderError:
            return  # the host reads it too, and says so
        if front is None or front is self._front:
            return
        before, self._front = self._front, front
        follower.learn(front)
        if front.playing and before is not None and not before.playing:
            follower.adopt(front)
