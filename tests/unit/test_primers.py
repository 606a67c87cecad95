"""What a network goes on from: patterns, files, tracks, loops of what was played."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest

from livecoder.core.errors import SessionFileError
from livecoder.core.haps import Hap
from livecoder.core.rational import Rational
from livecoder.inputs.midi_file import read_phrase
from livecoder.models.ahead import Composer
from livecoder.patterns.vocabulary import note, s
from livecoder.session.loops import Loop
from livecoder.session.offline import perform
from livecoder.session.primers import primer_of
from livecoder.session.script import parse
from tests.fakes.workers import ThreadWorkers

BEATS = Rational(4)


def primed(given, *, drums=False, beats=BEATS):
    notes, length = primer_of(given, drums=drums, beats=beats)
    return [(float(n.onset), n.pitch) for n in notes], int(length)


def midi_file(path: Path, *events, ticks=480) -> Path:
    """Events: (channel, note, from beat, to beat, velocity)."""
    messages = []
    for channel, pitch, begin, end, velocity in events:
        more = {"channel": channel - 1, "note": pitch}
        messages.append((int(begin * ticks), mido.Message("note_on", velocity=velocity, **more)))
        messages.append((int(end * ticks), mido.Message("note_off", **more)))
    messages.sort(key=lambda pair: (pair[0], pair[1].type == "note_on"))
    track, at = mido.MidiTrack(), 0
    for tick, message in messages:
        track.append(message.copy(time=tick - at))
        at = tick
    held = mido.MidiFile(ticks_per_beat=ticks)
    held.tracks.append(track)
    held.save(path)
    return path


def test_a_pattern_gives_its_first_four_bars_with_velocities() -> None:
    assert primed("<c4 e4 g4 c5>") == ([(0, 60), (1, 64), (2, 67), (3, 72)], 4)
    notes, _ = primer_of(note("c4 e4").velocity("0.25 1"), drums=False, beats=BEATS)
    assert [n.velocity for n in notes[:2]] == [0.25, 1.0]


def test_drums_are_named_or_numbered() -> None:
    found, _ = primed(s("bd sd hh"), drums=True)
    assert [pitch for _, pitch in found[:3]] == [35, 38, 42]
    assert primed("bd sd", drums=True)[0][:2] == [(0, 35), (0.5, 38)]
    assert primed(note("36 38"), drums=True)[0][:2] == [(0, 36), (0.5, 38)]


def test_a_midi_file_is_read_in_bars(tmp_path: Path) -> None:
    path = midi_file(
        tmp_path / "tune.mid", (1, 60, 0, 1, 64), (1, 64, 2, 3.5, 127), (10, 36, 0, 1, 100)
    )
    assert primed(str(path)) == ([(0, 60), (0.5, 64)], 1)
    assert primed(path, drums=True) == ([(0, 36)], 1)
    assert primed(path, beats=Rational(3)) == ([(0, 60), (2 / 3, 64)], 2)
    notes, beats = read_phrase(path, drums=False)
    assert [n.velocity for n in notes] == [64 / 127, 1.0]
    assert beats == 4


def test_of_a_long_file_the_last_sixteen_bars_count(tmp_path: Path) -> None:
    path = midi_file(tmp_path / "long.MID", *((1, 40 + i % 60, i, i + 1, 80) for i in range(100)))
    notes, beats = read_phrase(path, drums=False)
    assert beats == 64
    assert [n.pitch for n in notes] == [40 + i % 60 for i in range(36, 100)]
    assert notes[0].onset == 0


def test_a_file_that_is_none_is_one_message(tmp_path: Path) -> None:
    good = midi_file(tmp_path / "good.mid", (1, 60, 0, 1, 64)).read_bytes()
    for name, data in (
        ("empty.mid", b""), ("text.mid", b"hello" * 9), ("cut.mid", good[:-7]),
        ("silent.mid", midi_file(tmp_path / "x.mid").read_bytes()),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SessionFileError, match=name):
            read_phrase(tmp_path / name, drums=False)
    with (tmp_path / "large.mid").open("wb") as file:
        file.truncate(5 * 2**20)
    with pytest.raises(SessionFileError, match="larger than 4 MB"):
        read_phrase(tmp_path / "large.mid", drums=False)


def test_a_loop_of_what_was_played_counts_from_its_first_bar() -> None:
    def ask(span):
        bar = int(span.begin)
        return [Hap((Rational(b), Rational(b + 1)), (Rational(b), Rational(b + 1)), b)
                for b in range(bar, bar + 3)]  # fmt: skip

    from livecoder.core.haps import Span

    def spans(span):
        return [hap._replace(whole=Span(*hap.whole), part=Span(*hap.part)) for hap in ask(span)]

    assert primed(Loop(spans, "loop", 61, 3)) == ([(0, 61), (1, 62), (2, 63)], 3)


def heard(*lines: str, bars: int = 8):
    composer = Composer(loaders={"melody_rnn": "tests.fakes.walk:load"}, launch=ThreadWorkers())
    try:
        performed = perform(parse("\n".join(lines), "x.py"), bars=bars, composer=composer)
    finally:
        composer.close()
    assert not performed.problems, performed.problems
    return [(e.beat, e.controls["note"]) for e in performed.tracks["d3"]]


def test_a_track_is_gone_on_from_as_it_played() -> None:
    calm = "melody_rnn(temperature=.1, lowest=24, highest=108, prime={})"
    line = f"d3 >> {calm}"
    played = heard("d1 >> note('<36 36 36 36 100>')", "# bar 6", line.format("d1"))
    typed = heard("d1 >> note('c2')", "# bar 6", line.format("note('<36 36 36 100>')"))
    assert played == typed
    assert heard("d1 >> note('<36 40>')", line.format("d1")) == heard(
        "d1 >> note('<36 40>')", line.format("note('<36 40>')")
    )


def test_a_network_is_gone_on_from_as_it_played_and_can_be_looped() -> None:
    lines = ("d1 >> melody_rnn(seed=3)", "# bar 5", "d3 >> d1.last(2)")
    first = [n for at, n in heard(*lines, bars=6)]
    again = heard(*lines, bars=8)
    assert [n for at, n in again if at < 24] == first
    assert [(at - 8, n) for at, n in again if at >= 24] == [p for p in again if p[0] < 24]
    assert heard("d1 >> melody_rnn(seed=3)", "# bar 5", "d3 >> melody_rnn(prime=d1)")
