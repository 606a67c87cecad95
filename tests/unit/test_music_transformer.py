"""Music Transformer: its sums by three roads, its window, its files."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from livecoder.core.errors import ModelFileError, RangeError, UnknownNameError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models import weights
from livecoder.models.containers.tensors import write_tensors
from livecoder.models.music_transformer import load
from livecoder.models.music_transformer.attention import attend
from livecoder.models.music_transformer.model import WEIGHTS, MusicTransformer
from livecoder.models.music_transformer.network import TransformerNetwork
from livecoder.models.music_transformer.playing import Caches, Playing
from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.models.music_transformer.state import PianoState, freeze, thaw
from livecoder.models.music_transformer.step import (
    Cache,
    Matrices,
    logits_of,
    read_together,
    step,
)
from tests.fakes.transformers import SMALL, random_weights, write_random

FOUR = rational(4)
WIDER = TransformerShape(layers=3, width=24, heads=3, inner=40, window=32, taps=4)


def _matrices(shape=SMALL, scale=0.5):
    return Matrices.folded(shape, random_weights(shape, scale=scale))


def _music(count, seed=0):
    chance = np.random.default_rng(seed)
    return chance.integers(2, 310, count).tolist(), chance.integers(0, 200, count).tolist()


def _by_definition(query, key, value, distance):
    places, across = query.shape[2:]
    away = torch.arange(places)[:, None] - torch.arange(places)
    told = torch.einsum("bhic,hijc->bhij", query, distance[:, away.clamp(min=0)])
    scores = (query @ key.transpose(2, 3) + told) / math.sqrt(across)
    return scores.masked_fill(away < 0, -math.inf).softmax(3) @ value


def test_relative_attention_is_its_definition_forwards_and_backwards():
    torch.manual_seed(0)
    tensors = [torch.randn(2, 3, 9, 4, requires_grad=True) for _ in range(3)]
    tensors.append(torch.randn(3, 12, 4, requires_grad=True))
    quick, plain = attend(*tensors), _by_definition(*tensors)
    torch.testing.assert_close(quick, plain)
    push = torch.randn_like(quick)
    for ours, theirs in zip(
        torch.autograd.grad(quick, tensors, push),
        torch.autograd.grad(plain, tensors, push),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("shape", [SMALL, WIDER], ids=["small", "wider"])
def test_trained_network_whole_pass_and_single_steps_agree(shape):
    weights = random_weights(shape, scale=0.3)
    network = TransformerNetwork(shape)
    with torch.inference_mode():
        for name, parameter in network.named().items():
            parameter.copy_(torch.from_numpy(weights[name]))
        matrices = Matrices.folded(shape, weights)
        tokens, phases = _music(shape.window)
        trained = network(torch.tensor([tokens]), torch.tensor([phases]))[0].numpy()
        whole = logits_of(matrices, tokens, phases)
        cache = Cache(shape)
        steps = [step(matrices, cache, *pair) for pair in zip(tokens, phases, strict=True)]
        half = shape.window // 2
        cache = read_together(matrices, tokens[:half], phases[:half])
        later = [
            step(matrices, cache, *pair) for pair in zip(tokens[half:], phases[half:], strict=True)
        ]
    np.testing.assert_allclose(whole, trained, atol=1e-5)
    np.testing.assert_allclose(np.stack(steps), trained, atol=1e-4)
    np.testing.assert_allclose(np.stack(later), trained[half:], atol=1e-4)


def test_nothing_is_heard_before_it_happens():
    matrices = _matrices()
    tokens, phases = _music(20)
    with torch.inference_mode():
        first = logits_of(matrices, tokens, phases)
        other = logits_of(matrices, [*tokens[:12], 5, *tokens[13:]], phases)
    np.testing.assert_array_equal(first[:12], other[:12])
    assert np.abs(first[12:] - other[12:]).max() > 1e-3


def test_a_cache_made_again_has_the_very_same_numbers():
    matrices = _matrices()
    tokens, phases = _music(130, seed=3)
    state = PianoState()
    with torch.inference_mode():
        carried = Playing(matrices, state, Caches(matrices).of(state))
        carried.hear()
        for count, (token, phase) in enumerate(zip(tokens, phases, strict=True)):
            carried.take(token, phase)
            logits = carried.hear()
            if count % 7 == 0:
                # As a worker does that has just been started: from the bytes of a state.
                known = thaw(freeze(carried.state(PianoState().place, None)), SMALL.window)
                anew = Playing(matrices, known, Caches(matrices).of(known))
                np.testing.assert_array_equal(anew.hear(), logits)
                np.testing.assert_array_equal(_filled(anew.cache), _filled(carried.cache))


def _filled(cache):
    return np.stack([cache.keys, cache.values])[..., : len(cache.tokens)]


def test_a_full_window_lets_go_of_its_older_half():
    matrices = _matrices()
    tokens, phases = _music(120, seed=4)
    state = PianoState()
    lengths = []
    with torch.inference_mode():
        playing = Playing(matrices, state, Caches(matrices).of(state))
        playing.hear()
        for token, phase in zip(tokens, phases, strict=True):
            playing.take(token, phase)
            playing.hear()
            lengths.append(len(playing.cache.tokens))
    assert max(lengths) == SMALL.window
    assert min(lengths[SMALL.window :]) == SMALL.window // 2 + 1
    assert list(playing.cache.tokens) == tokens[-lengths[-1] :]


def test_what_is_longer_ago_than_a_window_is_forgotten():
    model = MusicTransformer(_matrices())
    events = [(3, 1 + index % 90) for index in range(SMALL.window + 1)]
    # The same time passes, so that all that follows stands at the same places of its bars.
    other = [(1, 60), (3, events[0][1] + events[1][1]), *events[2:]]
    ours, theirs = model.logits(events), model.logits(other)
    assert np.abs(ours[-3] - theirs[-3]).max() > 0
    np.testing.assert_array_equal(ours[-1], theirs[-1])


def test_logits_are_those_a_performance_draws_from():
    matrices = _matrices()
    model = MusicTransformer(matrices)
    chance = np.random.default_rng(5)
    events = [(4, 12)]
    for _ in range(110):
        kind = int(chance.integers(1, 5))
        low, high = {1: (21, 109), 2: (21, 109), 3: (1, 101), 4: (1, 33)}[kind]
        events.append((kind, int(chance.integers(low, high))))
    rows = model.logits(events)
    assert rows.shape == (len(events), 310)
    assert rows.dtype == np.float32
    state, now = PianoState(), 0
    with torch.inference_mode():
        playing = Playing(matrices, state, Caches(matrices).of(state))
        playing.hear()
        for row, event in zip(rows, events, strict=True):
            now += event[1] if event[0] == 3 else 0
            playing.take(_token(event), now)
            np.testing.assert_allclose(playing.hear(), row, atol=1e-4)


def _token(event):
    kind, value = event
    return value + {1: -19, 2: 69, 3: 177, 4: 277}[kind]


def test_controls_chords_and_events_it_does_not_know_are_refused():
    model = MusicTransformer(_matrices())
    with pytest.raises(RangeError, match="takes none"):
        model.logits([(1, 60)], chords=["C", "C"])
    with pytest.raises(RangeError, match="takes none"):
        model.logits([(1, 60)], controls=[None, None])
    with pytest.raises(RangeError, match="octaves"):
        model.logits([(1, 20)])


def test_a_state_kept_among_the_last_and_one_made_again_lead_on_alike():
    keeping, forgetting = MusicTransformer(_matrices()), MusicTransformer(_matrices())
    state = keeping.initial((), beats=FOUR)
    for number in range(12):
        request = BarRequest(number, number, FOUR)
        notes, later = keeping.compose(state, request)
        again, twin = forgetting.compose(thaw(freeze(state), SMALL.window), request)
        assert (notes, later) == (again, twin)
        forgetting = MusicTransformer(_matrices())
        state = later
    assert state.surprise is not None
    assert state.surprise > 0


def test_a_primer_ends_on_a_bar_line_and_a_long_one_leaves_room():
    model = MusicTransformer(_matrices())
    primer = [Note(rational(beat), rational(1), 60.0 + beat % 12) for beat in range(64)]
    state = model.initial(primer[:4], beats=FOUR)
    assert state.phases[0] == 0
    assert state.phases[-1] == 0
    assert model.initial(primer[:3], beats=rational(3)).phases[0] == 50
    long = model.initial(primer, beats=rational(64))
    assert len(long.tokens) == SMALL.window // 2 + 1
    assert long.phases[-1] == 0
    high = [Note(rational(0), rational(1), 120.0)]
    folded = [Note(rational(0), rational(1), 108.0)]
    assert model.initial(high, beats=FOUR) == model.initial(folded, beats=FOUR)


@pytest.mark.parametrize(
    "changes",
    [
        {"tokens": np.array([], np.int16), "phases": np.array([], np.int16)},
        {"tokens": np.array([310], np.int16)},
        {"tokens": np.array([0], np.int16)},
        {"phases": np.array([200], np.int16)},
        {"phases": np.array([0, 0], np.int16)},
        {"together": np.array([1])},
        {"together": np.array([-1])},
        {"place": np.array([101, 20])},
        {"place": np.array([0, 20, 60])},
    ],
)
def test_a_state_no_music_leads_to_is_refused(changes):
    arrays = {
        "tokens": np.array([1], np.int16),
        "phases": np.array([0], np.int16),
        "together": np.array([0]),
        "place": np.array([0, 20]),
    }
    metadata = {"state": "music_transformer"}
    assert thaw(write_tensors(arrays, metadata), SMALL.window) == PianoState()
    with pytest.raises(ModelFileError, match="from its primer"):
        thaw(write_tensors(arrays | changes, metadata), SMALL.window)
    with pytest.raises(ModelFileError, match="from its primer"):
        thaw(write_tensors(arrays, {"state": "melody_rnn"}), SMALL.window)


def test_a_weight_file_of_any_size_is_read(tmp_path):
    model = load(write_random(tmp_path / "small.safetensors"))
    assert model.shape == SMALL
    assert load(checkpoint=str(write_random(tmp_path / "wider.safetensors", WIDER))).shape == WIDER
    with pytest.raises(UnknownNameError, match="config"):
        load(tmp_path / "small.safetensors", config="attention_rnn")


def _without(name):
    return {other: array for other, array in random_weights().items() if other != name}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "truncated"),
        (b"\x80\x04K\x01.", "truncated"),
        (write_tensors(random_weights())[:-9], "bytes of numbers"),
        (write_tensors(_without("tokens")), "missing"),
        (write_tensors(_without("layer1.up.bias")), "layer1.up.bias"),
        (write_tensors(random_weights() | {"more": np.zeros(3, np.float32)}), "more"),
        (
            write_tensors(random_weights() | {"classes.bias": np.full(310, np.nan, np.float32)}),
            "finite",
        ),
        (
            write_tensors(random_weights() | {"classes.bias": np.zeros(309, np.float32)}),
            r"\[310\]",
        ),
        (
            write_tensors(random_weights() | {"classes.bias": np.zeros(310, np.int64)}),
            "I64",
        ),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, data, says):
    path = tmp_path / "spoilt.safetensors"
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=says) as caught:
        load(path)
    assert "livecoder train" in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"gone\.safetensors cannot be read"):
        load(tmp_path / "gone.safetensors")


def test_what_is_shipped_plays_in_key_and_is_worth_more_than_its_baselines():
    model = load()
    state = model.initial((), beats=FOUR)
    major = frozenset({0, 2, 4, 5, 7, 9, 11})
    notes = []
    for number in range(6):
        request = BarRequest(number, number, FOUR, 0.95, major, lowest=40, highest=84)
        bar, state = model.compose(state, request)
        notes += bar
    assert len(notes) > 20
    assert all(int(note.pitch) % 12 in major and 40 <= note.pitch <= 84 for note in notes)
    assert len({note.velocity for note in notes}) > 3
    nats = weights.card("music_transformer")["nats_per_step"]["events"]
    assert nats["network"] < nats["trigram"] < nats["same_network_untrained"]
    assert WEIGHTS.stat().st_size < 8 * 2**20
