"""Whatever a melody was, only what is allowed may follow it, and there is always something."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.bars.melody import bars_of
from livecoder.models.encodings.key_melody import (
    HIGHEST,
    LOWEST,
    NO_EVENT,
    NOTE_OFF,
    Heard,
    class_of,
    event_of,
    input_of,
)
from livecoder.models.encodings.melody import KeyMelody, LookbackMelody
from livecoder.models.sampling import draw, shares

EVENTS = st.one_of(st.just(NO_EVENT), st.just(NOTE_OFF), st.integers(LOWEST, HIGHEST))
MELODIES = st.lists(EVENTS, max_size=80)
ALLOWED = st.frozensets(st.integers(0, 11), max_size=12)
LOGITS = st.lists(st.floats(-30, 30), min_size=3, max_size=12)


@given(
    encoding=st.sampled_from([KeyMelody(), LookbackMelody()]),
    melody=MELODIES,
    allowed=ALLOWED,
    chance=st.floats(0, 1, exclude_max=True),
)
def test_a_look_back_never_brings_a_forbidden_note(encoding, melody, allowed, chance):
    heard = encoding.begin()
    for event in melody:
        heard = encoding.then(heard, event)
    bar = bars_of(encoding).open((), BarRequest(0, 0, rational(4), allowed=allowed))
    bias = bar.bias(heard)
    kept = [encoding.event_of(heard, index) for index in np.flatnonzero(np.isfinite(bias))]
    assert {NO_EVENT, NOTE_OFF} <= set(kept)
    assert all(event < 0 or event % 12 in allowed for event in kept)
    assert encoding.event_of(heard, draw(np.zeros(40), chance, bias)) in kept


@given(melody=MELODIES, event=EVENTS)
def test_classes_and_events_are_inverse(melody, event):
    heard = Heard.melody(melody)
    assert event_of(heard, class_of(heard, event)) == event


@given(melody=MELODIES)
def test_an_input_is_within_its_bounds(melody):
    active = input_of(Heard.melody(melody))
    assert all(0 <= index < 74 and value in (1.0, -1.0) for index, value in active.items())
    assert sum(index < 36 for index in active) == (36 in active)
    assert (36 in active) != (37 in active)


@given(
    logits=LOGITS,
    masked=st.sets(st.integers(0, 11)),
    temperature=st.floats(0.01, 10),
    top_k=st.none() | st.integers(1, 12),
    top_p=st.none() | st.floats(0.001, 1.0),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_what_is_drawn_was_not_masked_and_is_among_the_likeliest(
    logits, masked, temperature, top_k, top_p, chance
):
    bias = np.zeros(len(logits))
    bias[[index for index in masked if index < len(logits)]] = -np.inf
    if np.isneginf(bias).all():
        bias[0] = 0.0
    limits = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    found = shares(np.array(logits), bias, **limits)
    assert abs(found.sum() - 1) < 1e-9
    assert not found[np.isneginf(bias)].any()
    assert top_k is None or (found > 0).sum() <= top_k
    index = draw(np.array(logits), chance, bias, **limits)
    assert found[index] > 0
    assert index == draw(np.array(logits), chance, bias, **limits)
    free = shares(np.array(logits), bias, temperature=temperature)
    assert found[found > 0].min() >= free[found == 0].max(initial=0.0) - 1e-12
    if top_p is not None and top_k is None:
        # The fewest of the likeliest that reach it: without the least of them they do not.
        kept = free[found > 0]
        assert kept.sum() >= top_p - 1e-9
        assert kept.sum() - kept.min() < top_p + 1e-9
