"""OSC: what is sent, and what is made of what comes in, however hostile."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from livecoder.core.errors import DeviceError, LivecoderError
from livecoder.inputs.osc import OscListener
from livecoder.inputs.osc_packets import LARGEST, Message, read_packet
from livecoder.outputs.osc.messages import Sounding, packets
from livecoder.outputs.osc.places import SUPERDIRT, Place, place_at, place_named
from livecoder.session.offline import Performed, perform
from livecoder.session.rendering import write_notes
from livecoder.session.script import parse
from tests.integration.rig import until

_HIT = Sounding("d3", {"s": "bd", "gain": 0.5, "osc": "x"}, 0.25, 1.5, 0.5)


def message(address: str, *arguments: object) -> bytes:
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build().dgram


def bundle(content: bytes, at: float) -> bytes:
    builder = OscBundleBuilder(at)
    builder.add_content(OscPacket(content).messages[0].message)
    return builder.build().dgram


def test_a_bundle_bears_the_time_it_is_due_at() -> None:
    at = time.time_ns() / 1e9 + 5.0
    (packet,) = packets(Place("127.0.0.1", 9000, "/light"), [_HIT], at)
    (read,) = OscPacket(packet).messages
    assert read.time == pytest.approx(at, abs=1e-6)
    assert (read.message.address, read.message.params) == ("/light", ["s", "bd", "gain", 0.5])


def test_a_place_that_reads_no_timetags_gets_a_message_alone() -> None:
    place = Place("127.0.0.1", 9000, "/{track}/hit", ("gain", "hue"), timed=False)
    (packet,) = packets(place, [_HIT], 1.0)
    assert packet == message("/d3/hit", 0.5, 0.0)


def test_superdirt_gets_its_own_names() -> None:
    event = Sounding(
        "d2", {"s": "superpiano", "note": 67.0, "clip": 0.5, "osc": "x"}, 0.2, 3.0, 0.6
    )
    (packet,) = packets(SUPERDIRT, [event], 1.0)
    read = OscPacket(packet).messages[0].message
    assert read.address == "/dirt/play"
    pairs = dict(zip(read.params[::2], read.params[1::2], strict=True))
    assert pairs.pop("cps") == pytest.approx(0.6)
    assert pairs.pop("delta") == pytest.approx(0.2)
    assert pairs.pop("sustain") == pytest.approx(0.2)
    assert pairs == {"_id_": "d2", "cycle": 3.0, "orbit": 1, "note": 7.0, "s": "superpiano"}


def test_many_events_at_once_are_cut_into_packets_that_arrive_whole() -> None:
    made = list(packets(SUPERDIRT, [_HIT] * 100, 1.0))
    assert all(len(packet) <= 1400 for packet in made)
    assert sum(len(OscPacket(packet).messages) for packet in made) == 100


@pytest.mark.parametrize(
    ("address", "options", "says"),
    [
        ("localhost", {}, "127.0.0.1:9000"),
        ("example.org:9000", {}, "127.0.0.1:9000"),
        ("127.0.0.1:99999", {}, "1 to 65535"),
        (9000, {}, "127.0.0.1:9000"),
        ("127.0.0.1:9000", {"path": "light"}, "/light"),
        ("127.0.0.1:9000", {"arguments": ["x"] * 33}, "up to 32"),
    ],
)
def test_what_is_no_place_is_refused_in_words(
    address: object, options: dict[str, object], says: str
) -> None:
    with pytest.raises(LivecoderError, match=says):
        place_at(address, **options)  # type: ignore[arg-type]


def test_an_address_is_a_place_and_a_name_guessed() -> None:
    assert place_named("127.0.0.1:7000", {})[:2] == ("127.0.0.1", 7000)
    assert place_named("superdirt", {}) is SUPERDIRT
    with pytest.raises(LivecoderError, match="did you mean 'lights'"):
        place_named("ligths", {"lights": SUPERDIRT})


# What comes in


class Taken:
    """What came in: address, values, and how many seconds later it holds."""

    def __init__(self) -> None:
        self.all: list[tuple[str, tuple[object, ...], float]] = []

    def __call__(self, address: str, values: tuple[object, ...], at_ns: int) -> None:
        self.all.append((address, values, (at_ns - time.monotonic_ns()) / 1e9))

    def of(self, address: str) -> list[tuple[object, ...]]:
        return [values for name, values, _ in self.all if name == address]


@pytest.fixture
def heard() -> Iterator[tuple[OscListener, Taken, list[str]]]:
    taken, said = Taken(), []
    listener = OscListener("127.0.0.1", 0, taken, said.append)
    yield listener, taken, said
    listener.close()


def send(listener: OscListener, *packets: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for packet in packets:
            out.sendto(packet, ("127.0.0.1", listener.port))


def test_a_value_holds_from_its_timetag_on(heard: tuple[OscListener, Taken, list[str]]) -> None:
    listener, taken, said = heard
    now = time.time_ns() / 1e9
    send(listener, message("/f", 1.0), bundle(message("/f", 2.0), now + 20.0))
    until(lambda: len(taken.all) == 2, why="both came")
    assert taken.of("/f") == [(1.0,), (2.0,)]
    assert -1.0 < taken.all[0][2] <= 0.0
    assert 15.0 < taken.all[1][2] <= 20.0
    assert said == []


def nested(levels: int) -> bytes:
    packet = message("/deep", 1.0)
    for _ in range(levels):
        packet = b"#bundle\0" + struct.pack(">QI", 1, len(packet)) + packet
    return packet


def test_bad_packets_are_passed_over_and_said_once(
    heard: tuple[OscListener, Taken, list[str]],
) -> None:
    listener, taken, said = heard
    bad = [
        b"",
        b"\0",
        b"#bundle\0",
        b"/f\0\0,f\0\0\0",
        b"#bundle\0" + b"\xff" * 12,
        nested(400),
        b"/" + b"x" * 300 + b"\0" * 3 + b",\0\0\0",
        message("/far", 1.0)[:-1],
        bundle(message("/far", 1.0), time.time_ns() / 1e9 + 3600.0),
        message("/long", *range(65)),
        b"/big\0\0\0\0" + b"," + b"f" * LARGEST,
    ]
    send(listener, *bad, message("/good", 3, "text", 0.5))
    until(lambda: taken.of("/good") == [(3, "text", 0.5)], why="the last came")
    assert [address for address, _, _ in taken.all] == ["/good"]
    assert len(said) == 1
    assert "127.0.0.1" in said[0]


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda rest: b"#bundle\0" + rest))
def test_any_bytes_at_all_are_read_or_refused(packet: bytes) -> None:
    try:
        messages = read_packet(packet)
    except ValueError:
        return
    assert all(message.address.startswith("/") for message in messages)


_values = (
    st.integers(-(2**31), 2**31 - 1)
    | st.floats(width=32, allow_nan=False)
    | st.text("aé/ ", max_size=9)
)


@given(st.lists(_values, max_size=20))
def test_what_python_osc_writes_is_read(values: list[float | int | str]) -> None:
    finite = [
        0.0 if isinstance(v, float) and v in (float("inf"), -float("inf")) else v for v in values
    ]
    assert read_packet(message("/a/b", *values)) == [Message("/a/b", tuple(finite))]
    (timed,) = read_packet(bundle(message("/a/b", *values), 1_800_000_000.25))
    assert abs((timed.unix_ns or 0) - 1_800_000_000_250_000_000) < 1000


def test_a_port_that_is_taken_is_said(heard: tuple[OscListener, Taken, list[str]]) -> None:
    listener, taken, said = heard
    with pytest.raises(DeviceError, match=f"try osc_in\\({listener.port + 1}\\)"):
        OscListener("127.0.0.1", listener.port, taken, said.append)


# In a session


def played(*lines: str, bars: int = 2) -> Performed:
    return perform(parse("\n".join(lines), "x.py"), bars=bars)


def test_a_render_knows_the_places_and_takes_the_defaults() -> None:
    performed = played(
        "osc_out('lights', '127.0.0.1:9000'); osc_in(9000)",
        "d1 >> s('bd').gain(osc('/g', default=.25)).osc('lights', '/flash')",
        "d2 >> s('superpiano').note('e4').osc()",
        "# bar 2",
        "d3 >> s('bd').osc('ligths')",
    )
    assert len(performed.problems) == 1
    assert "did you mean 'lights'" in performed.problems[0]
    first = performed.tracks["d1"][0].controls
    assert first == {"s": "bd", "gain": 0.25, "osc": "lights", "oscpath": "/flash"}
    assert performed.tracks["d2"][0].controls["osc"] == "superdirt"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("osc('fader')", "/fader/1"),
        ("osc('/f', -1)", "0 to 63"),
        ("osc_out('', '127.0.0.1:1')", "1 to 40 letters"),
        ("d1 >> s('bd').osc('')", "has a name"),
        ("d1 >> s('bd').osc('superdirt', 'x')", "begins with a slash"),
        ("d1 >> s('bd').osc('1.2.3:9')", "127.0.0.1:9000"),
    ],
)
def test_what_is_wrong_is_said(line: str, says: str) -> None:
    performed = played("d1 >> s('hh')", line)
    assert len(performed.problems) == 1
    assert says in performed.problems[0]


def test_a_session_saved_with_what_came_in_moves_again_in_a_render() -> None:
    performed = played(
        "heard('osc /hz 0', '0:220 192:440.5 384:20000')",
        "d1 >> s('bd').cutoff(osc('/hz', default=100))",
        bars=3,
    )
    assert performed.problems == ()
    assert [e.controls["cutoff"] for e in performed.tracks["d1"]] == [220.0, 440.5, 20000.0]


def test_a_midi_file_has_no_lights_in_it(tmp_path: Path) -> None:
    performed = played("d1 >> s('bd').superimpose(lambda x: x.osc()); d2 >> note('c4').osc()")
    write_notes(performed, tmp_path / "out.mid")
    notes = [
        message
        for track in mido.MidiFile(tmp_path / "out.mid").tracks
        for message in track
        if message.type == "note_on" and message.velocity
    ]
    assert len(notes) == 2
    assert {message.note for message in notes} == {35}
