"""Readers of public data sets, on small archives made here in the same form."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from xml.etree import ElementTree

import mido
import numpy as np
import pytest

from livecoder.core.errors import ModelFileError
from livecoder.models.encodings.chords import PitchChords
from livecoder.models.encodings.drums import Drums
from livecoder.models.encodings.polyphony import Polyphony
from livecoder.training import harmony
from livecoder.training.chorales import read_chorales, voices
from livecoder.training.families import chorales, drums, lead_sheets, performance
from livecoder.training.groove import read_groove


def told(source, count):
    assert source
    assert count


# Drums.


def _drum_file(strokes):
    """Return a MIDI file of (16ths, pitch) at 480 ticks a beat."""
    song = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    song.tracks.append(track)
    now = 0
    for at, pitch in sorted(strokes):
        tick = round(at * 120)
        track.append(mido.Message("note_on", note=pitch, velocity=90, time=tick - now, channel=9))
        track.append(mido.Message("note_off", note=pitch, velocity=0, time=0, channel=9))
        now = tick
    written = io.BytesIO()
    song.save(file=written)
    return written.getvalue()


def _groove(path, rows, files):
    head = "drummer,split,time_signature,midi_filename"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("groove/info.csv", "\n".join([head, *rows]))
        for name, data in files.items():
            archive.writestr(f"groove/{name}", data)


def test_drummers_are_read_onto_16ths_in_their_own_split(tmp_path):
    path = tmp_path / "groove-midi-1.0.0.zip"
    _groove(
        path,
        ["d1,train,4-4,a.mid", "d1,validation,4-4,b.mid", "d2,test,3-4,c.mid"],
        {
            "a.mid": _drum_file([(0, 36), (0.1, 42), (3.8, 38), (17, 26)]),
            "b.mid": _drum_file([(2, 51)]),
            "c.mid": _drum_file([(0, 36)]),
        },
    )
    first, second = read_groove(path)
    assert (first.name, first.split, second.split) == ("a.mid", 0, 1)
    assert len(first.steps) == 32
    assert first.steps[0] == {36, 42}
    assert first.steps[4] == {38}
    assert first.steps[17] == {26}
    (piece, _) = drums.read(tmp_path, told)
    fed, counted, classes = piece.rows.T
    assert classes[0] == 0b101
    assert (fed[0], fed[1], counted[31]) == (-1, 0b101, 31)


def test_a_row_of_drums_feeds_what_the_encoding_says():
    encoding = Drums()
    heard = encoding.begin()
    steps = [{36}, set(), {38, 42}, {51}] * 20
    classes = [encoding.class_of(heard, step) for step in steps]
    rows = np.column_stack([[-1, *classes[:-1]], range(80), classes]).astype(np.int16)
    fed = drums.feed(rows, np.array(0), np.array(0.9))
    for row, step in enumerate(steps):
        assert _active(fed, row) == dict(encoding.active(heard))
        assert drums.answers(rows, np.array(0))[row] == encoding.class_of(heard, step)
        heard = encoding.then(heard, step)


def _active(fed, row):
    """Return the numbers of a row that are not 0."""
    pairs = zip(fed.indices[row].tolist(), fed.values[row].tolist(), strict=True)
    return {index: value for index, value in pairs if value}


@pytest.mark.parametrize("data", [b"", b"PK nonsense"])
def test_an_archive_of_drums_that_is_none_is_refused(tmp_path, data):
    path = tmp_path / "groove-midi-1.0.0.zip"
    with pytest.raises(ModelFileError, match="--sources"):
        list(read_groove(path))
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match="fetch it again"):
        list(read_groove(path))
    _groove(path, ["d1,train,4-4,missing.mid"], {})
    with pytest.raises(ModelFileError, match="fetch it again"):
        list(read_groove(path))


# Chorales.


def _objects(tables, kind):
    """Return an array of tables, as the chorales are kept: objects in a pickle."""
    array = np.empty(len(tables), object)
    for index, table in enumerate(tables):
        array[index] = np.array(table, kind)
    return array


CHORALE = [[72, 67, 64, 48]] * 4 + [[72, 65, 62, np.nan]] * 4


@pytest.mark.parametrize("kind", ["float16", "float64"])
def test_chorales_are_read_without_unpickling(tmp_path, kind):
    path = tmp_path / "chorales.npz"
    np.savez(path, train=_objects([CHORALE, CHORALE[:3]], kind), test=_objects([CHORALE], kind))
    first, second = read_chorales(path, "train")
    assert first.tolist()[4] == [72, 65, 62, -1]
    assert (first.shape, second.shape) == ((8, 4), (3, 4))
    assert len(read_chorales(path, "test")) == 1
    assert voices(first)[0] == (0, 8, 72)


def test_a_pickle_that_would_do_something_does_nothing(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "exploded"), "w"))

    array = np.empty(2, object)
    array[0], array[1] = np.array(CHORALE), Bomb()
    path = tmp_path / "chorales.npz"
    np.savez(path, train=array)
    assert len(read_chorales(path, "train")) == 1
    assert not (tmp_path / "exploded").exists()


def test_files_that_hold_no_chorales_are_refused(tmp_path):
    path = tmp_path / "chorales.npz"
    with pytest.raises(ModelFileError, match="--sources"):
        read_chorales(path, "train")
    for array in (np.zeros((3, 4)), _objects([[[1, 2, 3]]], "f8"), _objects([[[60.5] * 4]], "f8")):
        np.savez(path, train=array)
        with pytest.raises(ModelFileError, match="fetch it again"):
            read_chorales(path, "train")
    with pytest.raises(ModelFileError, match="fetch it again"):
        read_chorales(path, "test")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ModelFileError, match="fetch it again"):
        read_chorales(path, "train")


def test_a_chorale_is_learnt_as_its_encoding_writes_it(tmp_path):
    (tmp_path / "jsb").mkdir()
    (tmp_path / "jsfakes").mkdir()
    kept = _objects([CHORALE], "float16")
    np.savez(tmp_path / "jsb" / "Jsb16thSeparated.npz", train=kept, valid=kept, test=kept)
    np.savez(tmp_path / "jsfakes" / "js-fakes-16thSeparated.npz", pitches=kept)
    pieces = list(chorales.read(tmp_path, told))
    assert [(piece.source, piece.split) for piece in pieces] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    rows, encoding = pieces[0].rows, Polyphony()
    up = np.array(2)
    fed, classes = chorales.feed(rows, up, np.array(0.9)), chorales.answers(rows, up)
    events = [encoding.event_of(0, int(index)) for index in classes]
    assert events[:5] == [(3, 74), (3, 69), (3, 66), (3, 50), (2, 0)]
    assert events[-1] == (1, 0)
    heard = encoding.begin()
    for row, event in enumerate(events):
        assert _active(fed, row) == dict(encoding.active(heard))
        heard = encoding.then(heard, event)


# Chords and melodies.


@pytest.mark.parametrize(
    ("label", "figure"),
    [
        ("C:maj", "C"),
        ("A:min/b3", "Am/C"),
        ("F#:min7", "F#m7"),
        ("Bb:maj7/5", "Bbmaj7/F"),
        ("G:7", "G7"),
        ("B:hdim7", "Bm7b5"),
        ("D:dim7", "Do7"),
        ("E:sus4", "Esus4"),
        ("Ab:aug", "Ab+"),
        ("N", "N.C."),
    ],
)
def test_labels_are_heard_as_the_figures_they_mean(label, figure):
    symbol = harmony.from_text(label)
    row = np.array([[-1, symbol.root, symbol.pitches, symbol.bass, 0]], np.int16)
    fed = _active(lead_sheets.feed(row, np.array(0), np.array(0.9)), 0)
    assert fed == dict(PitchChords().active(figure))
    up = np.array(3)
    moved = _active(lead_sheets.feed(row, up, np.array(0.9)), 0)
    raised = {(i if i == 0 else 1 + 12 * ((i - 1) // 12) + ((i - 1) % 12 + 3) % 12) for i in fed}
    assert set(moved) == raised


def test_what_is_no_label_is_no_chord():
    for label in ("", "X", "H:maj", "C:strange", "C:maj/q"):
        assert harmony.from_text(label) == harmony.NO_CHORD


def _harmony(text):
    return harmony.from_musicxml(ElementTree.fromstring(f"<harmony>{text}</harmony>"))


def test_chord_symbols_of_a_score():
    root = "<root><root-step>E</root-step><root-alter>-1</root-alter></root>"
    assert _harmony(f"{root}<kind>dominant</kind>") == harmony.from_text("Eb:7")
    bass = "<bass><bass-step>G</bass-step></bass>"
    assert _harmony(f"{root}<kind>major-seventh</kind>{bass}") == harmony.from_text("Eb:maj7/3")
    flat_nine = (
        "<degree><degree-value>9</degree-value><degree-alter>-1</degree-alter>"
        "<degree-type>add</degree-type></degree>"
    )
    assert _harmony(f"{root}<kind>dominant</kind>{flat_nine}") == harmony.from_text("Eb:7(b9)")
    assert _harmony(f"{root}<kind>none</kind>") == harmony.NO_CHORD
    assert _harmony("") == harmony.NO_CHORD


SHEET = """<score-partwise><part id="P1">
<measure><attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>
</attributes>{bar}</measure>{more}</part></score-partwise>"""


def _sheet():
    def note(step):
        pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch>"
        return f"<note>{pitch}<duration>2</duration></note>"

    def chord(step, kind):
        return f"<harmony><root><root-step>{step}</root-step></root><kind>{kind}</kind></harmony>"

    bar = chord("C", "major") + note("E") + chord("A", "minor") + note("C")
    text = SHEET.format(bar=bar, more=f"<measure>{bar}</measure>" * 3)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("score.xml", text)
    return packed.getvalue()


def _tar(path, files):
    with tarfile.open(path, "w:xz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def _pop_song():
    """Return a song of nine bars at 120: C and E in turn, a beat each, on the track MELODY."""
    song = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="MELODY")])
    song.tracks.append(track)
    for beat in range(36):
        track.append(mido.Message("note_on", note=60 + 4 * (beat % 2), velocity=80))
        track.append(mido.Message("note_off", note=60 + 4 * (beat % 2), time=480))
    written = io.BytesIO()
    song.save(file=written)
    beats = "\n".join(f"{beat / 2} 0 {float(beat % 4 == 0)}" for beat in range(37))
    chords = "0.0 9.0 C:maj\n9.0 18.0 F:maj/5\n"
    return written.getvalue(), beats.encode(), chords.encode()


def test_lead_sheets_and_songs_are_learnt_with_the_chord_below_each_note(tmp_path):
    _tar(tmp_path / "openewld.tar.xz", {"dataset/Tune.mxl": _sheet()})
    midi, beats, chords = _pop_song()
    song = {"1.mid": midi, "beat_midi.txt": beats, "chord_midi.txt": chords}
    _tar(tmp_path / "pop909.tar.xz", {f"POP909/001/{name}": data for name, data in song.items()})
    sheet, pop = lead_sheets.read(tmp_path, told)
    assert (sheet.source, pop.source) == (0, 1)
    up = np.array(sheet.least)
    melody = lead_sheets.answers(sheet.rows, up)
    assert (melody[0] - melody[8], melody[1]) == (4, 0)
    assert {melody[0] - 2 - (melody[8] - 2)} == {4}
    # The lowest it may be moved: its C is the lowest note there is, and the chord is C major.
    assert melody[8] == 2
    row = _active(lead_sheets.feed(sheet.rows, up, np.array(0.9)), 0)
    assert row == dict(PitchChords().active("C"))
    row = _active(lead_sheets.feed(sheet.rows, up, np.array(0.9)), 8)
    assert row == dict(PitchChords().active("Am")) | {37: 1.0}
    roots = pop.rows[:, 1] - pop.rows[0, 1]
    assert set(roots[:72].tolist()) == {0}
    assert {int(root) % 12 for root in roots[73:]} == {5}


# Performances.


def _performance(seed):
    """Return the classes of a made-up performance in which notes begin and end in pairs."""
    chance = np.random.default_rng(seed)
    sounding, classes = set(), []
    for _ in range(400):
        kind = chance.integers(4)
        pitch = int(chance.integers(50, 70))
        if kind == 0 and pitch not in sounding:
            sounding.add(pitch)
            classes.append(pitch)
        elif kind == 1 and sounding:
            classes.append(128 + sounding.pop())
        elif kind == 2:
            classes.append(int(chance.integers(256, 356)))
        else:
            classes.append(int(chance.integers(356, 388)))
    return np.array(classes)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_asked_of_a_performance_is_what_note_seq_extracts(seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        performance_lib = pytest.importorskip("note_seq.performance_lib")
        performance_controls = pytest.importorskip("note_seq.performance_controls")
    classes = _performance(seed)
    kinds = ((0, 1, 0), (128, 2, 0), (256, 3, 1), (356, 4, 1))
    played = performance_lib.Performance(steps_per_second=100, num_velocity_bins=32)
    for index in classes.tolist():
        begin, kind, least = max(k for k in kinds if k[0] <= index)
        played.append(performance_lib.PerformanceEvent(kind, index - begin + least))
    density = performance_controls.NoteDensityPerformanceControlSignal(
        3.0, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
    )
    wanted = [density.encoder.events_to_input([d], 0).index(1.0) for d in density.extract(played)]
    bins, shares = performance.asked(classes)
    assert bins.tolist() == wanted
    pitches = performance_controls.PitchHistogramPerformanceControlSignal(5.0)
    histograms = np.array(pitches.extract(played))
    assert np.abs(shares - histograms / histograms.sum(1, keepdims=True)).max() < 1e-6


def test_a_row_of_a_performance_feeds_what_the_encoding_says():
    from livecoder.models.encodings.performance import Performance, PerformanceControls

    classes = _performance(4)
    rows = performance.rows_of(classes)
    events, controls = Performance(), PerformanceControls()
    for lot, keeps in ((0.1, (0, 0)), (0.4, (1, 0)), (0.6, (0, 1)), (0.9, (1, 1))):
        fed = performance.feed(rows, np.array(0), np.array(lot))
        heard = events.begin()
        for row, index in enumerate(classes.tolist()):
            density = (0.5, 1, 2, 4, 8, 16, 32, 64)[rows[row, 1]] if keeps[0] else None
            shares = tuple((rows[row, 2:14] / 1000).tolist()) if keeps[1] else None
            wanted = dict(controls.active((density, shares)))
            wanted |= {20 + place: value for place, value in events.active(heard).items()}
            got = _active(fed, row)
            assert got.keys() == wanted.keys()
            assert got == pytest.approx(wanted, abs=5e-3)
            heard = events.then(heard, events.event_of(heard, index))


def test_a_performance_moved_is_asked_for_what_it_then_has():
    classes = _performance(5)
    up = 3
    moved = np.where(classes < 256, classes + up, classes)
    one = performance.feed(performance.rows_of(classes), np.array(up), np.array(0.9))
    other = performance.feed(performance.rows_of(moved), np.array(0), np.array(0.9))
    for row in range(len(classes)):
        assert _active(one, row) == _active(other, row)
    assert (performance.answers(performance.rows_of(classes), np.array(up)) == moved).all()
