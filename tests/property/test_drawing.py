"""The compiled draw against the one that is easy to read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import RangeError
from livecoder.models.drawing import drawn
from livecoder.models.sampling import MASKED, draw, shares, surprise


@given(
    st.integers(1, 400),
    st.integers(0, 2**32),
    st.floats(0, 1, exclude_max=True),
    st.floats(0.05, 8),
    st.sampled_from([None, 1, 5]),
    st.sampled_from([None, 0.9]),
)
def test_it_draws_as_sampling_does(classes, seed, chance, temperature, top_k, top_p):
    source = np.random.default_rng(seed)
    logits = source.normal(0, 3, classes).astype(np.float32)
    bias = np.where(source.random(classes) < 0.4, MASKED, source.normal(0, 1, classes))
    bias[source.integers(classes)] = 0.0
    asked = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    index, nats = drawn(logits, chance, bias, **asked)
    plain = draw(logits, chance, bias, **asked)
    assert bias[index] != MASKED
    assert nats == pytest.approx(surprise(logits, index), abs=1e-4)
    if index != plain:
        ends = np.cumsum(shares(logits, bias, **asked))
        assert np.abs(ends - chance).min() < 1e-9  # only where the last digits decide


def test_the_last_class_that_may_come_is_drawn_and_never_a_masked_one():
    logits = np.zeros(3, np.float32)
    almost = np.nextafter(1.0, 0.0)
    assert drawn(logits, almost, np.array([0.0, 0.0, MASKED]))[0] == 1
    assert drawn(logits, 0.0, np.array([MASKED, 0.0, 0.0]))[0] == 1


def test_a_network_gone_astray_and_nothing_that_may_come():
    astray = np.array([np.nan, 0.0, np.inf], np.float32)
    assert drawn(astray, 0.5, np.array([0.0, MASKED, 0.0]))[0] in {0, 2}
    with pytest.raises(RangeError, match="allow a note"):
        drawn(np.zeros(2, np.float32), 0.5, np.full(2, MASKED))
