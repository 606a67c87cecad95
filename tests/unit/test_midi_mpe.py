"""MPE out, and controllers of more than seven bits: byte for byte, and every note ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import Rational
from livecoder.outputs.midi.messages import settings_of
from livecoder.outputs.midi.sounding import Sounding, Timed

TEMPO = TempoMap(bpm=60.0)
FOREVER = 10**15


def note(pitch: float, **more: object) -> dict[str, object]:
    return {"midiport": "p", "note": pitch, "mpe": 3, **more}


def played(*notes: tuple[float, float, dict[str, object]]) -> list[Timed]:
    sounding = Sounding()
    for begin, length, controls in notes:
        sounding.begin(Rational(begin), Rational(length), controls)
    return list(sounding.until(TEMPO, FOREVER))


def keys(messages: list[Timed]) -> list[tuple[int, int, int]]:
    """Return (status, channel, key) of what begins and ends notes."""
    return [
        (one.data[0] & 0xF0, one.data[0] & 0x0F, one.data[1])
        for one in messages
        if one.data[0] & 0xF0 in (0x80, 0x90)
    ]


@pytest.mark.parametrize(
    ("controls", "sent"),
    [
        ({"ccn": 1, "ccv14": 1.0}, "b0017f b0217f"),
        ({"ccn": 1, "ccv14": 0.5}, "b00140 b02100"),
        ({"ccn": 74, "ccv": 0.25}, "b04a20"),
        ({"nrpnn": 300, "nrpv": 1000}, "b06302 b0622c b00607 b02668 b0657f b0647f"),
        ({"rpnn": 0, "rpv": 256}, "b06500 b06400 b00602 b02600 b0657f b0647f"),
        ({"progNum": 7}, "c007"),
        ({"midibend": -1}, "e00000"),
        ({"miditouch": 1}, "d07f"),
        ({"polyTouch": 0.5, "note": 60.0}, "a03c40"),
        ({"expression": 1.0}, "b00b7f"),
        ({"nrpnn": 1}, ""),
        ({"ccn": float("nan"), "ccv": 1}, ""),
    ],
)
def test_what_is_set_before_a_note(controls: dict[str, object], sent: str) -> None:
    assert " ".join(data.hex() for data in settings_of(controls)) == sent


def test_the_zone_is_told_once_and_again_when_it_changes() -> None:
    messages = played((0, 1, note(60)), (1, 1, note(62)), (2, 1, note(64, mpebend=24)))
    sizes = [one.data for one in messages if one.data[1:] == bytes((6, 3))]
    ranges = [one.data[2] for one in messages if one.data[0] & 0xF0 == 0xB0 and one.data[1] == 6]
    assert sizes == [b"\xb0\x06\x03"] * 2
    assert ranges == [3, 48, 3, 24]


def test_who_comes_later_is_told_too_and_what_sounds_goes_on() -> None:
    sounding = Sounding()
    for beat in range(4):
        sounding.begin(Rational(beat), Rational(2), note(60 + beat))
    early = list(sounding.until(TEMPO, 1_500_000_000))
    sounding.introduce("p")
    late = list(sounding.until(TEMPO, FOREVER))
    assert [sum(one.data == b"\xb0\x06\x03" for one in part) for part in (early, late)] == [1, 1]
    assert len(keys(early)) == 2
    assert [kind for kind, *_ in keys(late)].count(0x80) == 4


def test_notes_between_the_keys_are_bent_each_on_its_own_channel() -> None:
    messages = played((0, 1, note(60.25)), (0, 1, note(64.5, mpebend=48)))
    bends = {
        one.data[0] & 0x0F: one.data[1] + 128 * one.data[2] - 8192
        for one in messages
        if one.data[0] & 0xF0 == 0xE0
    }
    assert bends == {1: round(8192 * 0.25 / 48), 2: round(-8192 * 0.5 / 48)}
    assert keys(messages)[:2] == [(0x90, 1, 60), (0x90, 2, 65)]


def test_the_wheel_is_where_it_belongs_before_the_note() -> None:
    order = [one.data[0] & 0xF0 for one in played((0, 1, note(60.5)))][-3:]
    assert order == [0xE0, 0x90, 0x80]


def test_a_member_rests_for_as_long_as_there_are_others() -> None:
    notes = [(i, 0.5, note(60 + i)) for i in range(5)]
    begun = [channel for status, channel, _ in keys(played(*notes)) if status == 0x90]
    assert begun == [1, 2, 3, 1, 2]


def test_more_notes_than_members_end_the_oldest() -> None:
    messages = keys(played(*((i, 9, note(60 + i)) for i in range(4))))
    assert messages[3:5] == [(0x80, 1, 60), (0x90, 1, 63)]


def test_a_programme_goes_to_the_master() -> None:
    assert any(one.data == b"\xc0\x05" for one in played((0, 1, note(60, progNum=5))))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 32),
            st.integers(1, 16),
            st.floats(58, 62),
            st.integers(0, 15),
            st.sampled_from([2, 48]),
            st.floats(0.0, 1.0),
        ),
        max_size=40,
    ),
    st.lists(st.integers(0, 60), max_size=10),
)
def test_every_note_ends_once_whatever_zones_there_are(
    notes: list[tuple[int, int, float, int, int, float]], turns: list[int]
) -> None:
    sounding = Sounding()
    for begin, length, pitch, members, bend, velocity in notes:
        controls = note(pitch, mpe=members, mpebend=bend, velocity=velocity)
        sounding.begin(Rational(begin, 4), Rational(length, 4), controls)
    messages = []
    for turn in [*sorted(turns), 1000]:
        messages += sounding.until(TEMPO, turn * 10**9 // 4)
    held: set[tuple[int, int]] = set()
    for status, channel, key in keys(messages):
        if status == 0x90:
            assert (channel, key) not in held
            held.add((channel, key))
        else:
            held.remove((channel, key))
    assert not held
    assert len(sounding) == 0


def test_as_long_as_there_are_members_no_two_notes_share_one() -> None:
    sharing = keys(played(*((0, 4, note(60 + i, mpe=15)) for i in range(15))))[:15]
    assert len({channel for _, channel, _ in sharing}) == 15
