"""Where a Music Transformer stream stands, as a value: the tokens it can still look back on.

Keys and values of the tokens are no part of it: they follow from the tokens, and from how many of
them were read together. A frozen state is a safetensors file of a few KB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from livecoder.core.errors import ModelFileError
from livecoder.models.bars.performance import PerformanceBars, PerformancePlace
from livecoder.models.containers.tensors import Layout, read_bytes, write_tensors
from livecoder.models.music_transformer.shape import BAR, TOKENS

__all__ = ["BEGIN", "PianoState", "freeze", "thaw"]

BEGIN = 1
"""The token before a piece's first: the end of the piece before."""

_NAME = "music_transformer"
_LARGEST = 256 * 1024
_FIX = "start the stream again from its primer"
_LAYOUTS = {
    "tokens": Layout("I16", (None,)),
    "phases": Layout("I16", (None,)),
    "together": Layout("I64", (1,)),
    "place": Layout("I64", (None,)),
}


@dataclass(frozen=True, slots=True)
class PianoState:
    """A place in an endless piano piece.

    Attributes:
        tokens: the last tokens, oldest first; the last has happened but is not yet heard.
        phases: steps since the bar line when each had happened, 0 to 199.
        together: how many of the tokens, from the oldest, are read at once and not one by one.
        place: what sounds over the bar line, how loud it is, and how far a pause ran past it.
        surprise: mean nats by which the events of the bar just composed surprised the network, as
            it answers unmasked at temperature 1; None where there is no such bar, or it was thawed.
    """

    tokens: tuple[int, ...] = (BEGIN,)
    phases: tuple[int, ...] = (0,)
    together: int = 0
    place: PerformancePlace = field(default_factory=PerformancePlace)
    surprise: float | None = field(default=None, compare=False)


def freeze(state: PianoState) -> bytes:
    """Return a state as safetensors.

    >>> len(freeze(PianoState())) < 1024
    True
    """
    return write_tensors(
        {
            "tokens": np.array(state.tokens, np.int16),
            "phases": np.array(state.phases, np.int16),
            "together": np.array([state.together], np.int64),
            "place": np.array(PerformanceBars().numbers(state.place), np.int64),
        },
        {"state": _NAME},
    )


def thaw(data: bytes, window: int) -> PianoState:
    """Return the state that `freeze` was given.

    Args:
        data: the frozen state.
        window: the tokens the network looks back on.

    Raises:
        ModelFileError: the bytes are not such a state.
    """
    what = f"this state of {_NAME}"
    if len(data) > _LARGEST:
        message = f"a state has at most {_LARGEST} bytes, this one {len(data)}; {_FIX}"
        raise ModelFileError(message)
    arrays, metadata = read_bytes(data, _LAYOUTS, what=what, fix=_FIX)
    if metadata.get("state") != _NAME:
        message = f"this is a state of {metadata.get('state')!r}, not of {_NAME}; {_FIX}"
        raise ModelFileError(message)
    tokens, phases = (tuple(arrays[name].tolist()) for name in ("tokens", "phases"))
    together = int(arrays["together"][0])
    try:
        place = PerformanceBars().place_of(arrays["place"].tolist())
    except ValueError as error:
        message = f"{what} holds numbers no music leads to ({error}); {_FIX}"
        raise ModelFileError(message) from error
    if not _sound(tokens, phases, together, window):
        message = f"{what} holds tokens no music leads to; {_FIX}"
        raise ModelFileError(message)
    return PianoState(tokens, phases, together, place)


def _sound(tokens: Sequence[int], phases: Sequence[int], together: int, window: int) -> bool:
    return (
        1 <= len(tokens) <= window + 1
        and len(phases) == len(tokens)
        and all(0 < token < TOKENS for token in tokens)
        and all(0 <= phase < BAR for phase in phases)
        and 0 <= together < len(tokens)
    )
