"""Notes a dead process left sounding are ended on a real JACK server; new ones sound on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from livecoder.outputs.midi.jack import JackPorts
from livecoder.outputs.midi.memory import PortMemory, Remembered
from livecoder.outputs.midi.messages import note_off, note_on
from tests.integration.recorder import Heard, MidiRecorder
from tests.integration.rig import until

pytestmark = pytest.mark.integration

_CHANNELS = range(8)
_KEYS = (0, 64, 127)


@pytest.fixture
def ports(jack_server: str, tmp_path: Path) -> Iterator[JackPorts]:
    """The ports of a process that knows what the one before it used, and whom it played to."""
    assert jack_server
    memory = PortMemory(tmp_path / "ports")
    memory.ports["synth"] = Remembered(frozenset(_CHANNELS), {"gear:in"})
    made = JackPorts(print, memory)
    yield made
    made.close()


def _offs(heard: list[Heard], channel: int) -> list[int]:
    return [one.note for one in heard if one.is_off and one.channel == channel + 1]


def test_what_begins_while_old_notes_are_ended_is_not_cut(ports: JackPorts) -> None:
    with MidiRecorder("^none", name="gear") as gear:
        ports.maintain()
        assert gear.connected() == ["livecoder:synth"]
        for channel in _CHANNELS:
            for key in _KEYS:
                ports.send(time.monotonic_ns(), "synth", note_on(channel, key, 100))
        until(lambda: 126 in _offs(gear.heard, _CHANNELS[-1]), why="the last channel to be ended")
        held = {(channel + 1, key) for channel in _CHANNELS for key in _KEYS}
        assert gear.sounding() >= held, "a note that began since was cut"
        for channel in _CHANNELS:
            assert {*range(128)} - {*_offs(gear.heard, channel)} <= {*_KEYS}
        for channel in _CHANNELS:
            for key in _KEYS:
                ports.send(time.monotonic_ns(), "synth", note_off(channel, key))
        until(lambda: not gear.sounding(), why="the new notes to end in their turn")


def test_an_instrument_that_comes_later_is_rid_of_every_old_note(ports: JackPorts) -> None:
    ports.maintain()
    # It is away; what begins now it does not hear, and its keys may sound from before.
    for channel in _CHANNELS:
        ports.send(time.monotonic_ns(), "synth", note_on(channel, 64, 100))
    time.sleep(0.1)
    with MidiRecorder("^none", name="gear") as gear:
        ports.maintain()
        until(
            lambda: all(_offs(gear.heard, c) == [*range(128)] for c in _CHANNELS),
            why="every key of every channel to be ended",
        )
    assert ports.lost == 0
