"""ImprovRNN: a melody over the chords it is given, bar by bar, for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livecoder.models.bars.melody import bars_of
from livecoder.models.loading import LoadedModel, load_model
from livecoder.models.streaming import EventStream

__all__ = ["ImprovRNN", "load", "stream"]

ImprovRNN = EventStream[Any, int, str, tuple[()]]


def load(
    path: str | Path | None = None,
    config: str | None = None,
    checkpoint: str | Path | None = None,
) -> ImprovRNN:
    """Return ImprovRNN with its weights in place; it hears the chords of a bar's request.

    Args:
        path: a weight file of `livecoder train improv_rnn`; None for the weights livecoder ships.
        config: Magenta's id: `chord_pitches_improv`, which hears any chord, `basic_improv` or
            `attention_improv`, which hear triads.
        checkpoint: Magenta's own file, in place of `path`.

    Raises:
        UnknownNameError: no configuration is called so.
        ModelFileError: the file is missing, damaged or of another network.
    """
    return stream(load_model("improv_rnn", checkpoint or path, config))


def stream(loaded: LoadedModel) -> ImprovRNN:
    """Return the stream of a network that was loaded."""
    name = f"improv_rnn/{loaded.config.id}"
    return EventStream(name, loaded.encoding, loaded.weights, bars_of(loaded.encoding))
