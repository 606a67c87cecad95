"""The weights that livecoder ships: each is of a configuration, and `load_model` reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import livecoder.models
from livecoder.core.errors import RangeError
from livecoder.models import load_model
from livecoder.models.catalogue import CONFIGS
from livecoder.models.loading import load_model as load_stack

WEIGHTS = Path(livecoder.models.__file__).parent / "weights"
SHIPPED = [
    config
    for config in CONFIGS.values()
    if config.weights and (WEIGHTS / f"{config.weights}.safetensors").exists()
]
MEGABYTE = 2**20


def test_every_weight_file_is_of_a_network_and_small_enough():
    files = sorted(WEIGHTS.glob("*.safetensors"))
    known = {config.weights for config in SHIPPED} | {"music_transformer"}
    assert {path.stem for path in files} <= known
    assert all(path.stat().st_size <= 8 * MEGABYTE for path in files)
    assert sum(path.stat().st_size for path in files) <= 40 * MEGABYTE


@pytest.mark.parametrize("config", SHIPPED, ids=lambda config: config.id)
def test_a_shipped_network_answers_and_prefers_something(config):
    loaded = load_stack(config.model, config=config.id)
    chance = np.random.default_rng(5)
    heard = loaded.encoding.begin()
    events = []
    for _ in range(24):
        events.append(
            loaded.encoding.event_of(heard, int(chance.integers(loaded.encoding.classes)))
        )
        heard = loaded.encoding.then(heard, events[-1])
    asked = {
        None: {},
        "chords": {"chords": ["C", "Am7", "N.C.", "G7", "F"] * 5},
        "controls": {"controls": [(4.0, (1.0,) * 12)] * 25},
    }[config.asked]
    logits = load_model(config.model, config=config.id).logits(events, **asked)
    assert logits.shape == (24, loaded.encoding.classes)
    assert np.isfinite(logits).all()
    # One that learnt nothing would find every class as likely as another.
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    nats = -(shares * np.log(shares + 1e-30)).sum(1).mean()
    assert nats < 0.8 * np.log(loaded.encoding.classes)
    # What a stream is fed a step at a time gives the same.
    whole = load_model(config.model, config=config.id).logits(events[:7], **_first(asked, 8))
    assert np.abs(whole - logits[:7]).max() < 1e-5


def test_a_network_is_asked_as_it_was_made():
    with pytest.raises(RangeError, match="attention_rnn has no chords"):
        load_model("melody_rnn").logits([60], chords=["C", "G"])


def _first(asked, many):
    return {what: given[:many] for what, given in asked.items()}
