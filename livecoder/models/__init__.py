"""Streaming models: networks that compose one bar at a time, in worker processes.

`load_model` returns any of the note-by-note networks, to be asked for its logits; torch is loaded
when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livecoder.models.loading import LoadedModel, load_model

__all__ = ["LoadedModel", "load_model"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from livecoder.models import loading

        return getattr(loading, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
