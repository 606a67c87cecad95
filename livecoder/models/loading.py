"""Loads any note-by-note network: what livecoder ships, or a file somebody has.

`load_model` reads the file, gives its tensors their own names whatever they were called, holds
them against what the configuration hears and answers, and lays them out for a performance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError, RangeError
from livecoder.models.catalogue import CONFIGS, Config, configs_of, find_config
from livecoder.models.containers.reading import FIX, Found, read
from livecoder.models.encodings.protocol import Encoding
from livecoder.models.lstm.names import canonical
from livecoder.models.lstm.shape import StackShape, attention_in
from livecoder.models.lstm.state import StackState
from livecoder.models.lstm.step import StackWeights, Stepper

__all__ = ["LoadedModel", "load_model"]

_WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """A network with its weights in place.

    Attributes:
        config: which it is.
        encoding: what it hears, and what its classes stand for.
        weights: laid out for a performance.
        tensors: the same, as they came, under the names of `lstm.shape`.
    """

    config: Config
    encoding: Encoding[Any, Any, Any]
    weights: StackWeights
    tensors: Mapping[str, NDArray[Any]]

    @property
    def shape(self) -> StackShape:
        """How large the network is."""
        return self.weights.shape

    def silent(self) -> StackState:
        """Return the state of a network that has heard nothing."""
        return StackState.silent(self.shape)

    def stepper(self, state: StackState, steps: int) -> Stepper:
        """Return a stream that goes on from `state`, with room for `steps` events."""
        return Stepper(self.weights, state, steps)

    def logits(
        self,
        events: Iterable[Any],
        chords: Sequence[str] | None = None,
        controls: Sequence[Any] | None = None,
    ) -> NDArray[np.float32]:
        """Return the logits of what follows each event, from silence.

        They are reckoned in float64: attention amplifies the last digits of float32.

        Args:
            events: `T` of them, in the encoding's terms: melody integers, lists of drums' MIDI
                pitches, `(type, value)`.
            chords: figures, one more than events, for a network that hears chords: the second
                goes with the first event, and tells of what follows it.
            controls: one tuple per step, one more than events, for a network that has controls.

        Returns:
            Float32, `[T, C]`; row `t` after events 0 to `t`.

        Raises:
            RangeError: an event the network does not know, or not one chord, one control more
                than there are events, or one that it cannot hear.
            NotationError, UnknownNameError: a chord cannot be read.
        """
        events = [tuple(e) if isinstance(e, list) else e for e in events]
        asked = self._asked(len(events), chords, controls)
        rows = np.zeros((len(events), self.encoding.classes), np.float32)
        heard = self.encoding.begin()
        weights = StackWeights.folded(self.shape, self.tensors, np.float64)
        stepper = Stepper(weights, self.silent(), len(events))
        for row, event, control in zip(rows, events, asked, strict=True):
            self.encoding.class_of(heard, event)
            heard = self.encoding.then(heard, event)
            row[:] = stepper.step(self.encoding.active(heard, control))
        return rows

    def _asked(
        self, events: int, chords: Sequence[str] | None, controls: Sequence[Any] | None
    ) -> Sequence[Any]:
        """Return what is asked of the event after each; one fewer than was given."""
        for what, given in (("chords", chords), ("controls", controls)):
            wanted = events + 1 if self.config.asked == what else 0
            if (given is not None or wanted) and len(given or ()) != wanted:
                allowed = f"{wanted} (one more than events)" if wanted else "left out"
                fix = f"{self.config.id} has no {what}" if not wanted else f"give {wanted} {what}"
                raise RangeError(what, f"{len(given or ())} {what}", allowed, fix=fix)
        asked = chords if self.config.asked == "chords" else controls
        return (asked or [None] * (events + 1))[1:]


def load_model(
    name: str, checkpoint: str | Path | None = None, config: str | None = None
) -> LoadedModel:
    """Return a network with its weights in place.

    >>> load_model("melody_rnn").logits([60, -2, 64, -2]).shape
    (4, 40)

    Args:
        name: as at the prompt: `melody_rnn`, `drums_rnn`, `improv_rnn`, `polyphony_rnn`,
            `performance_rnn`.
        checkpoint: Magenta's own file (a `.mag` bundle, a TensorFlow checkpoint, a Magenta.js
            folder) or safetensors of `livecoder train`; None for what livecoder ships.
        config: Magenta's id: `attention_rnn`; None for what the file says it is, or what its
            shape shows, or the usual one.

    Raises:
        UnknownNameError: no model or configuration is called so.
        ModelFileError: the file is missing, damaged, or of another network.
    """
    chosen = None if config is None else find_config(name, config)
    configs_of(name)
    if checkpoint is None:
        return _built(*_shipped(chosen or configs_of(name)[0]))
    found = read(checkpoint)
    try:
        chosen = _agreed(name, chosen, found)
        return _built(*_fitting(name, chosen, found))
    except ModelFileError as problem:
        message = f"{checkpoint} is no file livecoder can use: {problem}; {FIX}"
        raise ModelFileError(message) from None


def _built(config: Config, shape: StackShape, tensors: dict[str, NDArray[Any]]) -> LoadedModel:
    return LoadedModel(config, config.encoding(), StackWeights.folded(shape, tensors), tensors)


def _shipped(config: Config) -> tuple[Config, StackShape, dict[str, NDArray[Any]]]:
    """Return the weights livecoder ships, held against their configuration."""
    path = None if config.weights is None else _WEIGHTS / f"{config.weights}.safetensors"
    if path is None or not path.exists():
        message = f"livecoder ships no weights of {config.model}(config={config.id!r}); "
        message += "give a file of Magenta's or one that `livecoder train` wrote: "
        message += f"{config.model}(config={config.id!r}, checkpoint='FILE')"
        raise ModelFileError(message)
    try:
        return _fitting(config.model, config, read(path))
    except ModelFileError as problem:
        message = f"the weights of {config.model} are damaged ({problem}); install livecoder again"
        raise ModelFileError(message) from problem


def _agreed(name: str, chosen: Config | None, found: Found) -> Config | None:
    """Return the configuration that both the performer and the file mean."""
    said = found.model_id
    if not said:
        return chosen
    theirs = {config.model: config for config in CONFIGS.values() if config.id == said}
    if chosen is not None and said == chosen.id:
        return chosen
    if chosen is None and name in theirs:
        return theirs[name]
    whose = " or ".join(sorted(theirs)) or "no model livecoder knows"
    wanted = name if chosen is None else f"{name}(config={chosen.id!r})"
    message = f"it says that it is {said!r} of {whose}, {wanted} is wanted"
    raise ModelFileError(message)


def _fitting(
    name: str, chosen: Config | None, found: Found
) -> tuple[Config, StackShape, dict[str, NDArray[Any]]]:
    """Return a configuration that the file's tensors fit, their shape, and the tensors."""
    tensors, around = canonical(found.tensors)
    said, said_around = attention_in(found.metadata)
    around = said_around if said else around
    size = StackShape.of(tensors, length=1, around=around)
    candidates = (chosen,) if chosen is not None else configs_of(name)
    for config in candidates:
        encoding = config.encoding()
        if (size.inputs, size.classes) == (encoding.inputs, encoding.classes):
            length = found.length or said or config.attention
            return config, StackShape.of(tensors, length=length, around=around), tensors
    wanted = " or ".join(
        f"{config.encoding().inputs} and {config.encoding().classes} ({config.id})"
        for config in candidates
    )
    message = f"it reads {size.inputs} numbers and answers with {size.classes} classes; "
    raise ModelFileError(f"{message}wanted: {wanted}")
