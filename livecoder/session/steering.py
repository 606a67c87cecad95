"""How the tempo bends to bring our beat to somebody else's, without a step that could be heard.

Pure. The place in the bar is what is shared, so an error is taken the shorter way round. What is
queued in beats bends along with the tempo.
"""

from __future__ import annotations

import math

__all__ = ["bent", "error_beats"]

# An error is brought down to 1/e of it in this time.
_SECONDS = 0.6
# The most the tempo bends: a semitone on a tape machine is 6%.
_MOST = 0.08
# Closer is close enough: the clocks are not read any better.
_NEAR_NS = 60_000


def error_beats(theirs: float, ours: float, quantum: float) -> float:
    """Return how far we are behind them, in beats, within half a quantum either way.

    >>> error_beats(7.75, 4.0, 4.0), error_beats(9.0, 4.0, 4.0)
    (-0.25, 1.0)
    """
    return math.remainder(theirs - ours, quantum)


def bent(bpm: float, error: float) -> float:
    """Return the tempo to go at for the next moment.

    >>> bent(120.0, 0.0), round(bent(120.0, 0.01), 2), bent(120.0, -2.0)
    (120.0, 121.0, 110.4)

    Args:
        bpm: the tempo of both.
        error: how far we are behind, beats.
    """
    seconds = error * 60.0 / bpm
    if abs(seconds) * 1e9 < _NEAR_NS:
        return bpm
    return bpm * (1.0 + min(max(seconds / _SECONDS, -_MOST), _MOST))
