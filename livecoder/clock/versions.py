"""What one track plays from when on: its versions, and how far it has been asked.

Conventions
-----------
Cycles are exact. A plan belongs to one thread, the scheduler's, and knows neither time nor outputs:
it only says which source answers which window, so every rule of editing can be tested by itself.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from livecoder.core.protocols import Source
from livecoder.core.rational import ZERO, Rational, floor

__all__ = ["Plan", "Version", "Window"]

_WINDOWS_PER_CYCLE = 4
_REMEMBERED = 8
_RETIRED = 16


class Version(NamedTuple):
    """A source and the cycle it begins on.

    Attributes:
        begin: first cycle it answers for.
        generation: counts the edits of the track.
        source: what to ask; None for silence.
    """

    begin: Rational
    generation: int
    source: Source | None


class Window(NamedTuple):
    """A stretch of one version, `[begin, end)` cycles."""

    begin: Rational
    end: Rational
    version: Version


@dataclass(slots=True)
class Plan:
    """The versions of a track, and where asking goes on.

    Attributes:
        track: its name.
        order: breaks ties between tracks that are equally far: the first that was set goes first.
        cursor: first cycle that has not been asked for.
        heard_from: events before this cycle are asked for but not sent: an edit that came too late
            to change what has sounded there already.
        generation: how often it has been edited.
        waiting: it is waiting for a network, until the next tick.
        versions: earliest first; empty only before the first edit.
    """

    track: str
    order: int
    cursor: Rational
    heard_from: Rational = ZERO
    generation: int = 0
    waiting: bool = False
    versions: list[Version] = field(default_factory=list)
    # Sources that played a window without fault, oldest first: what a failing one gives way to.
    _good: deque[Source | None] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    # The source that was last found to read live input.
    _live: Source | None = None

    def edit(self, source: Source | None, at: Rational) -> None:
        """Let the track be another from `at` on, and ask again from there."""
        if self.retired:
            self.cursor = at
        self.generation += 1
        made = Version(at, self.generation, source)
        self.versions = [*(held for held in self.versions if held.begin < at), made]
        self.rewind(at)

    def rewind(self, at: Rational) -> None:
        """Ask again from `at` on, where it has been asked for already."""
        self.cursor = min(self.cursor, max(at, self.versions[0].begin))
        self.waiting = False

    def renew(self, at: Rational) -> None:
        """Count an edit of the whole track at `at` that leaves its versions as they are."""
        self.generation += 1
        self.versions = [
            held._replace(generation=self.generation) if held.begin >= at else held
            for held in self.versions
        ]
        inside = self._index(at)
        if self.versions[inside].begin < at:
            again = self.versions[inside]._replace(begin=at, generation=self.generation)
            self.versions.insert(inside + 1, again)
        self.rewind(at)

    def next_window(self, limit: Rational) -> Window:
        """Return what to ask next: cut at quarter cycles, at versions, and at `limit`."""
        index = self._index(self.cursor)
        quarter = Rational(floor(self.cursor * _WINDOWS_PER_CYCLE) + 1, _WINDOWS_PER_CYCLE)
        end = min(quarter, limit)
        if index + 1 < len(self.versions):
            end = min(end, self.versions[index + 1].begin)
        if self.cursor < self.heard_from < end:
            end = self.heard_from
        return Window(self.cursor, end, self.versions[index])

    def played(self, window: Window) -> None:
        """Go on after a window that was answered."""
        self.cursor = window.end
        source = window.version.source
        if not self._good or self._good[-1] is not source:
            self._good.append(source)

    def failed(self, window: Window) -> None:
        """Put the last good source back from the window's begin: silence, if there is none.

        The version that failed is never asked again; one that begins later still does.
        """
        bad = window.version.source
        kept = [source for source in self._good if source is not bad]
        self._good = deque(kept, maxlen=_REMEMBERED)
        self.generation += 1
        instead = Version(window.begin, self.generation, kept[-1] if kept else None)
        before = [v for v in self.versions if v.begin < window.begin]
        after = [v for v in self.versions if v.begin > window.begin]
        self.versions = [*before, instead, *after]

    def forget_before(self, cycle: Rational) -> None:
        """Drop versions that ended by a cycle: nobody can go back there."""
        while len(self.versions) > 1 and self.versions[1].begin <= min(cycle, self.cursor):
            del self.versions[0]

    @property
    def retired(self) -> bool:
        """Whether it has been silent for so long that nobody needs to hear so any more."""
        if len(self.versions) != 1 or self.versions[0].source is not None:
            return not self.versions
        return self.cursor > self.versions[0].begin + _RETIRED

    @property
    def live(self) -> bool:
        """Whether what is to be asked next reads live input, so that it is asked late."""
        return (
            self._live is not None and self.versions[self._index(self.cursor)].source is self._live
        )

    def found_live(self) -> None:
        """Learn that what was just asked reads live input."""
        self._live = self.versions[self._index(self.cursor)].source

    def sounds_between(self, begin: Rational, end: Rational) -> bool:
        """Whether any of `[begin, end)` that has been asked for already had something to play."""
        stop = min(end, self.cursor)
        if begin >= stop:
            return False
        first = self._index(begin)
        return any(v.source is not None for v in self.versions[first:] if v.begin < stop)

    def _index(self, cycle: Rational) -> int:
        index = 0
        while index + 1 < len(self.versions) and self.versions[index + 1].begin <= cycle:
            index += 1
        return index
