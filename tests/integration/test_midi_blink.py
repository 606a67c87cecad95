"""A port that is away for a moment, as when a cable is loose: shorter than anybody looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jack
import pytest

from livecoder.core.rational import Rational
from livecoder.outputs.jack_cycles import Cycles
from tests.integration.rig import Rig, bar, until

pytestmark = pytest.mark.integration

_ALL_NOTES_OFF = 0x7B


class Gear:
    """An instrument with one MIDI input, which can vanish and appear within a moment."""

    def __init__(self, name: str) -> None:
        self.heard: list[bytes] = []
        self._name = name
        self._client = jack.Client("gear", no_start_server=True)
        self._port: Any = self._client.midi_inports.register(name)
        self._cycles = Cycles(self._client, self._process)
        self._client.activate()

    def _process(self, _frames: int) -> None:
        if (port := self._port) is not None:
            self.heard.extend(bytes(data) for _, data in port.incoming_midi_events())

    def blink(self) -> None:
        port, self._port = self._port, None
        port.unregister()
        self._port = self._client.midi_inports.register(self._name)

    def sources(self) -> list[str]:
        return [source.name for source in self._port.connections]

    def pull_out(self) -> None:
        for source in self._port.connections:
            self._client.disconnect(source, self._port)

    def close(self) -> None:
        self._cycles.end()
        self._client.close()


@pytest.fixture
def gear(jack_server: str) -> Iterator[Gear]:
    assert jack_server
    made = Gear("blinky")
    yield made
    made.close()


def test_it_is_connected_again_and_what_sounded_on_it_ends(rig: Rig, gear: Gear) -> None:
    midi = rig.ready("midi", backend="jack")
    midi.send(bar("d1", 0, [60], port="blinky", length=Rational(400)))
    until(gear.sources, why="the port to be connected")
    rig.start(bpm=240, delay=0.2)
    until(lambda: any(data[0] & 0xF0 == 0x90 for data in gear.heard), why="a note")
    for _ in range(5):
        before = len(gear.heard)
        gear.blink()
        until(gear.sources, seconds=5, why="the port to be connected again")

        def ended(before: int = before) -> bool:
            return any(data[1:2] == bytes([_ALL_NOTES_OFF]) for data in gear.heard[before:])

        until(ended, seconds=5, why="what sounded to end")


def test_what_is_disconnected_by_hand_stays_so(rig: Rig, gear: Gear) -> None:
    midi = rig.ready("midi", backend="jack")
    midi.send(bar("d1", 0, [60], port="blinky"))
    until(gear.sources, why="the port to be connected")
    rig.start(bpm=240, delay=0.2)
    rig.wait_for_beat(2)
    gear.pull_out()
    rig.wait_for_beat(8)
    assert gear.sources() == []
