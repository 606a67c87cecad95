"""The weights livecoder ships, each with a card that says what it learnt from and how well.

A weight is `NAME.safetensors`; its card is `NAME.json`, the same to be read in `NAME.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livecoder.core.errors import ModelFileError, UnknownNameError

__all__ = ["card", "names", "text"]

_FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """Return the models whose cards are here.

    >>> "melody_rnn" in names()
    True
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


def card(name: str) -> Mapping[str, Any]:
    """Return the card of a model: `title`, `data`, `training`, `nats_per_step`, `limits`...

    Raises:
        UnknownNameError: no model is called so.
        ModelFileError: the card cannot be read.
    """
    try:
        found = json.loads(_read(name, ".json"))
    except ValueError as error:
        message = f"the card of {name} is no JSON; install livecoder again"
        raise ModelFileError(message) from error
    if not isinstance(found, dict):
        message = f"the card of {name} is no table; install livecoder again"
        raise ModelFileError(message)
    return found


def text(name: str) -> str:
    """Return the card of a model as Markdown.

    Raises:
        UnknownNameError: no model is called so.
        ModelFileError: the card cannot be read.
    """
    return _read(name, ".md")


def _read(name: str, ending: str) -> str:
    if name not in names():
        raise UnknownNameError("model", name, names(), listing="`livecoder models`")
    try:
        return (_FOLDER / f"{name}{ending}").read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the card of {name} cannot be read ({error}); install livecoder again"
        raise ModelFileError(message) from error
