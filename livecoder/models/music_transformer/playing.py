"""A Music Transformer under way: tokens go in, logits come out, the oldest are let go of.

When a window is full, its older half is forgotten and the newer half is read again at once, as
if the music had begun there. So the network looks back on half a window at least, and what it
knows follows from the tokens it still holds and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from livecoder.models.bars.performance import PerformancePlace
from livecoder.models.music_transformer.shape import BAR
from livecoder.models.music_transformer.state import PianoState
from livecoder.models.music_transformer.step import Cache, Matrices, read_together, step

__all__ = ["Caches", "Playing"]

_KEPT = 12  # of 2 MB each


class Playing:
    """Music under way; to be used inside `torch.inference_mode()`.

    Args:
        matrices: the weights.
        state: where to begin; it is not changed.
        cache: that of the state's tokens, the last of them excepted; it is used up.
    """

    def __init__(self, matrices: Matrices, state: PianoState, cache: Cache) -> None:
        self._matrices = matrices
        self._tokens = list(state.tokens)
        self._phases = list(state.phases)
        self._together = state.together
        self.cache = cache

    def hear(self) -> NDArray[np.float32]:
        """Hear the last token; return the logits of what follows, `[310]`."""
        window = self._matrices.shape.window
        if len(self.cache.tokens) == window:
            self._together = window - window // 2
            self._tokens = self._tokens[-self._together - 1 :]
            self._phases = self._phases[-self._together - 1 :]
            self.cache = read_together(self._matrices, self._tokens[:-1], self._phases[:-1])
        return step(self._matrices, self.cache, self._tokens[-1], self._phases[-1])

    def take(self, token: int, phase: int) -> None:
        """Let a token happen, `phase` steps after its bar line, counted on over many bars."""
        self._tokens.append(token)
        self._phases.append(phase % BAR)

    def state(self, place: PerformancePlace, surprise: float | None) -> PianoState:
        """Return where the music stands."""
        return PianoState(tuple(self._tokens), tuple(self._phases), self._together, place, surprise)


class Caches:
    """The caches of the states composed last, so that going on from one costs nothing.

    What is not here any more is made again, number for number the same.

    Args:
        matrices: the weights.
    """

    def __init__(self, matrices: Matrices) -> None:
        self._matrices = matrices
        self._kept: OrderedDict[PianoState, Cache] = OrderedDict()

    def of(self, state: PianoState) -> Cache:
        """Return a cache of a state's tokens, the last excepted, to be used up by whoever asks."""
        cache = self._kept.get(state)
        if cache is not None:
            self._kept.move_to_end(state)
            return cache.copy()
        cache = read_together(
            self._matrices, state.tokens[: state.together], state.phases[: state.together]
        )
        for token, phase in zip(
            state.tokens[state.together : -1], state.phases[state.together : -1], strict=True
        ):
            step(self._matrices, cache, token, phase)
        return cache

    def keep(self, state: PianoState, cache: Cache) -> None:
        """Keep the cache of a state's tokens; nobody may change it from now on."""
        self._kept[state] = cache
        self._kept.move_to_end(state)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
