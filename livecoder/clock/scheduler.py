"""The scheduler: asks every track's pattern ahead of time, and sends what it answers, in beats.

A thread of its own is two bars ahead of what is heard: that is how long the front may be stuck, by
whatever is typed, without a gap. The track that is least far ahead is asked first, one window at a
time, so a slow pattern delays another by one window at most; one that never answers is left behind
(see `clock.guard`), and every other failure puts the track's last good version back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from livecoder.clock.asking import Asking, Edit, Move, Renewal, Statistics, ceil_to_grid
from livecoder.clock.guard import Guard, RunawayError, SupersededError
from livecoder.clock.place import START, Place
from livecoder.clock.query import EventOf
from livecoder.clock.sources import WakingClock
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineWriter
from livecoder.clock.transport import Transport
from livecoder.core.protocols import Output, Source
from livecoder.core.rational import ZERO, Rational, RationalLike, floor, rational

__all__ = ["Scheduler", "Statistics"]

_TICK_NS = 20_000_000
# A turn that nothing waits for: edits wake the thread, and the rest is bars ahead.
_IDLE_NS = 200_000_000


class Scheduler:
    """Plays sources on tracks: live in a thread of its own, or offline without waiting.

    Every method may be called from any thread, except `tick` and `run_until`.
    """

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
        on_locate: Callable[[int, Rational], None] = lambda _bar, _at: None,
    ) -> None:
        """Make a scheduler that stands at cycle 0; its tempo map is the timeline's.

        Args:
            timeline: written whenever time changes, once playing; None offline.
            clock: nanoseconds, and the thread's sleep.
            output: takes `Schedule` and `Revoke`, from the scheduler's thread.
            event_of: makes an event of a hap that has its onset in the window; None drops it.
            horizon_bars: cycles to be ahead.
            lookahead_ns: what lies nearer than this is committed; a bar that is not composed by
                then is conceded.
            patience: seconds a query may take.
            on_window: called before each query with the first cycle of its window.
            on_problem: called once for a source that failed, which is then asked no more.
            on_locate: called, between two windows, when the master of a clock has gone elsewhere:
                with a cycle of the song, and that of the session it falls on.
        """
        self._clock, self._horizon, self._lookahead = clock, horizon_bars, lookahead_ns
        self._transport = Transport(timeline, clock)
        self._guard = Guard(self._on_overrun, patience=patience)
        self._asking = Asking(
            self._transport,
            output,
            event_of,
            self._guard,
            lookahead_ns=lookahead_ns,
            on_window=on_window,
            on_problem=on_problem,
        )
        self._on_locate = on_locate
        self._place = START
        self._thread: threading.Thread | None = None
        # Held while threads are started or let go: the first pattern may do the one while a session
        # that ends does the other.
        self._starting = threading.Lock()

    @property
    def tempo_map(self) -> TempoMap:
        """Where beats and cycles lie in time, as of now."""
        return self._transport.tempo_map

    @property
    def playing(self) -> bool:
        """Whether time runs."""
        return self._transport.playing

    def statistics(self) -> Statistics:
        """Return what has been done so far."""
        return self._asking.statistics

    def now_ns(self) -> int:
        """Return the clock's time."""
        return self._clock.now_ns()

    def cycle_now(self) -> Rational:
        """Return the cycle that is heard now; offline, the one asked up to."""
        return self._transport.cycle_in(0)

    def ahead(self, cycle: Rational) -> int:
        """Return how many bars the song is ahead of the session at a cycle; see `clock.place`."""
        return self._asking.ahead(cycle)

    def uncommitted(self) -> Rational:
        """Return the first cycle that an edit made now can still change."""
        return self._transport.cycle_in(self._lookahead)

    # Edits

    def set(self, track: str, source: Source | None, *, at: RationalLike) -> None:
        """Let a track play a source (None: nothing) from a cycle on, instead of all set before."""
        self._put(Edit(track, source, rational(at)))

    def resend(self, track: str | None = None) -> None:
        """Ask for a track, or all, again, from the first cycle that is not committed."""
        self._put(Renewal(track, ceil_to_grid(self.uncommitted())))

    def set_tempo(self, bpm: float, over: Rational = ZERO) -> None:
        """Go at another tempo from now on, or evenly towards it in so many beats.

        What is queued bends with it.

        Raises:
            DeviceError: a clock is followed; the tempo is its own.
            RangeError: `bpm` is outside 10 to 999, or `over` outside 0 to 4096 beats.
        """
        self._transport.set_tempo(bpm, over)
        self._clock.wake()

    def set_meter(self, beats_per_cycle: RationalLike, at_cycle: RationalLike) -> None:
        """Let the bars be of another length from a cycle on; all tracks are asked again from there.

        Raises:
            RangeError: a bar would be shorter than 1/8 or longer than 128 beats.
        """
        self._transport.set_meter(beats_per_cycle, at_cycle)
        self._put(Renewal(None, rational(at_cycle)))

    def go_to(self, cycle: int, at_cycle: RationalLike) -> None:
        """Let the song be at a cycle of its own from a bar line of the session on.

        Raises:
            DeviceError: a clock is followed, which says where the song is.
        """
        self._transport.check_leads()
        at, tempo_map = rational(at_cycle), self.tempo_map
        place = Place(tempo_map.beat_of_cycle(at), tempo_map.beat_of_cycle(Rational(cycle)))
        self._transport.set_place(place)
        self._place = place
        self._put(Move(cycle - int(at), at))

    def _put(self, edit: Edit | Move | Renewal) -> None:
        self._asking.edits.append(edit)
        self._clock.wake()

    # Offline

    def run_until(self, cycle: RationalLike) -> None:
        """Ask for everything before a cycle, in the windows of a live performance, at once.

        Raises:
            DeviceError: a network did not compose a bar in a minute.
        """
        limit = rational(cycle)
        self._asking.advance(limit, cut=True)
        self._transport.move(limit)

    def prepare(self, cycle: RationalLike) -> None:
        """Before time runs, ask for everything before a cycle and wait for it, as a render does.

        Raises:
            DeviceError: a network did not compose a bar in a minute.
        """
        self._asking.advance(rational(cycle), cut=True)

    # Live

    def start(self, at_ns: int | None = None) -> None:
        """Let time run, and ask in a thread; see `begin`."""
        with self._starting:
            self.begin(at_ns)
            self._start_threads()

    def begin(self, at_ns: int | None = None) -> None:
        """Let time run, without a thread: whoever calls this calls `tick`.

        Args:
            at_ns: when the music begins, `CLOCK_MONOTONIC` nanoseconds; now if not given.
        """
        self._transport.begin(at_ns)

    def resume(self, tempo_map: TempoMap, *, at: RationalLike | None = None) -> None:
        """Take over, in a thread, from a scheduler that died in the middle of its music."""
        with self._starting:
            self.take_over(tempo_map, at=at)
            self._start_threads()

    def take_over(self, tempo_map: TempoMap, *, at: RationalLike | None = None) -> None:
        """Let time run on as a map has it, without a thread; see `begin`.

        What outputs still hold from cycle `at` on (the first uncommitted one, if not given) is
        revoked, track by track, and what was set here is played instead.
        """
        self._transport.take_over(tempo_map)
        soonest = ceil_to_grid(self.uncommitted())
        self._asking.take_over(soonest if at is None else max(soonest, rational(at)))

    def stop(self, *, keep: bool = False) -> None:
        """Ask no more; time stands still.

        Args:
            keep: on the timeline it runs on, for outputs that play by themselves from now on.
        """
        with self._starting:
            if not self._transport.live:
                return
            self._transport.stop(keep=keep)
            thread, self._thread = self._thread, None
        self._clock.wake()
        if thread is not None:
            self._guard.stop()
            if thread is not threading.current_thread():
                thread.join(2.0)

    def pause(self) -> None:
        """Let time stand still; tracks can be edited meanwhile."""
        self._transport.pause()

    def go_on(self) -> None:
        """Let time run again from where it stands.

        Raises:
            DeviceError: the clock that is followed stands.
        """
        self._transport.go_on()
        self._clock.wake()

    def check_leads(self) -> None:
        """Refuse a change of tempo or place while a clock is followed.

        Raises:
            DeviceError: one is.
        """
        self._transport.check_leads()

    @property
    def follows(self) -> int:
        """Number of the follower that leads time, or is to; 0 for none."""
        return self._transport.follows

    def follow(self) -> int:
        """Let a follower lead time; return the number it is to bear in the timeline."""
        return self._transport.follow()

    def free(self) -> None:
        """Lead time again, from where the follower has come to."""
        self._transport.free()
        self._clock.wake()

    def look(self) -> None:
        """Have the thread look at the timeline now."""
        self._clock.wake()

    def tick(self) -> None:
        """Ask for everything up to the horizon: one turn of the thread."""
        if self._transport.follows:
            self._follow_place()
        self._asking.advance(self.cycle_now() + self._horizon, cut=False)

    def _follow_place(self) -> None:
        place, tempo_map = self._transport.place, self.tempo_map
        if place == self._place:
            return
        self._place = place
        at = Rational(floor(tempo_map.cycle_of_beat(place.beat)))
        bars = place.bars(tempo_map)
        if bars != self.ahead(at):
            self._asking.edits.append(Move(bars, at))
            self._on_locate(int(at) + bars, at)

    def _start_threads(self) -> None:
        self._guard.start()
        self._start_thread()

    def _start_thread(self) -> None:
        self._thread = threading.Thread(target=self._run, name="livecoder scheduler", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        me = threading.current_thread()
        try:
            while self._thread is me and self._transport.live:
                try:
                    self.tick()
                except (SupersededError, RunawayError):
                    raise
                except Exception as error:
                    # Whatever is wrong with this turn, the next one must come.
                    self._asking.report("scheduler", error)
                often = self._asking.restless or self._transport.follows
                pause = _TICK_NS if often else _IDLE_NS
                self._clock.sleep_until_ns(self._clock.now_ns() + pause)
        except (SupersededError, RunawayError):
            self._guard.retire()

    def _on_overrun(self) -> None:
        """In the guard's thread: leave the thread that is stuck, and start another."""
        self._asking.leave()
        with self._starting:
            self._start_thread()
