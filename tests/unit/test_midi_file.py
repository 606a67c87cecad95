"""Files of notes: what a sequencer reads is what was played."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import RangeError, SessionFileError
from livecoder.core.events import Event
from livecoder.core.rational import Rational
from livecoder.outputs.midi import write_midi
from livecoder.outputs.midi.recording import FilePorts

FOUR = Rational(4)


def event(beat: object, pitch: float, length: object = 1, **more: object) -> Event:
    return Event(Rational(beat), Rational(length), {"note": pitch, **more})  # type: ignore[arg-type]


def notes(track: mido.MidiTrack) -> list[tuple[int, int, str, int]]:
    """Return (tick, channel, type, key)."""
    at, found = 0, []
    for message in track:
        at += message.time
        if message.type in ("note_on", "note_off"):
            found.append((at, message.channel, message.type, message.note))
    return found


def test_tracks_tempo_and_meter(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    tracks = {
        "d1": [event(0, 60), event("1/3", 64, "1/3")],
        "drums": [event(2, 36, midichan=10)],
    }
    tempo = [(Rational(0), 120.0), (Rational(2), 60.0)]
    write_midi(path, tracks, tempo, beats_per_cycle=Rational(7, 2))
    file = mido.MidiFile(path)
    assert (file.type, file.ticks_per_beat) == (1, 480)
    head, first, second = file.tracks
    assert [m.tempo for m in head if m.type == "set_tempo"] == [500_000, 1_000_000]
    assert [(m.numerator, m.denominator) for m in head if m.type == "time_signature"] == [(7, 8)]
    assert notes(first) == [
        (0, 0, "note_on", 60),
        (160, 0, "note_on", 64),
        (320, 0, "note_off", 64),
        (480, 0, "note_off", 60),
    ]
    assert notes(second) == [(960, 9, "note_on", 36), (1440, 9, "note_off", 36)]
    # Two beats at 120 and one at 60.
    assert file.length == pytest.approx(2.0)


def test_sounds_without_a_note_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    drum = Event(Rational(0), Rational(1), {"s": "bd"})
    write_midi(path, {"d1": [drum]}, [], beats_per_cycle=FOUR)
    assert notes(mido.MidiFile(path).tracks[1]) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(60, 62), st.integers(1, 2)),
        max_size=40,
    )
)
def test_every_note_ends_once_and_equal_notes_make_equal_bytes(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("midi")
    events = [
        event(Rational(begin, 8), pitch, Rational(length, 8), midichan=channel)
        for begin, length, pitch, channel in drawn
    ]
    paths = [folder / "a.mid", folder / "b.mid"]
    for path in paths:
        write_midi(path, {"d1": events}, [(Rational(0), 99.0)], beats_per_cycle=FOUR)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    held: dict[tuple[int, int], int] = {}
    begun = set()
    for tick, channel, kind, key in notes(mido.MidiFile(paths[0]).tracks[1]):
        if kind == "note_on":
            assert (channel, key) not in held
            held[channel, key] = tick
            begun.add((tick, channel, key))
        else:
            assert tick > held.pop((channel, key))
    assert not held
    assert begun == {(begin * 60, channel - 1, pitch) for begin, _, pitch, channel in drawn}


def test_a_path_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SessionFileError, match="give another path"):
        write_midi(tmp_path / "no" / "a.mid", {}, [], beats_per_cycle=FOUR)
    with pytest.raises(RangeError, match="try 480"):
        write_midi(tmp_path / "a.mid", {}, [], beats_per_cycle=FOUR, ticks_per_beat=0)


def test_the_file_backend_writes_what_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "sent.mid"
    ports = FilePorts(path)
    ports.send(10**9, "synth", bytes((0x90, 60, 100)))
    ports.send(15 * 10**8, "synth", bytes((0x80, 60, 64)))
    ports.close()
    file = mido.MidiFile(path)
    assert file.tracks[0].name == "synth"
    assert notes(file.tracks[0]) == [(0, 0, "note_on", 60), (960, 0, "note_off", 60)]
