"""What the stage is set to at one moment: everything an undo puts back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livecoder.core.rational import Rational
from livecoder.patterns.pattern import Pattern
from livecoder.session.networks import Mark
from livecoder.session.timing import TimingState
from livecoder.session.tracks import TrackState
from livecoder.theory.scales import Key

__all__ = ["Scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    """All settings of a stage; two that are equal sound the same from then on.

    Attributes:
        tracks: what each track plays, and how it is mixed.
        past: each track's earlier patterns, oldest first.
        frozen: what a frozen track goes on with when it is thawed.
        since: the cycle from which each track plays what it plays.
        key: of the networks, or None.
        timing: tempo, meter, quantum and the place in the song.
        nudge_ms: of everything, later if positive.
        networks: the settings and generations of every stream.
    """

    tracks: Mapping[str, TrackState]
    past: Mapping[str, tuple[Pattern | None, ...]]
    frozen: Mapping[str, Pattern | None]
    since: Mapping[str, Rational]
    key: Key | None
    timing: TimingState
    nudge_ms: float
    networks: Mark
