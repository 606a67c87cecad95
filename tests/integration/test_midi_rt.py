"""MIDI through rtmidi, in and out: its JACK interface stands in for ALSA, CoreMIDI and WinMM."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from livecoder.core.errors import DeviceError
from livecoder.outputs.midi.arrivals import Arrived
from livecoder.outputs.midi.rt import RtPorts
from livecoder.outputs.midi.rt_open import rtmidi_output, shut
from tests.integration.recorder import MidiRecorder
from tests.integration.rig import until
from tests.integration.sender import MidiSender

pytestmark = pytest.mark.integration


class Ports:
    """The backend, looked after as the MIDI process does."""

    def __init__(self) -> None:
        import rtmidi

        self.said: list[str] = []
        self.backend = RtPorts(self.said.append, api=rtmidi.API_UNIX_JACK)
        self.came: list[Arrived] = []

    def turn(self) -> bool:
        self.backend.maintain()
        self.came += self.backend.arrivals.take()
        time.sleep(0.05)
        return True


@pytest.fixture
def ports(jack_server: str) -> Iterator[Ports]:
    assert jack_server
    rtmidi = pytest.importorskip("rtmidi")
    if rtmidi.API_UNIX_JACK not in rtmidi.get_compiled_api():
        pytest.skip("rtmidi was built without JACK")
    made = Ports()
    try:
        yield made
    finally:
        made.backend.close()


def test_clock_and_notes_come_in_whole_in_order_and_timed(ports: Ports) -> None:
    # Opened before any client of Python's: rtmidi keeps the interpreter while it opens, and a
    # synchronous server waits for both.
    ports.backend.listen(["keys"])
    until(lambda: ports.turn() and ports.said, why="that nobody is called so")
    assert ports.said == ['no MIDI output is called "keys"; livecoder:keys in waits for one']
    with MidiSender("board") as keys:
        (own,) = [p.name for p in keys.client.get_ports("keys in", is_midi=True, is_input=True)]
        keys.client.connect("board:out", own)
        until(lambda: own in keys.listeners, why="the next cycle, from which it is connected")
        sent = [b"\xfa", *[b"\xf8"] * 24, b"\x90\x3c\x40", b"\xf2\x10\x01", b"\xf0\x7d\x01\xf7"]
        before = time.monotonic_ns()
        keys.play((i * 0.01, data) for i, data in enumerate(sent))
        until(lambda: ports.turn() and len(ports.came) >= len(sent), why=str(ports.came))
        assert [one.data for one in ports.came] == sent
        assert [one.port for one in ports.came] == ["keys"] * len(sent)
        times = [one.ns for one in ports.came]
        assert times == sorted(times)
        assert before < times[0] < times[-1] < time.monotonic_ns()
        ports.backend.listen([])
        until(lambda: ports.turn() and not keys.listeners, why="the input to close")


def test_a_clock_goes_out_at_its_deadlines_in_order(ports: Ports) -> None:
    ports.backend.open(["out"])
    until(lambda: ports.turn() and "out" in ports.backend.ports(), why="the port to open")
    with MidiRecorder("out") as recorder:
        until(recorder.connected, why="the port to connect")
        begin = time.monotonic_ns() + 100_000_000
        for index in range(48):
            ports.backend.send(begin + index * 5_000_000, "out", b"\xf8")
        until(lambda: len(recorder.heard) == 48, why="48 pulses")
        frames = [one.frame for one in recorder.heard]
        assert frames == sorted(frames)
    assert ports.backend.lost == 0


def test_rtmidi_leaves_jack_to_livecoder_unless_asked(jack_server: str) -> None:
    assert jack_server
    rtmidi = pytest.importorskip("rtmidi")
    try:
        device = rtmidi_output()
    except DeviceError:
        return  # there is no other here
    assert device.get_current_api() != rtmidi.API_UNIX_JACK
    shut(device)
