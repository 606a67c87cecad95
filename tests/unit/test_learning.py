"""A knob that is taught a name is the one that was moved, on the input it is on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from livecoder.core.events import Configure, Incoming
from livecoder.session.midi_in import MidiIn
from livecoder.session.midi_words import MidiWords
from tests.fakes.clock import FakeClock
from tests.fakes.output import RecordingOutput
from tests.property.test_midi_live import Live

KNOB = b"\xb0\x15\x40"  # controller 21, half way
OTHER = b"\xb0\x16\x40"


class Taught:
    """A desk at which every input and one by name are listened to."""

    def __init__(self) -> None:
        self.live = Live()
        self.said: list[str] = []
        self.kept: list[str] = []
        self.words: dict[str, Callable[..., Any]] = MidiWords(
            self.live.desk, self.live.scheduler.uncommitted, self.said.append, self.kept.append
        ).commands()

    def hear(self, port: str, data: bytes, ns: int = 1) -> None:
        self.live.desk.hear(Incoming(port, ((ns, data),)))

    @property
    def listened_to(self) -> object:
        orders = [order for order in self.live.told.orders if isinstance(order, Configure)]
        return orders[-1].settings["listen"]


def _both_open() -> Taught:
    taught = Taught()
    taught.words["cc"](74)
    taught.words["cc"](1, "nano")
    assert taught.listened_to == ("*", "nano")
    return taught


def test_a_knob_heard_twice_is_taught_on_its_own_input_whichever_comes_first() -> None:
    for ports in (("*", "nano"), ("nano", "*")):
        taught = _both_open()
        learning = taught.words["learn"]("knob 1")
        for port in ports:
            taught.hear(port, KNOB)
        assert learning.place is not None
        assert learning.place.port == "nano"
        assert taught.live.desk.names["knob 1"] == learning.place
        assert taught.kept[-1] == "knob('knob 1', 21, port='nano', channel=1)"
        # From now on, the same controller of another machine is another controller.
        taught.hear("*", b"\xb0\x15\x00", ns=2)
        taught.live.desk.write_out()
        moves = [text for name, text in taught.live.kept if name == "knob 1"]
        assert len(moves) == 1
        assert len(moves[0].split()) == 1


def test_one_movement_that_is_heard_twice_teaches_one_name() -> None:
    for ports in (("*", "nano"), ("nano", "*")):
        taught = _both_open()
        first, second = taught.words["learn"]("a"), taught.words["learn"]("b")
        for port in ports:
            taught.hear(port, KNOB)
        assert first.place is not None
        assert second.place is None
        taught.hear("*", OTHER, ns=10)
        assert second.place is not None
        assert (second.place.what, second.place.port) == ("cc 22", "*")


def test_a_like_movement_much_later_is_another() -> None:
    taught = _both_open()
    first, second = taught.words["learn"]("a"), taught.words["learn"]("b")
    taught.hear("*", KNOB)
    taught.hear("nano", KNOB, ns=10**9)
    assert first.place is not None
    assert second.place is not None
    assert (first.place.port, second.place.port) == ("*", "nano")


def test_who_waits_for_any_input_takes_one_that_was_opened_since() -> None:
    taught = Taught()
    learning = taught.words["learn"]("knob 1")
    assert taught.listened_to == ("*",)
    taught.words["cc"](1, "nano")
    taught.hear("nano", KNOB)
    assert learning.place is not None
    assert learning.place.port == "nano"


def test_who_is_told_what_was_learnt_holds_nobody_up() -> None:
    """What is done then, a line for the journal, may take its time: the scheduler reads on."""
    output, reads = RecordingOutput(), list[bool]()
    live = Live()
    desk = MidiIn(live.scheduler, output, now_ns=FakeClock().now_ns)

    def then(_place: object) -> None:
        reader = threading.Thread(target=lambda: desk.trace("cc 74"), daemon=True)
        reader.start()
        reader.join(20)
        reads.append(not reader.is_alive())

    desk.learn("knob 1", None, then)
    desk.hear(Incoming("*", ((1, KNOB),)))
    assert reads == [True]
