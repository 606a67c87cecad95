"""The words that open networks, one for each model of the registry: `melody_rnn()` and the like.

None is written by hand: what a word takes, what help says of it and what completion offers are
read from `models.registry` and `studio.handles`.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from livecoder.core.errors import PatternError, UnknownNameError
from livecoder.models.registry import MODELS, ModelSpec
from livecoder.session.networks import Networks
from livecoder.studio.handles import HANDLES
from livecoder.studio.stream import Stream

__all__ = ["NetworkWord", "network_words"]

_WIDTH = 88
_BUILT = ("config", "checkpoint")


class NetworkWord:
    """What a performer types to open a network; it is called like a function.

    Attributes:
        spec: the model's entry in the registry.
        example: a line to type.
    """

    def __init__(self, spec: ModelSpec, open_: Callable[..., Stream]) -> None:
        """Speak for a model.

        Args:
            spec: its entry.
            open_: opens it: called with the model's name and what was given.
        """
        self.spec = spec
        self.example = spec.example
        self._open = open_
        self.__name__ = self.__qualname__ = spec.name
        self.__doc__ = _text(spec)
        self.__signature__ = _signature(spec)

    def __call__(self, *args: Any, **given: Any) -> Stream:
        """Open a network."""
        taken = self.__signature__.parameters
        if len(args) > 1:
            message = f"{self.spec.name} takes names for all but the temperature: {self.example}"
            raise PatternError(message)
        for name in given:
            if name not in taken and name not in HANDLES:
                what = f"setting of {self.spec.name}"
                raise UnknownNameError(what, name, taken, listing=f"help({self.spec.name})")
        # One that others heed is refused there, by name.
        return self._open(self.spec.name, **{**dict(zip(taken, args, strict=False)), **given})

    def __repr__(self) -> str:
        return f"{self.spec.name}: {self.spec.help}; try {self.spec.example}"


def network_words(networks: Networks) -> dict[str, NetworkWord]:
    """Return the word of every model."""
    return {name: NetworkWord(spec, networks.open) for name, spec in MODELS.items()}


def _signature(spec: ModelSpec) -> inspect.Signature:
    given: dict[str, Any] = {"temperature": 1.0, "seed": 0}
    given |= {"lowest": spec.lowest, "highest": spec.highest, "strong": False}
    names = [name for name in HANDLES if name in spec.settings]
    names += _BUILT if spec.configs else _BUILT[1:]
    plain, named = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter(name, plain if name == "temperature" else named, default=given.get(name))
        for name in names
    ]
    return inspect.Signature(parameters)


def _text(spec: ModelSpec) -> str:
    """Return what help says, in the form of a docstring."""
    said = {name: handle.meaning for name, handle in HANDLES.items() if name in spec.settings}
    if spec.configs:
        ours = ", ".join(spec.shipped)
        said["config"] = f"how it is built: {', '.join(spec.configs)}; weights are here for {ours}."
    said["checkpoint"] = (
        "weights of Magenta's in place of ours: the path of a .mag bundle, a TensorFlow checkpoint "
        "or a magenta.js folder."
    )
    lines = [
        line
        for name, meaning in said.items()
        for line in textwrap.wrap(
            f"{name}: {meaning}", _WIDTH, initial_indent="    ", subsequent_indent="        "
        )
    ]
    first = spec.says
    about = f"`{spec.example}` goes on for ever, and is a pattern like any other."
    return "\n".join([first, "", about, "", "Args:", *lines, ""])
