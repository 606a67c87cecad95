"""Where a MelodyRNN stream stands, as a value: what the network remembers, and what it heard.

Conventions: float32 tensors on the CPU, never changed once they are in a state; a frozen state is
a safetensors file of about 25 KB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_bytes, write_tensors
from livecoder.models.melody_rnn.encoding import HIGHEST, LOWEST, NO_EVENT, Heard
from livecoder.models.melody_rnn.network import ATTENTION_STEPS, UNITS

__all__ = ["MelodyState", "freeze", "thaw"]

_VECTORS = 5
_LARGEST = 256 * 1024
_FIX = "start the stream again from its primer"
_LAYOUTS = {
    "vectors": Layout("F32", (_VECTORS, UNITS)),
    "outputs": Layout("F32", (ATTENTION_STEPS, UNITS)),
    "recent": Layout("I8", (None,)),
    "last_three": Layout("I8", (None,)),
    "keys": Layout("I64", (12,)),
    "counts": Layout("I64", (4,)),  # steps, playing (-1: none), attack, direction
}


@dataclass(frozen=True, slots=True, eq=False)
class MelodyState:
    """A place in an endless melody.

    Attributes:
        vectors: hidden and cell of the first LSTM, of the second, and what the attention read
            last, `[5, 128]`.
        outputs: the last outputs of the attention layer, oldest first, `[40, 128]`.
        heard: the melody so far, as far as the encoding needs it.
    """

    vectors: Tensor
    outputs: Tensor
    heard: Heard

    @classmethod
    def silent(cls) -> MelodyState:
        """Return the state of a network that has heard nothing.

        >>> MelodyState.silent().heard.steps
        0
        """
        return cls(torch.zeros(_VECTORS, UNITS), torch.zeros(ATTENTION_STEPS, UNITS), Heard())


def freeze(state: MelodyState) -> bytes:
    """Return a state as safetensors.

    >>> len(freeze(MelodyState.silent())) < 256 * 1024
    True
    """
    heard = state.heard
    playing = -1 if heard.playing is None else heard.playing
    return write_tensors(
        {
            "vectors": state.vectors.numpy(),
            "outputs": state.outputs.numpy(),
            "recent": np.array(heard.recent, np.int8),
            "last_three": np.array(heard.last_three, np.int8),
            "keys": np.array(heard.keys, np.int64),
            "counts": np.array([heard.steps, playing, heard.attack, heard.direction], np.int64),
        },
        {"state": "melody_rnn"},
    )


def thaw(data: bytes) -> MelodyState:
    """Return the state that `freeze` was given.

    Raises:
        ModelFileError: the bytes are not such a state.
    """
    if len(data) > _LARGEST:
        message = f"a state has at most {_LARGEST} bytes, this one {len(data)}; {_FIX}"
        raise ModelFileError(message)
    tensors, _ = read_bytes(data, _LAYOUTS, what="this state of melody_rnn", fix=_FIX)
    vectors, outputs = tensors["vectors"], tensors["outputs"]
    steps, playing, attack, direction = (int(count) for count in tensors["counts"])
    recent, last_three, keys = (_whole(tensors[name]) for name in ("recent", "last_three", "keys"))
    sound = (
        bool(np.isfinite(vectors).all() and np.isfinite(outputs).all())
        and steps >= 0
        and len(recent) == min(steps, 33)
        and all(NO_EVENT <= event < 0 or LOWEST <= event <= HIGHEST for event in recent)
        and len(last_three) <= 3
        and all(LOWEST <= note <= HIGHEST for note in last_three)
        and all(0 <= count <= steps for count in keys)
        and (playing == -1 or LOWEST <= playing <= HIGHEST)
        and attack in {0, 1}
        and direction in {-1, 0, 1}
    )
    if not sound:
        message = f"this state of melody_rnn holds numbers no melody leads to; {_FIX}"
        raise ModelFileError(message)
    heard = Heard(
        steps,
        recent,
        None if playing == -1 else playing,
        bool(attack),
        direction,
        last_three,
        keys,
    )
    return MelodyState(torch.from_numpy(vectors), torch.from_numpy(outputs), heard)


def _whole(numbers: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)
