"""What the front and a model worker say to each other, and how a model is found by name.

Every message is a tuple of plain values. Both ends are processes of one session, joined by a
socket pair that has no name, so nothing from outside is ever unpickled here. Imports no torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

from livecoder.core.errors import LivecoderError, ModelFileError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest, StreamingModel
from livecoder.core.rational import Rational

__all__ = ["Compose", "Composed", "Faulty", "Hasten", "Order", "Ready", "Refused", "Reply"]
__all__ += ["Withdraw", "load_model"]


class Compose(NamedTuple):
    """Compose one bar when no other plays sooner.

    Attributes:
        key: names the bar; the answer bears it.
        request: what to compose.
        state: bytes of the state to go on from; None to begin with the primer.
        primer: notes to have heard, in beats from the primer's start.
        primer_beats: length of the primer; 0 for none.
        deadline: cycle of the session at which the bar plays.
    """

    key: str
    request: BarRequest
    state: bytes | None
    primer: tuple[Note, ...]
    primer_beats: Rational
    deadline: float


class Hasten(NamedTuple):
    """A bar that waits plays at another time than was said."""

    key: str
    deadline: float


class Withdraw(NamedTuple):
    """Forget a bar if it still waits."""

    key: str


class Ready(NamedTuple):
    """The weights are loaded."""

    pid: int


class Refused(NamedTuple):
    """The model cannot be loaded, and trying again will not help."""

    text: str


class Composed(NamedTuple):
    """A bar, and the state to go on from."""

    key: str
    notes: tuple[Note, ...]
    state: bytes


class Faulty(NamedTuple):
    """The model failed at one bar; the others are unharmed."""

    key: str
    text: str


Order = Compose | Hasten | Withdraw
Reply = Ready | Refused | Composed | Faulty


def load_model(loader: str) -> StreamingModel[Any]:
    """Import and call a loader.

    Args:
        loader: `"package.module:function"`; the function takes nothing and returns the model.

    Raises:
        ModelFileError: no such loader, something it needs is not installed, or its weights are
            not what they should be.
    """
    module, _, function = loader.partition(":")
    try:
        load: Callable[[], StreamingModel[Any]] = getattr(importlib.import_module(module), function)
        return load()
    except LivecoderError as error:
        raise ModelFileError(str(error)) from error
    except Exception as error:
        message = f"{loader} does not load ({type(error).__name__}: {error}); see livecoder models"
        raise ModelFileError(message) from error
