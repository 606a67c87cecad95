"""An input whose player is away for a moment, as when a cable is loose: shorter than a look."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import jack
import pytest

from livecoder.core.events import Configure
from livecoder.outputs.jack_cycles import Cycles
from tests.integration.rig import Rig, until

pytestmark = pytest.mark.integration


class Keys:
    """A keyboard with one MIDI output, which can vanish and appear within a moment."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._to_send: deque[bytes] = deque()
        self._client = jack.Client("keyboard", no_start_server=True)
        self._port: Any = self._client.midi_outports.register(name)
        self._cycles = Cycles(self._client, self._process)
        self._client.activate()

    def _process(self, _frames: int) -> None:
        if (port := self._port) is not None:
            port.clear_buffer()
            while self._to_send:
                port.write_midi_event(0, self._to_send.popleft())

    def play(self, data: bytes) -> None:
        self._to_send.append(data)

    def blink(self) -> None:
        port, self._port = self._port, None
        port.unregister()
        self._port = self._client.midi_outports.register(self._name)

    def listeners(self) -> list[str]:
        return [listener.name for listener in self._port.connections]

    def pull_out(self) -> None:
        for listener in self._port.connections:
            self._client.disconnect(self._port, listener)

    def close(self) -> None:
        self._cycles.end()
        self._client.close()


@pytest.fixture
def keys(jack_server: str) -> Iterator[Keys]:
    assert jack_server
    made = Keys("loose")
    yield made
    made.close()


def _heard(rig: Rig, keys: Keys, key: int) -> bool:
    """Play until it is heard: a connection is in force from a later cycle on."""
    data = bytes((0x90, key, 100))
    keys.play(data)
    time.sleep(0.05)
    return any(heard == data for _, heard in rig.incoming)


@pytest.mark.parametrize("name", ["loose", "*"])
def test_it_is_listened_to_again_and_said(rig: Rig, keys: Keys, name: str) -> None:
    rig.ready("midi", backend="jack").send(Configure({"listen": (name,)}))
    until(keys.listeners, why="the input to be connected")
    for key in range(60, 65):
        keys.blink()
        until(keys.listeners, seconds=5, why="the input to be connected again")
        until(lambda key=key: _heard(rig, keys, key), seconds=5, why="what is played")
    until(lambda: any("is back (keyboard:loose)" in line for line in rig.messages), why="the news")


def test_what_is_disconnected_by_hand_stays_so(rig: Rig, keys: Keys) -> None:
    rig.ready("midi", backend="jack").send(Configure({"listen": ("loose",)}))
    until(keys.listeners, why="the input to be connected")
    keys.pull_out()
    rig.start(bpm=240, delay=0.2)
    rig.wait_for_beat(8)  # two seconds: ten looks
    assert keys.listeners() == []
