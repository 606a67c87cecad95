"""An hour of music in some seconds: whatever is done to time, each event is played once, in turn.

The front's scheduler, the timeline, the follower of a clock and the horizon of an output are the
real ones, in one process and on a clock that is moved by hand; only ports and sockets are not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from livecoder.clock.follower import Follower
from livecoder.clock.part import Slot
from livecoder.clock.scheduler import Scheduler
from livecoder.clock.timeline import FollowerWriter, TimelineReader, TimelineWriter
from livecoder.core.errors import DeviceError
from livecoder.core.events import Order, Revoke, Schedule
from livecoder.core.rational import Rational, floor
from livecoder.outputs.horizon import Horizon
from livecoder.outputs.midi.clock_out import CLOCK, ClockOut
from tests.fakes.clock import FakeClock
from tests.fakes.master import Master
from tests.fakes.sources import Pulse, event_of

TURN = 0.08
AHEAD_NS = 160_000_000
# Beats of the longest bar.
LONGEST = 5
TRACKS = {"d1": 4, "d2": 3, "d3": 8}


class Hearing:
    """An output: the real horizon, which takes what is due, and what it gave is kept.

    Attributes:
        played: `(beat, deadline, now)` of every event, by track.
        pulses: deadlines of the clock's pulses.
    """

    def __init__(self, folder: Path) -> None:
        self.played: dict[str, list[tuple[Rational, int, int]]] = {name: [] for name in TRACKS}
        self.pulses: list[int] = []
        self.places: list[Any] = []
        self._reader = TimelineReader(folder / "timeline")
        self._horizon = Horizon(lambda _beat: Rational(8))
        self._clock_out = ClockOut(lambda _line: None)
        self._clock_out.want(["out"], 0)

    def send(self, order: Order) -> None:
        match order:
            case Schedule():
                self._horizon.schedule(order)
            case Revoke():
                self._horizon.revoke(order)

    def turn(self, now: int) -> None:
        moment = self._reader.read()
        if moment.place.jumped:
            self._horizon.skip_to(moment.place.beat)
        if not self.places or self.places[-1] != moment.place:
            self.places.append(moment.place)
        self._clock_out.see(moment)
        if not moment.playing:
            self._clock_out.stop(now)
            return
        tempo = moment.tempo_map
        for taken in self._horizon.take(tempo.beat_at(now + AHEAD_NS)):
            beat = taken.event.beat
            self.played[taken.track].append((beat, tempo.ns_at(beat), now))
        sent = self._clock_out.until(tempo, now, now + AHEAD_NS, ["out"])
        self.pulses += [timed.deadline_ns for timed in sent if timed.data == CLOCK]


class Night:
    """Front, follower and output on one clock.

    Attributes:
        skipped: stretches of beats that a locate of the master jumped over.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = FakeClock(10**12)
        writer = TimelineWriter.create(folder / "timeline")
        self.output = Hearing(folder)
        self.scheduler = Scheduler(writer, self.clock, self.output, event_of)
        self._reader = TimelineReader(folder / "timeline")
        self._writer = FollowerWriter(folder / "timeline")
        self._follower: Follower | None = None
        self._front: Slot | None = None
        self._written: Slot | None = None
        self._number = 0
        self._master = Master()
        self._messages: Iterator[tuple[int, bytes]] = iter(())
        self._pending: tuple[int, bytes] | None = None
        self._bpm = 120.0
        for name, steps in TRACKS.items():
            self.scheduler.set(name, Pulse(name, steps), at=0)
        self.scheduler.begin(self.clock.now_ns() + 5 * 10**8)

    def go(self, seconds: float) -> None:
        for _ in range(max(1, round(seconds / TURN))):
            self.clock.advance(TURN)
            now = self.clock.now_ns()
            self._lead(now)
            self.scheduler.tick()
            self.output.turn(now)

    def do_something(self) -> None:
        """Do one of the things that are done to time, and go on for a while."""
        choices = [self.tempo, self.ramp, self.meter, self.goto, self.pause, self.follow]
        if self._follower is not None:
            choices = [self.meter, self.pause, self.free, self.master_tempo, self.master_vanishes]
            choices += [self.master_stops, self.master_loops]
        self.random.choice(choices)()
        self.go(self.random.uniform(0.1, 16.0))

    def tempo(self) -> None:
        self.scheduler.set_tempo(self.random.uniform(60, 220))

    def ramp(self) -> None:
        self.scheduler.set_tempo(
            self.random.uniform(60, 220), Rational(self.random.randrange(1, 32))
        )

    def meter(self) -> None:
        at = floor(self.scheduler.uncommitted()) + 1
        self.scheduler.set_meter(Rational(self.random.choice([4, 6, 7, 8, 10]), 2), at)

    def goto(self) -> None:
        at = floor(self.scheduler.uncommitted()) + 1
        self.scheduler.go_to(self.random.randrange(200), at)

    def pause(self) -> None:
        self.scheduler.pause()
        self.go(self.random.uniform(0.05, 2.0))
        try:
            self.scheduler.go_on()
        except DeviceError:
            self.free()

    def follow(self) -> None:
        self._number = self.scheduler.follow()
        moment = self._reader.read()
        front = self._reader.front()
        self._front = front
        self._follower = Follower(
            Slot(moment.tempo_map, front.playing, moment.place, moment.at), "daw", lambda _: None
        )
        self._bpm = self.random.uniform(60, 220)
        self._master = Master(
            ns=self.clock.now_ns() + 5e7,
            jitter_ns=self.random.choice([0.0, 2e5, 1e6]),
            dropped=self.random.choice([0.0, 0.01]),
            doubled=self.random.choice([0.0, 0.01]),
            seed=self.random.randrange(1000),
        )
        if self.random.random() < 0.7:
            self._master.start()
        self._pending = None
        self._messages = iter(())

    def free(self) -> None:
        self.scheduler.free()
        self._follower = None

    def master_tempo(self) -> None:
        self._bpm = min(max(self._bpm * self.random.uniform(0.8, 1.25), 60), 220)

    def master_stops(self) -> None:
        self._master.stop()
        if self.random.random() < 0.7:
            self._master.seek(self.random.randrange(16384))
        self._master.wait(self.random.uniform(0.01, 2))
        self._master.go_on()

    def master_loops(self) -> None:
        self._master.seek(self.random.randrange(400))

    def master_vanishes(self) -> None:
        self._master.vanish(self.random.randrange(1, 16), self._bpm)

    def _lead(self, now: int) -> None:
        follower = self._follower
        if follower is None:
            return
        while self._master.ns < now:
            self._master.pulses(1, self._bpm)
        front = self._reader.front()
        if front is not self._front:
            before, self._front = self._front, front
            follower.learn(front)
            if front.playing and before is not None and not before.playing:
                follower.adopt(front)
        for at, data in self._master.messages:
            follower.message(min(at, now), data)
        self._master.messages.clear()
        follower.turn(now)
        if (slot := follower.slot(self._number)) != self._written:
            self._written = slot
            self._writer.write(slot)


def expected(night: Night, track: str, until: Rational) -> list[Rational]:
    """Return the beats a track's events are on, by the meters as they ended up."""
    tempo_map = night.scheduler.tempo_map
    steps = TRACKS[track]
    beats: list[Rational] = []
    step = 0
    while (beat := tempo_map.beat_of_cycle(Rational(step, steps))) < until:
        beats.append(beat)
        step += 1
    return beats


@pytest.mark.parametrize("seed", range(3))
def test_in_an_hour_of_changes_no_event_is_lost_doubled_or_out_of_turn(seed: int) -> None:
    """Three times twenty minutes; what a locate of the master jumps over is not played."""
    with TemporaryDirectory() as folder:
        night = Night(Path(folder), seed)
        begin = night.clock.now_ns()
        while night.clock.now_ns() < begin + 1200 * 10**9:
            night.do_something()
        arrivals = sorted(place.beat for place in night.output.places if place.jumped)
        for track in TRACKS:
            played = night.output.played[track]
            beats = [beat for beat, _, _ in played]
            assert beats == sorted(set(beats)), "doubled, or out of turn"
            meant = expected(night, track, beats[-1] + Rational(1, 1000))
            assert set(beats) <= set(meant), "what nobody asked for"
            for beat in set(meant) - set(beats):
                # A jump goes to a bar line, or into the bar behind it.
                assert any(beat < arrival <= beat + 2 * LONGEST for arrival in arrivals), beat
            late = [now - deadline for _, deadline, now in played]
            assert max(late) <= 1.5 * TURN * 1e9, "only what a jump lands on may be late"
            assert sum(one > 0 for one in late) <= len(arrivals) + len(late) / 500


@pytest.mark.parametrize("seed", range(2))
def test_without_a_master_every_event_is_there_and_on_its_beat(seed: int) -> None:
    """Each has the nanosecond of its beat, in order, and none is late."""
    with TemporaryDirectory() as folder:
        night = Night(Path(folder), seed)
        acts = [night.tempo, night.ramp, night.meter, night.goto, night.pause]
        begin = night.clock.now_ns()
        while night.clock.now_ns() < begin + 600 * 10**9:
            night.random.choice(acts)()
            night.go(night.random.uniform(0.1, 12.0))
        for track in TRACKS:
            played = night.output.played[track]
            beats = [beat for beat, _, _ in played]
            assert beats == expected(night, track, beats[-1] + Rational(1, 1000))
            deadlines = [deadline for _, deadline, _ in played]
            assert deadlines == sorted(deadlines)
            assert all(now <= deadline + TURN * 1e9 / 2 for _, deadline, now in played)


def test_pulses_are_as_many_as_beats_have_through_every_change_of_tempo_and_place() -> None:
    with TemporaryDirectory() as folder:
        night = Night(Path(folder), 9)
        begin = night.clock.now_ns()
        while night.clock.now_ns() < begin + 200 * 10**9:
            night.random.choice([night.tempo, night.ramp, night.goto])()
            night.go(night.random.uniform(0.1, 12.0))
        tempo_map = night.scheduler.tempo_map
        beats = tempo_map.beat_at(night.clock.now_ns() + AHEAD_NS)
        assert len(night.output.pulses) == -floor(-beats * 24)
