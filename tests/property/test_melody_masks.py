"""Whatever is asked of MelodyRNN, every note that sounds is one that was allowed."""

from __future__ import annotations

import functools

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.melody_rnn.encoding import (
    HIGHEST,
    LOWEST,
    NO_EVENT,
    NOTE_OFF,
    Heard,
    class_of,
    event_of,
    input_of,
)
from livecoder.models.melody_rnn.model import MelodyRNN
from livecoder.models.melody_rnn.network import MelodyNetwork
from livecoder.models.melody_rnn.sampling import draw, masked, notes_allowed
from livecoder.models.melody_rnn.step import Matrices

EVENTS = st.one_of(st.just(NO_EVENT), st.just(NOTE_OFF), st.integers(LOWEST, HIGHEST))
MELODIES = st.lists(EVENTS, max_size=80)
ALLOWED = st.frozensets(st.integers(0, 11), max_size=12)
BEATS = st.sampled_from([rational(text) for text in ("1/2", "1", "2", "3", "7/2", "4", "5")])


@functools.cache
def _model():
    """Return a network with random weights, as sure of itself as a trained one."""
    torch.manual_seed(5)
    network = MelodyNetwork()
    with torch.inference_mode():
        weights = {name: 3 * parameter for name, parameter in network.named_parameters()}
        return MelodyRNN(Matrices.folded(weights))


@settings(max_examples=60, deadline=None)
@given(
    allowed=ALLOWED,
    temperature=st.floats(0.01, 8.0),
    register=st.tuples(st.integers(0, 127), st.integers(0, 127)).map(sorted),
    beats=BEATS,
    seed=st.integers(-(2**70), 2**70),
    primer=st.lists(st.tuples(st.integers(0, 15), st.integers(0, 127)), max_size=6),
)
def test_every_note_is_in_key_and_register_and_bar(
    allowed, temperature, register, beats, seed, primer
):
    model = _model()
    notes = tuple(Note(rational(at) / 4, rational(1) / 2, float(pitch)) for at, pitch in primer)
    state = model.initial(notes, beats=rational(4))
    lowest, highest = register
    for bar in range(2):
        request = BarRequest(bar, seed + bar, beats, temperature, allowed, lowest, highest)
        composed, later = model.compose(state, request)
        assert composed == model.compose(model.thaw(model.freeze(state)), request)[0]
        for note in composed:
            assert round(note.pitch) % 12 in allowed
            assert lowest <= note.pitch <= highest
            assert 0 <= note.onset < beats
            assert 0 < note.duration <= beats - note.onset
        state = later


@given(melody=MELODIES, allowed=ALLOWED, chance=st.floats(0, 1, exclude_max=True))
def test_a_look_back_never_brings_a_forbidden_note(melody, allowed, chance):
    heard = Heard.melody(melody)
    notes = notes_allowed(allowed, 0, 127)
    kept = masked(heard, notes)
    assert {36, 37} <= set(kept)
    event = event_of(heard, draw([0.0] * 40, kept, 1.0, chance))
    assert event < 0 or event in notes


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
