"""MelodyRNN as a stream: what it composes follows from state and request alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from livecoder.core.errors import ModelFileError, RangeError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.containers.tensors import write_tensors
from livecoder.models.melody_rnn.encoding import INPUTS, Heard, input_of
from livecoder.models.melody_rnn.model import MelodyRNN, load
from livecoder.models.melody_rnn.network import MelodyNetwork, Memory
from livecoder.models.melody_rnn.state import MelodyState
from livecoder.models.melody_rnn.step import Matrices, Stepper
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
def model(network):
    with torch.inference_mode():
        return MelodyRNN(Matrices.folded(dict(network.named_parameters())))


def _bar(number, **changes):
    return replace(BarRequest(number, 1000 + number, FOUR), **changes)


def _compose(model, state, bars):
    composed = []
    for bar in bars:
        notes, state = model.compose(state, bar)
        composed.append(notes)
    return composed, state


def test_a_seed_gives_the_same_notes_every_time(model):
    bars = [_bar(number) for number in range(4)]
    first, _ = _compose(model, model.initial(PRIMER, beats=FOUR), bars)
    again, _ = _compose(model, model.initial(PRIMER, beats=FOUR), bars)
    other, _ = _compose(
        model, model.initial(PRIMER, beats=FOUR), [_bar(n, seed=n + 5) for n in range(4)]
    )
    assert first == again
    assert first != other
    assert any(first)


def test_composing_leaves_the_state_it_was_given_as_it_was(model):
    state = model.initial(PRIMER, beats=FOUR)
    before = model.freeze(state)
    later = model.compose(state, _bar(0))[1]
    model.compose(later, _bar(1))
    assert model.freeze(state) == before
    assert model.freeze(later) != before


def test_a_thawed_state_goes_on_as_the_one_that_was_frozen(model):
    _, state = _compose(model, model.initial((), beats=FOUR), [_bar(0), _bar(1)])
    frozen = model.freeze(state)
    assert len(frozen) <= 256 * 1024
    assert model.freeze(model.thaw(frozen)) == frozen
    for known in (state, model.initial(PRIMER, beats=FOUR), model.initial((), beats=FOUR)):
        thawed = model.thaw(model.freeze(known))
        assert thawed.heard == known.heard
        assert torch.equal(thawed.vectors, known.vectors)
        assert torch.equal(thawed.outputs, known.outputs)
    bars = [_bar(number) for number in range(2, 5)]
    assert _compose(model, model.thaw(frozen), bars)[0] == _compose(model, state, bars)[0]


def test_step_by_step_equals_the_whole_melody_at_once(network):
    chance = np.random.default_rng(0)
    heard, logits, rows = Heard(), [], []
    state = MelodyState.silent()
    with torch.inference_mode():
        matrices = Matrices.folded(dict(network.named_parameters()))
        for block in (1, 7, 40, 32, 50):  # in blocks of any length, through the state between
            stepper = Stepper(matrices, state, block)
            for _ in range(block):
                active = input_of(heard)
                row = np.zeros(INPUTS, np.float32)
                row[list(active)] = list(active.values())
                rows.append(row)
                logits.append(stepper.step(active))
                heard = heard.then(int(chance.choice([-2, -1, 60, 62, 67, 71])))
            state = stepper.state(heard)
        whole, memory = network(torch.from_numpy(np.stack(rows)[:, None]), Memory.silent(1))
    assert float((torch.stack(logits) - whole[:, 0]).abs().max()) < 1e-5
    assert float((state.outputs - memory.outputs[0]).abs().max()) < 1e-5


@pytest.mark.parametrize("beats", ["3", "3.5", "4", "5", "1", "2", "10/3", "1/8"])
def test_notes_stay_in_their_bar_whatever_its_length(model, beats):
    length = rational(beats)
    state = model.initial(PRIMER, beats=FOUR)
    sounded = 0
    for number in range(12):
        notes, state = model.compose(state, _bar(number, beats=length))
        at = rational(0)
        for note in notes:
            assert at <= note.onset < length
            assert note.duration > 0
            at = note.onset + note.duration
        assert at <= length
        sounded += len(notes)
    assert sounded


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


def test_where_nothing_may_sound_there_is_silence(model):
    notes, _ = model.compose(
        model.initial(PRIMER, beats=FOUR), _bar(0, allowed=frozenset(), temperature=5.0)
    )
    assert notes == ()


def test_a_primer_of_rests_is_silence_and_a_far_one_is_folded_in(model):
    assert model.initial((), beats=FOUR).heard == Heard()
    far = (Note(rational(0), rational(1), 12.0), Note(rational(1), rational(1), 127.0))
    heard = model.initial(far, beats=FOUR).heard
    assert heard.last_three == (48, 79)
    assert heard.steps == 16


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(model, temperature):
    with pytest.raises(RangeError, match=r"temperature=1\.0"):
        model.compose(model.initial((), beats=FOUR), _bar(0, temperature=temperature))


@pytest.mark.parametrize("beats", ["0", "-1", "65"])
def test_a_bar_that_is_none_is_refused(model, beats):
    with pytest.raises(RangeError, match="try 4"):
        model.compose(model.initial((), beats=FOUR), _bar(0, beats=rational(beats)))


def test_colder_is_nearer_to_the_likeliest(model):
    state = model.initial(PRIMER, beats=FOUR)
    cold = {model.compose(state, _bar(0, seed=s, temperature=0.01))[0] for s in range(20)}
    warm = {model.compose(state, _bar(0, seed=s, temperature=1.5))[0] for s in range(20)}
    assert len(cold) < len(warm)


def test_weights_come_back_as_they_were_written(network, model, tmp_path):
    path = tmp_path / "weights.safetensors"
    write_weights(network, path, {})
    bars = [_bar(number) for number in range(3)]
    loaded = load(path)
    assert (
        _compose(loaded, loaded.initial((), beats=FOUR), bars)[0]
        == _compose(model, model.initial((), beats=FOUR), bars)[0]
    )


def _truncated(data, _):
    return data[: len(data) // 2]


def _barely(data, _):
    return data[:-1]


def _nothing(_, __):
    return b""


def _oversized(data, _):
    return data + bytes(4 * 2**20)


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
    [
        _truncated,
        _barely,
        _nothing,
        _oversized,
        _misshapen,
        _of_another_kind,
        _without_one,
        _a_pickle,
    ],
)
def test_a_spoilt_weight_file_is_one_clear_error(network, tmp_path, spoil):
    path = tmp_path / "weights.safetensors"
    write_weights(network, path, {})
    tensors = {name: p.detach().numpy() for name, p in network.named_parameters()}
    path.write_bytes(spoil(path.read_bytes(), tensors))
    with pytest.raises(ModelFileError, match="give a file `livecoder train` wrote"):
        load(path)


def test_a_missing_weight_file_says_so(tmp_path):
    with pytest.raises(ModelFileError, match="cannot be read"):
        load(tmp_path / "none.safetensors")


@pytest.mark.parametrize("kept", [0, 7, 100, -1])
def test_a_truncated_state_is_refused(model, kept):
    data = model.freeze(model.initial(PRIMER, beats=FOUR))
    with pytest.raises(ModelFileError, match="from its primer"):
        model.thaw(data[:kept])


@pytest.mark.parametrize("field", ["nan", "steps", "note", "keys", "long"])
def test_a_state_no_melody_leads_to_is_refused(model, field):
    state = model.initial(PRIMER, beats=FOUR)
    vectors, heard = state.vectors.clone(), state.heard
    if field == "nan":
        vectors[0, 0] = float("nan")
    elif field == "steps":
        heard = replace(heard, steps=-5)
    elif field == "keys":
        heard = replace(heard, keys=(10**9,) * 12)
    elif field == "note":
        heard = replace(heard, playing=100)
    else:
        heard = replace(heard, recent=heard.recent * 3)
    with pytest.raises(ModelFileError):
        model.thaw(model.freeze(MelodyState(vectors, state.outputs, heard)))
