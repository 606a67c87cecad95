"""What the front and a model worker say to each other, and how a model is found by name.

A worker holds several models: it is told to load each, and every bar says which one composes it.
Every message is a tuple of plain values. Both ends are processes of one session, joined by a
socket pair that has no name, so nothing from outside is ever unpickled here. Imports no torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from livecoder.core.errors import LivecoderError, ModelFileError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest, StreamingModel
from livecoder.core.rational import Rational

__all__ = ["Compose", "Composed", "Faulty", "Hasten", "Load", "Order", "Ready", "Refused", "Reply"]
__all__ += ["Withdraw", "load_model"]


class Load(NamedTuple):
    """Have a model ready, while bars of others go on being composed.

    Attributes:
        model: as `models.registry.spelled` writes it.
        loader: `"package.module:function"`.
        options: what the function is called with.
    """

    model: str
    loader: str
    options: tuple[tuple[str, str], ...] = ()


class Compose(NamedTuple):
    """Compose one bar when no other plays sooner.

    Attributes:
        key: names the bar; the answer bears it.
        request: what to compose.
        state: bytes of the state to go on from; None to begin with the primer.
        primer: notes to have heard, in beats from the primer's start.
        primer_beats: length of the primer; 0 for none.
        deadline: cycle of the session at which the bar plays.
        model: which one composes it; it waits until that is loaded.
    """

    key: str
    request: BarRequest
    state: bytes | None
    primer: tuple[Note, ...]
    primer_beats: Rational
    deadline: float
    model: str = ""


class Hasten(NamedTuple):
    """A bar that waits plays at another time than was said."""

    key: str
    deadline: float


class Withdraw(NamedTuple):
    """Forget a bar if it still waits."""

    key: str


class Ready(NamedTuple):
    """A model is loaded."""

    model: str


class Refused(NamedTuple):
    """A model cannot be loaded, and trying again will not help; the others are unharmed."""

    model: str
    text: str


class Composed(NamedTuple):
    """A bar, the state to go on from, and the seconds it took.

    Attributes:
        surprise: nats an event of it, as the network found it; None where it does not tell.
    """

    key: str
    notes: tuple[Note, ...]
    state: bytes
    seconds: float = 0.0
    surprise: float | None = None


class Faulty(NamedTuple):
    """The model failed at one bar; the others are unharmed."""

    key: str
    text: str


Order = Load | Compose | Hasten | Withdraw
Reply = Ready | Refused | Composed | Faulty


def load_model(loader: str, options: Mapping[str, str] | None = None) -> StreamingModel[Any]:
    """Import and call a loader.

    Args:
        loader: `"package.module:function"`; the function returns the model.
        options: what it is called with: `config` and `checkpoint`, where they were given.

    Raises:
        ModelFileError: no such loader, something it needs is not installed, or its weights are
            not what they should be.
    """
    module, _, function = loader.partition(":")
    try:
        load: Callable[..., StreamingModel[Any]] = getattr(
            importlib.import_module(module), function
        )
        return load(**(options or {}))
    except LivecoderError as error:
        raise ModelFileError(str(error)) from error
    except Exception as error:
        message = f"{loader} does not load ({type(error).__name__}: {error}); see livecoder models"
        raise ModelFileError(message) from error
