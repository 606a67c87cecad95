"""How large a stack of LSTMs is, and which tensors it therefore has.

A stack reads a vector a step, passes it through one LSTM after the other, and answers one number
for every class. Attention over the last outputs wraps either the first LSTM or all of them.

The tensors, float32, `[out, in]`, gates in torch's order (input, forget, cell, output):

- `layerN.weight` `[4H, in + H]`, the columns of the input first, then those of the layer's own
  last output; `layerN.bias` `[4H]`, in which the forget gate's 1.0 is already added;
- `attention.read.weight`, `.bias`: input and attended (`A`) to what the first LSTM reads, which is
  as wide as the input;
- `attention.query.weight`, `.bias`: cell and hidden of each wrapped LSTM, in turn, to a query
  `[A]`;
- `attention.key.weight` `[A, A]`: an output to its key; `attention.score` `[A]`: key and query to a
  score, `score . tanh(key + query)`;
- `attention.write.weight`, `.bias`: output of the last wrapped LSTM, and attended, to what the
  layer writes `[A]`;
- `classes.weight`, `.bias`: what the stack writes to logits.

A file of them says in its metadata what no tensor shows: `attention`, the steps it looks back.

Source: Magenta `contrib/rnn.py` (`AttentionCellWrapper`) and `events_rnn_graph.make_rnn_cell`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError

__all__ = ["Around", "Attention", "StackShape", "attention_in"]

Around = Literal["first", "all"]

_MOST_LAYERS = 8
_WIDEST = 8192  # units, inputs or classes
_LONGEST = 1024  # steps of attention


@dataclass(frozen=True, slots=True)
class Attention:
    """Attention over the last outputs of what it wraps.

    Attributes:
        length: steps it looks back.
        around: `"first"` wraps the first LSTM, `"all"` the whole stack.
        size: width of an output, of a query and of a key.
    """

    length: int
    around: Around
    size: int


@dataclass(frozen=True, slots=True)
class StackShape:
    """The size of a stack.

    Attributes:
        inputs: numbers that go in at each step.
        units: of each LSTM, the first first.
        classes: logits that come out.
        attention: what wraps the first LSTM or all of them, or None.
    """

    inputs: int
    units: tuple[int, ...]
    classes: int
    attention: Attention | None = None

    def layouts(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every tensor of such a stack.

        >>> StackShape(38, (8,), 38).layouts()["layer0.weight"]
        (32, 46)
        >>> around = Attention(40, "first", 8)
        >>> StackShape(74, (8, 4), 40, around).layouts()["attention.query.weight"]
        (8, 16)
        """
        found: dict[str, tuple[int, ...]] = {}
        attention = self.attention
        width = self.inputs
        for layer, units in enumerate(self.units):
            found[f"layer{layer}.weight"] = (4 * units, width + units)
            found[f"layer{layer}.bias"] = (4 * units,)
            width = units
            if attention is not None and attention.around == "first" and layer == 0:
                width = attention.size
        if attention is not None:
            size, wrapped = attention.size, self.wrapped
            if attention.around == "all":
                width = size
            found |= {
                "attention.read.weight": (self.inputs, self.inputs + size),
                "attention.read.bias": (self.inputs,),
                "attention.query.weight": (size, 2 * sum(wrapped)),
                "attention.query.bias": (size,),
                "attention.key.weight": (size, size),
                "attention.score": (size,),
                "attention.write.weight": (size, wrapped[-1] + size),
                "attention.write.bias": (size,),
            }
        return found | {"classes.weight": (self.classes, width), "classes.bias": (self.classes,)}

    @property
    def wrapped(self) -> tuple[int, ...]:
        """Units of the LSTMs that attention wraps; none without attention.

        >>> StackShape(518, (256, 128), 512, Attention(32, "all", 128)).wrapped
        (256, 128)
        """
        if self.attention is None:
            return ()
        return self.units[:1] if self.attention.around == "first" else self.units

    @property
    def parameters(self) -> int:
        """How many numbers the stack learns.

        >>> StackShape(388, (512, 512, 512), 388).parameters
        6242692
        """
        return sum(math.prod(shape) for shape in self.layouts().values())

    def metadata(self) -> dict[str, str]:
        """Return what a weight file says of its shape beside its tensors.

        >>> StackShape(74, (128, 128), 40, Attention(40, "first", 128)).metadata()
        {'units': '128,128', 'attention': '40 first'}
        >>> StackShape(38, (256, 256), 38).metadata()
        {'units': '256,256', 'attention': ''}
        """
        attention = "" if self.attention is None else _words(self.attention)
        return {"units": ",".join(map(str, self.units)), "attention": attention}

    @classmethod
    def of(
        cls, tensors: Mapping[str, NDArray[Any]], *, length: int = 0, around: Around = "first"
    ) -> StackShape:
        """Return the shape of the stack that has these tensors.

        Args:
            tensors: under the names above.
            length: steps of attention, if there is any.
            around: what attention wraps, if there is any.

        Raises:
            ModelFileError: a tensor is missing, not wanted, of another shape or beyond all sense.

        >>> import numpy as np
        >>> shape = StackShape(38, (8, 4), 38)
        >>> StackShape.of({name: np.zeros(size) for name, size in shape.layouts().items()}) == shape
        True
        """
        units = []
        for layer in count():
            bias = tensors.get(f"layer{layer}.bias")
            if bias is None:
                break
            units.append(bias.size // 4)
        classes, first = tensors.get("classes.bias"), tensors.get("layer0.weight")
        if not units or classes is None or first is None or first.ndim != 2:
            message = "it holds no stack of LSTMs with an output"
            raise ModelFileError(message)
        score = tensors.get("attention.score")
        attention = None if score is None else Attention(length, around, score.size)
        shape = cls(first.shape[1] - units[0], tuple(units), classes.size, attention)
        shape._check(tensors)
        return shape

    def _check(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Refuse what is beyond all sense, and tensors that do not fit each other."""
        sizes = (self.inputs, *self.units, self.classes)
        if len(self.units) > _MOST_LAYERS or not all(0 < size <= _WIDEST for size in sizes):
            message = f"{len(self.units)} LSTMs of {self.units} units, {self.inputs} inputs and "
            message += f"{self.classes} classes are no network livecoder can run"
            raise ModelFileError(message)
        if self.attention is not None and not 0 < self.attention.length <= _LONGEST:
            message = f"it has attention, over {self.attention.length} steps; "
            message += f"1 to {_LONGEST} can be used"
            raise ModelFileError(message)
        wanted = self.layouts()
        odd = sorted(wanted.keys() ^ tensors.keys())
        if odd:
            problem = "is missing" if odd[0] in wanted else "is not wanted"
            message = f"tensor {odd[0]} {problem} in a stack of {len(self.units)} LSTMs"
            raise ModelFileError(message)
        for name, shape in wanted.items():
            if tensors[name].shape != shape:
                message = f"tensor {name} has shape {list(tensors[name].shape)}, beside the others "
                message += f"{list(shape)} is wanted"
                raise ModelFileError(message)


def attention_in(metadata: Mapping[str, str]) -> tuple[int, Around]:
    """Return the steps that a weight file's attention looks back, and what it wraps.

    Args:
        metadata: as `StackShape.metadata` gave it.

    >>> attention_in({"attention": "32 all"}), attention_in({"attention": ""})
    ((32, 'all'), (0, 'first'))
    """
    length, _, around = metadata.get("attention", "").partition(" ")
    steps = int(length) if length.isdecimal() and length.isascii() and len(length) < 6 else 0
    return steps, "all" if around == "all" else "first"


def _words(attention: Attention) -> str:
    return f"{attention.length} {attention.around}"
