"""MIDI clock out, without a port: what is sent when, and what receivers make of it."""

from __future__ import annotations

import pytest

from livecoder.clock.place import Place
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import Moment
from livecoder.core.rational import ZERO, Rational
from livecoder.outputs.midi.clock_out import BEGIN, CLOCK, CONTINUE, STOP, ClockOut

AHEAD = 40_000_000
SECOND = 10**9


class Receiver:
    """Does with the messages what the specification says, and keeps where it is at each pulse.

    Attributes:
        pulses: `(nanoseconds, song position in pulses)`, while it runs.
    """

    def __init__(self) -> None:
        self.pulses: list[tuple[int, int]] = []
        self.said: list[str] = []
        self.data: list[bytes] = []
        self.clock = ClockOut(self.said.append)
        self.clock.want(["out"], 0)
        self._position, self._runs = 0, False

    def hear(self, tempo_map: TempoMap, begin: int, end: int, **moment: object) -> Receiver:
        for now in range(begin, end, SECOND // 100):
            self.clock.see(Moment(tempo_map, True, 0, **moment))  # type: ignore[arg-type]
            for timed in self.clock.until(tempo_map, now, now + AHEAD, ["out"]):
                self.take(timed.deadline_ns, timed.data)
        return self

    def take(self, ns: int, data: bytes) -> None:
        self.data.append(data)
        if data == CLOCK:
            if self._runs:
                self.pulses.append((ns, self._position))
                self._position += 1
        elif data == BEGIN:
            self._position, self._runs = 0, True
        elif data[0] == 0xF2:
            assert not self._runs, "a position while it runs is not heard"
            self._position = 6 * (data[1] | data[2] << 7)
        else:
            self._runs = data == CONTINUE


def on_the_song(receiver: Receiver, tempo_map: TempoMap, place: Place) -> bool:
    """Whether every pulse came when the song was there."""
    return all(
        abs(place.song_at(tempo_map.beat_at(ns)) * 24 - position) < Rational(1, 10**5)
        for ns, position in receiver.pulses
    )


def test_from_the_beginning_there_are_24_a_beat_and_none_is_early_or_late() -> None:
    tempo_map = TempoMap(bpm=133.0, anchor_ns=SECOND)
    receiver = Receiver().hear(tempo_map, 0, 20 * SECOND)
    assert receiver.data[:2] == [BEGIN, CLOCK]
    assert [position for _, position in receiver.pulses] == list(range(len(receiver.pulses)))
    for ns, position in receiver.pulses:
        assert ns == tempo_map.ns_at(Rational(position, 24))
    beats = tempo_map.beat_at(20 * SECOND - SECOND // 100 + AHEAD)
    assert len(receiver.pulses) == -int(-beats * 24 // 1)


@pytest.mark.parametrize("begin", [0, 1, 777, 13_000])
def test_joining_anywhere_it_is_told_a_position_it_is_then_at(begin: int) -> None:
    tempo_map = TempoMap(bpm=97.0).with_meter(Rational(7, 2), 3)
    begin_ns = begin * SECOND // 10
    receiver = Receiver().hear(tempo_map, begin_ns, begin_ns + 3 * SECOND)
    assert receiver.pulses
    assert on_the_song(receiver, tempo_map, Place(ZERO, ZERO))


def test_a_place_to_come_is_told_between_the_two_pulses_it_falls_between() -> None:
    tempo_map = TempoMap(bpm=120.0, anchor_ns=SECOND)
    receiver = Receiver().hear(tempo_map, 0, 2 * SECOND)
    place = Place(Rational(4), Rational(100))
    receiver.hear(tempo_map, 2 * SECOND, 6 * SECOND, place=place)
    positions = [position for _, position in receiver.pulses]
    assert positions[:97] == [*range(96), 2400]
    assert receiver.data[97:101] == [STOP, STOP, b"\xf2\x10\x03", CONTINUE]
    steps = [b - a for (a, _), (b, _) in zip(receiver.pulses, receiver.pulses[1:], strict=False)]
    assert max(steps) - min(steps) <= 1


def test_a_jump_leaves_and_joins_where_the_music_is() -> None:
    tempo_map = TempoMap(bpm=120.0, anchor_ns=SECOND)
    receiver = Receiver().hear(tempo_map, 0, 2 * SECOND)
    place = Place(Rational(8), Rational(40), True)
    there = tempo_map.with_tempo(120, Rational(8)).with_anchor(Rational(8), 2 * SECOND)
    receiver.pulses.clear()
    receiver.hear(there, 2 * SECOND, 4 * SECOND, place=place, at=Rational(8))
    assert receiver.pulses[0][1] == 40 * 24
    assert on_the_song(receiver, there, place)


def test_beyond_what_a_position_can_say_receivers_go_on_and_it_is_said() -> None:
    tempo_map = TempoMap(bpm=120.0)
    begin = tempo_map.ns_at(Rational(5000))
    receiver = Receiver().hear(tempo_map, begin, begin + SECOND)
    assert CONTINUE in receiver.data
    assert not any(data[0] == 0xF2 for data in receiver.data)
    assert "bar 1024" in receiver.said[0]


def test_after_a_long_sleep_of_the_machine_it_joins_again_and_sends_no_burst() -> None:
    tempo_map = TempoMap(bpm=120.0, anchor_ns=SECOND)
    receiver = Receiver().hear(tempo_map, 0, 2 * SECOND)
    before = len(receiver.data)
    receiver.pulses.clear()
    receiver.hear(tempo_map, 60 * SECOND, 61 * SECOND)
    assert receiver.data[before] == STOP
    assert receiver.pulses[0][0] >= 60 * SECOND
    assert on_the_song(receiver, tempo_map, Place(ZERO, ZERO))


def test_a_port_that_is_not_wanted_any_more_is_stopped() -> None:
    tempo_map = TempoMap(bpm=120.0, anchor_ns=SECOND)
    receiver = Receiver().hear(tempo_map, 0, 2 * SECOND)
    (stop,) = receiver.clock.want([], 2 * SECOND)
    assert (stop.port, stop.data) == ("out", STOP)
    before = len(receiver.data)
    receiver.hear(tempo_map, 2 * SECOND, 3 * SECOND)
    assert len(receiver.data) == before
