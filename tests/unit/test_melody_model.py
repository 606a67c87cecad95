"""MelodyRNN beyond the laws of every stream: its register, its bars, the files it is read from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from livecoder.core.errors import ModelFileError, UnknownNameError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.containers.tensors import write_tensors
from livecoder.models.encodings.key_melody import INPUTS, Heard, input_of
from livecoder.models.loading import load_model
from livecoder.models.melody_rnn.model import load
from livecoder.models.melody_rnn.network import MelodyNetwork, Memory
from livecoder.models.streaming import StreamState
from livecoder.training.melody_rnn import write_weights

FOUR = rational(4)
PRIMER = tuple(
    Note(rational(beat) / 2, rational(1) / 2, float(pitch))
    for beat, pitch in enumerate([60, 64, 67, 72, 71, 67, 65, 62])
)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(11)
    return MelodyNetwork().eval()


@pytest.fixture(scope="module")
def path(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("melody") / "weights.safetensors"
    write_weights(network, path, {})
    return path


@pytest.fixture(scope="module")
def model(path):
    return load(path)


def _bar(number, **changes):
    return replace(BarRequest(number, 1000 + number, FOUR), **changes)


def _compose(model, state, bars):
    composed = []
    for bar in bars:
        notes, state = model.compose(state, bar)
        composed.append(notes)
    return composed, state


def test_a_stream_answers_as_the_network_that_was_trained(network, path):
    chance = np.random.default_rng(0)
    events = [int(event) for event in chance.choice([-2, -1, 60, 62, 67, 71], 130)]
    heard, rows = Heard(), np.zeros((len(events), INPUTS), np.float32)
    for row, event in zip(rows, events, strict=True):
        heard = heard.then(event)
        active = input_of(heard)
        row[list(active)] = list(active.values())
    with torch.inference_mode():
        whole, _ = network(torch.from_numpy(rows[:, None]), Memory.silent(1))
    streamed = load_model("melody_rnn", path).logits(events)
    assert float(np.abs(streamed - whole[:, 0].numpy()).max()) < 1e-5


def test_bars_begin_where_the_network_feels_a_bar(model):
    state = model.initial((), beats=FOUR)
    for beats, steps in (("3", 16), ("3.5", 32), ("2", 40), ("2", 48), ("5", 80)):
        _, state = model.compose(state, _bar(0, beats=rational(beats)))
        assert state.heard.steps == steps


@pytest.mark.parametrize(("lowest", "highest"), [(24, 47), (60, 65), (90, 108), (48, 83)])
def test_a_register_is_kept_even_beyond_the_network_s_own(model, lowest, highest):
    _, state = _compose(model, model.initial(PRIMER, beats=FOUR), [_bar(0)])
    composed, _ = _compose(
        model, state, [_bar(n, lowest=lowest, highest=highest) for n in range(8)]
    )
    pitches = [note.pitch for notes in composed for note in notes]
    assert pitches
    assert min(pitches) >= lowest
    assert max(pitches) <= highest


def test_a_primer_of_rests_is_silence_and_a_far_one_is_folded_in(model):
    assert model.initial((), beats=FOUR).heard == Heard()
    far = (Note(rational(0), rational(1), 12.0), Note(rational(1), rational(1), 127.0))
    heard = model.initial(far, beats=FOUR).heard
    assert heard.last_three == (48, 79)
    assert heard.steps == 16


def test_colder_is_nearer_to_the_likeliest(model):
    state = model.initial(PRIMER, beats=FOUR)
    cold = {model.compose(state, _bar(0, seed=s, temperature=0.01))[0] for s in range(20)}
    warm = {model.compose(state, _bar(0, seed=s, temperature=1.5))[0] for s in range(20)}
    assert len(cold) < len(warm)


def test_what_is_likely_surprises_less(model):
    state = model.initial(PRIMER, beats=FOUR)
    assert state.surprise is None
    likely = model.compose(state, _bar(0, top_k=1))[1].surprise
    wild = [model.compose(state, _bar(0, seed=s, temperature=8.0))[1].surprise for s in range(5)]
    assert 0 <= likely < min(wild)


def test_weights_come_back_as_they_were_written(model, path):
    bars = [_bar(number) for number in range(3)]
    loaded = load(checkpoint=path, config="attention")
    assert (
        _compose(loaded, loaded.initial((), beats=FOUR), bars)[0]
        == _compose(model, model.initial((), beats=FOUR), bars)[0]
    )


def test_a_config_that_there_is_none_of_or_that_the_file_is_not_of_is_refused(path):
    with pytest.raises(UnknownNameError, match="basic_rnn"):
        load(path, config="basik")
    with pytest.raises(ModelFileError, match="38"):
        load(path, config="basic_rnn")


def _truncated(data, _):
    return data[: len(data) // 2]


def _barely(data, _):
    return data[:-1]


def _nothing(_, __):
    return b""


def _misshapen(_, tensors):
    return write_tensors({**tensors, "query.bias": np.zeros(64, np.float32)})


def _of_another_kind(_, tensors):
    return write_tensors({**tensors, "query.bias": np.zeros(128, np.int32)})


def _without_one(_, tensors):
    return write_tensors({name: t for name, t in tensors.items() if name != "score"})


def _a_pickle(_, __):
    return b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x0cbuiltins\x94."


@pytest.mark.parametrize(
    "spoil",
    [_truncated, _barely, _nothing, _misshapen, _of_another_kind, _without_one, _a_pickle],
)
def test_a_spoilt_weight_file_is_one_clear_error(network, path, tmp_path, spoil):
    spoilt = tmp_path / "weights.safetensors"
    tensors = {name: p.detach().numpy() for name, p in network.named_parameters()}
    spoilt.write_bytes(spoil(path.read_bytes(), tensors))
    with pytest.raises(ModelFileError, match="`livecoder train`"):
        load(spoilt)


def test_a_missing_weight_file_says_so(tmp_path):
    with pytest.raises(ModelFileError, match="no such file"):
        load(tmp_path / "none.safetensors")


@pytest.mark.parametrize("field", ["nan", "steps", "note", "keys", "long"])
def test_a_state_no_melody_leads_to_is_refused(model, field):
    state = model.initial(PRIMER, beats=FOUR)
    stack, heard = state.stack, state.heard
    if field == "nan":
        cells = tuple(np.full_like(cell, np.nan) for cell in stack.cells)
        stack = replace(stack, cells=cells)
    elif field == "steps":
        heard = replace(heard, steps=-5)
    elif field == "keys":
        heard = replace(heard, keys=(10**9,) * 12)
    elif field == "note":
        heard = replace(heard, playing=100)
    else:
        heard = replace(heard, recent=heard.recent * 3)
    with pytest.raises(ModelFileError, match="from its primer"):
        model.thaw(model.freeze(StreamState(stack, heard, state.place)))
