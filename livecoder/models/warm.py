"""Compiles what networks play with, so that the first one typed need not wait for it.

`python -m livecoder.models.warm`, which `make play` runs once. Without it the first network takes
some seconds longer to come in, once on a machine.
"""

from __future__ import annotations

import numpy as np

from livecoder.models.drawing import drawn
from livecoder.models.lstm.shape import Attention, StackShape
from livecoder.models.lstm.state import StackState
from livecoder.models.lstm.step import StackWeights, Stepper
from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.models.music_transformer.state import BEGIN
from livecoder.models.music_transformer.step import Cache, Matrices, step

__all__ = ["main"]


def main() -> None:
    """Take one step of the smallest network of each kind, with weights of each precision."""
    shape = StackShape(3, (2,), 4, Attention(2, "first", 2))
    piano = TransformerShape(layers=1, width=4, heads=1, inner=4, window=8, taps=1)
    for weight in (0.0, 0.1):
        tensors = {
            name: np.full(size, weight, np.float32) for name, size in shape.layouts().items()
        }
        stepper = Stepper(StackWeights.folded(shape, tensors), StackState.silent(shape), 1)
        drawn(stepper.step({0: 1.0}), 0.5, np.zeros(4))
        weights = {name: np.full(size, weight, np.float32) for name, size in piano.tensors()}
        step(Matrices.folded(piano, weights), Cache(piano), BEGIN, 0)


if __name__ == "__main__":
    main()
