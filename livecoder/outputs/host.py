"""The process around an instrument: it holds two bars, plays them when due, and outlives its front.

The main thread turns: it applies the orders that came, reads the timeline, takes what is due within
`dispatch_ahead_ns` and hands it to the instrument, then sleeps until the next event; for what an
instrument can do without a little longer (`slack_ns`), turns are made together. Nothing of the
outside reaches it but through a queue: a front that is stuck, dead or mistaken delays nothing.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import Moment, TimelineReader
from livecoder.core.errors import LivecoderError
from livecoder.core.events import (
    Configure,
    Mix,
    Panic,
    Quit,
    Report,
    Revoke,
    Schedule,
    Welcome,
)
from livecoder.core.rational import ZERO, Rational
from livecoder.outputs.checking import checked
from livecoder.outputs.horizon import Horizon, Taken
from livecoder.outputs.instrument import Due, Instrument, Listener
from livecoder.outputs.line import Connected, Disconnected, Line, Received
from livecoder.outputs.notices import Notices
from livecoder.outputs.offsets import Offsets
from livecoder.outputs.urgency import favour_process

__all__ = ["run"]

# Between turns at most; a new tempo is seen within this.
_TURN_NS = 33_000_000
# How long a thread keeps the interpreter from another: what waits for a deadline wakes this much
# before it (see `midi.punctual`), so that the host's own work never makes it late.
_SWITCH_S = 0.0001
# A timeline that is not there yet is looked for this often.
_WAIT = 0.02
# An event later than this is not played at all: it would only stumble in.
_TOO_LATE_NS = 50_000_000
# A front that has not been heard of for this long has its tracks looped when they run dry.
_SILENT_NS = 1_000_000_000
# What is for so many beats after what is played already waits for the host's next turn.
_SOON = Rational(1)
_BARS = 2
_HOUR_NS = 3600 * 10**9
_ORPHAN_NS = 12 * _HOUR_NS
_ORPHAN_AT_REST_NS = _HOUR_NS // 6
_NEVER_CALLED_NS = 60 * 10**9
_CLEAN_EVERY_NS = 4 * 10**9
_CLEAN_ROOM_NS = 5_000_000

Make = Callable[[Callable[[str], None]], Instrument]


def run(name: str, folder: Path, make: Make) -> int:
    """Be the output process `name` of the session in `folder` until told to quit.

    Ignores SIGINT and SIGHUP; SIGTERM ends it as `Quit` does. Writes `FOLDER/NAME.pid`, listens at
    `FOLDER/NAME.sock`.

    Args:
        name: `"midi"` or `"audio"`.
        folder: of the session; holds `key` and `timeline`.
        make: opens the instrument; is given what tells the performer a line.

    Returns:
        The exit status: 0, or 1 when the instrument cannot be opened (why is on stderr).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with contextlib.suppress(ImportError):
        from setproctitle import setproctitle

        setproctitle(f"livecoder: {name}")
    favour_process()
    sys.setswitchinterval(_SWITCH_S)
    notices = Notices()
    try:
        instrument = make(notices.say)
        host = _Host(name, folder, instrument, notices)
    except LivecoderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    signal.signal(signal.SIGTERM, host.on_signal)
    return host.run()


class _Host:
    def __init__(self, name: str, folder: Path, instrument: Instrument, notices: Notices) -> None:
        self._name, self._folder = name, folder
        self._instrument, self._notices = instrument, notices
        self._listener = instrument if isinstance(instrument, Listener) else None
        self._inbox: deque[Connected | Disconnected | Received] = deque()
        self._awake = threading.Event()
        self._stop = False
        self._reader: TimelineReader | None = None
        self._tempo = TempoMap()
        self._playing = False
        self._horizon = Horizon(self._two_bars)
        self._offsets = Offsets()
        self._provided: dict[str, Rational] = {}
        self._front = 0
        self._orphaned = False
        self._began = self._alone_since = self._cleaned = time.monotonic_ns()
        self._late = self._missed = 0
        self._pid = folder / f"{name}.pid"
        self._pid.write_text(str(os.getpid()))
        self._line = Line(
            folder,
            name,
            on_news=self._on_news,
            welcome=self._welcome,
            report=self._report,
            news=notices.news,
            incoming=list if self._listener is None else self._listener.incoming,
        )
        if self._listener is not None:
            self._listener.wake_by(self._awake.set)

    # Other threads

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """End as soon as the turn is over."""
        self._stop = True
        self._awake.set()

    def _on_news(self, news: Connected | Disconnected | Received) -> None:
        self._inbox.append(news)
        if not self._can_wait(news):
            self._awake.set()

    def _can_wait(self, news: Connected | Disconnected | Received) -> bool:
        """Whether the next turn will be soon enough: for music that is bars ahead, most of it."""
        order = news.order if isinstance(news, Received) else None
        with contextlib.suppress(TypeError):  # what is no order is told of in the turn
            return isinstance(order, Schedule) and order.begin > self._horizon.played_to + _SOON
        return False

    def _welcome(self) -> Welcome:
        backend = self._instrument.backend
        return Welcome(self._name, os.getpid(), backend, dict(self._provided), self._orphaned)

    def _report(self) -> Report:
        report = self._instrument.report()
        figures = {
            **report.figures,
            "late": report.figures.get("late", 0.0) + self._late,
            "missed": float(self._missed),
            "looping": float(self._orphaned),
        }
        messages = (*report.messages, *self._notices.take())
        return report._replace(figures=figures, messages=messages)

    # The main thread

    def run(self) -> int:
        """Turn until told to quit."""
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            while not self._stop:
                self._awake.clear()
                try:
                    wanted = self._turn()
                except Exception as error:  # whatever it is, the next turn must come
                    self._excuse("a turn failed", error)
                    wanted = time.monotonic_ns() + _TURN_NS
                self._sleep_until(self._instrument.calm_ns(wanted))
        finally:
            with contextlib.suppress(Exception):
                self._instrument.close()
            self._line.close()
            for path in (self._pid, self._folder / f"{self._name}.sock"):
                with contextlib.suppress(OSError):
                    path.unlink()
        return 0

    def _turn(self) -> int:
        """Do what is to be done now; return when to come back."""
        while self._inbox:
            news = self._inbox.popleft()
            try:
                self._apply(news)
            except Exception as error:  # nothing a front sends may end the music
                self._excuse("an order was not understood", error)
        now = time.monotonic_ns()
        soon = now + _TURN_NS
        if self._listener is not None and self._listener.hear(now):
            self._notices.news.set()
        moment = self._read_timeline()
        if moment is None:
            return now + int(_WAIT * 1e9)
        self._tempo = moment.tempo_map
        if self._listener is not None:
            self._listener.see(moment)
        if moment.place.jumped:
            self._horizon.skip_to(moment.place.beat)
        self._watch(moment, now)
        if self._playing and not moment.playing:
            self._instrument.rest()
        self._playing = moment.playing
        if not self._playing:
            return soon
        wanted = self._play(now)
        return soon if wanted is None else min(soon, wanted)

    def _play(self, now: int) -> int | None:
        tempo, ahead = self._tempo, self._instrument.dispatch_ahead_ns
        until, early = now + ahead, self._offsets.early_ns
        taken = self._horizon.take(tempo.beat_at(until + early))
        due = [one for each in taken if (one := self._due(each, tempo, now)) is not None]
        try:
            wanted = self._instrument.play(due, tempo, until)
        except Exception as error:  # the next note may do
            self._excuse("a note could not be played", error)
            wanted = None
        if (beat := self._horizon.next_beat()) is not None:
            at = tempo.ns_at(beat) - early
            wanted = at if wanted is None else min(wanted, at)
        return None if wanted is None else wanted - ahead + self._instrument.slack_ns

    def _due(self, taken: Taken, tempo: TempoMap, now: int) -> Due | None:
        event, sounds = taken.event, taken.event.sounds
        offset = self._offsets.of(self._name, event.controls)
        deadline = tempo.ns_at(sounds) + offset
        lasts = tempo.ns_at(sounds + event.duration) + offset - deadline
        if offset or event.shift:
            # Instruments know beats and deadlines that agree, and no shift.
            beat = tempo.beat_after(sounds, offset) if offset else sounds
            event = event._replace(beat=beat, shift=ZERO)
        if deadline < now:
            if deadline < now - _TOO_LATE_NS:
                self._missed += 1
                return None
            self._late += 1
        return Due(taken.track, event, deadline, lasts)

    def _apply(self, news: Connected | Disconnected | Received) -> None:
        if isinstance(news, Connected):
            self._front, self._orphaned = news.number, False
            return
        if isinstance(news, Disconnected):
            if news.number == self._front:
                self._front, self._orphaned = 0, True
                self._alone_since = time.monotonic_ns()
                self._horizon.start_loops()
            return
        self._obey(news.order)
        self._provided = self._horizon.provided()

    def _obey(self, order: Any) -> None:
        match checked(order):
            case Schedule() as schedule:
                self._horizon.schedule(schedule)
                self._instrument.expect(schedule)
            case Revoke() as revoke:
                self._horizon.revoke(revoke)
            case Mix() as mix:
                self._instrument.mix(mix)
            case Configure(settings=changes):
                self._offsets = self._offsets.changed(changes)
                settings = {k: v for k, v in changes.items() if k not in ("delays", "nudge")}
                if settings.pop("orphan", True) is False:
                    self._horizon.end_loops(settings.pop("beat", None))
                self._instrument.configure(settings)
            case Panic():
                self._horizon.clear()
                self._instrument.panic()
            case Quit():
                self._stop = True

    def _watch(self, moment: Moment, now: int) -> None:
        """See whether the front lives, and whether this process is still of use."""
        if moment.playing and moment.heartbeat_ns < now - _SILENT_NS:
            self._horizon.start_loops()
        if self._front == 0:
            alone = now - self._alone_since
            if not self._orphaned:
                enough = _NEVER_CALLED_NS
            else:
                enough = _ORPHAN_NS if moment.playing else _ORPHAN_AT_REST_NS
            self._stop = self._stop or alone > enough

    def _read_timeline(self) -> Moment | None:
        try:
            if self._reader is None:
                self._reader = TimelineReader(self._folder / "timeline")
            return self._reader.read()
        except LivecoderError as error:
            if time.monotonic_ns() - self._began > _NEVER_CALLED_NS:
                self._stop = True
            if self._reader is not None:
                self._notices.say(str(error))
                self._reader = None
            return None

    def _sleep_until(self, wanted: int) -> None:
        remaining = wanted - time.monotonic_ns()
        if remaining > _CLEAN_ROOM_NS and wanted > self._cleaned + _CLEAN_EVERY_NS:
            # Only what came since the last time is looked through, between notes: whoever writes
            # them waits for the interpreter meanwhile.
            now = time.monotonic_ns()
            if self._instrument.calm_ns(now) == now:
                gc.collect(1)
                self._cleaned = wanted
            remaining = wanted - time.monotonic_ns()
        if remaining > 0:
            self._awake.wait(remaining / 1e9)

    def _two_bars(self, beat: Rational) -> Rational:
        """Return how many beats the two bars before a beat have."""
        cycle = self._tempo.cycle_of_beat(beat)
        return beat - self._tempo.beat_of_cycle(cycle - _BARS)

    def _excuse(self, what: str, error: Exception) -> None:
        traceback.print_exception(error, file=sys.stderr)
        self._notices.say(
            f"{self._name}: {what} ({type(error).__name__}: {error}); it was left out"
        )
