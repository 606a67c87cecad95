"""Music Transformer: an endless piano that looks back on what it played."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livecoder.models.music_transformer.model import MusicTransformer

__all__ = ["load"]


def load(
    path: Path | str | None = None,
    config: str | None = None,
    checkpoint: Path | str | None = None,
) -> MusicTransformer:
    """Return Music Transformer with its weights in place; torch is imported here, not before.

    Args:
        path: a weight file of `livecoder train music_transformer`; None for the weights livecoder
            ships.
        config: there is one, `"music_transformer"`.
        checkpoint: the same as `path`.

    Raises:
        UnknownNameError: there is no such config.
        ModelFileError: the file is missing, truncated, larger than 64 MB, holds numbers that are
            not finite, or is of another network.
    """
    from livecoder.models.music_transformer.model import load as load_now

    return load_now(checkpoint if path is None else path, config)
