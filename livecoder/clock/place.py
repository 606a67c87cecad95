"""Where the music is in the song: the two are one until somebody goes to another bar.

Conventions
-----------
A **session** only goes forward: its beats and cycles count what has passed since it began, so that
whatever is queued, journalled or remembered keeps its place. The **song** is what a performer, or
the master of a clock, calls by bars, and goes anywhere. A place says which beat of the song a beat
of the session is; it holds until the next. The bars of both begin together.
"""

from __future__ import annotations

from typing import NamedTuple

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import ZERO, Rational, floor

__all__ = ["START", "Place", "place_at"]


class Place(NamedTuple):
    """From a beat of the session on, where the song is.

    Attributes:
        beat: the session's beat from which this holds.
        song: the song's beat there.
        jumped: the session went to `beat` at once, over beats that are never played.
    """

    beat: Rational
    song: Rational
    jumped: bool = False

    def song_at(self, beat: Rational) -> Rational:
        """Return the song's beat at a beat of the session.

        >>> Place(Rational(8), Rational(64)).song_at(Rational(9))
        mpq(65,1)
        """
        return self.song + beat - self.beat

    def bars(self, tempo_map: TempoMap) -> int:
        """Return how many bars the song is ahead of the session.

        >>> Place(Rational(8), Rational(65)).bars(TempoMap())
        14
        """
        song, here = tempo_map.cycle_of_beat(self.song), tempo_map.cycle_of_beat(self.beat)
        return floor(song) - floor(here)


START = Place(ZERO, ZERO)
"""The song as it is until somebody goes elsewhere."""


def place_at(song: Rational, tempo_map: TempoMap, now: Rational) -> Place:
    """Return the place of a beat of the song, on the first bar line at or after a session's beat.

    A beat within a bar is that far behind the bar line, so bars begin together.

    >>> place_at(Rational(17), TempoMap(), Rational(9, 2))
    Place(beat=mpq(9,1), song=mpq(17,1), jumped=False)

    Args:
        song: where to go, beats of the song from 0.
        tempo_map: how long the bars are.
        now: a beat of the session.
    """
    line = -floor(-tempo_map.cycle_of_beat(now))
    into = song - tempo_map.beat_of_cycle(Rational(floor(tempo_map.cycle_of_beat(song))))
    return Place(tempo_map.beat_of_cycle(Rational(line)) + into, song)
