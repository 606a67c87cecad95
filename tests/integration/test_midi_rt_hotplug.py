"""rtmidi's ports when instruments come and go: ours waits, and gives way to the real one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from livecoder.outputs.midi.arrivals import Arrived
from livecoder.outputs.midi.messages import note_off, note_on, silence
from livecoder.outputs.midi.rt import RtPorts
from tests.integration.gear import Gear
from tests.integration.rig import until
from tests.integration.server import JackServer

pytestmark = pytest.mark.integration


class Ports:
    """The backend, looked after as the MIDI process does."""

    def __init__(self) -> None:
        import rtmidi

        self.said: list[str] = []
        self.backend = RtPorts(self.said.append, api=rtmidi.API_UNIX_JACK)
        self.came: list[Arrived] = []

    def until(
        self, what: Callable[[], object], why: str, *, doing: Callable[[], object] = lambda: None
    ) -> None:
        """Look after the ports until something is true, and do something at each look.

        What is sent once may come before a new connection is in force.
        """

        def turn() -> object:
            doing()
            self.backend.maintain()
            self.came += self.backend.arrivals.take()
            time.sleep(0.05)
            return what()

        until(turn, why=f"{why}; {self.said}")

    def played(self, data: bytes, by: Gear) -> None:
        """Have an instrument play something until it comes in."""
        self.until(lambda: data in self.heard(), "what is played", doing=lambda: by.play(data))

    def heard(self) -> list[bytes]:
        return [one.data for one in self.came]

    def sent(self, data: bytes, port: str, to: Gear) -> None:
        """Send something until an instrument has heard it."""
        self.until(
            lambda: data in to.tell().heard,
            "what is sent",
            doing=lambda: self.backend.send(time.monotonic_ns(), port, data),
        )


@pytest.fixture
def ports(jack_asynchronous: JackServer) -> Iterator[Ports]:
    # rtmidi keeps the interpreter while it opens and closes, and what comes in waits for that: a
    # synchronous server would wait for both.
    assert jack_asynchronous
    rtmidi = pytest.importorskip("rtmidi")
    if rtmidi.API_UNIX_JACK not in rtmidi.get_compiled_api():
        pytest.skip("rtmidi was built without JACK")
    made = Ports()
    try:
        yield made
    finally:
        made.backend.close()


@contextmanager
def gear(kind: str, name: str) -> Iterator[Gear]:
    made = Gear(kind, name)
    try:
        yield made
    finally:
        made.close()


def _ours(at: Gear, name: str) -> list[str]:
    """Return our own ports of a name, of whichever of our clients."""
    return [p for p in at.tell().ports if p.startswith("livecoder") and p.endswith(f":{name}")]


def test_an_input_that_waited_listens_to_the_port_when_it_comes_and_waits_again(
    ports: Ports,
) -> None:
    with gear("out", "keys") as keys, gear("out", "other") as other:
        # Ours comes first in rtmidi's list, so that the place in it is not that among the others'.
        ports.backend.open(["lamp"])
        ports.backend.listen(["keys"])
        ports.until(lambda: _ours(keys, "keys in"), "an input of our own")
        for turn, word in enumerate(("is here", "is back", "is back")):
            keys.plug()
            ports.until(lambda: keys.tell().connected, "to listen to it")
            ports.until(
                lambda: keys.tell().connected == _ours(keys, "keys in"), "one input, and no other"
            )
            ports.played(note_on(0, 60 + turn, 100), by=keys)
            keys.pull()
            ports.until(lambda turn=turn: len(_gone(ports)) == turn + 1, "that it has gone")
            ports.until(lambda: _ours(keys, "keys in"), "our own to be back")
            assert any(line == f'input "keys" {word} (gear:keys)' for line in ports.said)
        other.plug()
        other.lead(_out(other), _ours(other, "keys in")[0])
        ports.played(note_on(0, 70, 100), by=other)
    assert {one.port for one in ports.came} == {"keys"}


def test_an_output_that_waited_plays_on_the_port_when_it_comes_and_waits_again(
    ports: Ports,
) -> None:
    with gear("in", "synth") as synth, gear("in", "other") as other:
        ports.backend.listen(["lamp"])  # ours comes first in the list here too
        ports.backend.open(["synth"])
        ports.until(lambda: _ours(synth, "synth"), "an output of our own")
        other.plug()
        other.lead(_ours(other, "synth")[0], _in(other))
        for data in (note_on(0, 60, 100), note_on(0, 62, 100), note_off(0, 62)):
            ports.sent(data, "synth", to=other)
        before = len(other.tell().heard)
        synth.plug()
        ports.until(lambda: synth.tell().connected, "to play on it")
        ports.until(lambda: note_off(0, 60) in other.tell().heard, "what sounds to end")
        ports.sent(note_on(1, 64, 100), "synth", to=synth)
        assert {*other.tell().heard[before:]} <= {note_off(0, 62), note_off(0, 60), *silence(0)}
        ports.until(lambda: not other.tell().connected, "our own to have gone")
        synth.pull()
        ports.until(lambda: not synth.tell().connected, "it to be gone")
        ports.until(lambda: _ours(synth, "synth"), "our own to be back")
        other.lead(_ours(other, "synth")[0], _in(other))
        ports.sent(note_on(2, 65, 100), "synth", to=other)
        synth.plug()
        ports.until(lambda: synth.tell().connected, "to play on it again")
        ports.until(lambda: {*silence(1)} <= {*synth.tell().heard}, "what it may hold to end")
    told = [line for line in ports.said if '"synth"' in line]
    assert told == [
        'port "synth" is here (gear:synth)',
        'port "synth" has gone (gear:synth); waiting for it',
        'port "synth" is back (gear:synth)',
    ]
    assert ports.backend.lost == 0


def _gone(ports: Ports) -> list[str]:
    return [line for line in ports.said if "has gone" in line]


def _in(at: Gear) -> str:
    return next(port for port in at.tell().ports if port.endswith(":other"))


_out = _in
