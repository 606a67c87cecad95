"""The laws that every streaming network keeps, whatever its weights: one line for each model.

The weights are small and random, and as sure of themselves as trained ones: the laws do not depend
on what a network has learnt.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecoder.core.errors import ModelFileError, RangeError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.catalogue import find_config
from livecoder.models.loading import LoadedModel
from livecoder.models.lstm.shape import Attention, StackShape
from livecoder.models.lstm.step import StackWeights
from livecoder.models.music_transformer.model import MusicTransformer
from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.models.music_transformer.step import Matrices

FOUR = rational(4)
ONE = rational(1)
PLAYED = {"performance_rnn", "music_transformer"}
LARGEST = 256 * 1024
PRIMER = tuple(
    Note(rational(beat) / 2, rational(1) / 2, float(pitch), 0.3 + beat / 16)
    for beat, pitch in enumerate([36, 64, 42, 72, 38, 67, 42, 62])
)
CHORDS = ((rational(0), "C"), (rational(2), "Am"), (FOUR, "G"))


@dataclass(frozen=True)
class Model:
    """One model under the laws.

    `module` has `stream`, which makes a stream of a loaded stack; `voices` is how many notes it
    may play at once; `keyed` whether it heeds keys, chords and the tonic.
    """

    module: str
    config: str
    units: tuple[int, ...] = (12, 9)
    attention: Attention | None = None
    voices: int = 128
    keyed: bool = True

    @property
    def name(self) -> str:
        return self.module.split(".")[0]

    def make(self, seed=7):
        config = find_config(self.name, self.config)
        encoding = config.encoding()
        shape = StackShape(encoding.inputs, self.units, encoding.classes, self.attention)
        chance = np.random.default_rng(seed)
        tensors = {
            name: chance.normal(0.0, 0.9, size).astype(np.float32)
            for name, size in shape.layouts().items()
        }
        weights = StackWeights.folded(shape, tensors)
        loaded = LoadedModel(config, encoding, weights, tensors)
        return importlib.import_module(f"livecoder.models.{self.module}").stream(loaded)


@dataclass(frozen=True)
class Transformer(Model):
    """A Music Transformer under the same laws: small, with a window that is full in no time."""

    def make(self, seed=7):
        shape = TransformerShape(layers=2, width=16, heads=2, inner=24, window=48, taps=3)
        chance = np.random.default_rng(seed)
        weights = {
            name: chance.normal(0.0, 0.5, size).astype(np.float32) for name, size in shape.tensors()
        }
        return MusicTransformer(Matrices.folded(shape, weights))


MODELS = [
    Model("melody_rnn.model", "basic_rnn", voices=1),
    Model("melody_rnn.model", "mono_rnn", voices=1),
    Model("melody_rnn.model", "lookback_rnn", voices=1),
    Model("melody_rnn.model", "attention_rnn", attention=Attention(40, "first", 12), voices=1),
    Model("improv_rnn", "chord_pitches_improv", voices=1),
    Model("improv_rnn", "basic_improv", voices=1),
    Model("improv_rnn", "attention_improv", attention=Attention(40, "all", 9), voices=1),
    Model("drums_rnn", "drum_kit", attention=Attention(32, "all", 9), voices=9, keyed=False),
    Model("polyphony_rnn", "polyphony", voices=12),
    Model("performance_rnn", "performance"),
    Model("performance_rnn", "performance_with_dynamics"),
    Model("performance_rnn", "performance_with_dynamics_and_modulo_encoding"),
    Model("performance_rnn", "density_conditioned_performance_with_dynamics"),
    Model("performance_rnn", "multiconditioned_performance_with_dynamics"),
    Model("performance_rnn", "optional_multiconditioned_performance_with_dynamics"),
    Transformer("music_transformer", "music_transformer"),
]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.config)


@cache
def _stream(model):
    return model.make()


def _bar(number, **changes):
    return replace(BarRequest(number, 1000 + number, FOUR), **changes)


def _compose(stream, state, bars, between=lambda state: state):
    composed = []
    for bar in bars:
        notes, state = stream.compose(between(state), bar)
        composed.append(notes)
    return composed, state


def _most_at_once(notes):
    moments = sorted(
        [(note.onset, 1) for note in notes] + [(note.onset + note.duration, -1) for note in notes]
    )
    sounding = most = 0
    for _, change in moments:
        sounding += change
        most = max(most, sounding)
    return most


def _hold(model, notes, request):
    """Hold a bar's notes to all that was asked."""
    for note in notes:
        assert 0 <= note.onset < request.beats
        assert note.duration > 0
        assert note.onset + note.duration <= request.beats
        assert request.lowest <= note.pitch <= request.highest
        assert not model.keyed or int(note.pitch) % 12 in request.allowed
        assert 0.0 < note.velocity <= 1.0
    assert list(notes) == sorted(notes, key=lambda note: (note.onset, note.pitch))
    assert len({(note.onset, note.pitch) for note in notes}) == len(notes)
    assert _most_at_once(notes) <= min(model.voices, request.polyphony or 128)


@every_model
def test_a_seed_gives_the_same_notes_every_time(model):
    bars = [_bar(number) for number in range(3)]
    one, other = model.make(), model.make()
    first, _ = _compose(one, one.initial(PRIMER, beats=FOUR), bars)
    again, _ = _compose(other, other.initial(PRIMER, beats=FOUR), bars)
    elsewhere = [_bar(number, seed=number + 5) for number in range(3)]
    different, _ = _compose(one, one.initial(PRIMER, beats=FOUR), elsewhere)
    assert first == again
    assert first != different
    assert any(first)


@every_model
def test_streamed_through_bytes_equals_the_whole(model):
    stream = _stream(model)
    bars = [
        _bar(number, beats=rational(beats)) for number, beats in enumerate(["1", "3", "4", "5/2"])
    ]
    whole, end = _compose(stream, stream.initial(PRIMER, beats=FOUR), bars)
    other = model.make()
    streamed, last = _compose(
        other,
        other.initial(PRIMER, beats=FOUR),
        bars,
        between=lambda state: model.make().thaw(other.freeze(state)),
    )
    assert streamed == whole
    assert other.freeze(last) == stream.freeze(end)


@every_model
def test_a_state_is_a_value(model):
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    before = stream.freeze(state)
    notes, later = stream.compose(state, _bar(0))
    stream.compose(later, _bar(1))
    assert stream.freeze(state) == before
    assert stream.freeze(later) != before
    again, twin = stream.compose(state, _bar(0))
    assert again == notes
    assert stream.freeze(twin) == stream.freeze(later)


@every_model
def test_a_frozen_state_comes_back_as_it_was(model):
    stream = _stream(model)
    states = [stream.initial((), beats=FOUR), stream.initial(PRIMER, beats=FOUR)]
    states.append(_compose(stream, states[1], [_bar(0), _bar(1)])[1])
    for state in states:
        frozen = stream.freeze(state)
        assert len(frozen) <= LARGEST
        assert stream.freeze(stream.thaw(frozen)) == frozen


@every_model
def test_an_hour_leaves_a_state_as_small_as_a_minute(model):
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    sizes = []
    for number in range(1800):
        _, state = stream.compose(state, _bar(number, beats=ONE / 2, polyphony=2))
        if number % 10 == 0:
            sizes.append(len(stream.freeze(state)))
    assert max(sizes) <= LARGEST
    # Notes that sound over a bar line take a few bytes each.
    assert max(sizes[60:]) <= max(sizes[:60]) + 16 * 40


@every_model
@pytest.mark.parametrize("beats", ["1", "2", "3", "7/2", "4", "5", "6", "7", "10/3", "1/8"])
def test_notes_stay_in_their_bar_whatever_its_length(model, beats):
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    sounded = 0
    for number in range(5):
        request = _bar(number, beats=rational(beats))
        notes, state = stream.compose(state, request)
        _hold(model, notes, request)
        sounded += len(notes)
    assert sounded or rational(beats) <= ONE


REQUESTS = st.builds(
    BarRequest,
    bar=st.just(3),
    seed=st.integers(-(2**70), 2**70),
    beats=st.sampled_from([rational(text) for text in ("1/2", "1", "3", "7/2", "4")]),
    temperature=st.floats(0.01, 8.0),
    allowed=st.frozensets(st.integers(0, 11), max_size=12),
    lowest=st.integers(0, 90),
    highest=st.integers(30, 127),
    top_k=st.none() | st.integers(1, 5),
    top_p=st.none() | st.floats(0.01, 1.0),
    density=st.none() | st.floats(0.0, 12.0),
    polyphony=st.none() | st.integers(1, 4),
    chords=st.sampled_from([(), CHORDS, ((rational(0), "N.C."),), ((rational(0), "Db7"),)]),
    strong=st.booleans(),
    tonic=st.none() | st.integers(0, 11),
    pitches=st.none() | st.just((1.0, 0.0, 0.5) * 4),
    temperatures=st.none() | st.just((0.5, 1.5, 1.0)),
    entry=st.none() | st.sampled_from([rational(text) for text in ("0", "1/4", "2/3", "9/2")]),
)


@every_model
@settings(max_examples=25, deadline=None)
@given(request=REQUESTS)
def test_whatever_is_asked_there_is_an_answer_and_it_keeps_to_it(model, request):
    stream = _stream(model)
    notes, state = stream.compose(stream.initial(PRIMER, beats=FOUR), request)
    _hold(model, notes, request)
    stream.thaw(stream.freeze(state))


@every_model
def test_where_nothing_may_sound_there_is_silence(model):
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    silent = {"lowest": 1, "highest": 0} if not model.keyed else {"allowed": frozenset()}
    assert stream.compose(state, _bar(0, temperature=5.0, **silent))[0] == ()
    assert stream.compose(state, _bar(0, density=0.0, temperature=5.0))[0] == ()


@every_model
@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_sound_at_once_than_are_allowed(model, most):
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    highest = 0
    for number in range(4):
        notes, state = stream.compose(state, _bar(number, polyphony=most))
        highest = max(highest, _most_at_once(notes))
    assert 0 < highest <= most


@every_model
def test_denser_has_more_notes_and_no_more_than_there_is_room_for(model):
    stream = _stream(model)
    counts = []
    for density in (1.0, 6.0):
        state, count = stream.initial(PRIMER, beats=FOUR), 0
        for number in range(6):
            notes, state = stream.compose(state, _bar(number, density=density))
            # A network that is asked itself may have as many again.
            room = density * 2 * (2 if "conditioned" in model.config else 1)
            assert len(notes) <= room
            count += len(notes)
        counts.append(count)
    assert counts[1] > counts[0]


@every_model
def test_a_bar_ends_on_the_tonic_where_it_is_asked_to(model):
    if not model.keyed:
        pytest.skip("drums have no tonic")
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    major = frozenset({0, 2, 4, 5, 7, 9, 11})
    for number, beats in enumerate(["4", "3", "1", "7/2", "4"]):
        request = _bar(number, beats=rational(beats), tonic=7, allowed=major)
        notes, state = stream.compose(state, request)
        _hold(model, notes, request)
        last = max(note.onset for note in notes)
        lowest = min(note.pitch for note in notes if note.onset == last)
        assert lowest % 12 == 7
        assert last >= max(0, rational(beats) - 1)
    notes, _ = stream.compose(state, _bar(9, tonic=6, allowed=major))
    _hold(model, notes, _bar(9, allowed=major))


@every_model
@pytest.mark.parametrize("entry", ["0", "1/4", "3/2", "1/3"])
@pytest.mark.parametrize("primer", [PRIMER, ()], ids=["primed", "alone"])
def test_a_voice_comes_in_with_a_note_where_it_is_to(model, entry, primer):
    stream = _stream(model)
    state = stream.initial(primer, beats=FOUR)
    for seed in range(6):
        limits = {"polyphony": 1 + seed % 3, "density": None if seed % 2 else 2.0, "seed": seed}
        request = _bar(0, entry=rational(entry), **limits)
        notes, _ = stream.compose(state, request)
        _hold(model, notes, request)
        grid = 50 if model.name in PLAYED else 4
        assert 0 <= notes[0].onset - rational(entry) < ONE / grid


@every_model
def test_on_strong_beats_only_notes_of_the_chord_sound(model):
    if not model.keyed:
        pytest.skip("drums have no chords")
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    heard = 0
    for number in range(12):
        notes, state = stream.compose(state, _bar(number, strong=True, chords=CHORDS))
        for note in notes:
            # What is played, not written, is on the beat if it is nearly there.
            near = rational(6) / 50 if model.name in PLAYED else 0
            for beat, chord in ((0, {0, 4, 7}), (2, {9, 0, 4})):
                if abs(note.onset - beat) <= near:
                    heard += 1
                    assert int(note.pitch) % 12 in chord
    assert heard


@every_model
def test_the_likeliest_alone_leaves_nothing_to_chance(model):
    stream = _stream(model)
    state = stream.initial(PRIMER, beats=FOUR)
    for narrow in ({"top_k": 1}, {"top_p": 1e-9}, {"temperatures": (1e-6,)}):
        bars = {stream.compose(state, _bar(0, seed=seed, **narrow))[0] for seed in range(4)}
        assert len(bars) == 1


@every_model
def test_what_no_bar_can_be_is_one_clear_error(model):
    stream = _stream(model)
    state = stream.initial((), beats=FOUR)
    for name, wrong in (
        ("temperature", (0.0, -1.0, float("nan"), float("inf"))),
        ("temperatures", ((1.0, 0.0),)),
        ("beats", (rational(0), rational(-1), rational(65))),
        ("top_k", (0,)),
        ("top_p", (0.0, 1.5)),
        ("polyphony", (0,)),
        ("density", (-1.0,)),
    ):
        for value in wrong:
            with pytest.raises(RangeError, match="try "):
                stream.compose(state, _bar(0, **{name: value}))
    with pytest.raises(RangeError, match="last four bars"):
        stream.initial(PRIMER, beats=rational(257))


@every_model
def test_a_spoilt_state_is_refused(model):
    stream = _stream(model)
    data = stream.freeze(stream.initial(PRIMER, beats=FOUR))
    for spoilt in (b"", data[:7], data[: len(data) // 2], data[:-1], data + bytes(LARGEST)):
        with pytest.raises(ModelFileError, match="from its primer"):
            stream.thaw(spoilt)
    other = MODELS[(MODELS.index(model) + 1) % len(MODELS)]
    with pytest.raises(ModelFileError, match="from its primer"):
        _stream(other).thaw(data)


@every_model
def test_a_primer_is_heard_and_rests_alone_are_silence(model):
    stream = _stream(model)
    silent = stream.freeze(stream.initial((), beats=FOUR))
    assert stream.freeze(stream.initial(PRIMER, beats=rational(0))) == silent
    assert stream.freeze(stream.initial(PRIMER, beats=FOUR)) != silent
    assert stream.freeze(stream.initial(PRIMER[:1], beats=FOUR)) != stream.freeze(
        stream.initial(PRIMER, beats=FOUR)
    )
    # Whatever is played to it: notes beyond its register, beyond its length, all at once.
    strange = (
        Note(rational(0), rational(900), 0.0, 1.0),
        Note(rational(0), rational(1) / 1000, 127.0, 0.0),
        Note(rational(1) / 3, rational(1), 60.4),
        Note(rational(5), rational(1), 60.0),
        Note(rational(0), rational(2), 35.0),
    )
    notes, _ = stream.compose(stream.initial(strange, beats=rational("7/3")), _bar(0))
    _hold(model, notes, _bar(0))
