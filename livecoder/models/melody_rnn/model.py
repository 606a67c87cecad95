"""MelodyRNN as a stream: one melody, composed a bar at a time.

Conventions: a step is a 16th, a quarter of a beat. The network hears bars of sixteen steps, as it
was trained; see `bars.protocol.passed_over` on bars of another length.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livecoder.models.bars.melody import bars_of
from livecoder.models.loading import LoadedModel, load_model
from livecoder.models.streaming import EventStream

__all__ = ["MelodyRNN", "load", "stream"]

MelodyRNN = EventStream[Any, int, str, tuple[()]]


def load(
    path: str | Path | None = None,
    config: str | None = None,
    checkpoint: str | Path | None = None,
) -> MelodyRNN:
    """Return MelodyRNN with its weights in place.

    Args:
        path: a weight file of `livecoder train melody_rnn`; None for the weights livecoder ships.
        config: Magenta's id: `attention_rnn`, `basic_rnn`, `lookback_rnn`, `mono_rnn`; None for
            what the file is, or `attention_rnn`.
        checkpoint: Magenta's own file, in place of `path`.

    Raises:
        UnknownNameError: no configuration is called so.
        ModelFileError: the file is missing, damaged or of another network.
    """
    return stream(load_model("melody_rnn", checkpoint or path, config))


def stream(loaded: LoadedModel) -> MelodyRNN:
    """Return the stream of a network that was loaded."""
    name = f"melody_rnn/{loaded.config.id}"
    return EventStream(name, loaded.encoding, loaded.weights, bars_of(loaded.encoding))
