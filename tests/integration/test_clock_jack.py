"""MIDI clock on a real JACK server, out and in: every pulse, every note, and through real kills."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from livecoder.clock.part import Slot
from livecoder.clock.place import START, Place
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineReader
from livecoder.core.events import Configure
from livecoder.core.rational import ZERO, Rational
from tests.fakes.master import Master
from tests.integration.recorder import Heard, MidiRecorder
from tests.integration.rig import Rig, a_rig, bar, until
from tests.integration.sender import MidiSender
from tests.integration.server import JackServer

pytestmark = pytest.mark.integration

CLOCK, BEGIN, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
PITCHES = range(40, 56)


@pytest.fixture
def loose_rig(jack_asynchronous: JackServer) -> Iterator[Rig]:
    assert jack_asynchronous
    with a_rig() as made:
        yield made


def put(rig: Rig, tempo_map: TempoMap | None = None, **changes: object) -> None:
    """Change what the timeline says."""
    slot = rig.writer.slot._replace(**changes)  # type: ignore[arg-type]
    if tempo_map is not None:
        slot = slot._replace(tempo_map=tempo_map)
        rig.tempo = tempo_map
    rig.writer.put(slot)


def sixteenths(rig: Rig, port: str, bars: int) -> None:
    """Queue bars of sixteenths, each of its own pitch."""
    for number in range(bars):
        rig.clients[-1].send(bar("d1", number, PITCHES, port=port))


def rows(heard: list[Heard]) -> list[tuple[bytes, list[int], list[tuple[int, int]]]]:
    """Cut what was heard at each Start and Continue: how it began, its pulses, its notes."""
    made: list[tuple[bytes, list[int], list[tuple[int, int]]]] = []
    before = b""
    for one in heard:
        if one.data in (BEGIN, CONTINUE):
            made.append((before + one.data, [], []))
        elif made and one.data == CLOCK:
            made[-1][1].append(one.frame)
        elif made and one.is_on:
            made[-1][2].append((one.frame, one.note))
        before = one.data if one.data[0] == 0xF2 else b""
    return made


def position(row: tuple[bytes, list[int], list[tuple[int, int]]]) -> int:
    """Return the song position that a row began with, in sixteenths."""
    began = row[0]
    return 0 if began == BEGIN else began[1] | began[2] << 7


def check(row: tuple[bytes, list[int], list[tuple[int, int]]], *, first: int | None = None) -> None:
    """Every pulse is there, evenly, and every note lies on its own."""
    _, pulses, notes = row
    begin = position(row) if first is None else first
    for frame, note in notes:
        if frame >= pulses[0]:
            index = min(range(len(pulses)), key=lambda i: abs(pulses[i] - frame))
            assert pulses[index] == frame, "a note is off its pulse"
            assert index % 6 == 0
            assert note == PITCHES[(begin + index // 6) % 16]
    played = [frame for frame, _ in notes if frame >= pulses[0]]
    assert len(played) in ((len(pulses) - 1) // 6, (len(pulses) - 1) // 6 + 1)


def test_every_pulse_is_on_its_beat_through_changes_ramps_and_a_stuck_front(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    midi.send(Configure({"clock_out": ("out",)}))
    sixteenths(rig, "out", 12)
    with MidiRecorder("^livecoder:out$") as recorder:
        until(recorder.connected, why="the port to open")
        time.sleep(0.4)
        tempo = rig.start(bpm=150, delay=0.5)
        rig.wait_for_beat(8)
        put(rig, tempo.with_tempo(200, rig.now()))
        rig.wait_for_beat(16)
        put(rig, rig.tempo.with_ramp(120, rig.now(), 8))
        # No heartbeat for two seconds: a front that sorts ten million numbers.
        time.sleep(2.0)
        rig.wait_for_beat(32)
        (row,) = rows(recorder.heard)
        assert row[0] == BEGIN
        assert len(row[1]) >= 32 * 24 - 1
        check(row)
        steps = [b - a for a, b in zip(row[1], row[1][1:], strict=False)]
        assert min(steps) > 0
    assert rig.reports[-1].figures["lost"] == 0


def test_a_locate_a_stop_and_a_new_port_are_told_as_the_specification_says(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    midi.send(Configure({"clock_out": ("out",)}))
    with MidiRecorder("^livecoder:out$") as recorder:
        until(recorder.connected, why="the port to open")
        time.sleep(0.4)
        rig.start(bpm=240, delay=0.5)
        rig.wait_for_beat(3)
        put(rig, place=Place(Rational(4), Rational(64)))
        rig.wait_for_beat(6)
        stood = Rational(61, 10)
        rig.wait_for_beat(stood)
        put(rig, playing=False, at=stood)
        until(lambda: recorder.heard[-1].data == STOP, why="the Stop")
        again = rig.tempo.with_tempo(240, stood).with_anchor(stood, time.monotonic_ns() + 10**8)
        put(rig, again, playing=True)
        rig.wait_for_beat(10)
        began = [row[0] for row in rows(recorder.heard)]
        # Bar 17 is sixteenth 256; from beat 6.1, song beat 66.1, the next sixteenth is 265.
        assert began == [BEGIN, b"\xf2\x00\x02" + CONTINUE, b"\xf2\x09\x02" + CONTINUE]
        first, second, _ = rows(recorder.heard)
        assert len(first[1]) == 4 * 24
        assert len(second[1]) in range(int(2.1 * 24), int(2.5 * 24))
        with MidiRecorder("^livecoder:late$", name="second") as other:
            midi.send(Configure({"clock_out": ("out", "late")}))
            until(lambda: any(one.data == CLOCK for one in other.heard), why="its pulses")
            rig.wait_for_beat(rig.now() + 2)
            (row,) = rows(other.heard)
            beats = rig.now() + 60 - len(row[1]) / Rational(24)
            assert abs(Rational(position(row), 4) - beats) < Rational(1, 4)
            midi.send(Configure({"clock_out": ("out",)}))
            until(lambda: other.heard[-1].data == STOP, why="the Stop")


def test_after_a_kill_pulses_go_on_at_the_right_place_and_without_a_front_as_well(
    loose_rig: Rig,
) -> None:
    rig = loose_rig
    midi = rig.ready("midi", backend="jack")
    midi.send(Configure({"clock_out": ("out",)}))
    sixteenths(rig, "out", 16)
    with MidiRecorder("^livecoder:out$") as recorder:
        until(recorder.connected, why="the port to open")
        time.sleep(0.4)
        rig.start(bpm=150, delay=0.5)
        rig.wait_for_beat(6)
        os.kill(rig.pid("midi"), signal.SIGKILL)
        until(lambda: len(rows(recorder.heard)) == 2, why="the clock to go on")
        rig.wait_for_beat(rig.now() + 4)
        rig.abandon(midi)
        rig.wait_for_beat(rig.now() + 12)
        first, second = rows(recorder.heard)
        assert first[0] == BEGIN
        assert second[0][0] == 0xF2
        if recorder.xruns == 0:
            check(second)
        assert len(second[1]) >= 15 * 24


def follow(rig: Rig, port: str, number: int = 7) -> None:
    rig.clients[-1].send(Configure({"follow": (port, number)}))
    put(rig, leader=number)


def test_a_shaking_clock_is_followed_through_steps_and_no_note_is_lost_or_doubled(
    rig: Rig,
) -> None:
    midi = rig.ready("midi", backend="jack")
    sixteenths(rig, "notes", 14)
    master = Master(jitter_ns=1e6, dropped=0.01, doubled=0.01, seed=5)
    master.start()
    for beats, bpm in ((16, 150), (16, 180), (12, 130)):
        master.beats(beats, bpm)
    reader = TimelineReader(rig.folder / "timeline")
    with MidiSender() as sender, MidiRecorder("^livecoder:notes$") as recorder:
        until(recorder.connected, why="the port to open")
        # The front waits at the beginning, and time begins with the master's Start.
        put(rig, playing=True, tempo_map=TempoMap(anchor_ns=time.monotonic_ns() + 10**12))
        follow(rig, "master")
        until(lambda: sender.listeners, why="the input to connect")
        begin = sender.play(((ns / 1e9, data) for ns, data in master.messages), delay=0.3)
        until(lambda: any("following" in line for line in rig.messages), why="the lock")
        until(lambda: sender.now > begin + master.ns / 1e9 * sender.rate, why="the end")
        rig.beat()
        time.sleep(0.2)
        heard = [one.note for one in recorder.ons]
        assert heard[: 42 * 4] == [PITCHES[i % 16] for i in range(42 * 4)]
        moment = reader.read()
        assert moment.led
        assert moment.place == START
        assert moment.tempo_map.bpm == pytest.approx(130, rel=0.25)
        # They lie on the pulses: however busy the machine, most are nearer to theirs than to any.
        meant = [begin + ns * sender.rate / 1e9 for beat, ns in master.truth if beat * 4 % 1 == 0]
        off = sorted(
            abs(one.frame - frame) for one, frame in zip(recorder.ons, meant, strict=False)
        )
        assert off[len(off) // 2] < sender.rate * 60 / 180 / 24 / 2
    assert midi.welcome is not None


def test_a_killed_process_follows_again_and_a_master_that_locates_is_gone_with(
    loose_rig: Rig,
) -> None:
    rig = loose_rig
    rig.ready("midi", backend="jack")
    reader = TimelineReader(rig.folder / "timeline")
    with MidiSender() as sender:
        rig.start(bpm=120, delay=0.1)
        follow(rig, "master")
        until(lambda: sender.listeners, why="the input to connect")
        master = Master()
        master.start()
        master.beats(60, 140)
        sender.play((ns / 1e9, data) for ns, data in master.messages)
        until(lambda: any("following" in line for line in rig.messages), why="the lock")
        os.kill(rig.pid("midi"), signal.SIGKILL)
        before = reader.read()
        assert before.playing, "it is not led on while nobody leads"
        until(lambda: sum("following" in m for m in rig.messages) == 2, why="the second lock")
        after = reader.read()
        assert after.place.song == before.place.song
        now = time.monotonic_ns()
        apart = before.tempo_map.beat_at(now) - after.tempo_map.beat_at(now)
        assert abs(apart) < Rational(1, 4)
        sender.forget()
        sender.send(STOP)
        until(lambda: not reader.read().playing, why="time to stand")
        sender.send(b"\xf2\x40\x01")
        until(lambda: reader.read().place.song == 48, why="the locate")
        standing = reader.read()
        assert standing.at == standing.place.beat
        assert standing.place.jumped
        assert (standing.place.beat - 48) % 4 == 0
        more = Master()
        more.go_on()
        more.beats(8, 140)
        sender.play((ns / 1e9, data) for ns, data in more.messages)
        until(lambda: reader.read().playing, why="time to run")
        assert reader.read().tempo_map.beat_at(time.monotonic_ns()) >= standing.at - 1
        sender.forget()
        until(lambda: any("comes no more" in line for line in rig.messages), why="its loss")
        assert reader.read().playing


def test_time_that_never_began_is_begun_by_the_master(rig: Rig) -> None:
    rig.ready("midi", backend="jack").send(Configure({"clock_out": ("thru",)}))
    reader = TimelineReader(rig.folder / "timeline")
    with MidiSender() as sender, MidiRecorder("^livecoder:thru$") as recorder:
        until(recorder.connected, why="the port to open")
        rig.writer.put(Slot(TempoMap(anchor_ns=time.monotonic_ns() + 10**12), True))
        follow(rig, "master")
        until(lambda: sender.listeners, why="the input to connect")
        assert reader.read().at == ZERO
        master = Master()
        master.start()
        master.beats(12, 150)
        sender.play(((ns / 1e9, data) for ns, data in master.messages), delay=0.2)
        until(lambda: len(rows(recorder.heard)) == 1, why="our own Start")
        until(lambda: len(rows(recorder.heard)[0][1]) > 10 * 24, why="our own pulses")
        assert rows(recorder.heard)[0][0] == BEGIN
