"""A bar played in place of another: cut to its length and moved into its key."""

from __future__ import annotations

from collections.abc import Iterable

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest

__all__ = ["fitted"]


def fitted(notes: Iterable[Note], request: BarRequest) -> tuple[Note, ...]:
    """Return notes as they may sound in the bar that was requested.

    >>> from livecoder.core.rational import ONE
    >>> request = BarRequest(bar=0, seed=0, beats=ONE, allowed=frozenset({0}))
    >>> [note.pitch for note in fitted([Note(0 * ONE, ONE, 61.0), Note(ONE, ONE, 60.0)], request)]
    [60.0]

    Args:
        notes: of another bar.
        request: what this bar should have been: its length, and which notes may sound. A note
            that may not becomes the nearest that may, the lower of two.
    """
    return tuple(
        note._replace(
            duration=min(note.duration, request.beats - note.onset),
            pitch=_nearest(note.pitch, request),
        )
        for note in notes
        if note.onset < request.beats
    )


def _nearest(pitch: float, request: BarRequest) -> float:
    if pitch % 1 == 0 and _may_sound(int(pitch), request):
        return pitch
    may = [p for p in range(request.lowest, request.highest + 1) if _may_sound(p, request)]
    return float(min(may, key=lambda other: (abs(other - pitch), other), default=pitch))


def _may_sound(pitch: int, request: BarRequest) -> bool:
    return request.lowest <= pitch <= request.highest and pitch % 12 in request.allowed
