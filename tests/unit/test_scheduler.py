"""The scheduler on a clock that stands still until told: what is asked, sent, revoked, and when."""

from __future__ import annotations

import pytest

from livecoder.clock.scheduler import Scheduler
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineReader, TimelineWriter
from livecoder.core.errors import DeviceError, PatternError, RangeError
from livecoder.core.events import Revoke, Schedule
from livecoder.core.rational import Rational
from tests.fakes.clock import FakeClock
from tests.fakes.output import RecordingOutput
from tests.fakes.sources import BarError, Failing, Network, Pulse, event_of

QUARTER = Rational(1, 4)


class Rig:
    """A scheduler at 120 bpm (a bar lasts 2 s) whose music began at 0 ns."""

    def __init__(self, *, playing=True, timeline=None, event_of=event_of):
        self.clock = FakeClock()
        self.output = RecordingOutput()
        self.problems = []
        self.windows = []
        self.scheduler = Scheduler(
            timeline,
            self.clock,
            self.output,
            event_of,
            on_window=self.windows.append,
            on_problem=lambda track, error: self.problems.append((track, error)),
        )
        self.set = self.scheduler.set
        if playing:
            self.scheduler.begin(0)

    def run(self, seconds):
        for _ in range(round(seconds / 0.02)):
            self.scheduler.tick()
            self.clock.advance(0.02)

    def names(self, track="d1"):
        return [event.controls["s"] for event in self.output.queues.get(track, [])]


def boom():
    message = "boom"
    raise ValueError(message)


# Asking


def test_windows_are_consecutive_and_two_bars_ahead():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.scheduler.tick()
    sent = rig.output.schedules("d1")
    assert [(s.begin, s.end) for s in sent] == [(b, b + 1) for b in range(8)]
    assert [len(s.events) for s in sent] == [1] * 8
    assert rig.windows == [i * QUARTER for i in range(8)]
    rig.scheduler.tick()
    assert len(rig.output.schedules("d1")) == 8
    rig.clock.advance(0.02)
    rig.scheduler.tick()
    assert len(rig.output.schedules("d1")) == 9


def test_an_hour_of_music_is_exact():
    rig = Rig()
    rig.set("d1", Pulse("a", 16), at=0)
    for _ in range(3600):
        rig.clock.advance(1)
        rig.scheduler.tick()
    assert rig.output.onsets("d1") == [Rational(i, 4) for i in range(len(rig.output.onsets("d1")))]
    assert rig.output.horizons["d1"] >= 7200 + 8
    assert rig.scheduler.cycle_now() == 1800


def test_windows_nearest_in_time_come_first_across_tracks():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.set("d2", Pulse("b"), at=0)
    rig.scheduler.tick()
    sent = [(o.begin, o.track) for o in rig.output.orders if isinstance(o, Schedule)]
    assert sent == sorted(sent)
    assert len(sent) == 16


def test_silence_is_sent_too_so_that_outputs_know_their_horizon():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.set("d1", None, at=1)
    rig.scheduler.tick()
    assert rig.output.horizons["d1"] == 8
    assert rig.output.onsets("d1") == [0, 1, 2, 3]


def test_a_track_that_stays_silent_is_let_go_and_can_come_back():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.set("d1", None, at=1)
    rig.run(80)
    assert rig.output.horizons["d1"] < 80
    rig.set("d1", Pulse("b"), at=42)
    rig.run(8)
    later = [s for s in rig.output.schedules("d1") if s.begin >= 80]
    assert later[0].begin == 168
    assert later[0].generation > 2
    assert rig.names().count("b") == len(rig.output.onsets("d1")) - 4 > 0


def test_a_track_that_begins_later_is_not_asked_before():
    rig = Rig()
    source = Pulse("a")
    rig.set("d1", source, at=1)
    rig.scheduler.tick()
    assert source.asked[0].begin == 1
    assert rig.output.onsets("d1")[0] == 4


def test_haps_without_an_onset_in_the_window_are_not_sent():
    rig = Rig()
    rig.set("d1", Pulse("a", 1), at=Rational(1, 2))
    rig.scheduler.tick()
    assert rig.output.onsets("d1") == [4]


# Edits


def test_an_edit_revokes_from_its_boundary_and_nothing_before():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.run(1)
    rig.set("d1", Pulse("b"), at=1)
    rig.run(1)
    assert rig.output.revokes("d1")[-1] == Revoke("d1", Rational(4))
    assert rig.output.onsets("d1") == list(range(12))
    assert rig.names() == ["a"] * 4 + ["b"] * 8
    generations = [s.generation for s in rig.output.schedules("d1")]
    assert generations == sorted(generations)


def test_an_edit_beyond_the_horizon_waits_for_it():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.set("d1", Pulse("b"), at=5)
    rig.run(12)
    assert rig.names() == ["a"] * 20 + ["b"] * (len(rig.names()) - 20)
    assert rig.output.onsets("d1") == list(range(len(rig.names())))


def test_a_later_edit_at_an_earlier_place_replaces_the_first():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.set("d1", Pulse("b"), at=3)
    rig.set("d1", Pulse("c"), at=2)
    rig.run(12)
    assert set(rig.names()) == {"a", "c"}


def test_versions_may_begin_anywhere():
    rig = Rig()
    rig.set("d1", Pulse("a", 6), at=0)
    rig.set("d1", Pulse("b", 6), at=Rational(5, 12))
    rig.scheduler.tick()
    ends = [s.end for s in rig.output.schedules("d1")]
    assert ends[:3] == [1, Rational(5, 3), 2]
    assert rig.names()[:6] == ["a", "a", "a", "b", "b", "b"]
    assert rig.output.onsets("d1")[:4] == [0, Rational(2, 3), Rational(4, 3), 2]


def test_an_edit_that_comes_too_late_leaves_what_has_sounded():
    """The block took two seconds: what sounded meanwhile is neither doubled nor revoked."""
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.run(3)
    source = Pulse("b")
    rig.set("d1", source, at=Rational(1, 2))
    rig.scheduler.tick()
    assert rig.output.onsets("d1") == list(range(len(rig.names())))
    assert rig.names()[:8] == ["a"] * 7 + ["b"]
    assert rig.output.revokes("d1")[-1].beat > 6
    assert source.asked[0].begin == Rational(1, 2)
    assert rig.scheduler.statistics().lost == 5


def test_a_track_that_was_silent_is_sent_even_late():
    rig = Rig()
    rig.run(3)
    rig.set("d1", Pulse("a"), at=1)
    rig.scheduler.tick()
    assert rig.output.onsets("d1")[0] == 4
    assert rig.scheduler.statistics().late == 2


def test_resend_asks_again_from_what_is_uncommitted():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.set("d2", Pulse("b"), at=0)
    rig.run(1)
    rig.scheduler.resend("d1")
    rig.scheduler.tick()
    assert rig.output.onsets("d1") == rig.output.onsets("d2")
    assert len(rig.output.revokes("d2")) == 1
    assert 2.24 <= rig.output.revokes("d1")[-1].beat < 2.25


# Tempo and meter


def test_a_tempo_change_bends_what_is_queued_and_sends_nothing_again():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.run(2)
    before = len(rig.output.orders)
    rig.scheduler.set_tempo(60)
    rig.scheduler.tick()
    assert [o for o in rig.output.orders[before:] if isinstance(o, Revoke)] == []
    assert rig.scheduler.tempo_map.ns_at(Rational(4)) == 2 * 10**9
    assert rig.scheduler.tempo_map.ns_at(Rational(5)) == 3 * 10**9
    rig.run(8)
    assert rig.output.onsets("d1") == list(range(len(rig.names())))
    with pytest.raises(RangeError):
        rig.scheduler.set_tempo(1000)


def test_a_meter_change_asks_again_from_its_bar():
    rig = Rig()
    rig.set("d1", Pulse("a", 1), at=0)
    rig.run(1)
    rig.scheduler.set_meter(3, 1)
    rig.run(4)
    assert rig.output.onsets("d1")[:4] == [0, 4, 7, 10]
    assert rig.scheduler.tempo_map.beats_per_cycle == 3


def test_a_meter_change_that_comes_too_late_leaves_what_has_sounded():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.run(3)
    rig.scheduler.set_meter(3, 1)
    rig.scheduler.tick()
    onsets = rig.output.onsets("d1")
    assert onsets == sorted(set(onsets))
    assert onsets[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert rig.output.onsets("d1")[-1] > 11


def test_the_timeline_shows_what_time_does(tmp_path):
    rig = Rig(playing=False, timeline=TimelineWriter.create(tmp_path / "timeline"))
    reader = TimelineReader(tmp_path / "timeline")
    rig.scheduler.set_tempo(90)
    assert reader.read()[:3] == (TempoMap(), False, 0)
    rig.scheduler.begin(10**9)
    assert reader.read()[:3] == (TempoMap(bpm=90.0, anchor_ns=10**9), True, 0)
    rig.run(1)
    assert reader.read().heartbeat_ns == 980_000_000
    rig.scheduler.set_meter(3, 2)
    assert reader.read().tempo_map == rig.scheduler.tempo_map
    rig.scheduler.stop()
    assert not reader.read().playing


def test_a_front_that_leaves_lets_time_run_on_for_the_outputs(tmp_path):
    rig = Rig(playing=False, timeline=TimelineWriter.create(tmp_path / "timeline"))
    rig.scheduler.begin(0)
    rig.run(1)
    rig.scheduler.stop(keep=True)
    rig.scheduler.set_tempo(60)
    assert TimelineReader(tmp_path / "timeline").read()[:2] == (TempoMap(), True)


def test_what_is_prepared_before_time_runs_is_not_asked_again():
    rig = Rig(playing=False)
    network = Network("n")
    rig.set("d1", network, at=0)
    rig.scheduler.prepare(1)
    assert network.waited == [0]
    assert rig.scheduler.cycle_now() == 0
    network.ready.update(range(9))
    rig.scheduler.begin(0)
    rig.run(2)
    assert rig.output.onsets("d1") == list(range(12))
    assert len(network.asked) == 12


def test_what_is_uncommitted_is_a_lookahead_away():
    rig = Rig()
    rig.clock.advance(1)
    assert rig.scheduler.cycle_now() == Rational(1, 2)
    assert rig.scheduler.uncommitted() == Rational(1, 2) + Rational(6, 100)


# Problems


def test_a_pattern_that_raises_gives_way_to_its_last_good_version():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.set("d2", Pulse("c"), at=0)
    rig.run(1)
    rig.set("d1", Failing("b", boom, since=2 * QUARTER + 1), at=1)
    rig.run(8)
    assert rig.names()[:10] == ["a"] * 4 + ["b"] * 2 + ["a"] * 4
    assert rig.output.onsets("d1") == rig.output.onsets("d2")
    assert [(track, str(error)) for track, error in rig.problems] == [("d1", "boom")]


def test_a_first_pattern_that_raises_gives_way_to_silence():
    rig = Rig()
    rig.set("d1", Failing("b", boom, since=QUARTER), at=0)
    rig.run(4)
    assert rig.names() == ["b"]
    assert rig.output.horizons["d1"] > 8
    assert len(rig.problems) == 1


def test_what_was_hushed_does_not_come_back_when_the_next_fails():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.run(2)
    rig.set("d1", None, at=2)
    rig.run(8)
    rig.set("d1", Failing("b", boom), at=6)
    rig.run(8)
    assert set(rig.output.onsets("d1")) == set(range(8))


def test_a_version_that_begins_later_still_does_after_a_failure():
    rig = Rig()
    rig.set("d1", Failing("a", boom, since=Rational(1)), at=0)
    rig.set("d1", Pulse("b"), at=Rational(3, 2))
    rig.scheduler.tick()
    assert rig.names() == ["a"] * 4 + ["b"] * 2


def test_when_the_good_version_fails_too_there_is_silence():
    rig = Rig()
    rig.set("d1", Failing("a", boom, since=Rational(3)), at=0)
    rig.run(2)
    rig.set("d1", Failing("b", boom, since=Rational(4)), at=2)
    rig.run(12)
    assert rig.names() == ["a"] * 8 + ["b"] * 8
    assert len(rig.problems) == 2


def test_an_event_that_cannot_be_made_counts_the_same():
    def refuse(track, hap, tempo):
        if hap.value["s"] == "bad":
            raise PatternError("no such sound")
        return event_of(track, hap, tempo)

    rig = Rig(event_of=refuse)
    rig.set("d1", Pulse("a"), at=0)
    rig.run(1)
    rig.set("d1", Pulse("bad"), at=1)
    rig.run(4)
    assert set(rig.names()) == {"a"}
    assert len(rig.problems) == 1


def test_an_event_that_is_none_is_left_out():
    rig = Rig(event_of=lambda *_: None)
    rig.set("d1", Pulse("a"), at=0)
    rig.scheduler.tick()
    assert rig.names() == []
    assert rig.output.horizons["d1"] == 8


def test_a_flood_of_notes_is_refused():
    rig = Rig()
    rig.set("d1", Pulse("a", 100_000), at=0)
    rig.scheduler.tick()
    assert rig.names() == []
    assert "1000 notes" in str(rig.problems[0][1])


def test_a_problem_that_cannot_be_told_does_not_stop_the_music():
    rig = Rig()
    rig.scheduler._on_problem = lambda *_: boom()
    rig.set("d1", Failing("a", boom), at=0)
    rig.set("d2", Pulse("b"), at=0)
    rig.run(1)
    assert len(rig.names("d2")) > 8


# Networks


def test_a_bar_that_is_not_ready_is_asked_for_again_and_others_go_on():
    rig = Rig()
    network = Network("n")
    rig.set("d1", network, at=1)
    rig.set("d2", Pulse("b"), at=0)
    rig.run(1)
    assert rig.names("d1") == []
    assert len(rig.names("d2")) > 8
    network.ready.update(range(100))
    rig.run(1)
    assert rig.output.onsets("d1")[0] == 4
    assert not network.conceded
    assert not rig.problems


def test_a_bar_that_is_due_is_conceded():
    rig = Rig()
    network = Network("n")
    network.ready.add(0)
    rig.set("d1", network, at=0)
    rig.run(1.86)
    assert not network.conceded
    rig.run(0.06)
    assert network.conceded == [1]
    assert rig.output.onsets("d1") == list(range(8))


def test_a_network_within_a_network_is_conceded_too():
    class Both(Network):
        def query(self, begin, end):
            other.query(begin, end)
            return super().query(begin, end)

    rig = Rig()
    other, both = Network("inner"), Both("outer")
    rig.set("d1", both, at=0)
    rig.scheduler.tick()
    assert (other.conceded, both.conceded) == ([0], [0])
    assert rig.output.onsets("d1") == [0, 1, 2, 3]


def test_offline_a_network_is_waited_for():
    rig = Rig(playing=False)
    network = Network("n")
    rig.set("d1", network, at=0)
    rig.scheduler.run_until(4)
    assert network.waited == [0, 1, 2, 3]
    assert not network.conceded
    assert rig.output.onsets("d1") == list(range(16))


def test_offline_a_network_that_never_comes_is_an_error():
    class DeadError(BarError):
        def wait(self, seconds):
            raise DeviceError(f"nothing in {seconds} s")

    class Broken(Network):
        def query(self, begin, end):
            raise DeadError(self, 0)

    rig = Rig(playing=False)
    rig.set("d1", Broken("n"), at=0)
    with pytest.raises(DeviceError, match=r"60\.0 s"):
        rig.scheduler.run_until(1)


# Held up


def test_after_being_held_up_nothing_is_lost_or_doubled_and_what_is_late_is_counted():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.run(1)
    rig.clock.advance(9)
    rig.run(1)
    assert rig.output.onsets("d1") == list(range(len(rig.names())))
    assert rig.scheduler.statistics().late > 5


def test_after_being_held_up_for_very_long_the_past_is_skipped():
    rig = Rig()
    rig.set("d1", Pulse("a"), at=0)
    rig.run(1)
    rig.clock.advance(3600)
    rig.scheduler.tick()
    onsets = rig.output.onsets("d1")
    assert onsets[:11] == [*range(10), 7202]
    assert onsets == sorted(set(onsets))
    assert onsets[-1] == 7209
    assert rig.scheduler.statistics().lost > 7000


# Offline


def test_offline_asks_the_windows_of_a_live_performance():
    live, offline = Rig(), Rig(playing=False)
    asked = []
    for rig in (live, offline):
        source = Pulse("a", 6)
        asked.append(source.asked)
        rig.set("d1", source, at=0)
        rig.set("d1", source, at=Rational(7, 5))
    live.run(16)
    offline.scheduler.run_until(10)
    assert asked[0] == asked[1]
    assert live.output.schedules("d1") == offline.output.schedules("d1")


def test_offline_the_position_is_what_has_been_asked():
    rig = Rig(playing=False)
    rig.set("d1", Pulse("a"), at=0)
    rig.scheduler.run_until(Rational(9, 7))
    assert rig.scheduler.uncommitted() == rig.scheduler.cycle_now() == Rational(9, 7)
    assert rig.output.onsets("d1") == list(range(6))
    rig.scheduler.set_tempo(60)
    assert rig.scheduler.tempo_map.anchor_beat == Rational(36, 7)
    rig.set("d1", Pulse("b"), at=Rational(9, 7))
    rig.scheduler.run_until(3)
    assert rig.output.onsets("d1") == list(range(12))
    assert rig.names() == ["a"] * 6 + ["b"] * 6


# Taking over


def test_a_front_that_takes_over_plays_on_from_where_the_music_is(tmp_path):
    path = tmp_path / "timeline"
    first = Rig(timeline=TimelineWriter.create(path))
    first.set("d1", Pulse("a"), at=0)
    first.scheduler.set_tempo(100)
    first.run(7)
    writer = TimelineWriter.open(path)
    second = Rig(playing=False, timeline=writer)
    second.clock.advance(8)
    tempo = second.scheduler.tempo_map
    assert tempo == first.scheduler.tempo_map
    second.set("d1", Pulse("x"), at=0)
    second.scheduler.set_tempo(150)
    second.set("d1", Pulse("a"), at=1)
    second.set("d1", Pulse("b"), at=6)
    assert TimelineReader(path).read().tempo_map == tempo
    second.scheduler.take_over(tempo)
    now = tempo.beat_at(8 * 10**9)
    (revoke,) = second.output.orders
    assert isinstance(revoke, Revoke)
    assert now + Rational(1, 5) <= revoke.beat < now + Rational(1, 4)
    second.run(8)
    assert second.scheduler.tempo_map == tempo
    assert second.output.orders[1].begin == revoke.beat
    assert second.output.onsets("d1") == list(range(14, len(second.names()) + 14))
    assert second.names() == ["a"] * 10 + ["b"] * (len(second.names()) - 10)
