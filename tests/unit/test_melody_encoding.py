"""The KeyMelody encoding against the one it must equal, and its own inverses."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

from livecoder.models.encodings.key_melody import (
    CLASSES,
    HIGHEST,
    INPUTS,
    LOWEST,
    NO_EVENT,
    NOTE_OFF,
    Heard,
    class_of,
    event_of,
    input_of,
)
from livecoder.training.batches import inputs_of
from livecoder.training.corpus import Stretch, build

POSITIONS = 10_000


def _melody(chance: random.Random, steps: int) -> list[int]:
    """Return events with the repeats, silences and leaps that tell encoders apart."""
    events: list[int] = []
    notes = chance.sample(range(LOWEST, HIGHEST + 1), chance.randint(1, 9))
    for step in range(steps):
        kind = chance.random()
        if step >= 16 and kind < 0.35:
            events.append(events[step - chance.choice([16, min(step, 32)])])
        elif kind < 0.65:
            events.append(NO_EVENT)
        elif kind < 0.75 and step:
            events.append(NOTE_OFF)
        else:
            events.append(chance.choice(notes))
    return events


def _dense(heard: Heard) -> list[float]:
    row = [0.0] * INPUTS
    for index, value in input_of(heard).items():
        row[index] = value
    return row


def test_no_position_differs_from_note_seq():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        note_seq = pytest.importorskip("note_seq")
    oracle = note_seq.KeyMelodyEncoderDecoder(min_note=LOWEST, max_note=HIGHEST + 1)
    assert (oracle.input_size, oracle.num_classes) == (INPUTS, CLASSES)
    chance = random.Random(20)
    compared = 0
    while compared < POSITIONS:
        events = _melody(chance, chance.randint(1, 150))
        melody = note_seq.Melody(events)
        # note-seq takes a note-off before the first note for nothing happening
        events = list(melody)
        heard = Heard()
        for position, event in enumerate(events):
            assert class_of(heard, event) == oracle.events_to_label(melody, position)
            index = chance.randrange(CLASSES)
            assert event_of(heard, index) == oracle.class_index_to_event(index, events[:position])
            heard = heard.then(event)
            assert _dense(heard) == oracle.events_to_input(melody, position)
            compared += 1
    assert compared >= POSITIONS


def test_every_event_is_got_back_from_its_class():
    chance = random.Random(3)
    for _ in range(20):
        heard = Heard()
        for event in _melody(chance, 100):
            assert event_of(heard, class_of(heard, event)) == event
            heard = heard.then(event)


def test_a_melody_transposed_in_the_corpus_is_encoded_as_if_sung_there():
    chance = random.Random(4)
    events = [e if e < 0 else 50 + e % 12 for e in _melody(chance, 120)]
    corpus = build([Stretch(0, 0, events)])
    lowest = min(event for event in events if event >= 0)
    for up in range(int(corpus.room[0]) + 1):
        moved = [event if event < 0 else event - lowest + LOWEST + up for event in events]
        wanted = [_dense(Heard.melody(moved[:step])) for step in range(len(moved))]
        got = inputs_of(corpus.rows, np.array(up, np.int16))
        assert (got == np.array(wanted, np.float32)).all()
