"""The scheduler: asks every track's pattern ahead of time, and sends what it answers, in beats.

One thread owns all plans. Edits from other threads are put on a queue, which that thread empties
between two windows, so no lock is ever held during a query, and an order can never overtake the
edit that it belongs to. What other threads read, the tempo map, is one frozen value.

The thread is at most two bars ahead of what is heard: that is how long the front may be stuck, by
whatever is typed, without a gap. The track that is least far ahead is asked first, one window at a
time, so a slow pattern delays another by one window at most; one that never answers is left behind
(see `clock.guard`).
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from livecoder.clock.guard import Guard, RunawayError, SupersededError
from livecoder.clock.query import EventOf, NotComposedError, events_in, wait_for
from livecoder.clock.sources import WakingClock
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineWriter
from livecoder.clock.versions import Plan, Window
from livecoder.core.errors import DeviceError, NotReadyError
from livecoder.core.events import Event, Revoke, Schedule
from livecoder.core.haps import Span
from livecoder.core.protocols import Output, Source
from livecoder.core.rational import ZERO, Rational, RationalLike, floor, rational

__all__ = ["Scheduler", "Statistics"]

_TICK_NS = 20_000_000
# What outputs have already committed when an edit reaches the thread: a period, and a little.
_GUARD_NS = 30_000_000
# Cuts that follow from "now" lie on this grid: 960 to a cycle keeps fractions small.
_GRID = 960
# How far behind the music a track is still asked for what it missed, in cycles.
_BEHIND = 8
_MOST_NETWORKS = 64


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the scheduler has done.

    Attributes:
        windows: windows answered.
        events: events sent.
        late: of them, sent when their window had begun to sound; the output decided what to do.
        lost: events of edits that came too late to be heard, and windows that were skipped.
        overruns: queries that did not come back.
    """

    windows: int = 0
    events: int = 0
    late: int = 0
    lost: int = 0
    overruns: int = 0


class _Set(NamedTuple):
    track: str
    source: Source | None
    at: Rational


class _Renew(NamedTuple):
    """Ask for a track, or all, again."""

    track: str | None
    at: Rational


class _Overrun(NamedTuple):
    plan: Plan
    window: Window


class Scheduler:
    """Plays sources on tracks, live in a thread of its own or offline without waiting."""

    def __init__(
        self,
        timeline: TimelineWriter | None,
        clock: WakingClock,
        output: Output,
        event_of: EventOf,
        *,
        horizon_bars: int = 2,
        lookahead_ns: int = 120_000_000,
        patience: float = 1.5,
        on_window: Callable[[Rational], None] = lambda _cycle: None,
        on_problem: Callable[[str, Exception], None] = lambda _track, _error: None,
    ) -> None:
        """Make a scheduler that stands at cycle 0; its tempo map is the timeline's.

        Args:
            timeline: written whenever time changes while playing; None offline.
            clock: nanoseconds, and the thread's sleep.
            output: takes `Schedule` and `Revoke`, from the scheduler's thread.
            event_of: makes an event of a hap that has its onset in the window; None drops it.
            horizon_bars: cycles to be ahead.
            lookahead_ns: what lies nearer than this is committed; a bar that is not composed by
                then is conceded.
            patience: seconds a query may take.
            on_window: called before each query with the first cycle of its window.
            on_problem: called once for a source that failed, which is then asked no more.
        """
        self._timeline, self._clock, self._output = timeline, clock, output
        self._event_of, self._on_window, self._on_problem = event_of, on_window, on_problem
        self._horizon, self._lookahead = horizon_bars, lookahead_ns
        self._map = TempoMap() if timeline is None else timeline.tempo_map
        # Protects changes of the map and the timeline; reading the map needs no lock.
        self._lock = threading.Lock()
        self._edits: deque[_Set | _Renew | _Overrun] = deque()
        self._plans: dict[str, Plan] = {}
        self._position = ZERO
        self._playing = self._started = False
        self._statistics = Statistics()
        self._asking: tuple[Plan, Window] | None = None
        self._guard = Guard(self._on_overrun, patience=patience)
        self._thread: threading.Thread | None = None

    # What any thread may call

    @property
    def tempo_map(self) -> TempoMap:
        """Where beats and cycles lie in time, as of now."""
        return self._map

    @property
    def playing(self) -> bool:
        """Whether time runs."""
        return self._playing

    def statistics(self) -> Statistics:
        """Return what has been done so far."""
        return self._statistics

    def cycle_now(self) -> Rational:
        """Return the cycle that is heard now; offline, the one asked up to."""
        return self._cycle_in(0)

    def uncommitted(self) -> Rational:
        """Return the first cycle that an edit made now can still change."""
        return self._cycle_in(self._lookahead)

    def set(self, track: str, source: Source | None, *, at: RationalLike) -> None:
        """Let a track play a source (None: nothing) from a cycle on, instead of all set before."""
        self._put(_Set(track, source, rational(at)))

    def resend(self, track: str | None = None) -> None:
        """Ask for a track, or all, again, from the first cycle that is not committed."""
        self._put(_Renew(track, self.uncommitted()))

    def set_tempo(self, bpm: float) -> None:
        """Go at another tempo from now on; what is queued bends with it.

        Raises:
            RangeError: `bpm` is outside 10 to 999.
        """
        with self._lock:
            self._publish(self._map.with_tempo(bpm, self._beat_in(0)))
        self._clock.wake()

    def set_meter(self, beats_per_cycle: RationalLike, at_cycle: RationalLike) -> None:
        """Let the bars be of another length from a cycle on.

        Raises:
            RangeError: a bar would be shorter than 1/8 or longer than 128 beats.
        """
        with self._lock:
            self._publish(self._map.with_meter(beats_per_cycle, at_cycle))
        self._put(_Renew(None, rational(at_cycle)))

    # Live

    def begin(self, at_ns: int | None = None) -> None:
        """Let time run, without a thread: whoever calls this calls `tick`.

        Args:
            at_ns: when beat 0 is, `CLOCK_MONOTONIC` nanoseconds; now if not given.
        """
        with self._lock:
            start = self._clock.now_ns() if at_ns is None else at_ns
            self._playing = self._started = True
            self._publish(self._map.with_anchor(self._map.beat_of_cycle(self._position), start))

    def start(self, at_ns: int | None = None) -> None:
        """Let time run, in a thread of its own; see `begin`."""
        self.begin(at_ns)
        self._start_threads()

    def resume(self, tempo_map: TempoMap) -> None:
        """Take over, in a thread, from a scheduler that died in the middle of its music."""
        self.take_over(tempo_map)
        self._start_threads()

    def take_over(self, tempo_map: TempoMap) -> None:
        """Let time run on as a map has it, without a thread; see `begin`.

        What outputs still hold after the first uncommitted cycle is revoked, track by track, and
        what was set here is played instead.
        """
        with self._lock:
            self._playing = self._started = True
            self._publish(tempo_map)
        at = _ceil(self.uncommitted())
        self._apply_edits(announce=False)
        for plan in self._plans.values():
            plan.renew(at)
            plan.cursor = plan.heard_from = max(at, plan.versions[0].begin)
            self._output.send(Revoke(plan.track, tempo_map.beat_of_cycle(at)))

    def stop(self) -> None:
        """Ask no more; time stands still. What was sent plays on."""
        if not self._playing:
            return
        with self._lock:
            self._position = self._cycle_in(0)
            self._playing = False
            self._publish(self._map)
        thread, self._thread = self._thread, None
        self._clock.wake()
        if thread is not None:
            self._guard.stop()
            if thread is not threading.current_thread():
                thread.join(2.0)

    def tick(self) -> None:
        """Ask for everything up to the horizon: one turn of the thread."""
        here = self.cycle_now()
        for plan in self._plans.values():
            plan.waiting = False
            self._skip(plan, here)
            plan.forget_before(here - 1)
        self._advance(here + self._horizon, cut=False)

    # Offline

    def run_until(self, cycle: RationalLike) -> None:
        """Ask for everything before a cycle, in the windows of a live performance, at once.

        Raises:
            DeviceError: a network did not compose a bar in a minute.
        """
        limit = rational(cycle)
        for plan in self._plans.values():
            plan.waiting = False
            plan.forget_before(self._position - 1)
        self._advance(limit, cut=True)
        self._position = max(self._position, limit)

    # The thread

    def _start_threads(self) -> None:
        self._guard.start()
        self._start_thread()

    def _start_thread(self) -> None:
        self._thread = threading.Thread(target=self._run, name="livecoder scheduler", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        me = threading.current_thread()
        start, turn = self._clock.now_ns(), 0
        try:
            while self._thread is me and self._playing:
                try:
                    self.tick()
                except (SupersededError, RunawayError):
                    raise
                except Exception as error:
                    # Whatever is wrong with this turn, the next one must come.
                    self._report("scheduler", error)
                # Deadlines count from the start; turns that were missed are not made up for.
                turn = max(turn + 1, (self._clock.now_ns() - start) // _TICK_NS)
                self._clock.sleep_until_ns(start + turn * _TICK_NS)
        except (SupersededError, RunawayError):
            self._guard.retire()

    def _on_overrun(self) -> None:
        """In the guard's thread: leave the thread that is stuck, and start another."""
        if self._asking is not None:
            self._edits.append(_Overrun(*self._asking))
        self._start_thread()

    # Asking

    def _advance(self, limit: Rational, *, cut: bool) -> None:
        while True:
            self._apply_edits()
            if self._timeline is not None:
                self._timeline.beat(self._clock.now_ns())
            plans = self._plans.values()
            due = (p for p in plans if p.cursor < limit and not p.waiting and not p.retired)
            plan = min(due, key=lambda p: (p.cursor, p.order), default=None)
            if plan is None:
                return
            end = limit if cut else plan.cursor + 1
            self._ask(plan, plan.next_window(end))

    def _ask(self, plan: Plan, window: Window) -> None:
        tempo = self._map
        try:
            events = self._answer(plan, window, tempo)
        except NotReadyError:
            plan.waiting = True
            return
        except (SupersededError, RunawayError):
            raise  # this thread has been left, and the plans are another's
        except NotComposedError as error:
            raise error.cause from None
        except Exception as error:
            plan.failed(window)
            self._report(plan.track, error)
            return
        heard = window.begin >= plan.heard_from
        plan.played(window)
        begin = tempo.beat_of_cycle(window.begin)
        late = self._playing and tempo.ns_at(begin) < self._clock.now_ns()
        self._count(
            windows=1,
            events=len(events) * heard,
            late=len(events) * (heard and late),
            lost=len(events) * (not heard),
        )
        if heard:
            end = tempo.beat_of_cycle(window.end)
            generation = window.version.generation
            self._output.send(Schedule(plan.track, generation, begin, end, events))

    def _answer(self, plan: Plan, window: Window, tempo: TempoMap) -> tuple[Event, ...]:
        """Return a window's events; wait for networks offline, concede bars that are due live."""
        for _ in range(_MOST_NETWORKS):
            try:
                return self._watched(plan, window, tempo)
            except NotReadyError as error:
                if not self._playing:
                    wait_for(error)
                elif tempo.ns_at(tempo.beat_of_cycle(window.begin)) > self._committed_ns():
                    raise
                else:
                    error.concede()
        message = f"the networks of {plan.track} never come to an end; give it fewer"
        raise DeviceError(message)

    def _watched(self, plan: Plan, window: Window, tempo: TempoMap) -> tuple[Event, ...]:
        source = window.version.source
        if source is None:
            return ()
        self._asking = (plan, window)
        self._guard.begin()
        try:
            self._on_window(window.begin)
            span = Span(window.begin, window.end)
            return events_in(plan.track, source, span, tempo, self._event_of)
        finally:
            self._guard.end()

    # Editing, in the thread

    def _put(self, edit: _Set | _Renew) -> None:
        self._edits.append(edit)
        self._clock.wake()

    def _apply_edits(self, *, announce: bool = True) -> None:
        while self._edits:
            edit = self._edits.popleft()
            if isinstance(edit, _Overrun):
                self._fail(edit)
            elif isinstance(edit, _Set):
                self._edit(edit, announce=announce)
            else:
                for plan in self._plans.values():
                    if edit.track in (None, plan.track) and not plan.retired:
                        self._renew(plan, edit.at, announce=announce)

    def _edit(self, edit: _Set, *, announce: bool) -> None:
        plan = self._plans.get(edit.track)
        if plan is None:
            plan = Plan(edit.track, len(self._plans), cursor=edit.at)
            self._plans[edit.track] = plan
        self._commit(plan, edit.at)
        plan.edit(edit.source, edit.at)
        self._revoke(plan, edit.at, announce=announce)

    def _renew(self, plan: Plan, at: Rational, *, announce: bool) -> None:
        self._commit(plan, at)
        plan.renew(at)
        self._revoke(plan, at, announce=announce)

    def _commit(self, plan: Plan, at: Rational) -> None:
        """Keep what is sounding already: an edit that came too late is heard from here on."""
        if self._playing:
            committed = _ceil(self._cycle_in(_GUARD_NS))
            if plan.sounds_between(at, committed):
                plan.heard_from = max(plan.heard_from, committed)

    def _revoke(self, plan: Plan, at: Rational, *, announce: bool) -> None:
        if announce:
            beat = self._map.beat_of_cycle(max(at, plan.heard_from))
            self._output.send(Revoke(plan.track, beat))

    def _fail(self, overrun: _Overrun) -> None:
        plan, window = overrun
        self._count(overruns=1)
        # An edit that came meanwhile may have replaced the source, or what comes before it.
        if window.version in plan.versions and plan.cursor == window.begin:
            plan.failed(window)
            self._report(plan.track, RunawayError())

    def _skip(self, plan: Plan, here: Rational) -> None:
        """Give up what is long past: nobody could hear it, and it would hold up what is to come."""
        if plan.cursor < here - _BEHIND and not plan.retired:
            after = Rational(floor(here * 4), 4)
            self._count(lost=floor((after - plan.cursor) * 4))
            plan.cursor = max(after, plan.versions[0].begin)

    # Time

    def _publish(self, tempo_map: TempoMap) -> None:
        self._map = tempo_map
        if self._timeline is not None and self._started:
            self._timeline.beat(self._clock.now_ns())
            self._timeline.write(tempo_map, playing=self._playing)

    def _committed_ns(self) -> int:
        return self._clock.now_ns() + self._lookahead

    def _beat_in(self, ns: int) -> Rational:
        tempo = self._map
        if not self._playing:
            return tempo.beat_of_cycle(self._position)
        return tempo.beat_at(self._clock.now_ns() + ns)

    def _cycle_in(self, ns: int) -> Rational:
        return self._map.cycle_of_beat(self._beat_in(ns)) if self._playing else self._position

    # News

    def _count(self, **more: int) -> None:
        held = self._statistics
        self._statistics = replace(
            held, **{name: getattr(held, name) + number for name, number in more.items()}
        )

    def _report(self, track: str, error: Exception) -> None:
        with contextlib.suppress(Exception):
            self._on_problem(track, error)


def _ceil(cycle: Rational) -> Rational:
    return Rational(-floor(-cycle * _GRID), _GRID)
