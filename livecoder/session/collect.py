"""What an offline performance wrote down: notes in beats, mixer moves, tempo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from livecoder.core.events import Event, Mix, Order, Revoke, Schedule
from livecoder.core.rational import Rational

__all__ = ["Collected"]


@dataclass
class Collected:
    """An `Output` that keeps everything, for renders and for tests.

    Attributes:
        beat: tells at which beat a mixer move is made.
        tracks: events by track, earliest first.
        mixes: mixer moves with their beats.
    """

    beat: Callable[[], Rational]
    tracks: dict[str, list[Event]] = field(default_factory=dict)
    mixes: list[tuple[Rational, Mix]] = field(default_factory=list)

    def send(self, order: Order) -> None:
        """See `core.protocols.Output`."""
        match order:
            case Schedule(track, _, _, _, events):
                self.tracks.setdefault(track, []).extend(events)
            case Revoke(track, beat):
                kept = [event for event in self.tracks.get(track, ()) if event.beat < beat]
                self.tracks[track] = kept
            case Mix():
                self.mixes.append((self.beat(), order))
