"""The readers of data sets: small scores whose melody is known."""

from __future__ import annotations

import io
import tarfile
import zipfile
from fractions import Fraction

import mido
import pytest

from livecoder.core.errors import ModelFileError
from livecoder.training.abc import read_tunes
from livecoder.training.corpus import SPLITS, split_of, stretches_of
from livecoder.training.musicxml import read_lead_sheet
from livecoder.training.pop909 import read_song
from livecoder.training.scores import Bar, Sung, aligned, events_of, phrases, transpositions


def _abc(body, key="C", metre="4/4", unit="1/8"):
    tune = next(iter(read_tunes(f"X:1\nT:A Tune\nM:{metre}\nL:{unit}\nK:{key}\n{body}\n")))
    return tune.lines


def _notes(body, **fields):
    """Return (pitch, 16ths) of the notes of one line of ABC."""
    return [
        (note.pitch, note.duration)
        for _, bars in _abc(body, **fields)
        for bar in bars
        for note in bar.notes
    ]


@pytest.mark.parametrize(
    ("body", "fields", "wanted"),
    [
        ("CDEF", {}, [(60, 2), (62, 2), (64, 2), (65, 2)]),
        ("C,c c'", {}, [(48, 2), (72, 2), (84, 2)]),
        ("C2 D/ E/2 F3/2 G//", {}, [(60, 4), (62, 1), (64, 1), (65, 3), (67, Fraction(1, 2))]),
        ("F f", {"key": "D"}, [(66, 2), (78, 2)]),
        ("B e", {"key": "Gm"}, [(70, 2), (75, 2)]),
        ("c f", {"key": "Ador"}, [(72, 2), (78, 2)]),
        ("c f g", {"key": "A Mixolydian"}, [(73, 2), (78, 2), (79, 2)]),
        ("^F F | F", {}, [(66, 2), (66, 2), (65, 2)]),
        ("=F F _B", {"key": "D"}, [(65, 2), (65, 2), (70, 2)]),
        ("C>D E<F", {}, [(60, 3), (62, 1), (64, 1), (65, 3)]),
        (
            "(3CDE F",
            {},
            [(60, Fraction(4, 3)), (62, Fraction(4, 3)), (64, Fraction(4, 3)), (65, 2)],
        ),
        ('"Am"{cd}!trill!C vD ~E', {}, [(60, 2), (62, 2), (64, 2)]),
        ("[CEG]2 z2 C", {}, [(67, 4), (60, 2)]),
        ("C [K:G] F", {}, [(60, 2), (66, 2)]),
        ("C % a comment D", {}, [(60, 2)]),
        ("C z4 Z D", {}, [(60, 2), (62, 2)]),
    ],
)
def test_abc_is_read_as_it_is_written(body, fields, wanted):
    assert _notes(body, **fields) == wanted


def test_abc_ties_bars_and_metres():
    lines = _abc("C8-|C4 D4|[M:6/8]CDE FGA|[M:2/4]C4|")
    assert [(steps, len(bars)) for steps, bars in lines] == [(16, 2), (8, 1)]
    assert aligned(lines[0][1], 16) == [Sung(Fraction(0), Fraction(24), 60), Sung(24, 8, 62)]


def test_abc_of_any_bytes_is_read_without_harm():
    for text in ("X:1\nK:\n|||:::[", "X:1\nM:0/0\nL:1/0\nK:C\nC/0[", "X:", "\0X:1\nK:H\n(9"):
        list(read_tunes(text))


def _bar(*durations, pitch=60):
    bar = Bar()
    for duration in durations:
        bar.notes.append(Sung(bar.length, Fraction(duration), pitch))
        bar.length += duration
    return bar


def test_a_pickup_is_left_out_and_an_ending_joined_with_the_next():
    bars = [_bar(4), _bar(8, 8), _bar(12), _bar(4), _bar(16), _bar(6), _bar(16)]
    assert [note.onset for note in aligned(bars, 16)] == [0, 8, 16, 28, 32, 48, 64]
    assert aligned([_bar(8, 8), _bar(20), _bar(16)], 16) == aligned([_bar(8, 8)], 16)


def test_phrases_part_at_two_bars_of_rest_and_begin_on_a_bar():
    events = [-2] * 20 + [60, -2, -2, -2] * 20 + [-1] + [-2] * 40 + [62, -2] * 40
    first, second = phrases(events)
    assert first[:5] == [-2, -2, -2, -2, 60]
    assert first[-1] == -1
    assert first.count(60) == 20
    assert second.count(62) == 40
    assert next(event for event in second if event != -2) == 62
    assert phrases([60, -2] * 20) == []  # too short
    assert phrases([40, -2, 90, -2] * 40) == []  # too wide for the encoding
    assert list(transpositions([48, 83])) == [0]


def test_of_two_notes_at_a_step_the_higher_is_heard():
    assert events_of([Sung(0, 2, 60), Sung(0, 4, 67), Sung(2, 2, 62)]) == [67, -2, 62, -2]


_XML = """<score-partwise><part id="P1">
<measure><attributes><divisions>2</divisions><time><beats>4</beats><beat-type>4</beat-type></time>
</attributes>
<note><grace/><pitch><step>B</step><octave>4</octave></pitch></note>
<note><pitch><step>C</step><alter>1</alter><octave>4</octave></pitch><duration>4</duration></note>
<note><pitch><step>E</step><octave>4</octave></pitch><duration>4</duration></note>
<note><chord/><pitch><step>G</step><octave>4</octave></pitch><duration>4</duration></note>
</measure>
<measure><note><pitch><step>G</step><octave>4</octave></pitch><duration>2</duration>
<tie type="stop"/></note><note><rest/><duration>6</duration></note></measure>
<measure><attributes><time><beats>3</beats><beat-type>4</beat-type></time></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>6</duration></note></measure>
</part></score-partwise>"""


def _mxl(text, name="score.xml"):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr(name, text)
    return data.getvalue()


def test_a_lead_sheet_s_melody_is_its_highest_notes_tied_over_the_bar():
    ((steps, bars),) = read_lead_sheet(_mxl(_XML))
    assert steps == 16
    assert aligned(bars, steps) == [Sung(0, 8, 61), Sung(8, 12, 67)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 nothing",
        _mxl("<score-partwise><part>"),
        _mxl("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        _mxl(_XML, "score.txt"),
        _mxl(" " * (17 * 2**20)),
        _mxl(_XML)[:-40],
    ],
)
def test_a_spoilt_lead_sheet_is_one_error(data):
    with pytest.raises(ModelFileError):
        read_lead_sheet(data)


def _song(beat_seconds=0.5):
    """Return a song of 20 beats whose melody has a note a beat, and the table of its beats."""
    song = mido.MidiFile(ticks_per_beat=480)
    melody, other = mido.MidiTrack(), mido.MidiTrack()
    melody.name, other.name = "MELODY", "PIANO"
    for beat in range(20):
        melody.append(mido.Message("note_on", note=60 + beat % 3, velocity=90, time=0))
        melody.append(mido.Message("note_on", note=60 + beat % 3, velocity=0, time=470))
        melody.append(mido.Message("note_on", note=10, velocity=0, time=10))
    song.tracks += [mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]), melody, other]
    data = io.BytesIO()
    song.save(file=data)
    marks = "\n".join(f"{i * beat_seconds} 0.0 {float(i % 4 == 0)}" for i in range(21))
    return data.getvalue(), marks


def test_a_song_is_laid_on_its_own_beats():
    (line,) = read_song(*_song())
    events = events_of(line)
    assert events[:8] == [60, -2, -2, -2, 61, -2, -2, -2]
    assert [step for step, event in enumerate(events) if event >= 0] == list(range(0, 80, 4))
    (half,) = read_song(*_song(beat_seconds=1.0))
    assert half[1].onset == 2


def test_a_spoilt_song_is_one_error():
    data, marks = _song()
    with pytest.raises(ModelFileError):
        read_song(data[:3], marks)
    with pytest.raises(ModelFileError):
        read_song(data, "0.0 1.0 what")
    assert read_song(data, "") == []


def test_a_corpus_is_read_from_archives_and_a_missing_one_is_named(tmp_path):
    with pytest.raises(ModelFileError, match="--sources"):
        list(stretches_of(tmp_path))
    data, marks = _song()
    with tarfile.open(tmp_path / "openewld.tar.xz", "w:xz") as archive:
        _add(archive, "dataset/a/A_Tune.mxl", _mxl(_XML))
    with tarfile.open(tmp_path / "pop909.tar.xz", "w:xz") as archive:
        _add(archive, "POP909/001/beat_midi.txt", marks.encode())
        _add(archive, "POP909/001/versions/001-v1.mid", b"ignored")
        _add(archive, "POP909/001/001.mid", data)
    heard = []
    for stretch in stretches_of(tmp_path, on_progress=lambda name, _: heard.append(name)):
        assert stretch.source == 1
        break
    assert heard == ["OpenEWLD"]
    (tmp_path / "openewld.tar.xz").write_bytes(b"nothing")
    with pytest.raises(ModelFileError, match="fetch it again"):
        list(stretches_of(tmp_path))


def _add(archive, name, data):
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def test_the_split_goes_by_the_name_alone_and_holds_out_a_tenth():
    assert split_of("The  White Cockade") == split_of("the white cockade")
    counts = [0, 0, 0]
    for number in range(4000):
        counts[split_of(f"tune {number}")] += 1
    assert [round(count / 4000, 1) for count in counts] == [0.9, 0.1, 0.1] or counts[0] > 3400
    assert min(counts) > 120
    assert len(SPLITS) == 3
