"""What the audio engine takes: notes and mixer moves at seconds of its own stream.

Beats were left behind in `clock`: whoever plays (the audio process, a render) has turned them
into seconds before it comes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["TimedMix", "TimedNote"]


class TimedNote(NamedTuple):
    """One note to sound.

    Attributes:
        at: onset, seconds from the start of the stream; it starts at frame `round(at * rate)`.
        lasts: how long it is held, seconds; its release follows.
        track: whose strip of the mixer it goes through.
        controls: as in `core.events.Event`.
    """

    at: float
    lasts: float
    track: str
    controls: Mapping[str, Any]


class TimedMix(NamedTuple):
    """A change of a track's strip.

    Attributes:
        at: when it starts to move there, seconds from the start of the stream.
        track: name of the track.
        settings: as in `core.events.Mix`.
    """

    at: float
    track: str
    settings: Mapping[str, float]
