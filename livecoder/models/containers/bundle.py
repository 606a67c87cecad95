"""Reads Magenta's bundles, `.mag`: a checkpoint of the first version, and which model it is of.

A bundle is one protocol buffer: 1 is whose it is (in it, 1 the config's id), 2 the checkpoint,
3 the graph that TensorFlow would build, 4 a description.

Source: note-seq `generator.proto`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.checkpoint import read_slices
from livecoder.models.containers.graph import attention_steps
from livecoder.models.containers.protobuf import Message

__all__ = ["Bundle", "read_bundle"]


class Bundle(NamedTuple):
    """What a bundle holds.

    Attributes:
        model_id: config it was trained as: `"attention_rnn"`; empty where it does not say.
        tensors: variables by name.
        length: steps over which its graph's attention looks; 0 where there is none.
    """

    model_id: str
    tensors: dict[str, NDArray[np.float32]]
    length: int


def read_bundle(data: memoryview) -> Bundle:
    """Return what a bundle holds.

    Raises:
        ModelFileError: it is truncated, damaged, or no bundle.
    """
    bundle = Message(data)
    checkpoints = bundle.parts(2)
    if len(checkpoints) != 1:
        message = f"it holds {len(checkpoints)} checkpoints, a bundle holds one"
        raise ModelFileError(message)
    tensors = read_slices(checkpoints[0])
    graphs = bundle.parts(3)
    length = attention_steps(graphs[0]) if graphs else 0
    return Bundle(bundle.message(1).text(1), tensors, length)
