"""A live-coding instrument: type music, hear a network join in.

Every word of the pattern vocabulary can be imported from here; nothing is loaded until it is.

    >>> from livecoder import s, rev
    >>> s("bd sn").every(2, rev)
    s("bd sn").every(2, rev)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# The rooms: `from livecoder import session` must not load the vocabulary to find it is no word.
_ROOMS = "cli clock core dsp inputs models outputs patterns repl session studio theory training"


def _vocabulary() -> Any:
    # By name: a room that imports its own package does not import every pattern by that.
    return import_module("livecoder.patterns.vocabulary")


def __getattr__(name: str) -> Any:
    if name in _ROOMS.split() or (name.startswith("__") and name != "__all__"):
        message = f"module 'livecoder' has no attribute {name!r}"
        raise AttributeError(message)
    vocabulary = _vocabulary()
    if name == "__all__":
        return vocabulary.__all__
    try:
        return vocabulary.WORDS[name]
    except KeyError:
        message = f"livecoder has no {name!r}; see livecoder.patterns.vocabulary for its words"
        raise AttributeError(message) from None


def __dir__() -> list[str]:
    return sorted({*globals(), *_vocabulary().__all__})
