"""Asking: every track's plan, window by window, and the edits that change the plans.

All of this happens in one thread. Edits come from any thread, on a queue that is emptied between
two windows: so no lock is held during a query, and no window overtakes the edit that replaces it.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from livecoder.clock.guard import Guard, RunawayError, SupersededError
from livecoder.clock.query import EventOf, NotComposedError, events_in, wait_for
from livecoder.clock.tempo import TempoMap
from livecoder.clock.transport import Transport
from livecoder.clock.versions import Plan, Window
from livecoder.core.errors import DeviceError, NotReadyError, TooEarlyError
from livecoder.core.events import Event, Revoke, Schedule
from livecoder.core.haps import Span
from livecoder.core.protocols import Output, Source
from livecoder.core.rational import ZERO, Rational, floor

__all__ = ["Asking", "Edit", "Move", "Renewal", "Statistics", "ceil_to_grid"]

# Cuts that follow from "now" lie on this grid: 960 to a cycle keeps fractions small.
_GRID = 960
# Turns come this often: what a live track is asked for in each, beyond the lookahead.
_TURN_NS = 20_000_000
# Windows farther ahead than this are handed over together, when all are asked; nearer ones at once,
# as the next query may take as long as the guard lets it.
_FAR_NS = 2_000_000_000
# How far behind the music a track is still asked for what it missed, in cycles.
_BEHIND = 8
_MOST_NETWORKS = 64


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the scheduler has done.

    Attributes:
        windows: windows answered.
        events: events sent.
        late: of them, sent when their window had begun to sound; the output decides what to do.
        lost: events of edits that came too late to be heard, and windows that were skipped.
        overruns: queries that did not come back.
    """

    windows: int = 0
    events: int = 0
    late: int = 0
    lost: int = 0
    overruns: int = 0


class Edit(NamedTuple):
    """Let a track play a source (None: nothing) from a cycle on."""

    track: str
    source: Source | None
    at: Rational


class Renewal(NamedTuple):
    """Ask for a track, or all (None), again from a cycle on."""

    track: str | None
    at: Rational


class Move(NamedTuple):
    """From a cycle on, let the song be so many bars ahead of the session."""

    bars: int
    at: Rational


class _Overrun(NamedTuple):
    plan: Plan
    window: Window


class Asking:
    """The plans of all tracks. Only `edits` may be touched from another thread.

    Attributes:
        edits: to be applied before the next window, oldest first.
        statistics: what was done so far.
    """

    def __init__(
        self,
        transport: Transport,
        output: Output,
        event_of: EventOf,
        guard: Guard,
        *,
        lookahead_ns: int,
        on_window: Callable[[Rational], None],
        on_problem: Callable[[str, Exception], None],
    ) -> None:
        """Begin without a track; see `Scheduler` for the arguments."""
        self.edits: deque[Edit | Move | Renewal | _Overrun] = deque()
        self.statistics = Statistics()
        self._transport, self._output, self._event_of = transport, output, event_of
        self._guard, self._lookahead = guard, lookahead_ns
        # An edit takes a moment to get here; nearer than this, outputs have taken what was queued
        # into buffers that nothing can be revoked from: audio some 75 ms ahead.
        self._taken = lookahead_ns * 2 // 3
        self._on_window, self._on_problem = on_window, on_problem
        self._plans: dict[str, Plan] = {}
        self._asked: tuple[Plan, Window] | None = None
        self._held: list[Schedule] = []
        # Never changed, only replaced: any thread may ask `ahead`.
        self._moves: tuple[Move, ...] = ()

    def advance(self, limit: Rational, *, cut: bool) -> None:
        """Ask for everything before a cycle, the track that is least far first.

        Args:
            limit: every track is asked up to here at least, unless it waits for a network.
            cut: cut windows at the limit as well.

        Raises:
            DeviceError: offline, a network did not compose a bar in a minute.
        """
        here = self._transport.cycle_in(0)
        for plan in self._plans.values():
            plan.waiting = False
            plan.forget_before(here - 1)
        while True:
            self._apply_edits(here)
            self._transport.alive()
            plans = self._plans.values()
            open_ = (p for p in plans if not p.waiting and not p.retired)
            due = (p for p in open_ if p.cursor < self._reach(p, limit))
            first = min(due, key=lambda p: (p.cursor, p.order), default=None)
            if first is None:
                self._hand_over()
                return
            reach = self._reach(first, limit if cut else first.cursor + 1)
            self._ask(first, first.next_window(reach))

    @property
    def restless(self) -> bool:
        """Whether a track waits for a network, or reads live input, and is to be asked soon."""
        return any(plan.waiting or plan.live for plan in self._plans.values())

    def take_over(self, at: Rational) -> None:
        """Revoke what outputs hold from a cycle on, and ask for it anew as set so far."""
        while self.edits:
            self._apply(self.edits.popleft(), announce=False)
        for plan in self._plans.values():
            plan.renew(at)
            plan.cursor = plan.heard_from = max(at, plan.versions[0].begin)
            self._revoke(plan, at)

    def ahead(self, cycle: Rational) -> int:
        """Return how many bars the song is ahead of the session at a cycle."""
        return next((move.bars for move in reversed(self._moves) if move.at <= cycle), 0)

    def leave(self) -> None:
        """Have the query that runs now counted as failed; for the guard, from its thread."""
        if self._asked is not None:
            self.edits.append(_Overrun(*self._asked))

    def report(self, track: str, error: Exception) -> None:
        """Tell a problem; that it cannot be told is no reason to stop."""
        with contextlib.suppress(Exception):
            self._on_problem(track, error)

    # Windows

    def _ask(self, plan: Plan, window: Window) -> None:
        tempo = self._transport.tempo_map
        try:
            events = self._answer(plan, window, tempo)
        except NotReadyError as error:
            # One that turns out to be live is asked again at once, for less.
            plan.waiting = not isinstance(error, TooEarlyError) or plan.live
            if not plan.waiting:
                plan.found_live()
            return
        except (SupersededError, RunawayError):
            raise  # this thread has been left: the plans are another's now
        except NotComposedError as error:
            raise error.cause from None
        except Exception as error:
            plan.failed(window)
            self.report(plan.track, error)
            return
        begin, end = tempo.beat_of_cycle(window.begin), tempo.beat_of_cycle(window.end)
        heard = window.begin >= plan.heard_from
        away = self._transport.ns_until(begin) if self._transport.playing else 0
        late = heard and away < 0
        number = len(events)
        self._count(windows=1, events=number * heard, late=number * late, lost=number * (not heard))
        plan.played(window)
        if heard:
            generation = window.version.generation
            self._held.append(Schedule(plan.track, generation, begin, end, events))
            if away < _FAR_NS:
                self._hand_over()

    def _hand_over(self) -> None:
        """Send the windows that were held back, in the order they were asked."""
        held, self._held = self._held, []
        for order in held:
            self._output.send(order)

    def _answer(self, plan: Plan, window: Window, tempo: TempoMap) -> tuple[Event, ...]:
        """Return a window's events; wait for networks offline, concede bars that are due live."""
        for _ in range(_MOST_NETWORKS):
            try:
                return self._watched(plan, window, tempo)
            except NotReadyError as error:
                begin = tempo.beat_of_cycle(window.begin)
                early = isinstance(error, TooEarlyError) and not plan.live
                if not self._transport.live:
                    wait_for(error)
                elif early or self._transport.ns_until(begin) > self._lookahead or self._stands:
                    raise
                else:
                    error.concede()
        message = f"the networks of {plan.track} never come to an end; give it fewer"
        raise DeviceError(message)

    def _watched(self, plan: Plan, window: Window, tempo: TempoMap) -> tuple[Event, ...]:
        source = window.version.source
        if source is None:
            return ()
        self._asked = (plan, window)
        self._guard.begin()
        try:
            self._on_window(window.begin)
            span = Span(window.begin, window.end)
            ahead = self.ahead(window.begin)
            return events_in(plan.track, source, span, tempo, self._event_of, ahead)
        finally:
            self._guard.end()

    def _reach(self, plan: Plan, limit: Rational) -> Rational:
        """Return how far a track is asked: one that reads live input, no farther than it must."""
        if not plan.live or not self._transport.live or self._stands:
            return limit
        return min(limit, ceil_to_grid(self._transport.cycle_in(self._lookahead + _TURN_NS)))

    @property
    def _stands(self) -> bool:
        return not self._transport.playing

    # Edits

    def _apply_edits(self, here: Rational) -> None:
        while self.edits:
            self._apply(self.edits.popleft(), announce=True)
        if self._transport.playing:
            for plan in self._plans.values():
                self._skip(plan, here)

    def _apply(self, edit: Edit | Move | Renewal | _Overrun, *, announce: bool) -> None:
        if isinstance(edit, _Overrun):
            self._fail(edit)
            return
        if isinstance(edit, Move):
            self._moves = (*(held for held in self._moves if held.at < edit.at), edit)
            edit = Renewal(None, edit.at)
        if isinstance(edit, Edit):
            plan = self._plans.get(edit.track)
            if plan is None:
                begin = min(ZERO, edit.at)  # a count-in is heard before cycle 0
                plan = Plan(edit.track, len(self._plans), cursor=edit.at, heard_from=begin)
                self._plans[edit.track] = plan
            changed = [plan]
        else:
            changed = [p for p in self._plans.values() if edit.track in (None, p.track)]
            changed = [plan for plan in changed if not plan.retired]
        for plan in changed:
            self._commit(plan, edit.at)
            if isinstance(edit, Edit):
                plan.edit(edit.source, edit.at)
            else:
                plan.renew(edit.at)
            if announce:
                self._revoke(plan, max(edit.at, plan.heard_from))

    def _commit(self, plan: Plan, at: Rational) -> None:
        """Keep what is sounding already: an edit that came too late is heard from here on."""
        if self._transport.playing:
            committed = ceil_to_grid(self._transport.cycle_in(self._taken))
            if plan.sounds_between(at, committed):
                # Only what was asked for can sound already.
                plan.heard_from = max(plan.heard_from, min(committed, plan.cursor))

    def _revoke(self, plan: Plan, at: Rational) -> None:
        self._hand_over()
        self._output.send(Revoke(plan.track, self._transport.tempo_map.beat_of_cycle(at)))

    def _fail(self, overrun: _Overrun) -> None:
        plan, window = overrun
        self._count(overruns=1)
        # An edit that came meanwhile may have replaced the source, or what comes before it.
        if window.version in plan.versions and plan.cursor == window.begin:
            plan.failed(window)
            self.report(plan.track, RunawayError())

    def _skip(self, plan: Plan, here: Rational) -> None:
        """Give up what is long past: nobody could hear it, and it would hold up what is to come."""
        if plan.cursor < here - _BEHIND and not plan.retired:
            after = max(Rational(floor(here * 4), 4), plan.versions[0].begin)
            self._count(lost=floor((after - plan.cursor) * 4))
            plan.cursor = after

    def _count(self, **more: int) -> None:
        held = self.statistics
        sums = {name: getattr(held, name) + number for name, number in more.items()}
        self.statistics = replace(held, **sums)


def ceil_to_grid(cycle: Rational) -> Rational:
    """Return the first point of the grid for cuts at or after a cycle.

    >>> ceil_to_grid(Rational(1, 1000))
    mpq(1,960)
    """
    return Rational(-floor(-cycle * _GRID), _GRID)
