"""The models a stream may be opened on: a table of names, read without importing any model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from livecoder.core.errors import UnknownNameError

__all__ = ["MODELS", "ModelSpec", "find"]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model.

    Attributes:
        name: as a performer types it.
        loader: `"package.module:function"`, called in the worker, returns a `StreamingModel`.
        help: one line.
        settings: what of `studio.settings.Settings` it heeds.
    """

    name: str
    loader: str
    help: str
    settings: frozenset[str]


_SPECS = (
    ModelSpec(
        "melody_rnn",
        "livecoder.models.melody_rnn.model:load",
        "a melody that goes on for ever, one voice, sixteenth notes",
        frozenset({"temperature", "key", "seed", "primer", "lowest", "highest"}),
    ),
)

MODELS: Mapping[str, ModelSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})


def find(name: str) -> ModelSpec:
    """Return a model's entry.

    >>> find("melody_rnn").help
    'a melody that goes on for ever, one voice, sixteenth notes'

    Raises:
        UnknownNameError: nobody registered it.
    """
    if name not in MODELS:
        raise UnknownNameError("model", name, MODELS, listing="livecoder models")
    return MODELS[name]
