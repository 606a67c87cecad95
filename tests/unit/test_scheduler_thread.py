"""The scheduler's real thread: edits from outside, and queries that do not come back.

No figure of time is asserted, only that what must happen does, within a minute.
"""

from __future__ import annotations

import sys
import threading
import time

import pytest

from livecoder.clock.guard import RunawayError
from livecoder.clock.scheduler import Scheduler
from livecoder.clock.sources import MonotonicClock
from livecoder.core.rational import Rational
from tests.fakes.output import RecordingOutput
from tests.fakes.sources import Failing, Pulse, event_of


class Rig:
    """A scheduler in its thread at 600 bpm (a bar lasts 0.4 s), patient for 0.3 s."""

    def __init__(self):
        self.output = RecordingOutput()
        self.problems = []
        self.scheduler = Scheduler(
            None,
            MonotonicClock(),
            self.output,
            event_of,
            patience=0.3,
            on_problem=lambda track, error: self.problems.append((track, error)),
        )
        self.set = self.scheduler.set
        self.scheduler.set_tempo(600)

    def until(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def plays_on(self, track, beats=8):
        """Wait until a track has been asked so many more beats."""
        goal = self.output.horizons.get(track, 0) + beats
        self.until(lambda: self.output.horizons.get(track, 0) >= goal)


@pytest.fixture
def rig():
    made = Rig()
    made.scheduler.start()
    yield made
    made.scheduler.stop()


def threads():
    return [t for t in threading.enumerate() if t.name.startswith("livecoder")]


def test_it_plays_and_stops(rig):
    rig.set("d1", Pulse("a"), at=0)
    rig.plays_on("d1")
    rig.scheduler.stop()
    orders = len(rig.output.orders)
    stopped = rig.scheduler.cycle_now()
    assert rig.output.onsets("d1")[:8] == list(range(8))
    assert not threads()
    assert rig.scheduler.cycle_now() == stopped
    assert len(rig.output.orders) == orders
    rig.scheduler.start()
    rig.plays_on("d1")
    onsets = rig.output.onsets("d1")
    assert onsets == list(range(len(onsets)))


def test_edits_from_another_thread_lose_and_double_nothing(rig):
    rig.set("d1", Pulse("a"), at=0)
    for number in range(100):
        rig.set("d1", Pulse(f"a{number}"), at=rig.scheduler.uncommitted())
        time.sleep(0.002)
    rig.plays_on("d1")
    onsets = rig.output.onsets("d1")
    assert onsets == list(range(len(onsets)))
    assert not rig.problems


def test_a_busy_main_thread_is_not_heard(rig):
    rig.set("d1", Pulse("a"), at=0)
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        pass
    sorted(range(3 * 10**6, 0, -1))
    rig.plays_on("d1")
    onsets = rig.output.onsets("d1")
    assert onsets == list(range(len(onsets)))
    assert not rig.problems


def loop():
    while True:
        pass


def loop_that_swallows():
    for _ in range(4):
        try:
            loop()
        except Exception:
            continue


def nap():
    time.sleep(3)


@pytest.mark.parametrize("stuck", [loop, loop_that_swallows, nap])
def test_a_query_that_does_not_come_back_is_left_and_the_music_goes_on(rig, stuck):
    rig.set("d1", Pulse("good"), at=0)
    rig.set("d2", Pulse("other"), at=0)
    rig.plays_on("d2")
    at = rig.scheduler.uncommitted() + 1
    rig.set("d1", Failing("stuck", stuck, since=at), at=at)
    rig.until(lambda: rig.problems)
    rig.plays_on("d1", 16)
    rig.plays_on("d2", 16)
    ((track, error),) = rig.problems
    assert track == "d1"
    assert isinstance(error, RunawayError)
    assert rig.scheduler.statistics().overruns == 1
    for name, sounds in (("d1", {"good"}), ("d2", {"other"})):
        events = rig.output.queues[name]
        assert [event.beat for event in events] == list(range(len(events)))
        assert {event.controls["s"] for event in events} == sounds
    # The thread that was left ends, once what it is stuck in lets it; scheduler and guard stay.
    rig.until(lambda: len(threads()) == 2)


def test_an_edit_made_while_a_query_is_stuck_takes_its_place(rig):
    rig.set("d1", Failing("stuck", loop), at=0)
    time.sleep(0.05)
    rig.set("d1", Pulse("mended"), at=0)
    rig.plays_on("d1")
    assert rig.scheduler.statistics().overruns == 1
    assert not rig.problems
    assert rig.output.onsets("d1")[:4] == [0, 1, 2, 3]


def test_a_slow_query_is_not_left(rig):
    rig.set("d1", Failing("slow", lambda: time.sleep(0.05)), at=0)
    rig.plays_on("d1")
    assert not rig.problems
    assert rig.output.onsets("d1")[:4] == [0, 1, 2, 3]


def test_the_tempo_can_change_while_it_plays(rig):
    rig.set("d1", Pulse("a"), at=0)
    for bpm in (500, 700, 800, 900):
        rig.scheduler.set_tempo(bpm)
        rig.plays_on("d1", 4)
    rig.scheduler.set_meter(3, rig.scheduler.uncommitted() // 1 + 1)
    rig.plays_on("d1", 12)
    assert rig.scheduler.tempo_map.bpm == 900
    onsets = rig.output.onsets("d1")
    assert onsets == sorted(set(onsets))
    assert onsets[-1] - onsets[-2] == Rational(3, 4)


def test_a_session_may_end_while_the_first_pattern_begins_it():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(200):
            scheduler = Rig().scheduler
            first = threading.Thread(target=scheduler.start)
            first.start()
            while first.is_alive() and not scheduler.playing:
                pass
            scheduler.stop()
            first.join()
    finally:
        sys.setswitchinterval(before)
    assert not threads()
