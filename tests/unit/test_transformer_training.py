"""The piano corpus and the training of Music Transformer, on a small archive made here."""

from __future__ import annotations

import io
import json
import tarfile

import mido
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import ModelFileError
from livecoder.models.encodings import performance
from livecoder.models.encodings.piano import Piano
from livecoder.models.music_transformer import load
from livecoder.training import piano
from livecoder.training.learning import Places
from livecoder.training.piano import BAR, Struck, build, events_of, notes_of, played
from livecoder.training.transformer import (
    BEGIN,
    PAST,
    Plan,
    Trainer,
    dealt,
    orthogonal,
    tokens_of,
)
from livecoder.training.transformer_card import refresh
from livecoder.training.transformer_figures import Counted, held_out, windows
from livecoder.training.transformer_listening import heard, pieces_of
from livecoder.training.transformer_run import train
from tests.fakes.transformers import SMALL

SECOND = 960  # ticks, at 120 beats a minute

struck = st.lists(
    st.builds(
        lambda onset, length, pitch, velocity: Struck(onset, onset + length, pitch, velocity),
        st.integers(0, 500),
        st.integers(1, 400),
        st.integers(21, 108),
        st.integers(1, 127),
    ),
    min_size=1,
    max_size=40,
)


def _midi(tracks):
    """Return a MIDI file: tracks by name, of (start s, end s, pitch, velocity)."""
    song = mido.MidiFile(ticks_per_beat=480)
    song.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]))
    for name, notes in tracks.items():
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        moments = sorted(
            (round(at * SECOND), kind, pitch, velocity)
            for start, end, pitch, velocity in notes
            for at, kind in ((start, "note_on"), (end, "note_off"))
        )
        last = 0
        for at, kind, pitch, velocity in moments:
            track.append(mido.Message(kind, note=pitch, velocity=velocity, time=at - last))
            last = at
        song.tracks.append(track)
    data = io.BytesIO()
    song.save(file=data)
    return data.getvalue()


def _beats(count, length=0.5, first=0.0, downbeat=0):
    """Return a `beat_midi.txt` of so many beats, each of `length` seconds."""
    return "".join(
        f"{first + index * length} 0.0 {float(index % 4 == downbeat)}\n" for index in range(count)
    )


def _song(number, bars=6, length=0.5):
    """Return a song in C: chords on the beat, a melody above, every bar like the one before."""
    melody = [
        (at * length, (at + 1) * length, 72 + (at + number) % 4 * 2, 90) for at in range(4 * bars)
    ]
    chords = [
        (at * length, (at + 2) * length, pitch, 60)
        for at in range(0, 4 * bars, 2)
        for pitch in (48, 52, 55)
    ]
    return _midi({"MELODY": melody, "PIANO": chords, "DRUMS": [(0.0, 1.0, 36, 99)]})


@pytest.fixture(autouse=True)
def _one_thread():
    """Matrices this small are quicker so, and a machine that is busy is not waited for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    with tarfile.open(folder / "pop909.tar.xz", "w:xz") as archive:
        for number in range(1, 41):
            for name, member in (
                (f"POP909/{number:03}/{number:03}.mid", _song(number)),
                (f"POP909/{number:03}/beat_midi.txt", _beats(30).encode()),
                (f"POP909/{number:03}/versions/{number:03}-v1.mid", b"another version"),
            ):
                entry = tarfile.TarInfo(name)
                entry.size = len(member)
                archive.addfile(entry, io.BytesIO(member))
    return folder


@pytest.fixture(scope="module")
def corpus(data):
    return build(piano.songs_of(data))


def test_a_song_is_read_on_its_own_beats_from_a_bar_line():
    slow = piano.read_song("slow", _song(0, length=0.8), _beats(30, length=0.8))
    quick = piano.read_song("quick", _song(0, length=0.4), _beats(30, length=0.4))
    np.testing.assert_array_equal(slow.events, quick.events)
    np.testing.assert_array_equal(slow.phases, quick.phases)
    notes = notes_of(slow.events.tolist())
    assert [note.onset for note in notes if note.pitch >= 72] == [50 * at for at in range(24)]
    assert not any(note.pitch == 36 for note in notes)
    # The first note is on the third beat of a bar: the song begins on the bar line before it.
    late = piano.read_song("late", _song(0), _beats(30, downbeat=2))
    assert notes_of(late.events.tolist())[0].onset == 100
    assert late.phases[0] == 100


def test_what_is_beside_the_beat_stays_beside_it():
    pushed = _midi({"PIANO": [(0.53, 0.97, 60, 64), (1.0, 1.5, 62, 64)]})
    notes = notes_of(piano.read_song("pushed", pushed, _beats(8)).events.tolist())
    assert [note[:3] for note in notes] == [(53, 97, 60), (100, 150, 62)]


@given(struck)
def test_events_are_those_of_the_encoding_and_come_back_as_notes(notes):
    hands = played(notes)
    events, at = events_of(hands)
    encoding = performance.Performance()
    theirs = performance.events_of(
        performance.PlayedNote(note.onset, note.end, note.pitch, note.velocity) for note in hands
    )
    assert [encoding.event_of(-1, event) for event in events] == theirs
    assert at == sorted(at)
    binned = [
        note._replace(velocity=performance.velocity_of(performance.bin_of(note.velocity)))
        for note in hands
    ]
    assert notes_of(events) == binned
    tokens = tokens_of(np.array(events, np.int16)).tolist()
    assert [Piano().event_of(0, token) for token in tokens] == theirs


@given(struck)
def test_a_key_is_never_struck_while_it_sounds(notes):
    last = {}
    for note in played(notes):
        assert note.onset >= last.get(note.pitch, 0)
        assert note.end > note.onset
        last[note.pitch] = note.end


def test_the_split_is_by_song_and_a_corpus_comes_back_as_saved(corpus, tmp_path):
    assert len(corpus.split) == 40
    assert set(corpus.split.tolist()) == {0, 1, 2}
    assert sum(map(corpus.events, ("train", "valid", "test"))) == len(corpus.classes)
    piano.save(corpus, tmp_path / "piano.safetensors")
    again = piano.load(tmp_path / "piano.safetensors")
    for name in piano.PianoCorpus.__slots__:
        np.testing.assert_array_equal(getattr(again, name), getattr(corpus, name))
    assert (corpus.phases >= 0).all()
    assert (corpus.phases < BAR).all()


def test_an_archive_that_is_missing_or_empty_is_named(tmp_path):
    with pytest.raises(ModelFileError, match="--sources"):
        list(piano.songs_of(tmp_path))
    (tmp_path / "pop909.tar.xz").write_bytes(b"no archive")
    with pytest.raises(ModelFileError, match="fetch it again"):
        list(piano.songs_of(tmp_path))
    with pytest.raises(ModelFileError, match="--data"):
        build([])
    with pytest.raises(ModelFileError, match="unpack"):
        piano.read_song("bad", _song(0), "no table\n")
    with pytest.raises(ModelFileError, match="unpack"):
        piano.read_song("bad", b"no MIDI", _beats(8))


def test_what_is_dealt_follows_from_the_seed_and_stands_in_the_songs(corpus):
    songs = corpus.songs("train")
    one, same, other = (dealt(corpus, songs, 12, 32, seed) for seed in ((1, 5), (1, 5), (1, 6)))
    for first, second in zip(one, same, strict=True):
        np.testing.assert_array_equal(first, second)
    assert (one.tokens != other.tokens).any()
    begun = 0
    for row in range(12):
        count = int((one.following[row] != PAST).sum())
        assert count >= 8
        np.testing.assert_array_equal(one.tokens[row, 1:count], one.following[row, : count - 1])
        begun += int(one.tokens[row, 0] == BEGIN)
        assert (one.phases[row] < BAR).all()
    assert begun


def test_a_window_scores_every_event_once():
    song = np.arange(100)
    for length in (2, 7, 8, 9, 50, 100):
        scored = [
            int(label)
            for _, _, following in windows(song[:length], song[:length], 8)
            for label in following
            if label != PAST
        ]
        assert scored == list(range(1, length))


def test_momentum_made_orthogonal_has_no_long_side():
    torch.manual_seed(0)
    turned = orthogonal(torch.randn(3, 8, 20))
    for matrix in turned:
        values = torch.linalg.svdvals(matrix)
        assert values.min() > 0.5
        assert values.max() < 1.5


def test_learning_beats_counting_nothing_and_goes_on_exactly(corpus, tmp_path):
    plan = Plan(steps=40, tokens=192, places=((0.0, 32), (0.5, 48)), adam_rate=0.05)
    through = Trainer(corpus, plan, SMALL)
    before = held_out(through.network, corpus, "test")
    assert before.nats == pytest.approx(np.log(310), abs=1e-3)
    losses = [progress.loss for progress in through]
    after = held_out(through.network, corpus, "test")
    assert after.nats < before.nats - 1
    assert losses[-1] < losses[0] - 1
    assert after.events == corpus.events("test")
    assert set(after.by_kind) == {"note_on", "note_off", "time_shift", "velocity"}
    stopped = Trainer(corpus, plan, SMALL)
    for progress in stopped:
        if progress.step == 9:
            break
    stopped.save(tmp_path / "checkpoint.safetensors")
    resumed = Trainer(corpus, plan, SMALL)
    resumed.resume(tmp_path / "checkpoint.safetensors")
    assert [progress.loss for progress in resumed] == losses[9:]
    assert resumed.plans == stopped.plans
    other = Trainer(corpus, Plan(steps=40, tokens=128), SMALL)
    other.resume(tmp_path / "checkpoint.safetensors")
    assert [plan["tokens"] for plan in other.plans] == [192, 128]


def test_a_checkpoint_of_something_else_is_refused(corpus, tmp_path):
    trainer = Trainer(corpus, Plan(steps=1), SMALL)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelFileError, match="--fresh"):
        trainer.resume(path)


def test_counting_is_worth_more_than_chance_and_sums_to_one(corpus):
    counted = Counted.of(corpus)
    assert sum(counted.shares) == pytest.approx(1)
    assert counted.nats(corpus, "test") < np.log(308) - 1


def test_a_piece_that_repeats_itself_is_told_from_one_that_does_not(corpus):
    alike = heard(pieces_of(_longer(corpus), "train"))
    assert alike.in_key == 1
    assert alike.on_the_grid == 1
    assert alike.alike == 1
    assert alike.notes_per_bar == pytest.approx(10, abs=0.5)
    bars = [[Struck(0, 50, 21 + 5 * bar, 80)] for bar in range(16)]
    assert heard([bars]).alike == 0
    assert heard([]).notes_per_bar == 0


def _longer(corpus):
    song = piano.read_song("POP909 001", _song(0, bars=20), _beats(90))
    assert corpus.split[0] == 0
    return build([song._replace(name="POP909 001")])


class _Told:
    """A listener that remembers."""

    def __init__(self):
        self.words = []
        self.steps = 0

    def reading(self, source, pieces):
        self.words.append(f"{source} {pieces}")

    def learning(self, progress):
        self.steps = progress.step

    def checked(self, nats):
        self.words.append(f"nats {nats > 0}")

    def judging(self, what):
        self.words.append(what)


def test_one_command_leads_from_the_archive_to_weights_and_card(data, tmp_path):
    places = Places(data, tmp_path, tmp_path / "music_transformer.safetensors")
    plan = Plan(steps=6, tokens=128, places=((0.0, 32),))
    told = _Told()
    train(places, plan, told, fresh=False, shape=SMALL, verdict="A test plays.")
    assert told.steps == 6
    assert "POP909 40" in told.words
    assert "what it sounds like" in told.words
    card = json.loads(places.out.with_suffix(".json").read_text())
    nats = card["nats_per_step"]["events"]
    assert nats["network"] < nats["same_network_untrained"]
    assert card["training"]["optimiser_steps"] == 6
    text = places.out.with_suffix(".md").read_text()
    for word in ("licence", "Split", "steps", "trigram", "A test plays.", "## Limits"):
        assert word in text
    assert load(places.out).shape == SMALL
    assert refresh(places.out, verdict="It plays on.")["verdict"] == "It plays on."
    assert "It plays on." in places.out.with_suffix(".md").read_text()
    # What is done is not done again.
    again = _Told()
    train(places, plan, again, fresh=False, shape=SMALL)
    assert again.steps == 0
    assert not any(word.startswith("POP909") for word in again.words)
