"""PolyphonyRNN: several voices in 16ths, bar by bar, for ever."""

from __future__ import annotations

from pathlib import Path

from livecoder.models.bars.polyphony import PolyphonyBars
from livecoder.models.loading import LoadedModel, load_model
from livecoder.models.streaming import EventStream

__all__ = ["PolyphonyRNN", "load", "stream"]

PolyphonyRNN = EventStream[int, tuple[int, int | None], None, tuple[int, ...]]


def load(
    path: str | Path | None = None,
    config: str | None = None,
    checkpoint: str | Path | None = None,
) -> PolyphonyRNN:
    """Return PolyphonyRNN with its weights in place.

    Args:
        path: a weight file of `livecoder train polyphony_rnn`; None for the weights livecoder
            ships.
        config: Magenta's id, `polyphony`.
        checkpoint: Magenta's own file, in place of `path`.

    Raises:
        UnknownNameError: no configuration is called so.
        ModelFileError: the file is missing, damaged or of another network.
    """
    return stream(load_model("polyphony_rnn", checkpoint or path, config))


def stream(loaded: LoadedModel) -> PolyphonyRNN:
    """Return the stream of a network that was loaded."""
    name = f"polyphony_rnn/{loaded.config.id}"
    return EventStream(name, loaded.encoding, loaded.weights, PolyphonyBars())
