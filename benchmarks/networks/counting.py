"""How many events a network plays in a bar, counted without a change to the network.

A stack of LSTMs tells its encoding of every event, which is counted there. Music Transformer keeps
its tokens in its state; where its window was let slide in a bar, half a window has gone from them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Counted", "counted"]


class Counted:
    """A streaming model, and how many events it has played.

    Args:
        model: the network; its encoding is replaced by one that counts.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self._encoding = None
        if hasattr(model, "encoding"):
            self._encoding = model.encoding = _Encoding(model.encoding)

    def bar(self, state: Any, request: Any) -> tuple[tuple[Any, ...], Any, int]:
        """Compose a bar; return its notes, the state after it, and its events."""
        before = 0 if self._encoding is None else self._encoding.events
        notes, after = self.model.compose(state, request)
        if self._encoding is not None:
            return notes, after, self._encoding.events - before
        return notes, after, counted(len(state.tokens), len(after.tokens), self.model.shape.window)


class _Encoding:
    """An encoding that counts what has happened to it."""

    def __init__(self, encoding: Any) -> None:
        self._inner = encoding
        self.events = 0

    def then(self, heard: Any, event: Any) -> Any:
        """Hear one more event: see `Encoding.then`."""
        self.events += 1
        return self._inner.then(heard, event)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def counted(before: int, after: int, window: int) -> int:
    """Return the tokens of a bar, at least one and fewer than half a window.

    >>> counted(100, 130, 512), counted(500, 290, 512)
    (30, 46)

    Args:
        before: tokens in the state before the bar.
        after: tokens in the state after it.
        window: tokens the network looks back on.
    """
    half = window // 2
    gone = 0 if after > before else -((after - before - 1) // half)
    return after - before + gone * half
