"""What others left sounding ends, what has begun since does not, a few messages at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livecoder.outputs.midi.endings import Endings, Keys
from livecoder.outputs.midi.messages import note_off, note_on, silence

_channels = st.sets(st.integers(0, 15), min_size=1, max_size=4)
# In each cycle so many messages may be written, and these keys are struck or let go before them.
_moves = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from((0, 1, 60, 126, 127)), st.booleans()), max_size=4
)


class Synth:
    """An instrument: the keys that sound on it."""

    def __init__(self, sounding: set[tuple[int, int]]) -> None:
        self.sounding = sounding

    def hear(self, data: bytes) -> None:
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == 0x90 and data[2]:
            self.sounding.add((channel, data[1]))
        elif kind in (0x80, 0x90):
            self.sounding.discard((channel, data[1]))
        elif kind == 0xB0 and data[1] in (120, 123):
            self.sounding = {held for held in self.sounding if held[0] != channel}


@given(
    _channels,
    st.sets(st.tuples(st.integers(0, 3), st.integers(0, 127)), max_size=6),
    st.lists(_moves, max_size=60),
    st.integers(2, 40),
    st.booleans(),
)
def test_all_that_was_left_ends_and_nothing_that_has_begun_since(
    channels: set[int],
    left: set[tuple[int, int]],
    moves: list[list[tuple[int, int, bool]]],
    most: int,
    every_key: bool,
) -> None:
    synth, keys, endings = Synth(set(left)), Keys(), Endings()
    ours: set[tuple[int, int]] = set()
    endings.owe("synth", channels, every_key=every_key)
    cycles = iter(moves)
    while endings:
        for channel, key, down in next(cycles, ()):
            data = note_on(channel, key, 100) if down else note_off(channel, key)
            keys.hear(data)
            synth.hear(data)
            (ours.add if down else ours.discard)((channel, key))
        written = list(endings.take(most, {"synth": keys}))
        assert len(written) <= most
        for port, data in written:
            assert port == "synth"
            keys.hear(data)
            synth.hear(data)
            assert ours <= synth.sounding
    others = {held for held in left if held[0] not in channels}
    assert {held for held in synth.sounding - ours if held not in others} == set()
    assert all(keys.sounds(channel, key) for channel, key in ours)


def test_a_quiet_channel_is_ended_whole_and_a_busy_one_key_by_key() -> None:
    keys, endings = Keys(), Endings()
    keys.hear(note_on(1, 60, 100))
    keys.hear(note_on(2, 61, 100))
    keys.hear(note_on(2, 61, 0))
    endings.owe("synth", [1, 2], every_key=False)
    written = [data for _, data in endings.take(1000, {"synth": keys})]
    others = [note_off(1, key) for key in range(128) if key != 60]
    assert written == [*others, *silence(2)]
    assert not endings


def test_a_port_that_has_gone_holds_nothing_up() -> None:
    keys, endings = Keys(), Endings()
    endings.owe("gone", range(16), every_key=True)
    endings.owe("here", [5], every_key=False)
    assert [data for _, data in endings.take(16, {"here": keys})] == [*silence(5)]
    assert not endings


def test_all_notes_off_of_ours_is_heard_too() -> None:
    keys = Keys()
    for channel in (3, 4):
        keys.hear(note_on(channel, 60, 100))
    for data in (*silence(3), b"\xf8", b"\xc4\x05", b"\xf0\x7d\x3c\xf7", b"\xb4\x4a\x00"):
        keys.hear(data)
    assert keys.silent(3)
    assert keys.sounds(4, 60)
    assert not keys.silent(4)
