"""The variables of Magenta's LSTM models, of every generation, as the tensors of `shape`.

Six years of TensorFlow named the same things differently:

- 2016: `RNN/AttentionCellWrapper/MultiRNNCell/Cell0/BasicLSTMCell/Linear/{Matrix,Bias}`;
- 2017: `rnn/attention_cell_wrapper/multi_rnn_cell/cell_0/basic_lstm_cell/{weights,biases}`;
- since then `{kernel,bias}`; and since the attention wraps the first LSTM alone,
  `rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/basic_lstm_cell/{kernel,bias}`;
- `attn_output_projection` here, `attention_output_projection` there.

So a name is read word by word: which LSTM, which part, weight or bias. TensorFlow's kernels are
`[in, out]`, with gates in the order input, cell, forget, output, and add 1.0 to the forget gate
when they run; ours are turned round, put in torch's order, and have it added.

Source: Magenta's released files and `contrib/rnn.py`; TensorFlow `rnn_cell.BasicLSTMCell`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.lstm.shape import Around

__all__ = ["canonical", "is_optimiser"]

Array = NDArray[np.float32]

_WEIGHTS = {"kernel", "weights", "matrix", "w0"}
_BIASES = {"bias", "biases", "b"}
_CELLS = {"basiclstmcell", "lstmcell", "lstmblockcell", "cudnncompatiblelstmcell"}
_WRAPPER = "attentioncellwrapper"
_WRITES = {"attnoutputprojection", "attentionoutputprojection"}
_OPTIMISER = re.compile(
    r"global_?step|beta[12]_power|(^|/)(adam|adam_1|rmsprop|momentum|exponentialmovingaverage)$",
    re.IGNORECASE,
)
# The tensors of the melody network that livecoder shipped first, beside what they are now called.
_FIRST_SHIPPED = {
    "read.weight": "attention.read.weight",
    "read.bias": "attention.read.bias",
    "query.weight": "attention.query.weight",
    "query.bias": "attention.query.bias",
    "key.weight": "attention.key.weight",
    "score": "attention.score",
    "write.weight": "attention.write.weight",
    "write.bias": "attention.write.bias",
    "classes.weight": "classes.weight",
    "classes.bias": "classes.bias",
}


def is_optimiser(name: str) -> bool:
    """Return whether a variable is but the memory of a training that may go on.

    >>> is_optimiser("global_step"), is_optimiser("fully_connected/weights/Adam_1")
    (True, True)
    >>> is_optimiser("fully_connected/weights")
    False
    """
    return _OPTIMISER.search(name) is not None


def canonical(variables: Mapping[str, Array]) -> tuple[dict[str, Array], Around]:
    """Return the tensors of a stack, and what attention wraps, if there is any.

    Args:
        variables: of Magenta, of any generation, or already under the names of `shape`.

    Raises:
        ModelFileError: one belongs to no stack of LSTMs, or two are the same tensor.

    >>> tensors, _ = canonical({
    ...     "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel": np.zeros((46, 32), np.float32),
    ...     "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias": np.zeros(32, np.float32),
    ... })
    >>> {name: tensor.shape for name, tensor in tensors.items()}
    {'layer0.weight': (32, 46), 'layer0.bias': (32,)}
    >>> tensors["layer0.bias"][8:10]  # the forget gates
    array([1., 1.], dtype=float32)
    """
    if "classes.weight" in variables:
        return _ours(variables), _around(variables)
    found: dict[str, Array] = {}
    around: Around = "first"
    for name, array in variables.items():
        if is_optimiser(name):
            continue
        words = name.lower().replace("_", "").split("/")
        tensor = _tensor(words)
        if tensor is None:
            message = f"variable {name} is of no network of LSTMs with one output"
            raise ModelFileError(message)
        if tensor in found:
            message = f"variable {name} is there twice, as {tensor}"
            raise ModelFileError(message)
        found[tensor] = _turned(name, tensor, array, forget=_forget(words))
        if _WRAPPER in words and _layer(words[words.index(_WRAPPER) :]) is not None:
            around = "all"
    return found, around


def _ours(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Return tensors of our own files; the first of them named theirs as torch does."""
    if "read.weight" not in tensors:
        return dict(tensors)
    found = {new: tensors[old] for old, new in _FIRST_SHIPPED.items() if old in tensors}
    for layer in range(2):
        parts = [f"lstm{layer}.{part}" for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        if all(part in tensors for part in parts):
            into, own, bias, more = (tensors[part] for part in parts)
            found[f"layer{layer}.weight"] = np.concatenate([into, own], 1)
            found[f"layer{layer}.bias"] = bias + more
    return found


def _around(tensors: Mapping[str, Array]) -> Around:
    """Return what the attention in a file of ours wraps: its query shows how many LSTMs."""
    query = tensors.get("attention.query.weight")
    first = tensors.get("layer0.bias")
    if query is None or first is None or query.ndim != 2:
        return "first"
    return "first" if query.shape[1] == first.size // 2 else "all"


def _tensor(words: list[str]) -> str | None:
    """Return the tensor that a variable's words name, or None."""
    last = words[-1]
    if last in {"attnw", "attnv"} and "attention" in words:
        return "attention.key.weight" if last == "attnw" else "attention.score"
    part = "weight" if last in _WEIGHTS else "bias" if last in _BIASES else None
    if part is None:
        return None
    if words[:-1] == ["fullyconnected"]:
        return f"classes.{part}"
    if not re.fullmatch(r"rnn|rnnmodel|cudnnlstm\d?", words[0]):
        return None
    if _WRITES.intersection(words):
        return f"attention.write.{part}"
    if "attention" in words:
        return f"attention.query.{part}"
    if _CELLS.intersection(words):
        # Layers of different sizes that cuDNN trained stand in a scope each, all as cell 0.
        scope = words[0].removeprefix("cudnnlstm")
        return f"layer{int(scope) if scope.isdecimal() else _layer(words) or 0}.{part}"
    return f"attention.read.{part}" if _WRAPPER in words else None


def _layer(words: list[str]) -> int | None:
    """Return which LSTM is meant, if the words say."""
    for word in words:
        number = re.fullmatch(r"cell(\d{1,3})", word)
        if number:
            return int(number[1])
    return None


def _forget(words: list[str]) -> float:
    """Return what the cell adds to its forget gate; the one that reads cuDNN's adds nothing."""
    return 0.0 if "cudnncompatiblelstmcell" in words else 1.0


def _turned(name: str, tensor: str, array: Array, *, forget: float) -> Array:
    """Return a variable of TensorFlow laid out as ours."""
    if tensor == "attention.key.weight":
        if array.ndim != 4 or array.shape[:2] != (1, 1):
            raise ModelFileError(f"variable {name} has shape {list(array.shape)}, no [1, 1, A, A]")
        array = array[0, 0]
    dimensions = 2 if tensor.endswith("weight") else 1
    if array.ndim != dimensions:
        message = f"variable {name} has {array.ndim} dimensions, {dimensions} are wanted"
        raise ModelFileError(message)
    turned = array.T
    if tensor.startswith("layer"):
        if len(turned) % 4:
            raise ModelFileError(f"variable {name} has {len(turned)} columns, not four gates")
        enter, cell, keep, leave = np.split(turned, 4)
        turned = np.concatenate([enter, keep, cell, leave])
        if dimensions == 1:
            turned[len(turned) // 4 : len(turned) // 2] += np.float32(forget)
    return np.ascontiguousarray(turned)
