"""Weights in half precision are the same numbers in half the room."""

from __future__ import annotations

import numpy as np
import pytest

from livecoder.models import compiled, halves
from livecoder.models.halves import halved, halved_together
from livecoder.models.lstm.shape import Attention, StackShape
from livecoder.models.lstm.state import StackState
from livecoder.models.lstm.step import StackWeights, Stepper
from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.models.music_transformer.step import Cache, Matrices, step

needs_halves = pytest.mark.skipif(
    not compiled.reads_halves(), reason="this processor has no half precision"
)


@needs_halves
def test_every_number_of_half_precision_is_read_as_it_is():
    numbers = np.arange(65_536).astype(np.uint16)
    numbers = numbers[np.isfinite(numbers.view(np.float16))]
    out = np.empty(len(numbers), np.float32)
    compiled.product(numbers[:, None], np.ones(1, np.float32), out)
    assert (out == numbers.view(np.float16).astype(np.float32)).all()


@needs_halves
def test_only_what_loses_nothing_is_halved():
    fine = np.array([[0.5, -2.0], [1e-7, 65_504.0]], np.float32).astype(np.float16)
    fine = fine.astype(np.float32)
    assert halved(fine).dtype == np.uint16
    for other in (0.1, 1e5, 1e-9):
        spoilt = fine.copy()
        spoilt[1, 1] = other
        assert halved(spoilt) is spoilt
        assert halved_together(fine, spoilt)[0] is fine
    wide = fine.astype(np.float64)
    assert halved(wide) is wide


def _rounded(chance, shapes):
    return {
        name: chance.normal(0.0, 0.4, size).astype(np.float16).astype(np.float32)
        for name, size in shapes
    }


@needs_halves
@pytest.mark.parametrize("attention", [None, Attention(6, "first", 5)], ids=["plain", "attentive"])
def test_a_stack_of_halves_answers_as_one_of_the_same_numbers(attention, monkeypatch):
    shape = StackShape(9, (16, 11), 7, attention)
    tensors = _rounded(np.random.default_rng(3), shape.layouts().items())

    def answers():
        weights = StackWeights.folded(shape, tensors)
        stepper = Stepper(weights, StackState.silent(shape), 20)
        return weights, np.array([stepper.step({number % 9: 1.0}) for number in range(20)])

    halves_weights, narrow = answers()
    assert halves_weights.classes.dtype == np.uint16
    assert halves_weights.matrices[1].dtype == np.uint16
    monkeypatch.setattr(halves.compiled, "reads_halves", lambda: False)
    weights, wide = answers()
    assert weights.classes.dtype == np.float32
    assert np.abs(narrow - wide).max() < 2e-6


@needs_halves
def test_a_transformer_of_halves_answers_as_one_of_the_same_numbers(monkeypatch):
    shape = TransformerShape(layers=2, width=16, heads=2, inner=24, window=48, taps=3)
    weights = _rounded(np.random.default_rng(4), shape.tensors())

    def answers():
        matrices, cache = Matrices.folded(shape, weights), Cache(shape)
        heard = [step(matrices, cache, token % 310, token % 200) for token in range(0, 400, 13)]
        return matrices, np.array(heard)

    matrices, narrow = answers()
    assert {matrix.dtype.name for matrix in matrices.narrow} == {"uint16"}
    monkeypatch.setattr(halves.compiled, "reads_halves", lambda: False)
    matrices, wide = answers()
    assert matrices.narrow[0] is matrices.attention
    assert np.abs(narrow - wide).max() < 2e-5
