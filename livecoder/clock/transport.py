"""The transport: whether time runs, where the music is, and every change of tempo and meter.

It has the only copy of the tempo map that the front changes. Each change makes a new map under a
short lock and shows it to all processes at once through the timeline; reading needs no lock. While
a follower leads, tempo, place and whether time runs are read from its part of the timeline.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from livecoder.clock.part import Slot
from livecoder.clock.place import Place
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineReader, TimelineWriter
from livecoder.core.errors import DeviceError
from livecoder.core.protocols import Clock
from livecoder.core.rational import ZERO, Rational, RationalLike

__all__ = ["Transport"]

# From `go_on` to the first beat: what outputs need to be told ahead.
_LEAD_NS = 100_000_000
_LED = "the tempo is that of the clock that is followed; sync.free() gives it back to you"


class Transport:
    """Live, the place in the music follows the clock; offline, it is moved by hand.

    Attributes:
        live: whether a performance is under way; time may stand in it.
    """

    def __init__(self, timeline: TimelineWriter | None, clock: Clock) -> None:
        """Stand at cycle 0, in the timeline's tempo.

        Args:
            timeline: written whenever time changes, from the first `begin` on; None offline.
            clock: nanoseconds.
        """
        self.live = False
        self._timeline, self._clock = timeline, clock
        self._reader = None if timeline is None else TimelineReader(timeline.path)
        self._own = Slot(TempoMap() if self._reader is None else self._reader.read().tempo_map)
        self._seen: tuple[Slot, Slot, Slot] | None = None
        self._leads = False
        self._position = ZERO
        self._lock = threading.Lock()

    @property
    def tempo_map(self) -> TempoMap:
        """Where beats and cycles lie in time, as of now."""
        return self._now().tempo_map

    @property
    def playing(self) -> bool:
        """Whether time runs."""
        return self._now().playing

    @property
    def place(self) -> Place:
        """Where the song is."""
        return self._now().place

    @property
    def follows(self) -> int:
        """Number of the follower that leads, or is to; 0 for none."""
        return self._own.leader

    def now_ns(self) -> int:
        """Return the clock's time."""
        return self._clock.now_ns()

    def cycle_in(self, ns: int) -> Rational:
        """Return the cycle that is heard `ns` from now; where time stands, that."""
        now = self._now()
        return now.tempo_map.cycle_of_beat(self._beat_in(ns, now))

    def ns_until(self, beat: Rational) -> int:
        """Return how far away a beat is; negative when it has passed."""
        return self.tempo_map.ns_at(beat) - self.now_ns()

    def alive(self) -> None:
        """Let readers of the timeline know that this process lives."""
        if self._timeline is not None and self._leads:
            self._timeline.beat(self.now_ns())

    # Running and standing

    def begin(self, at_ns: int | None) -> None:
        """Let time run from the position on, at a time or now."""
        with self._lock:
            start = self.now_ns() if at_ns is None else at_ns
            here = self._own.tempo_map.beat_of_cycle(self._position)
            self.live = self._leads = True
            self._run_from(here, start)

    def take_over(self, tempo_map: TempoMap) -> None:
        """Let time run on as a map has it; or stand where it stands, if it does."""
        with self._lock:
            playing, at = self._found()
            self.live = self._leads = True
            meters = self._own.tempo_map.meters
            self._publish(tempo_map=replace(tempo_map, meters=meters), playing=playing, at=at)

    def stop(self, *, keep: bool) -> None:
        """Let time stand still where it is; with `keep`, only for this process."""
        with self._lock:
            self._position = self.cycle_in(0)
            self.live = False
            self._leads = self._leads and not keep
            self._stand()

    def pause(self) -> None:
        """Let time stand still, in the middle of a performance."""
        with self._lock:
            if self.live and self._own.playing:
                self._position = self.cycle_in(0)
                self._stand()

    def go_on(self) -> None:
        """Let time run again from where it stands.

        Raises:
            DeviceError: the master of the clock that is followed stands.
        """
        with self._lock:
            if not self.live or self.playing:
                return
            if self._own.playing:
                message = "the clock that is followed stands; start it there, or sync.free()"
                raise DeviceError(message)
            self._run_from(self._own.at, self.now_ns() + _LEAD_NS)

    def move(self, cycle: Rational) -> None:
        """Offline, go forward to a cycle."""
        self._position = max(self._position, cycle)

    # Changes

    def check_leads(self) -> None:
        """Refuse a change of tempo or place while a follower leads.

        Raises:
            DeviceError: one does.
        """
        # What a front that takes over does again was allowed when it was done.
        if self._own.leader and self._leads:
            raise DeviceError(_LED)

    def set_tempo(self, bpm: float, over: Rational = ZERO) -> None:
        """Go at another tempo from here on, or evenly towards it in so many beats.

        Raises:
            DeviceError: a follower leads.
            RangeError: `bpm` is outside 10 to 999, or `over` outside 0 to 4096.
        """
        with self._lock:
            self.check_leads()
            here = self._beat_in(0, self._own)
            self._publish(tempo_map=self._own.tempo_map.with_ramp(bpm, here, over))

    def set_meter(self, beats_per_cycle: RationalLike, at_cycle: RationalLike) -> None:
        """Let the bars be of another length from a cycle on.

        Raises:
            RangeError: a bar would be shorter than 1/8 or longer than 128 beats.
        """
        with self._lock:
            tempo_map = self._own.tempo_map
            self._publish(tempo_map=tempo_map.with_meter(beats_per_cycle, at_cycle))

    def set_place(self, place: Place) -> None:
        """Let the song be elsewhere from a beat on."""
        with self._lock:
            self._publish(place=place)

    def follow(self) -> int:
        """Let a follower lead from the moment it says how; return the number it is to bear."""
        with self._lock:
            if not self._own.leader and self._timeline is not None:
                before = self._timeline.slot.leader
                # Who takes over from a front that followed goes on with the same follower.
                number = before if before and not self._leads else self.now_ns()
                self._publish(leader=number)
            return self._own.leader

    def free(self) -> None:
        """Lead again, at the tempo and from the beat that the follower has come to."""
        with self._lock:
            now = self._now()
            if not self._own.leader:
                return
            meters = self._own.tempo_map.meters
            self._publish(
                tempo_map=replace(now.tempo_map, meters=meters), place=now.place, leader=0
            )
            if self._own.playing and not now.playing:
                # The master stood; the music need not.
                self._run_from(now.at, self.now_ns() + _LEAD_NS)

    # Inside

    def _now(self) -> Slot:
        """Return how time goes, whoever leads."""
        own = self._own
        if not own.leader or self._reader is None:
            return own
        led = self._reader.follower(own.leader)
        if led is None:
            return own
        if (seen := self._seen) is not None and seen[0] is own and seen[1] is led:
            return seen[2]
        # The timeline knows the last few meters only.
        made = led._replace(
            tempo_map=replace(led.tempo_map, meters=own.tempo_map.meters),
            playing=own.playing and led.playing,
            at=led.at if own.playing else own.at,
        )
        self._seen = (own, led, made)
        return made

    def _found(self) -> tuple[bool, Rational]:
        """Return whether the last front let time run, and the beat it stands on if it stands."""
        if self._reader is None:
            return True, self._own.at
        moment = self._reader.read()
        # Whether a master that is followed on lets time run is the follower's to say.
        playing = self._reader.front().playing if self._own.leader else moment.playing
        return playing, moment.at

    def _beat_in(self, ns: int, now: Slot) -> Rational:
        if now.playing:
            return now.tempo_map.beat_at(self.now_ns() + ns)
        return now.at if self.live else now.tempo_map.beat_of_cycle(self._position)

    def _run_from(self, beat: Rational, ns: int) -> None:
        tempo_map = self._own.tempo_map.with_anchor(beat, ns)
        self._publish(tempo_map=tempo_map, playing=True, at=beat)

    def _stand(self) -> None:
        now = self._now()
        at = now.tempo_map.beat_of_cycle(self._position)
        self._publish(tempo_map=now.tempo_map, playing=False, at=at)

    def _publish(self, **changes: Any) -> None:
        """Change fields of the slot, and let every process see it."""
        self._own = self._own._replace(**changes)
        # Before it leads, another front may be playing on this timeline: see `take_over`.
        if self._timeline is not None and self._leads:
            self._timeline.beat(self.now_ns())
            self._timeline.put(self._own)
