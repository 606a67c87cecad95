"""Small Music Transformers with random weights, as sure of themselves as trained ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from livecoder.models.containers.tensors import write_tensors
from livecoder.models.music_transformer.shape import TransformerShape

__all__ = ["SMALL", "random_weights", "write_random"]

SMALL = TransformerShape(layers=2, width=16, heads=2, inner=24, window=48, taps=3)


def random_weights(shape=SMALL, seed=7, scale=0.5):
    """Return every tensor of a network, by name."""
    chance = np.random.default_rng(seed)
    return {
        name: chance.normal(0.0, scale, size).astype(np.float32) for name, size in shape.tensors()
    }


def write_random(path: Path, shape=SMALL, seed=7) -> Path:
    """Write a weight file in float16; return where."""
    weights = {
        name: array.astype(np.float16) for name, array in random_weights(shape, seed).items()
    }
    path.write_bytes(write_tensors(weights, shape.metadata()))
    return path
