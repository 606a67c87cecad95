"""DrumsRNN: nine drums in 16ths, bar by bar, for ever."""

from __future__ import annotations

from pathlib import Path

from livecoder.models.bars.drums import DrumBars
from livecoder.models.encodings.drums import HeardDrums
from livecoder.models.loading import LoadedModel, load_model
from livecoder.models.streaming import EventStream

__all__ = ["DrumsRNN", "load", "stream"]

DrumsRNN = EventStream[HeardDrums, frozenset[int], None, tuple[()]]


def load(
    path: str | Path | None = None,
    config: str | None = None,
    checkpoint: str | Path | None = None,
) -> DrumsRNN:
    """Return DrumsRNN with its weights in place; its notes are General MIDI's drums.

    Args:
        path: a weight file of `livecoder train drums_rnn`; None for the weights livecoder ships.
        config: Magenta's id, `drum_kit`.
        checkpoint: Magenta's own file, in place of `path`.

    Raises:
        UnknownNameError: no configuration is called so.
        ModelFileError: the file is missing, damaged or of another network.
    """
    return stream(load_model("drums_rnn", checkpoint or path, config))


def stream(loaded: LoadedModel) -> DrumsRNN:
    """Return the stream of a network that was loaded."""
    name = f"drums_rnn/{loaded.config.id}"
    return EventStream(name, loaded.encoding, loaded.weights, DrumBars())
