"""What comes in by MIDI while a session runs, as functions of its time.

A movement or a key that arrives at one moment holds from a place in the music one **lookahead**
later on, which no pattern has been asked for yet. So a live pattern is as much a function of time
as any other: it may be looped, kept in the journal, replayed and rendered. Whoever asks it for what
has not come to be yet is told that it is too early, and asks again (see `clock.asking`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import TooEarlyError
from livecoder.core.events import Configure, Incoming
from livecoder.core.protocols import Output
from livecoder.core.rational import ZERO, Rational, floor
from livecoder.inputs.naming import EVERY, Place, learnable
from livecoder.inputs.reading import Moved, Pressed, Reader
from livecoder.inputs.strokes import FINEST, Hand, Stroke, on_grid
from livecoder.inputs.telling import moves_of, strokes_of, tell_move, tell_stroke
from livecoder.inputs.traces import TICKS, Trace
from livecoder.session.feel import beats_of_ms
from livecoder.session.lessons import Lessons, Taught

__all__ = ["KEYS", "Leads", "MidiIn"]

KEYS = "keys on "
"""What the lines of a keyboard begin with, where a controller has its name."""

# Beyond the lookahead: what one turn of the scheduler asks, and a step of its grid.
_TURN_MS = 60.0
# What is played is heard so much later, always, so that its rhythm is kept: a lookahead and 40 ms.
_HEARD_AFTER_MS = 160.0
_WRITE_EVERY_NS = 100_000_000
# Lines a journal takes of what came in: hours of it.
_MOST_KEPT = 400_000
_ALL_OFF = ("cc 120", "cc 123")


class Leads(Protocol):
    """What it asks of the scheduler."""

    @property
    def tempo_map(self) -> TempoMap:
        """Where beats lie in time."""

    @property
    def playing(self) -> bool:
        """Whether time runs."""

    def cycle_now(self) -> Rational:
        """Return the cycle that is heard now."""

    def uncommitted(self) -> Rational:
        """Return the first cycle that can still be changed."""

    def ahead(self, cycle: Rational) -> int:
        """Return how many bars the song is ahead."""


class MidiIn:
    """Traces of controllers and keyboards by name.

    Attributes:
        names: controllers that have been taught a name.
        alone: teach and hear nobody, as in a replay, which knows its names and its hands.
    """

    def __init__(
        self,
        leads: Leads,
        output: Output | None = None,
        write: Callable[[str, str], object] = lambda _name, _text: None,
        *,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Listen to nothing yet.

        Args:
            leads: whose time it is.
            output: has the ports; None in a render, where nothing comes in.
            write: keeps what came in, a name and a text, for a replay.
            now_ns: `CLOCK_MONOTONIC` nanoseconds.
        """
        self.names, self.alone = dict[str, Place](), False
        self._leads, self._output, self._write, self._now_ns = leads, output, write, now_ns
        self._lock = threading.RLock()
        self._traces: dict[str, Trace] = {}
        self._places: dict[str, Place] = {}
        self._hands: dict[str, Hand] = {}
        self._readers: dict[str, Reader] = {}
        self._lessons = Lessons()
        self._open: tuple[str, ...] = ()
        # Who asks, for the scheduler, and from which cycle; and what it may read all the same.
        self._asker: tuple[int, Rational | None] = (0, None)
        self._granted: Rational | None = None
        # Nothing that comes in changes what lies before.
        self._read_to = ZERO
        self._pending: dict[str, list[str]] = {}
        self._written_ns = self._kept = 0

    @property
    def live(self) -> bool:
        """Whether anything can come in."""
        return self._output is not None

    # Reading, from any thread

    def enter(self, cycle: Rational) -> None:
        """Learn that the scheduler asks, in this thread, for a window that begins with a cycle."""
        self._asker = (threading.get_ident(), cycle)
        self.write_out(_WRITE_EVERY_NS)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let this thread, the scheduler's, read ahead of itself: nothing of that is to sound."""
        asker, self._asker = self._asker, (0, None)
        try:
            yield
        finally:
            self._asker = asker

    def come_to(self, cycle: Rational) -> Rational:
        """Return the cycle of the session that a cycle of the song is, if it may be read.

        Raises:
            TooEarlyError: it lies more than a lookahead ahead.
        """
        thread, window = self._asker
        mine = thread == threading.get_ident() and window is not None
        here = cycle - self._leads.ahead(window if mine and window is not None else self._now())
        if mine and self.live:
            soonest = self._leads.uncommitted() + self._cycles(_TURN_MS)
            if here > soonest and self._granted != window:
                raise _NotYetError(self, window)
            with self._lock:
                self._read_to = max(self._read_to, here)
        return here

    def trace(self, name: str) -> Trace:
        """Return where a controller has stood, by its name."""
        with self._lock:
            return self._traces.setdefault(name, Trace())

    def hand(self, port: str) -> Hand:
        """Return what has been played on an input."""
        with self._lock:
            return self._hands.setdefault(port, Hand())

    def hands(self) -> list[Hand]:
        """Return what has been played on each input."""
        with self._lock:
            return list(self._hands.values())

    @property
    def asked(self) -> bool:
        """Whether the scheduler asks, in this thread."""
        thread, window = self._asker
        return thread == threading.get_ident() and window is not None

    def cycle_now(self) -> Rational:
        """Return the cycle of the session that is heard now."""
        return self._now()

    def cycles_of_ms(self, ms: float) -> Rational:
        """Return how many cycles some milliseconds are, as the tempo is."""
        return self._cycles(ms)

    def remember(self, name: str, tick: int, value: float) -> None:
        """Keep what was made of what came in: it holds from a tick on, in a replay too."""
        with self._lock:
            if self.trace(name).put(tick, value):
                self._remember(name, tell_move(tick, value))

    def song_is_ahead(self, cycle: Rational) -> int:
        """Return how many bars the song is ahead of the session."""
        return self._leads.ahead(cycle)

    def grant(self, window: Rational | None) -> None:
        """Let a window be read as things stand: it is due."""
        self._granted = window

    # What is listened to

    def watch(self, name: str, place: Place) -> None:
        """Let a name stand for a controller, and have its input open."""
        with self._lock:
            self._places[name] = place
        self._open_inputs()

    def teach(self, name: str, place: Place) -> None:
        """Let a name of the performer's stand for a controller."""
        self.names[name] = place
        with self._lock:
            self._lessons.forget(name)
        self.watch(name, place)

    def listen(self, port: str) -> None:
        """Have an input open, and remember what is played on it."""
        self.hand(port)
        self._open_inputs()

    def learn(self, name: str, port: str | None, then: Callable[[Place], object]) -> None:
        """Let a name stand for the next controller that is moved.

        Args:
            name: what it will be called.
            port: on this input only; None for any that is open, or every one.
            then: told where it is, on another thread; once more, if it turns out to be on an
                input of its own, where every input heard of it first.
        """
        wanted = port or (EVERY if not self._open else "")
        with self._lock:
            self._lessons.wait(name, wanted, then)
        self._open_inputs()

    def forget(self, name: str) -> None:
        """Learn a name no more."""
        with self._lock:
            self._lessons.forget(name)
        self._open_inputs()

    # What comes in, on the thread of the line

    def hear(self, incoming: Incoming) -> None:
        """Take in what came on an input; a replay has its own hands."""
        if self.alone:
            return
        learnt: list[Taught] = []
        with self._lock:
            reader = self._readers.setdefault(incoming.port, Reader())
            for ns, data in incoming.messages:
                for done in reader.read(data):
                    if isinstance(done, Pressed):
                        self._key(incoming.port, ns, done)
                    else:
                        learnt += self._learnt(incoming.port, ns, done)
                        self._move(incoming.port, ns, done)
        self.write_out(_WRITE_EVERY_NS)
        # Whoever is told may take time, and the scheduler may want the lock.
        for taught in learnt:
            self._open_inputs()
            taught.then(taught.place)

    def feed(self, name: str, value: float, ns: int) -> None:
        """Let a value that came in another way, by OSC, stand from a time on."""
        if self.alone:
            return
        with self._lock:
            soonest = max(self._leads.uncommitted(), self._read_to, self._cycle_at(ns))
            tick, kept = floor(soonest * TICKS) + 1, float(f"{value:.6g}")
            if self.trace(name).put(tick, kept):
                self._remember(name, tell_move(tick, kept))
        self.write_out(_WRITE_EVERY_NS)

    def _move(self, port: str, ns: int, moved: Moved) -> None:
        if moved.what in _ALL_OFF and port in self._hands:
            for stroke in self._hands[port].release_all(self._cycle_at(ns)):
                self._remember(KEYS + port, tell_stroke(stroke))
        for name, place in self._places.items():
            if (place.what, place.port) == (moved.what, port) and place.channel in (
                None,
                moved.channel,
            ):
                soonest = max(self._leads.uncommitted(), self._read_to)
                tick, value = floor(soonest * TICKS) + 1, round(moved.value, 5)
                if self._traces.setdefault(name, Trace()).put(tick, value):
                    self._remember(name, tell_move(tick, value))

    def _key(self, port: str, ns: int, pressed: Pressed) -> None:
        if (hand := self._hands.get(port)) is None:
            return
        onset = on_grid(self._cycle_at(ns))
        if pressed.velocity > 0:
            due = on_grid(onset + self._cycles(_HEARD_AFTER_MS))
            sounds = max(due, on_grid(self._read_to) + Rational(1, FINEST))
            stroke = Stroke(onset, sounds, pressed.key, pressed.velocity, pressed.channel)
            ended = hand.press(stroke)
        else:
            ended = hand.release(pressed.channel, pressed.key, onset)
        if ended is not None:
            self._remember(KEYS + port, tell_stroke(ended))

    def _learnt(self, port: str, ns: int, moved: Moved) -> list[Taught]:
        if not learnable(moved.what):
            return []
        taught = self._lessons.moved(Place(moved.what, port, moved.channel), moved.value, ns)
        if taught is None:
            return []
        self.names[taught.name] = self._places[taught.name] = taught.place
        return [taught]

    # For the journal

    def load(self, name: str, text: str) -> None:
        """Take in what came in when this was played before."""
        if name.startswith(KEYS):
            hand = self.hand(name.removeprefix(KEYS))
            for stroke in strokes_of(text):
                hand.put(stroke)
        else:
            trace = self.trace(name)
            for tick, value in moves_of(text):
                trace.put(tick, value)

    @contextmanager
    def again(self, heard: Iterable[tuple[str, str]]) -> Iterator[None]:
        """Take in what came in before, and teach nobody while what was typed is run again."""
        for name, text in heard:
            self.load(name, text)
        self.alone = True
        try:
            yield
        finally:
            self.alone = False

    def write_out(self, after_ns: int = 0) -> None:
        """Keep what came in and is not kept yet, if the last time is so long ago."""
        if not self._pending or self._now_ns() - self._written_ns < after_ns:
            return
        with self._lock:
            pending, self._pending = self._pending, {}
            self._written_ns = self._now_ns()
            for name, told in pending.items():
                if self._kept < _MOST_KEPT:
                    self._kept += len(told)
                    self._write(name, " ".join(told))

    def _remember(self, name: str, told: str) -> None:
        held = self._pending.setdefault(name, [])
        if held and not name.startswith(KEYS) and _same_tick(held[-1], told):
            held.pop()
        held.append(told)

    # Inside

    def _open_inputs(self) -> None:
        with self._lock:
            wanted = {place.port for place in self._places.values()} | self._hands.keys()
            ports = tuple(sorted(wanted | self._lessons.ports))
            if ports == self._open or self._output is None:
                return
            self._open = ports
        self._output.send(Configure({"listen": ports}))

    def _now(self) -> Rational:
        return self._leads.cycle_now()

    def _cycle_at(self, ns: int) -> Rational:
        if not self._leads.playing:
            return self._now()
        tempo = self._leads.tempo_map
        return tempo.cycle_of_beat(tempo.beat_at(ns))

    def _cycles(self, ms: float) -> Rational:
        tempo = self._leads.tempo_map
        return beats_of_ms(ms, tempo.bpm) / tempo.beats_per_cycle


class _NotYetError(TooEarlyError):
    def __init__(self, desk: MidiIn, window: Rational | None) -> None:
        super().__init__("live input is read one lookahead before it sounds")
        self._desk, self._window = desk, window

    def concede(self) -> None:
        self._desk.grant(self._window)

    def wait(self, seconds: float) -> None:  # noqa: ARG002 - nobody waits for a hand
        self._desk.grant(self._window)


def _same_tick(one: str, other: str) -> bool:
    return one.partition(":")[0] == other.partition(":")[0]
