"""Streaming models: networks that compose one bar at a time, in worker processes.

`load_model` returns any of the note-by-note networks, to be asked for its logits. Importing this
loads no torch; that comes with the first network.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Network", "load_model"]


class Network(Protocol):
    """A network with its weights in place."""

    def logits(
        self,
        events: Sequence[Any],
        chords: Sequence[str] | None = None,
        controls: Sequence[Any] | None = None,
    ) -> NDArray[np.float32]:
        """Return the logits of what follows each event, from silence.

        Args:
            events: `T` of them, in note-seq's terms: melody integers with -2 (nothing) and -1 (the
                note ends), lists of drums' MIDI pitches, `(type, value)`.
            chords: figures, one more than events, for a network that hears chords: the second
                goes with the first event, and tells of what follows it.
            controls: one tuple per step, one more than events, for a network that has controls.

        Returns:
            Float32, `[T, C]`; row `t` after events 0 to `t` were fed.

        Raises:
            RangeError: an event the network does not know, or not one chord, one control more
                than there are events, or one that it cannot hear.
            NotationError, UnknownNameError: a chord cannot be read.
        """


def load_model(
    name: str, checkpoint: str | Path | None = None, config: str | None = None
) -> Network:
    """Return a network with its weights in place.

    >>> load_model("melody_rnn").logits([60, -2, 64, -2]).shape
    (4, 40)

    Args:
        name: as at the prompt: `melody_rnn`, `drums_rnn`, `improv_rnn`, `polyphony_rnn`,
            `performance_rnn`, `music_transformer`.
        checkpoint: Magenta's own file (a `.mag` bundle, a TensorFlow checkpoint, a Magenta.js
            folder) or safetensors of `livecoder train`; None for what livecoder ships.
        config: Magenta's id: `attention_rnn`; None for what the file says it is, or what its
            shape shows, or the usual one.

    Raises:
        UnknownNameError: no model or configuration is called so.
        ModelFileError: the file is missing, damaged, or of another network.
    """
    if name == "music_transformer":
        from livecoder.models import music_transformer

        return music_transformer.load(checkpoint=checkpoint, config=config)
    from livecoder.models import loading

    return loading.load_model(name, checkpoint, config)
