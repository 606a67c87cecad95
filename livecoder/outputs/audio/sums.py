"""pyo's `Mixer` used for hours: connecting, disconnecting and moving levels without a leak.

pyo 1.1.0 keeps a reference too many of what `addInput` and `setAmp` make: half a kilobyte a note.
So an input is added once; from then on it is taken out of the mixer's table of inputs, which is
all that is computed, and put back, while its levels stay; and a level is put into the mixer's own
list of them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["connect", "disconnect", "set_level"]


def connect(mixer: Any, key: str, source: Any) -> None:
    """Let a mixer hear a source: silent the first time, from then on at its last level.

    Args:
        mixer: a `pyo.Mixer`.
        key: names the source in the mixer; always the same source.
        source: a pyo object.
    """
    if key not in mixer._inputs:
        mixer.addInput(key, source)
        return
    for player in mixer._base_players:
        player.inputs[key] = source.getBaseObjects()[0]


def disconnect(mixer: Any, key: str) -> None:
    """Let a mixer hear a source no more; it costs nothing until it is connected again."""
    for player in mixer._base_players:
        player.inputs.pop(key, None)


def set_level(mixer: Any, key: str, out: int, level: float) -> None:
    """Move a source's level in one output of a mixer, linear, within the mixer's ramp.

    One that was never connected has none, as in `Mixer.setAmp`.
    """
    for player in mixer._base_players:
        if (levels := player.gains.get(key)) is not None:
            levels[out] = float(level)
