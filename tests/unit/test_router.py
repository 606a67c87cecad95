"""Which output hears of what."""

from __future__ import annotations

from livecoder.core.events import Event, Panic, Schedule
from livecoder.core.rational import ONE, ZERO, Rational
from livecoder.session.router import Router
from tests.fakes.output import RecordingOutput


def window(track: str, begin: int, **controls: object) -> Schedule:
    events = (Event(Rational(begin), ONE, controls),) if controls else ()
    return Schedule(track, 1, Rational(begin), Rational(begin + 1), events)


def test_an_output_hears_of_a_track_from_its_first_event_on() -> None:
    midi, audio = RecordingOutput(), RecordingOutput()
    router = Router(midi=midi, audio=audio)
    router.send(window("d1", 0, midiport="synth", note=60.0))
    router.send(window("d1", 1))
    assert [order.begin for order in midi.orders] == [ZERO, ONE]
    assert audio.orders == []
    router.send(window("d1", 2, s="bd"))
    router.send(window("d1", 3, midiport="synth", note=60.0))
    assert [order.begin for order in audio.orders] == [2, 3]
    assert [len(order.events) for order in audio.orders] == [1, 0]
    router.send(Panic())
    assert midi.orders[-1] == audio.orders[-1] == Panic()


def test_outputs_of_a_front_that_is_gone_hear_of_everything() -> None:
    midi, audio = RecordingOutput(), RecordingOutput()
    router = Router(resumed=True, midi=midi, audio=audio)
    router.send(window("d1", 0, midiport="synth", note=60.0))
    assert [len(order.events) for order in audio.orders] == [0]
