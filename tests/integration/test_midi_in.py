"""MIDI coming in on a real JACK server: when, what, and what is done about what is no MIDI."""

from __future__ import annotations

import os
import signal
import time

import pytest

from livecoder.core.events import Configure
from tests.integration.recorder import MidiRecorder
from tests.integration.rig import Rig, a_rig, bar, until
from tests.integration.sender import MidiSender
from tests.integration.server import JackServer

pytestmark = pytest.mark.integration


def test_what_is_played_reaches_the_front_whole_in_order_and_in_time(rig: Rig) -> None:
    with MidiSender("keys") as keys:
        rig.ready("midi", backend="jack").send(Configure({"listen": ("keys",)}))
        until(lambda: keys.listeners == ["livecoder:keys in"], why="the input to connect")
        sysex = bytes((0xF0, 0x7D, *range(100), 0xF7))
        played = [(i * 0.01, bytes((0x90, 30 + i, 100))) for i in range(64)]
        played += [(0.655, bytes((0xE0, 1, 65))), (0.66, sysex), (0.67, b"\xf8")]
        before = time.monotonic_ns()
        keys.play(played, delay=0.2)
        messages = until(
            lambda: len(rig.incoming) >= 66 and list(rig.incoming), why=str(rig.incoming)
        )
        assert isinstance(messages, list)
        assert [data for _, data in messages] == [data for _, data in played[:-1]]
        times = [when for when, _ in messages]
        assert times == sorted(times)
        # A server that is kept waiting may foresee its cycles wrongly, but not by a second.
        assert before - 10**9 < times[0] < times[-1] < time.monotonic_ns() + 10**9


def test_a_name_that_no_port_bears_opens_one_and_says_what_is_near(rig: Rig) -> None:
    with MidiSender("Ableton Live") as live:
        midi = rig.ready("midi", backend="jack")
        midi.send(Configure({"listen": ("Abelton Lve",)}))
        until(lambda: any("near: Ableton Live:out" in m for m in rig.messages), why="the near name")
        live.client.connect("Ableton Live:out", "livecoder:Abelton Lve in")
        until(lambda: live.listeners, why="the next cycle, from which it is connected")
        live.send(b"\x90\x3c\x40")
        until(lambda: [data for _, data in rig.incoming] == [b"\x90\x3c\x40"], why="the note")


def test_a_name_to_play_on_that_is_nearly_a_ports_is_said_so(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    with MidiRecorder("^nothing", name="fluidsynth"):
        midi.send(bar("d1", 0, [60], port="fluidsinth"))
        until(lambda: any("near: fluidsynth:in" in m for m in rig.messages), why="the near name")


def test_what_is_no_midi_is_passed_over_and_said(rig: Rig) -> None:
    with MidiSender("broken") as broken:
        rig.ready("midi", backend="jack").send(Configure({"listen": ("broken",)}))
        until(lambda: broken.listeners, why="the input to connect")
        broken.send(b"\xf0\x01\x02", b"\x90\x3c", b"\xf7", b"\x42", b"\x90\x3c\x40")
        until(lambda: rig.incoming, why="the note")
        assert [data for _, data in rig.incoming] == [b"\x90\x3c\x40"]
        until(lambda: any("no MIDI" in line for line in rig.messages), why="it to be said")


def _heard(rig: Rig, keys: MidiSender, data: bytes) -> bool:
    """Send until it is heard: a server that waits for nobody loses what comes late."""
    keys.send(data)
    time.sleep(0.1)
    return any(heard == data for _, heard in rig.incoming)


def test_an_input_outlives_its_process_and_its_player(jack_asynchronous: JackServer) -> None:
    assert jack_asynchronous
    with a_rig() as rig:
        keys = MidiSender("keys")
        with keys:
            rig.ready("midi", backend="jack").send(Configure({"listen": ("keys",)}))
            until(lambda: keys.listeners, why="the input to connect")
            os.kill(rig.pid("midi"), signal.SIGKILL)
            until(lambda: not keys.listeners, why="the process to be gone")
            until(lambda: keys.listeners, why="the new process to listen")
            until(lambda: _heard(rig, keys, b"\x90\x3c\x40"), why="a note")
        until(lambda: any("has gone" in line for line in rig.messages), why="that it has gone")
        with MidiSender("keys") as again:
            until(lambda: again.listeners, why="to be found again")
            until(lambda: _heard(rig, again, b"\x90\x3e\x40"), why="a note")
        assert any("is back" in line for line in rig.messages)
