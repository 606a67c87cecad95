"""Finds in a TensorFlow graph what no variable shows: over how many steps an attention looks.

Magenta's attention reshapes what it remembers to `[-1, steps, 1, size]`, and its shares to
`[-1, steps, 1, 1]`; the graph holds these shapes as constants under its name.

Source: TensorFlow `meta_graph.proto`, `graph.proto`, `node_def.proto`, `attr_value.proto`,
`tensor.proto`; Magenta `contrib/rnn.py` (`AttentionCellWrapper`).
"""

from __future__ import annotations

import numpy as np

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.protobuf import Message

__all__ = ["attention_steps"]

_INT32 = 3
_LARGEST_NODE = 4096  # bytes; larger ones are no shapes
_MOST_NODES = 20_000  # of attention


def attention_steps(graph: memoryview) -> int:
    """Return the steps of the attention in a graph; 0 if it has none.

    Args:
        graph: a `MetaGraphDef`.

    Raises:
        ModelFileError: it is damaged, or speaks of several lengths.
    """
    nodes = Message(graph).message(2).parts(1)
    short = [bytes(node) for node in nodes if len(node) < _LARGEST_NODE]
    named = [node for node in short if b"ttention" in node and b"Const" in node]
    if len(named) > _MOST_NODES:
        message = f"its graph has {len(named)} constants of attention"
        raise ModelFileError(message)
    lengths: set[int] = set()
    for node in named:
        shape = _constant(Message(memoryview(node)))
        if len(shape) == 4 and shape[0] == -1 and shape[2] == 1 and shape[1] > 1:
            lengths.add(shape[1])
    if len(lengths) > 1:
        message = f"the attention in its graph looks over {sorted(lengths)} steps at once"
        raise ModelFileError(message)
    return lengths.pop() if lengths else 0


def _constant(node: Message) -> list[int]:
    """Return the whole numbers that a node of a graph holds, if it is a constant of them."""
    if node.text(2) != "Const" or "ttention" not in node.text(1):
        return []
    for attribute in node.messages(5):
        if attribute.text(1) == "value":
            tensor = attribute.message(2).message(8)
            content = tensor.parts(4)
            if tensor.whole(1) == _INT32 and content and len(content[-1]) % 4 == 0:
                return [int(number) for number in np.frombuffer(content[-1], "<i4")]
    return []
