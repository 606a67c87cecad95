"""Keys that were pressed and let go, as notes with exact times.

Conventions
-----------
Times are exact cycles of the session, on a grid so fine (30720 to a cycle: at 120 beats a minute 65
microseconds) that nothing is heard of it. Onsets come from the time stamps of the messages, not
from when anybody had time to read them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from livecoder.core.rational import Rational, floor

__all__ = ["FINEST", "Hand", "Stroke", "on_grid"]

FINEST = 30_720
"""Steps of a cycle that times lie on."""

_MOST = 20_000
_SHORTEST = Rational(1, 256)
# Longer than anything is held: how far back one that still sounds may have begun.
LONGEST = 16


@dataclass(slots=True)
class Stroke:
    """A key that was pressed.

    Attributes:
        onset: when, cycles.
        sounds: when it is heard where played notes are a pattern: later, by what that takes.
        key: MIDI note number.
        velocity: more than 0.0, to 1.0.
        channel: from 1.
        length: cycles it was held; None while it is.
        heard: cycles it was heard for; None until it was.
    """

    onset: Rational
    sounds: Rational
    key: int
    velocity: float
    channel: int = 1
    length: Rational | None = None
    heard: Rational | None = None


_SOUNDS = attrgetter("sounds")
# A journal has notes in the order they ended: those of one moment have an order of their own.
_ORDER = attrgetter("sounds", "key", "channel", "velocity", "onset")


class Hand:
    """What was played on one port; one thread puts in, any may look.

    Attributes:
        lately: how long the key was held that was let go last.
    """

    def __init__(self) -> None:
        self.lately = Rational(1, 4)
        self._held: dict[tuple[int, int], Stroke] = {}
        # Never changed but at its end, only replaced.
        self._strokes: list[Stroke] = []

    def press(self, stroke: Stroke) -> Stroke | None:
        """Take a key that went down; return the note it ends: the same key's, struck again."""
        ended = self.release(stroke.channel, stroke.key, stroke.onset)
        self._held[stroke.channel, stroke.key] = stroke
        self.put(stroke)
        return ended

    def release(self, channel: int, key: int, at: Rational) -> Stroke | None:
        """Take a key that went up; return its note, None if it was not down."""
        stroke = self._held.pop((channel, key), None)
        if stroke is not None:
            stroke.length = min(max(at - stroke.onset, _SHORTEST), Rational(LONGEST))
            self.lately = stroke.length
        return stroke

    def release_all(self, at: Rational) -> list[Stroke]:
        """Let every key go: its instrument went away, or said so."""
        ended = [self.release(channel, key, at) for channel, key in list(self._held)]
        return [stroke for stroke in ended if stroke is not None]

    def put(self, stroke: Stroke) -> None:
        """Take a note, of now or from a journal."""
        strokes = self._strokes
        if len(strokes) >= _MOST:
            self._strokes = strokes = strokes[_MOST // 2 :]
        insort(strokes, stroke, key=_ORDER)

    def sounding(self, begin: Rational, end: Rational) -> Iterator[Stroke]:
        """Give the notes that begin to be heard in `[begin, end)` cycles, earliest first."""
        strokes = self._strokes
        for stroke in strokes[bisect_left(strokes, begin, key=_SOUNDS) :]:
            if stroke.sounds >= end:
                return
            yield stroke

    def before(self, cycle: Rational) -> list[Stroke]:
        """Return the notes that were heard by a cycle, in the order they were played."""
        strokes = self._strokes
        return sorted(strokes[: bisect_left(strokes, cycle, key=_SOUNDS)], key=attrgetter("onset"))


def on_grid(cycle: Rational) -> Rational:
    """Return the nearest step of the fine grid.

    >>> on_grid(Rational(1, 3) + Rational(1, 10**9))
    mpq(1,3)
    """
    return Rational(floor(cycle * FINEST + Rational(1, 2)), FINEST)
