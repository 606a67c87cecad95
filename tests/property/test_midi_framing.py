"""Bytes become messages: nothing is lost, nothing raises, and realtime bytes disturb nobody."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.framing import Framer, is_message

SEVEN = st.integers(0, 127)
REALTIME = st.sampled_from([0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF])


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Draw one message that is not realtime."""
    kind = draw(st.sampled_from([0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0, 0xF2, 0xF6]))
    match kind:
        case 0xF0:
            return bytes((0xF0, *draw(st.lists(SEVEN, max_size=8)), 0xF7))
        case 0xF2:
            return bytes((0xF2, draw(SEVEN), draw(SEVEN)))
        case 0xF6:
            return b"\xf6"
        case _:
            length = 1 if kind in (0xC0, 0xD0) else 2
            return bytes((kind | draw(st.integers(0, 15)), *(draw(SEVEN) for _ in range(length))))


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut bytes into packets."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def read(packets: list[bytes]) -> tuple[list[bytes], Framer]:
    framer = Framer()
    return [message for packet in packets for message in framer.feed(packet)], framer


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_whatever_comes_only_messages_leave(packets: list[bytes]) -> None:
    found, _ = read(packets)
    assert all(map(is_message, found))
    arrivals = Arrivals()
    for number, packet in enumerate(packets):
        arrivals.put(number, "p", packet)
    assert [one.data for one in arrivals.take()] == [m for m in found if m != b"\xfe"]


@given(st.lists(messages(), max_size=12), st.lists(st.integers(0, 200), max_size=12))
def test_however_it_is_cut_every_message_comes_once_and_in_order(
    sent: list[bytes], places: list[int]
) -> None:
    found, framer = read(cut(b"".join(sent), places))
    assert found == sent
    assert framer.dropped == 0


@given(
    st.lists(messages(), max_size=12),
    st.lists(st.tuples(st.integers(0, 200), REALTIME), max_size=12),
    st.lists(st.integers(0, 200), max_size=6),
)
def test_realtime_bytes_anywhere_change_nothing_else(
    sent: list[bytes], among: list[tuple[int, int]], places: list[int]
) -> None:
    stream = bytearray(b"".join(sent))
    for place, byte in among:
        stream.insert(place % (len(stream) + 1), byte)
    found, framer = read(cut(bytes(stream), places))
    assert [message for message in found if message[0] < 0xF8] == sent
    assert sorted(m[0] for m in found if m[0] >= 0xF8) == sorted(byte for _, byte in among)
    assert framer.dropped == 0


@given(st.lists(messages().filter(lambda m: m[0] < 0xF0), max_size=12))
def test_a_status_that_is_left_out_is_the_last_one(sent: list[bytes]) -> None:
    stream, status = bytearray(), None
    for message in sent:
        stream += message[1:] if message[0] == status else message
        status = message[0]
    assert read([bytes(stream)])[0] == sent
    # The same in packets of a message each, as some drivers hand it over.
    status, packets = None, []
    for message in sent:
        packets.append(message[1:] if message[0] == status else message)
        status = message[0]
    assert read(packets)[0] == sent


@given(st.binary(max_size=30), messages())
def test_no_rubbish_takes_the_message_after_it_along(rubbish: bytes, sent: bytes) -> None:
    framer = Framer()
    framer.feed(rubbish)
    assert framer.feed(sent)[-1] == sent


def test_a_system_exclusive_without_an_end_is_bounded() -> None:
    framer = Framer()
    assert framer.feed(b"\xf0" + bytes(1000)) == []
    for _ in range(200):
        assert framer.feed(bytes(1000)) == []
    assert framer.dropped > 0
    assert framer.feed(b"\x90\x3c\x40") == [b"\x90\x3c\x40"]


def test_a_flood_keeps_the_newest() -> None:
    arrivals = Arrivals()
    for number in range(100_000):
        arrivals.put(number, "p", bytes((0xB0, 7, number % 128)))
    kept = arrivals.take()
    assert len(kept) == 8192
    assert kept[-1].ns == 99_999
