"""Which bar of a stream goes on from which: the rule that makes a performance play again.

A stream may be asked for any bar, at any time, several times: `late`, `every` and `fast` see to
that. What it answers is a function of one thing only, the order of **first asks**: each is a
window (the cycle the scheduler was asking for) and a bar (the cycle that reached the stream).

The rule
--------
- A bar has the settings in force at the window of its first ask, and a seed made of the session's
  seed, the stream's name, its take, its seed setting and the bar's number.
- It goes on from the bar before it, if that was first asked in a window no later than its own and
  at most 64 cycles earlier; else from the bar that was first asked last, in a window no later
  than its own; else, or after a new primer, from the primer.
- An edit at a boundary forgets every first ask of a window at or after it.
- A bar first asked more than 4096 cycles ago is forgotten: asking for it is a first ask again.

So a bar's **key**, a digest of everything above and of the key of the bar it goes on from, names
its notes. Composing ahead, a worker's death and revoked windows can change when a bar is there,
never what it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from livecoder.core.events import Note
from livecoder.core.rational import Rational
from livecoder.models.ahead import Task
from livecoder.studio.packing import packed, unpacked
from livecoder.studio.requests import content_of, request_of
from livecoder.studio.settings import Settings

__all__ = ["Entry", "Ledger", "Past", "Reach"]


class Reach(NamedTuple):
    """How long things are remembered, in cycles.

    Attributes:
        chain: how much earlier the bar before may have been asked, for a bar to go on from it.
        memory: how long a bar is kept.
        horizon: more than tracks are ever ahead of, or behind, one another.
    """

    chain: int = 64
    memory: int = 4096
    horizon: int = 16


@dataclass(slots=True)
class Entry:
    """A bar that has been asked for.

    Attributes:
        bar: its number.
        window: cycle of the window of its first ask.
        order: counts first asks.
        epoch: which primer it descends from.
        task: how it is composed.
        before: number of the bar that it repeats should it be late; None for silence.
        notes: once they are settled.
    """

    bar: int
    window: Rational
    order: int
    epoch: int
    task: Task
    before: int | None
    notes: tuple[Note, ...] | None = None
    thinned: bool = False

    @property
    def beats(self) -> Rational:
        """Length of the bar."""
        return self.task.request.beats


class Past(NamedTuple):
    """A bar of long ago, which nothing goes on from any more: what it takes to hear it again.

    Attributes:
        bar: its number.
        window: cycle of the window of its first ask; a whole one takes less room as an int.
        beats: its length.
        data: its notes, as `studio.packing` keeps them.
    """

    bar: int
    window: Rational | int
    beats: Rational
    data: bytes | tuple[Note, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """Its notes."""
        return unpacked(self.data)


class _Regime(NamedTuple):
    """What is in force from a cycle on (None: from the start)."""

    at: Rational | None
    settings: Settings
    epoch: int


@dataclass(slots=True)
class Ledger:
    """The first asks of one stream, and what was in force when.

    Attributes:
        name: of the stream; no other of the session has it.
        model: name of the model.
        session_seed: of the session.
        reach: how long things are remembered.
        entries: bars by number, but those of long ago.
        past: bars of long ago, by number, in the order they became so.
    """

    name: str
    model: str
    session_seed: int
    opening: Settings
    reach: Reach = field(default_factory=Reach)
    entries: dict[int, Entry] = field(default_factory=dict)
    past: dict[int, Past] = field(default_factory=dict)
    _regimes: list[_Regime] = field(default_factory=list)
    _asked: int = 0
    _epochs: int = 0

    def __post_init__(self) -> None:
        self._regimes.append(_Regime(None, self.opening, 0))

    # Settings

    def in_force(self, window: Rational) -> Settings:
        """Return the settings that hold at a cycle."""
        return self._regime(window).settings

    def retune(self, at: Rational, settings: Settings, *, restart: bool = False) -> None:
        """Let other settings hold from a cycle on, instead of all said about later cycles.

        A primer other than the one before starts the stream anew from it; so does `restart`.
        """
        self._regimes = [r for r in self._regimes if r.at is None or r.at < at]
        last = self._regimes[-1]
        epoch = last.epoch
        if restart or settings.primer != last.settings.primer:
            self._epochs += 1
            epoch = self._epochs
        self._regimes.append(_Regime(at, settings, epoch))

    def _regime(self, window: Rational) -> _Regime:
        return next(r for r in reversed(self._regimes) if r.at is None or r.at <= window)

    # Asks

    def find(self, bar: int, window: Rational) -> Entry | Past | None:
        """Return a bar that has been asked for, if a window that asks again still knows it."""
        entry = self.known(bar)
        old = window - self.reach.memory
        return None if entry is None or entry.window < old else entry

    def known(self, bar: int) -> Entry | Past | None:
        """Return a bar that has been asked for, however long ago, if it is still kept."""
        return self.entries.get(bar) or self.past.get(bar)

    def ask(self, bar: int, window: Rational, beats: Rational) -> Entry:
        """Settle what a bar is that is asked for the first time.

        Args:
            bar: its number; one that `find` does not find.
            window: cycle of the window that asks.
            beats: length of a bar.
        """
        regime = self._regime(window)
        earlier = [other for other in self.entries.values() if other.window <= window]
        before = self._before(bar, window, earlier)
        parent = self._before(bar, window, [e for e in earlier if e.epoch == regime.epoch])
        task = self._task(bar, regime, beats, None if parent is None else parent.task.key)
        self._asked += 1
        number = None if before is None else before.bar
        entry = Entry(bar, window, self._asked, regime.epoch, task, number)
        self.past.pop(bar, None)
        self.entries[bar] = entry
        return entry

    def foresee(self, entry: Entry, bars: int, beats: Rational) -> list[Task]:
        """Return the bars that follow, as they will be if nothing changes and each is asked for.

        Args:
            entry: a bar that was asked for.
            bars: how many.
            beats: length of a bar.
        """
        tasks: list[Task] = []
        key, epoch = entry.task.key, entry.epoch
        for ahead in range(1, bars + 1):
            bar = entry.bar + ahead
            if self.known(bar) is not None:
                break
            regime = self._regime(entry.window + ahead)
            try:
                task = self._task(bar, regime, beats, key if regime.epoch == epoch else None)
            except Exception:
                break  # A performer's pattern that fails there fails when that bar is asked for.
            key, epoch = task.key, regime.epoch
            tasks.append(task)
        return tasks

    def another_take(self, entry: Entry) -> Task:
        """Return the bar that will be in an entry's place if its take is asked for again."""
        regime = self._regime(entry.window)
        settings = replace(regime.settings, take=regime.settings.take + 1)
        regime = regime._replace(settings=settings)
        return self._task(entry.bar, regime, entry.beats, entry.task.parent)

    def opening_task(self, bar: int, window: Rational, beats: Rational) -> Task:
        """Return how a bar is composed if it is the first that is asked for."""
        return self._task(bar, self._regime(window), beats, None)

    def withdraw(self, at: Rational) -> list[Entry]:
        """Forget the first asks of windows from `at` on; returns them."""
        gone = [entry for entry in self.entries.values() if entry.window >= at]
        for entry in gone:
            del self.entries[entry.bar]
        return gone

    def prune(self, window: Rational) -> tuple[list[Entry], list[Entry]]:
        """Forget what no ask from now on can need.

        Returns:
            Bars whose state nothing goes on from any more, and bars that need not be kept elsewhere
            as all there is to them is here, or that are forgotten altogether.
        """
        reach = self.reach
        # The last bar that no edit can take back, and all after it, may always be gone on from.
        settled = [e for e in self.entries.values() if e.window < window - reach.horizon]
        if not settled:
            return [], []
        last = max(settled, key=_asked_when)
        old, forgotten = (window - length - reach.horizon for length in (reach.chain, reach.memory))
        gone = [e for e in settled if e.thinned and e.window < forgotten]
        thin: list[Entry] = []
        for entry in settled:
            if entry is last or entry.window >= old:
                continue
            if entry.notes is not None:
                asked = int(entry.window) if entry.window.denominator == 1 else entry.window
                beats = last.beats if last.beats == entry.beats else entry.beats
                self.past[entry.bar] = Past(entry.bar, asked, beats, packed(entry.notes))
                gone.append(entry)
            elif not entry.thinned:
                entry.thinned = True
                thin.append(entry)
        for entry in gone:
            self.entries.pop(entry.bar, None)
        while self.past and (first := next(iter(self.past.values()))).window < forgotten:
            del self.past[first.bar]
        return thin, gone

    def _before(self, bar: int, window: Rational, earlier: list[Entry]) -> Entry | None:
        for entry in earlier:
            if entry.bar == bar - 1 and entry.window >= window - self.reach.chain:
                return entry
        return max(earlier, key=_asked_when, default=None)

    def _task(self, bar: int, regime: _Regime, beats: Rational, parent: str | None) -> Task:
        settings = regime.settings
        name = (self.session_seed, self.name, settings.take, settings.seed, bar)
        seed = int(_digest(name, size=8), 16) >> 1
        request = request_of(settings, bar=bar, seed=seed, beats=beats)
        primer, length = settings.primer_in_beats(beats) if parent is None else ((), beats * 0)
        key = _digest(
            (self.model, parent, primer, length, *content_of(request)),
            size=16,
        )
        return Task(key, self.model, request, parent, primer, length)


def _asked_when(entry: Entry) -> tuple[Rational, int]:
    return entry.window, entry.order


def _digest(parts: tuple[object, ...], *, size: int) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=size).hexdigest()
