"""Following a clock: the loop, and the music that it leads, against masters of every kind."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from livecoder.clock.follower import Follower, Lock
from livecoder.clock.loop import PulseLoop, bpm_of
from livecoder.clock.part import Slot
from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import ZERO, Rational
from tests.fakes.master import Master

TURN_NS = 10_000_000
MS = 1e6


class Led:
    """A follower in a process that turns every 10 ms, and what was heard of it.

    Attributes:
        seen: `(ns, tempo map, playing, place)` after each turn.
    """

    def __init__(self, master: Master, bpm: float = 120.0, meter: int = 4) -> None:
        tempo_map = TempoMap(bpm=bpm).with_meter(meter, 0)
        self.said: list[str] = []
        self.follower = Follower(Slot(tempo_map, True), "daw", self.said.append)
        self.master = master
        self.seen: list[tuple[int, TempoMap, bool, object]] = []
        self._messages = iter(())
        self._given = 0

    def run(self, more: float = 0.0) -> Led:
        """Hear all that the master has sent, and some seconds of silence."""
        follower, messages = self.follower, self.master.messages
        begin = self.seen[-1][0] if self.seen else 0
        end = round(self.master.ns + more * 1e9)
        for now in range(begin + TURN_NS, end + TURN_NS, TURN_NS):
            while self._given < len(messages) and messages[self._given][0] <= now:
                follower.message(*messages[self._given])
                self._given += 1
            follower.turn(now)
            self.seen.append((now, follower.tempo_map, follower.playing, follower.place))
        return self

    def errors(self, since: Rational | int = 0) -> np.ndarray:
        """Return by how many ms the music is off at the master's pulses from a song beat on."""
        times = np.array([ns for ns, *_ in self.seen])
        off = []
        for song, ns in self.master.truth:
            index = int(np.searchsorted(times, ns)) - 1
            if index < 0 or song < since:
                continue
            _, tempo_map, playing, place = self.seen[index]
            if playing:
                beat = song - place.song + place.beat
                off.append((tempo_map.ns_at(beat) - ns) / MS)
        return np.array(off)


def p99(errors: np.ndarray) -> float:
    return float(np.percentile(np.abs(errors), 99))


@pytest.mark.parametrize("jitter", [0.0, 0.2, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(2))
def test_two_beats_after_the_first_pulse_the_phase_is_within_a_millisecond(jitter, seed):
    master = Master(ns=MS * 37, jitter_ns=jitter * MS, seed=seed)
    master.start()
    master.beats(60, 133)
    led = Led(master).run()
    assert led.follower.lock is Lock.LOCKED
    assert p99(led.errors(2)) < 1.0


@pytest.mark.parametrize("jitter", [0.0, 2.0])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("before", "after"),
    [(120, 140), (140, 120), (180, 130), (100, 170), (90, 180), (174, 60)],
)
def test_four_beats_after_a_step_of_tempo_it_is_so_again(before, after, seed, jitter):
    master = Master(jitter_ns=jitter * MS, seed=seed)
    master.start()
    master.beats(16, before)
    master.beats(36, after)
    errors = Led(master).run().errors(20)
    assert p99(errors) < 1.0
    assert len(errors) > 31 * 24


def test_a_ramp_is_followed():
    master = Master(jitter_ns=0.5 * MS)
    master.start()
    master.beats(8, 120)
    master.beats(32, 120, to=150)
    master.beats(16, 150)
    assert p99(Led(master).run().errors(4)) < 1.0


def test_lost_and_doubled_pulses_change_nothing():
    master = Master(jitter_ns=1 * MS, dropped=0.05, doubled=0.05, seed=3)
    master.start()
    master.beats(120, 125)
    led = Led(master).run()
    assert p99(led.errors(4)) < 1.0
    _, lost, doubled = led.follower.pulses
    assert lost > 50
    assert doubled > 50


def test_time_never_runs_back_and_tempo_never_leaves_its_bounds():
    master = Master(jitter_ns=2 * MS, dropped=0.1, doubled=0.1, seed=8)
    master.start()
    for bpm in (120, 30, 240, 61, 999, 10, 180):
        master.beats(12, bpm)
    led = Led(master).run(3.0)
    beats = [tempo_map.beat_at(ns) for ns, tempo_map, *_ in led.seen]
    assert all(a <= b for a, b in itertools.pairwise(beats))


def test_a_change_of_tempo_never_moves_a_beat_at_once():
    """Between two turns a beat a bar away moves by its share of the tempo, one here by nothing."""
    master = Master(jitter_ns=1 * MS, seed=2)
    master.start()
    for bpm in (120, 140, 100, 133):
        master.beats(16, bpm)
    led = Led(master).run()
    for (_, before, *_), (ns, after, *_) in itertools.pairwise(led.seen[20:]):
        assert abs(before.beat_at(ns) - after.beat_at(ns)) < Rational(1, 10**6)


def test_a_master_that_vanishes_leaves_its_tempo_and_is_met_again_without_a_jump():
    master = Master(jitter_ns=0.5 * MS)
    master.start()
    master.beats(16, 128)
    master.vanish(12, 128)
    master.beats(16, 128)
    led = Led(master, bpm=90).run()
    assert p99(led.errors(4)) < 4.0, "it ran away while nobody was heard"
    assert p99(led.errors(32)) < 1.0
    assert [line.split()[0] for line in led.said] == ["following", "the", "following"]
    assert "going on at 128.0 bpm" in led.said[1]
    moved = [
        abs(before.beat_at(ns) - after.beat_at(ns))
        for (_, before, *_), (ns, after, *_) in itertools.pairwise(led.seen[20:])
    ]
    assert max(moved) < Rational(1, 16)


def test_a_master_that_vanishes_for_good_is_said_once_and_the_music_goes_on():
    master = Master()
    master.start()
    master.beats(8, 150)
    led = Led(master).run(20.0)
    ns, tempo_map, playing, _ = led.seen[-1]
    assert playing
    assert tempo_map.bpm == pytest.approx(150, abs=0.01)
    assert float(tempo_map.beat_at(ns)) == pytest.approx(8 + 20 * 2.5, abs=0.05)
    assert sum("comes no more" in line for line in led.said) == 1
    assert led.follower.lock is Lock.LOST


def test_stop_stands_and_continue_goes_on_where_it_stood():
    master = Master()
    master.start()
    master.beats(6.25, 120)
    master.stop()
    master.wait(3)
    led = Led(master).run()
    assert led.follower.lock is Lock.STANDING
    assert led.said[-1] == '"daw" has stopped; it goes on from there, or with sync.free()'
    assert not led.seen[-1][2]
    assert led.follower.at == Rational(25, 4)
    master.go_on()
    master.beats(8, 120)
    led.run()
    assert led.follower.place.song == led.follower.place.beat == 0
    assert p99(led.errors(8)) < 0.1


@pytest.mark.parametrize("sixteenths", [0, 1, 16, 23, 64, 4000, 16383])
@pytest.mark.parametrize("idle", [True, False])
def test_any_song_position_is_gone_to_with_its_bars_on_ours(sixteenths, idle):
    """While the master stands it may send pulses or not; both are met in phase."""
    master = Master()
    master.start()
    master.beats(9.5, 120)
    master.stop()
    master.wait(1.0) if idle else master.beats(2, 120)
    master.seek(sixteenths)
    master.go_on()
    master.beats(16, 120)
    led = Led(master).run()
    place = led.follower.place
    assert place.jumped
    assert place.song == Rational(sixteenths, 4)
    assert place.beat >= Rational(19, 2)
    assert place.beat - Rational(19, 2) < 8
    assert (place.beat - place.song) % 4 == 0
    assert place.bars(led.follower.tempo_map) == (place.song - place.beat) / 4
    assert p99(led.errors()[-15 * 24 :]) < 1.0


def test_a_position_that_is_dragged_about_moves_the_music_once():
    master = Master()
    master.start()
    master.beats(5, 120)
    master.stop()
    for sixteenths in (64, 128, 17, 256):
        master.seek(sixteenths)
        master.wait(0.1)
    led = Led(master).run()
    assert led.follower.at == 8
    assert led.follower.place.song == 64
    master.seek(20)
    led.run(0.1)
    assert led.follower.at == 5
    assert not led.follower.place.jumped


def test_a_position_sent_while_it_runs_is_gone_to_with_the_next_pulse():
    """As a sequencer does that loops; the bar that had been handed over is left out."""
    master = Master()
    master.start()
    master.beats(16, 120)
    master.seek(0)
    master.go_on()
    master.beats(16, 120)
    led = Led(master).run()
    place = led.follower.place
    assert (place.beat, place.song, place.jumped) == (20, 0, True)
    assert led.seen[-1][2]
    assert p99(led.errors(1)) < 0.5


def test_pulses_without_a_start_give_tempo_and_the_nearest_pulse():
    master = Master(ns=MS * 11)
    master.beats(64, 100)
    led = Led(master, bpm=120).run()
    assert led.follower.lock is Lock.LOCKED
    assert led.follower.place.song == led.follower.place.beat
    last = master.ns - 60e9 / 100 / 24
    beat = led.follower.tempo_map.beat_at(round(last)) * 24
    assert abs(float(beat) - round(float(beat))) < 0.01


def test_a_start_when_the_music_runs_already_begins_the_song_on_a_bar_line():
    master = Master(ns=2.3e9)
    led = Led(master, bpm=120, meter=3)
    master.start()
    master.beats(32, 120)
    led.run()
    place = led.follower.place
    assert place.song == 0
    assert place.beat == 6, "the first bar line after 2.3 s"
    assert p99(led.errors(2)) < 0.5


def test_a_front_that_paused_and_goes_on_joins_the_song_in_its_bars():
    master = Master()
    master.start()
    master.beats(10, 120)
    led = Led(master).run()
    front = Slot(
        TempoMap(bpm=120.0).with_anchor(Rational(5), round(master.ns)), True, at=Rational(5)
    )
    led.follower.adopt(front)
    master.beats(16, 120)
    led.run()
    place = led.follower.place
    assert (place.beat - place.song) % 4 == 0
    assert place.beat >= 5
    assert p99(led.errors(16)) < 0.5


@pytest.mark.parametrize("bpm", [1000, 2500, 1e6])
def test_a_clock_faster_than_any_tempo_ends_nothing(bpm):
    master = Master()
    master.start()
    master.pulses(2000, bpm)
    led = Led(master).run(2.0)
    assert all(10 <= tempo_map.bpm <= 999 for _, tempo_map, *_ in led.seen)
    assert led.seen[-1][2]


def test_the_loop_counts_what_came_and_what_did_not():
    loop = PulseLoop()
    period = 60e9 / 120 / 24
    for index in range(200):
        if index not in (50, 90, 91):
            loop.pulse(round(index * period))
        if index == 70:
            loop.pulse(round(index * period) + 300_000)
    assert (loop.index, loop.lost, loop.doubled) == (199, 3, 1)
    assert bpm_of(loop.period_ns) == pytest.approx(120, abs=1e-3)
    assert loop.time_ns == pytest.approx(199 * period, abs=1e3)


def test_what_is_no_clock_is_passed_over():
    follower = Follower(Slot(TempoMap(), True), "daw", lambda _line: None)
    for data in (b"\xf1\x00", b"\xf3\x01", b"\xf6", b"\xff", b"\xfe"):
        follower.message(10**9, data)
    follower.turn(2 * 10**9)
    assert follower.slot(7) == Slot(TempoMap(), True, at=ZERO, leader=7)
