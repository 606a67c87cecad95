"""Transport as a performer types it: tempo over bars, goto, stop and play, tap; sync's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from livecoder.clock.part import Slot
from livecoder.clock.place import START, Place
from livecoder.clock.scheduler import Scheduler
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import FollowerWriter, TimelineReader, TimelineWriter
from livecoder.core.errors import DeviceError, LivecoderError, RangeError, UnknownNameError
from livecoder.core.events import Configure, Report
from livecoder.core.rational import ZERO, Rational
from livecoder.session.journal import Journal, read_journal
from livecoder.session.kept import Kept
from livecoder.session.offline import Performed, perform
from livecoder.session.saving import script_of
from livecoder.session.script import parse
from livecoder.session.sync import Sync
from tests.fakes.clock import FakeClock
from tests.fakes.output import RecordingOutput
from tests.fakes.sources import Pulse, event_of


def played(*lines: str, bars: int = 4) -> Performed:
    return perform(parse("\n".join(lines), "x.py"), bars=bars)


def notes(performed: Performed, track: str = "d1") -> list[float]:
    return [event.controls["note"] for event in performed.tracks[track]]


# Offline


def test_goto_goes_to_a_bar_of_the_song_at_the_next_bar_line() -> None:
    heard = played("d1 >> note('<60 61 62 63 64 65>')", "# bar 2.5", "goto(6)", bars=5)
    assert notes(heard) == [60, 61, 65, 60, 61]
    assert [float(event.beat) for event in heard.tracks["d1"]] == [0, 4, 8, 12, 16]


def test_goto_goes_back_as_well_and_again() -> None:
    heard = played(
        "d1 >> note('<60 61 62 63 64 65>')", "# bar 3", "goto(1)", "# bar 5", "goto(2)", bars=6
    )
    assert notes(heard) == [60, 61, 60, 61, 61, 62]


def test_an_undone_goto_never_was() -> None:
    heard = played(
        "d1 >> note('<60 61 62 63 64 65>')", "# bar 2", "goto(6)", "# bar 3", "undo()", bars=5
    )
    assert notes(heard) == [60, 65, 62, 63, 64]


def test_a_frozen_track_loops_by_the_bars_of_the_song_and_a_new_one_begins_there() -> None:
    heard = played(
        "d1 >> note('<60 61 62 63 64 65>')",
        "# bar 3",
        "d1.freeze(2)",
        "# bar 4",
        "goto(7)",
        "# bar 5",
        "d2 >> note('<60 61 62 63 64 65>')",
        bars=6,
    )
    assert notes(heard) == [60, 61, 60, 60, 61, 60]
    assert notes(heard, "d2") == [61, 62]


@pytest.mark.parametrize("bar", ["0", "-3", "2.5", "'x'", "True", "10**9"])
def test_a_bar_that_is_none_is_refused_and_the_music_goes_on(bar: str) -> None:
    heard = played("d1 >> note('<60 61 62 63>')", "# bar 2", f"goto({bar})")
    assert notes(heard) == [60, 61, 62, 63]
    (problem,) = heard.problems
    assert "try goto(17)" in problem


def test_a_tempo_over_bars_is_a_ramp_whose_seconds_are_those_of_the_map() -> None:
    heard = played("d1 >> note('60*4')", "# bar 2", "tempo(180, over=2)", bars=6)
    tempo = TempoMap().with_ramp(180, Rational(4), 8)
    for beat in (4, 5, 8, 12, 20):
        assert heard.seconds(Rational(beat)) == pytest.approx(tempo.ns_at(Rational(beat)) / 1e9)
    assert [float(event.beat) for event in heard.tracks["d1"]] == list(range(24))


def test_a_ramp_that_is_interrupted_goes_on_from_the_tempo_it_had_come_to() -> None:
    heard = played("d1 >> note(60)", "tempo(180, over=2)", "# bar 2", "tempo(90, over=1)", bars=5)
    first = TempoMap().with_ramp(180, ZERO, 8)
    then = first.with_ramp(90, Rational(4), 4)
    for tempo, beat in ((first, 2), (first, 4), (then, 4), (then, 6), (then, 8), (then, 12)):
        assert heard.seconds(Rational(beat)) == pytest.approx(tempo.ns_at(Rational(beat)) / 1e9)


@pytest.mark.parametrize(
    "line", ["tempo(0)", "tempo(-10)", "tempo(1000)", "tempo('x')", "tempo(120, over=0)",
             "tempo(120, over=-2)", "tempo(120, over='x')", "tempo(120, over=10**6)"]
)  # fmt: skip
def test_a_tempo_that_is_none_is_refused_with_something_to_type(line: str) -> None:
    heard = played("d1 >> note(60)", "# bar 2", line)
    (problem,) = heard.problems
    assert "try" in problem
    assert heard.tempi == ((0, 120.0),)


def test_in_a_render_time_neither_stops_nor_is_tapped_nor_shared() -> None:
    words = "stop(); play(); tap(); sync.follow('x'); sync.free(); sync.midi_clock_out('y')"
    heard = played("d1 >> note('<60 61>')", "# bar 2", words, bars=3)
    assert notes(heard) == [60, 61, 60]
    assert heard.problems == ()


# Live


class Rig:
    """A scheduler on a timeline, with a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(10**9)
        self.output = RecordingOutput()
        self.located: list[tuple[int, Rational]] = []
        self.writer = TimelineWriter.create(folder / "timeline")
        self.reader = TimelineReader(folder / "timeline")
        self.leader = FollowerWriter(folder / "timeline")
        self.scheduler = Scheduler(
            self.writer,
            self.clock,
            self.output,
            event_of,
            on_locate=lambda cycle, at: self.located.append((cycle, at)),
        )
        self.scheduler.set("d1", Pulse("a"), at=0)

    def go(self, seconds: float) -> None:
        for _ in range(round(seconds * 50)):
            self.clock.advance(0.02)
            self.scheduler.tick()


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig(tmp_path)
    made.scheduler.begin()
    return made


def test_stop_stands_and_play_goes_on_where_it_stood(rig: Rig) -> None:
    rig.go(3)
    rig.scheduler.pause()
    stood = rig.scheduler.cycle_now()
    assert stood == Rational(3, 2)
    rig.go(100)
    assert rig.scheduler.cycle_now() == stood == rig.scheduler.uncommitted()
    assert not rig.reader.read().playing
    rig.scheduler.set("d1", Pulse("b"), at=2)
    rig.scheduler.go_on()
    rig.go(5)
    assert rig.reader.read().playing
    assert rig.output.onsets("d1") == list(range(len(rig.output.onsets("d1"))))
    assert [e.controls["s"] for e in rig.output.queues["d1"]][:12] == ["a"] * 8 + ["b"] * 4


def test_goto_is_on_the_timeline_for_whoever_sends_a_clock(rig: Rig) -> None:
    rig.go(1)
    assert rig.reader.read().place == START
    rig.scheduler.go_to(16, 2)
    assert rig.reader.read().place == Place(Rational(8), Rational(64))
    assert rig.scheduler.ahead(Rational(1)) == 0
    rig.go(4)
    assert rig.scheduler.ahead(Rational(2)) == 14
    assert rig.output.onsets("d1") == list(range(len(rig.output.onsets("d1"))))


def test_a_follower_leads_from_its_first_word_and_freeing_it_keeps_its_tempo(rig: Rig) -> None:
    rig.go(2)
    number = rig.scheduler.follow()
    assert rig.scheduler.tempo_map == TempoMap().with_anchor(ZERO, 10**9)
    led = rig.scheduler.tempo_map.with_tempo(140, Rational(4))
    rig.leader.write(Slot(led, True, leader=number + 1))
    assert rig.scheduler.tempo_map.bpm == 120, "another follower's word counts for nothing"
    rig.leader.write(Slot(led, True, leader=number))
    assert rig.scheduler.tempo_map == led == rig.reader.read().tempo_map
    with pytest.raises(DeviceError, match=r"sync\.free\(\)"):
        rig.scheduler.set_tempo(90)
    with pytest.raises(DeviceError, match=r"sync\.free\(\)"):
        rig.scheduler.go_to(3, 8)
    rig.go(2)
    before = rig.scheduler.cycle_now()
    rig.scheduler.free()
    assert rig.scheduler.cycle_now() == before
    assert rig.scheduler.tempo_map.bpm == 140
    assert not rig.reader.read().led


def test_a_follower_that_locates_moves_the_song_and_is_told(rig: Rig) -> None:
    rig.go(2)
    number = rig.scheduler.follow()
    led = rig.scheduler.tempo_map
    stands = Slot(led, False, Place(Rational(9), Rational(65), True), Rational(9), number)
    rig.leader.write(stands)
    assert not rig.scheduler.playing
    rig.go(1)
    assert rig.scheduler.cycle_now() == Rational(9, 4)
    assert rig.located == [(16, Rational(2))]
    assert rig.scheduler.ahead(Rational(2)) == 14
    with pytest.raises(DeviceError, match="stands"):
        rig.scheduler.go_on()
    rig.scheduler.free()
    rig.go(1)
    assert rig.scheduler.playing
    assert rig.scheduler.cycle_now() > Rational(9, 4)


def test_a_front_that_takes_over_goes_on_with_the_same_follower(rig: Rig, tmp_path: Path) -> None:
    number = rig.scheduler.follow()
    led = TempoMap(bpm=98.0, anchor_ns=10**9)
    rig.leader.write(Slot(led, True, leader=number))
    second = Scheduler(
        TimelineWriter.open(tmp_path / "timeline"), rig.clock, RecordingOutput(), event_of
    )
    assert second.tempo_map == led
    assert second.follow() == number
    second.set_tempo(77)  # a block of the journal, from before it followed
    second.take_over(second.tempo_map)
    assert second.tempo_map == led
    assert rig.reader.read().led


def _taken_over(rig: Rig, folder: Path, output: RecordingOutput, *, follows: bool) -> Scheduler:
    """A second front on the same timeline, which has played the first one's blocks again."""
    second = Scheduler(TimelineWriter.open(folder / "timeline"), rig.clock, output, event_of)
    second.set("d1", Pulse("a"), at=0)
    if follows:
        second.follow()
    second.pause()  # a block that stopped time, and one that let it run: neither counts now
    second.go_on()
    second.take_over(rig.reader.read().tempo_map)
    return second


def _go_on(second: Scheduler, rig: Rig, seconds: float) -> None:
    for _ in range(round(seconds * 50)):
        rig.clock.advance(0.02)
        second.tick()


def test_a_front_that_died_while_time_stood_comes_back_standing_there(
    rig: Rig, tmp_path: Path
) -> None:
    rig.go(3)
    rig.scheduler.pause()
    stood = rig.scheduler.cycle_now()
    assert stood == Rational(3, 2)
    rig.clock.advance(600)
    output = RecordingOutput()
    second = _taken_over(rig, tmp_path, output, follows=False)
    assert not second.playing
    assert not rig.reader.read().playing
    assert second.cycle_now() == stood
    _go_on(second, rig, 5)
    assert second.cycle_now() == stood
    assert output.onsets("d1")[0] == 6, "what was to come is asked again from there"
    second.go_on()
    assert rig.reader.read().playing
    _go_on(second, rig, 4.1)
    assert second.cycle_now() == stood + 2
    assert output.onsets("d1") == list(range(6, 6 + len(output.onsets("d1"))))
    assert len(output.onsets("d1")) >= 16


def test_a_front_that_died_while_its_master_stood_comes_back_where_that_stands(
    rig: Rig, tmp_path: Path
) -> None:
    rig.go(2)
    number = rig.scheduler.follow()
    led = rig.scheduler.tempo_map
    rig.leader.write(Slot(led, False, at=Rational(9), leader=number))
    rig.go(1)
    rig.clock.advance(600)
    output = RecordingOutput()
    second = _taken_over(rig, tmp_path, output, follows=True)
    assert second.follows == number
    assert not second.playing
    assert second.cycle_now() == Rational(9, 4)
    _go_on(second, rig, 1)
    assert output.onsets("d1")[0] == 9
    again = led.with_anchor(Rational(9), rig.clock.now_ns())
    rig.leader.write(Slot(again, True, at=Rational(9), leader=number))
    assert second.playing, "it starts with its master, and not by itself"
    _go_on(second, rig, 2)
    assert second.cycle_now() == Rational(13, 4)


def test_a_front_that_stood_by_itself_while_it_followed_stands_again(
    rig: Rig, tmp_path: Path
) -> None:
    rig.go(2)
    number = rig.scheduler.follow()
    rig.leader.write(Slot(rig.scheduler.tempo_map, True, leader=number))
    rig.go(1)
    rig.scheduler.pause()
    stood = rig.scheduler.cycle_now()
    rig.clock.advance(600)
    second = _taken_over(rig, tmp_path, RecordingOutput(), follows=True)
    assert not second.playing
    assert second.cycle_now() == stood
    second.go_on()
    assert second.playing


def test_a_front_that_follows_nobody_any_more_stands_where_its_master_stood(
    rig: Rig, tmp_path: Path
) -> None:
    rig.go(2)
    number = rig.scheduler.follow()
    rig.leader.write(Slot(rig.scheduler.tempo_map, False, at=Rational(9), leader=number))
    rig.clock.advance(600)
    second = _taken_over(rig, tmp_path, RecordingOutput(), follows=False)
    assert not second.playing
    assert second.cycle_now() == Rational(9, 4)
    second.go_on()
    assert second.playing


# Words


def test_sync_tells_the_process_that_has_the_ports(rig: Rig) -> None:
    midi = RecordingOutput()
    kept: list[str] = []
    sync = Sync(rig.scheduler, midi, keep=kept.append)
    sync.midi_clock_out("a")
    sync.midi_clock_out("b")
    sync.midi_clock_off("a")
    sync.follow(" daw ")
    sync.free()
    said = [order.settings for order in midi.orders if isinstance(order, Configure)]
    number = said[3]["follow"][1]
    assert said == [
        {"clock_out": ("a",)},
        {"clock_out": ("a", "b")},
        {"clock_out": ("b",)},
        {"follow": ("daw", number)},
        {"follow": None},
    ]
    with pytest.raises(UnknownNameError, match="did you mean 'b'"):
        sync.midi_clock_off("bb")
    for wrong in ("", "  ", 3, None, "x" * 300):
        with pytest.raises(RangeError, match=r'try sync\.follow\("Ableton"\)'):
            sync.follow(wrong)  # type: ignore[arg-type]


def test_the_tempo_of_a_master_is_kept_once_it_is_locked_and_when_it_changes(rig: Rig) -> None:
    kept: list[str] = []
    sync = Sync(rig.scheduler, RecordingOutput(), keep=kept.append)
    sync.follow("daw")
    for lock, bpm in ((1, 99), (2, 120), (2, 120.1), (2, 131), (3, 140)):
        sync.heard(Report("midi", {"lock": float(lock), "clock_bpm": float(bpm)}))
    assert kept == ["tempo(120)", "tempo(131)"]
    assert sync.adrift
    assert sync.bpm == 131


def test_a_replay_follows_nobody(rig: Rig) -> None:
    midi = RecordingOutput()
    sync = Sync(rig.scheduler, midi)
    sync.alone = True
    sync.follow("daw")
    assert midi.orders == []
    assert rig.scheduler.follows == 0


def test_what_depended_on_the_moment_is_saved_as_what_came_of_it(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "x", seed=4)
    kept = Kept(journal, lambda: Rational(3, 2))
    kept.begin("d1 >> s('bd'); tap()", Rational(1))
    kept.add("tempo(121.5)")
    kept.end(ok=True, at=Rational(1))
    kept.add("goto(17)", Rational(4))
    kept.begin("1/0", Rational(4))
    kept.end(ok=False, at=Rational(4))
    blocks = script_of(read_journal(journal.path)).blocks
    assert [(str(block.at), block.source) for block in blocks] == [
        ("1", "d1 >> s('bd')"),
        ("3/2", "tempo(121.5)"),
        ("4", "goto(17)"),
        ("4", "# did not run: 1/0"),
    ]


def test_errors_are_livecoders_own() -> None:
    with pytest.raises(LivecoderError):
        Sync().midi_clock_off("nowhere")
