"""Messages, and notes that end once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import Rational
from livecoder.outputs.midi.memory import PortMemory
from livecoder.outputs.midi.messages import key_of, settings_of, silence, velocity_of
from livecoder.outputs.midi.names import find_port, own_name
from livecoder.outputs.midi.ring import Ring
from livecoder.outputs.midi.sounding import Sounding

TEMPO = TempoMap(bpm=60.0)
FOREVER = 10**15


def note(pitch: float, **more: object) -> dict[str, object]:
    return {"midiport": "p", "midichan": 1, "note": pitch, **more}


def test_an_end_bends_with_the_tempo() -> None:
    sounding = Sounding()
    sounding.begin(Rational(0), Rational(2), note(60))
    assert [one.data[0] for one in sounding.until(TEMPO, 10**9)] == [0x90]
    assert sounding.next_ns(TEMPO) == 2 * 10**9
    faster = TEMPO.with_tempo(120.0, Rational(1))
    assert sounding.next_ns(faster) == 1_500_000_000
    assert [one.deadline_ns for one in sounding.until(faster, FOREVER)] == [1_500_000_000]


def test_a_key_struck_again_is_released_first_and_then_held_by_the_later_note() -> None:
    sounding = Sounding()
    sounding.begin(Rational(0), Rational(4), note(60))
    sounding.begin(Rational(1), Rational(1, 2), note(60.4))
    messages = list(sounding.until(TEMPO, FOREVER))
    assert [(one.deadline_ns // 10**8, one.data[0]) for one in messages] == [
        (0, 0x90),
        (10, 0x80),
        (10, 0x90),
        (15, 0x80),
    ]


def test_release_ends_what_sounds_and_nothing_else() -> None:
    sounding = Sounding()
    sounding.begin(Rational(0), Rational(4), note(60))
    sounding.begin(Rational(2), Rational(4), note(62))
    list(sounding.until(TEMPO, 10**9))
    assert [one.data for one in sounding.release(5)] == [bytes((0x80, 60, 64))]
    assert list(sounding.until(TEMPO, FOREVER)) == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 32),
            st.integers(1, 16),
            st.integers(58, 62),
            st.integers(1, 2),
            st.floats(0.0, 1.0),
        ),
        max_size=40,
    ),
    st.lists(st.integers(0, 60), max_size=10),
)
def test_every_note_that_begins_ends_once_and_in_order(
    notes: list[tuple[int, int, int, int, float]], turns: list[int]
) -> None:
    sounding = Sounding()
    for begin, length, pitch, channel, velocity in notes:
        sounding.begin(
            Rational(begin, 4),
            Rational(length, 4),
            note(pitch, midichan=channel, velocity=velocity),
        )
    messages = []
    for turn in [*sorted(turns), 1000]:
        messages += sounding.until(TEMPO, turn * 10**9 // 4)
    deadlines = [one.deadline_ns for one in messages]
    assert deadlines == sorted(deadlines)
    held: set[tuple[int, int]] = set()
    for one in messages:
        key = (one.data[0] & 0x0F, one.data[1])
        if one.data[0] & 0xF0 == 0x90:
            assert key not in held
            held.add(key)
        else:
            assert key in held
            held.remove(key)
    assert not held
    assert len(sounding) == 0


def test_controls_become_messages() -> None:
    assert key_of({"note": 127.9}) == 127
    assert key_of({"note": -0.9}) == 0
    assert key_of({"note": float("nan")}) is None
    assert velocity_of({"velocity": 0.001}) == 1
    assert velocity_of({"velocity": 1.0, "gain": 2.0}) == 127
    everything = {"midichan": 16, "progNum": 5, "ccn": 1, "ccv": 1.0, "midibend": 0.0}
    assert settings_of(everything) == (b"\xcf\x05", b"\xbf\x01\x7f", b"\xef\x00\x40")
    assert silence(2) == (b"\xb2\x7b\x00", b"\xb2\x78\x00")


@pytest.mark.parametrize(
    ("name", "port"),
    [
        ("in", "b:in"),
        ("SYNTH:in 2", "synth:in 2"),
        ("syn", "synth:in 2"),
        ("organ", None),
    ],
)
def test_a_name_is_a_port_a_part_of_one_or_new(name: str, port: str | None) -> None:
    assert find_port(name, ["synth:in 2", "b:in"]) == port


def test_an_alias_is_a_name_too() -> None:
    assert find_port("USB Keys", {"system:midi_playback_3": ["usb keys"]})
    assert own_name(" a:b\n") == "a b"
    assert own_name("::") == "midi"


def test_the_ring_keeps_order_refuses_when_full_and_passes_over_what_is_cancelled() -> None:
    ring = Ring(3)
    for when in (1, 2, 3):
        assert ring.put(when, "p", bytes([when]))
    assert not ring.put(4, "p", b"")
    assert ring.get(1) is None
    assert ring.get(3) == (1, "p", b"\x01")
    ring.cancel()
    assert ring.empty
    assert ring.put(9, "p", b"\x09")
    assert ring.get(10) == (9, "p", b"\x09")
    assert ring.get(10) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a": 1}', '{"a": {"channels": 3, "listeners": []}}', "null"]
)
def test_a_spoiled_memory_of_ports_is_an_empty_one(tmp_path, text: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "midi.ports"
    path.write_text(text)
    assert PortMemory(path).ports == {}


def test_ports_are_remembered(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "midi.ports"
    path.write_text(
        '{"out": {"a": {"channels": [3, 99, "x"], "listeners": ["b:in", 4]}}, '
        '"in": {"c": ["d:out", 5]}}'
    )
    memory = PortMemory(path)
    assert memory.ports["a"].channels == {3}
    assert memory.inputs == {"c": {"d:out"}}
    assert memory.ports["a"].listeners == {"b:in"}
    memory.save()
    assert PortMemory(path).ports == memory.ports
    assert PortMemory(path).inputs == memory.inputs
