"""A stack of LSTMs, step by step, beside a plain reading of Magenta's formulas in float64."""

from __future__ import annotations

import numpy as np
import pytest

from livecoder.core.errors import ModelFileError
from livecoder.models.lstm.shape import Attention, StackShape, attention_in
from livecoder.models.lstm.state import LARGEST, StackState
from livecoder.models.lstm.step import StackWeights, Stepper

SHAPES = {
    "one": StackShape(7, (5,), 6),
    "three": StackShape(9, (4, 6, 3), 5),
    "wide input": StackShape(9000 // 2, (12, 4), 5),
    "attention around one": StackShape(7, (5,), 6, Attention(4, "first", 5)),
    "around the first": StackShape(7, (5, 3), 6, Attention(4, "first", 5)),
    "around all": StackShape(7, (5, 3, 4), 6, Attention(4, "all", 4)),
    "wide, around all": StackShape(9000 // 2, (12, 4), 6, Attention(3, "all", 4)),
}


def tensors_of(shape: StackShape, seed: int = 1) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    return {
        name: chance.normal(0, 0.7, size).astype(np.float32)
        for name, size in shape.layouts().items()
    }


def inputs_of(shape: StackShape, steps: int, seed: int = 2) -> list[dict[int, float]]:
    chance = np.random.default_rng(seed)
    return [
        {int(index): float(chance.normal()) for index in chance.choice(shape.inputs, 3, False)}
        for _ in range(steps)
    ]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def plainly(shape: StackShape, tensors, rows) -> np.ndarray:
    """Return the logits by the formulas as they are written, one layer after the other."""
    w = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    attention = shape.attention
    cells = [np.zeros(units) for units in shape.units]
    hidden = [np.zeros(units) for units in shape.units]
    attended = np.zeros(attention.size) if attention else None
    outputs = [np.zeros(attention.size)] * attention.length if attention else []
    answers = []
    for active in rows:
        x = np.zeros(shape.inputs)
        for index, value in active.items():
            x[index] = value
        if attention:
            joined = np.concatenate([x, attended])
            x = w["attention.read.weight"] @ joined + w["attention.read.bias"]
        for layer in range(len(shape.units)):
            joined = np.concatenate([x, hidden[layer]])
            gates = w[f"layer{layer}.weight"] @ joined + w[f"layer{layer}.bias"]
            enter, forget, cell, leave = np.split(gates, 4)
            cells[layer] = sigmoid(forget) * cells[layer] + sigmoid(enter) * np.tanh(cell)
            hidden[layer] = x = sigmoid(leave) * np.tanh(cells[layer])
            if attention and layer == len(shape.wrapped) - 1:
                wrapped = range(len(shape.wrapped))
                state = np.concatenate([part for n in wrapped for part in (cells[n], hidden[n])])
                query = w["attention.query.weight"] @ state + w["attention.query.bias"]
                scores = [
                    w["attention.score"] @ np.tanh(w["attention.key.weight"] @ output + query)
                    for output in outputs
                ]
                shares = np.exp(scores - np.max(scores))
                attended = (shares / shares.sum()) @ np.array(outputs)
                joined = np.concatenate([x, attended])
                x = w["attention.write.weight"] @ joined + w["attention.write.bias"]
                outputs = [*outputs[1:], x]
        answers.append(w["classes.weight"] @ x + w["classes.bias"])
    return np.array(answers)


def streamed(shape, tensors, rows, state=None, cuts=()):
    """Return logits and the last state; at each of `cuts` the stream goes on from a state."""
    weights = StackWeights.folded(shape, tensors)
    state = state or StackState.silent(shape)
    answers = []
    stepper = Stepper(weights, state, len(rows))
    for number, active in enumerate(rows):
        if number in cuts:
            stepper = Stepper(weights, stepper.state(), len(rows) - number)
        answers.append(stepper.step(active))
    return np.array(answers), stepper.state()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_stack_answers_as_its_formulas_say(shape):
    tensors, rows = tensors_of(shape), inputs_of(shape, 12)
    logits, _ = streamed(shape, tensors, rows)
    assert logits.dtype == np.float32
    assert np.abs(logits - plainly(shape, tensors, rows)).max() < 1e-5


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_going_on_from_a_state_is_going_on(shape):
    tensors, rows = tensors_of(shape), inputs_of(shape, 12)
    whole, last = streamed(shape, tensors, rows)
    cut, again = streamed(shape, tensors, rows, cuts=(1, 6, 11))
    assert (whole == cut).all()
    for name, array in last.arrays().items():
        assert (array == again.arrays()[name]).all()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_state_is_a_value_and_comes_back_from_its_bytes(shape):
    tensors, rows = tensors_of(shape), inputs_of(shape, 8)
    _, state = streamed(shape, tensors, rows)
    before = state.freeze()
    first, _ = streamed(shape, tensors, rows, state)
    thawed = StackState.thaw(shape, before)
    second, _ = streamed(shape, tensors, rows, thawed)
    assert (first == second).all()
    assert state.freeze() == before == thawed.freeze()
    assert len(before) < LARGEST


def test_the_shape_is_read_from_the_tensors():
    for shape in SHAPES.values():
        found = attention_in(shape.metadata())
        tensors = tensors_of(shape)
        assert StackShape.of(tensors, length=found[0], around=found[1]) == shape
        assert sum(tensor.size for tensor in tensors.values()) == shape.parameters


@pytest.mark.parametrize("name", SHAPES["around all"].layouts())
def test_a_stack_that_lacks_a_tensor_or_has_one_of_another_shape_is_refused(name):
    shape = SHAPES["around all"]
    tensors = tensors_of(shape)
    for other in (None, np.zeros((2, 9, 2), np.float32), np.zeros(977, np.float32)):
        changed = {key: tensor for key, tensor in tensors.items() if key != name}
        if other is not None:
            changed[name] = other
        with pytest.raises(ModelFileError):
            StackShape.of(changed, length=4, around="all")
    with pytest.raises(ModelFileError, match="steps"):
        StackShape.of(tensors, length=0, around="all")
    with pytest.raises(ModelFileError, match="not wanted"):
        StackShape.of({**tensors, "more": tensors[name]}, length=4, around="all")


def test_a_state_of_another_network_is_refused():
    one, two = SHAPES["one"], SHAPES["around all"]
    frozen = StackState.silent(one).freeze()
    with pytest.raises(ModelFileError, match="start the stream again"):
        StackState.thaw(two, frozen)
    with pytest.raises(ModelFileError, match="start the stream again"):
        StackState.thaw(one, frozen[:-1])
    with pytest.raises(ModelFileError, match="at most"):
        StackState.thaw(one, bytes(LARGEST + 1))
    arrays = StackState.silent(one).arrays()
    arrays["cell0"] = np.full_like(arrays["cell0"], np.nan)
    with pytest.raises(ModelFileError, match="no number"):
        StackState.of(one, arrays)
