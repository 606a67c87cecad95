"""The MIDI instrument: events in, messages out, through whatever way out this machine has."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import Moment
from livecoder.core.errors import DeviceError, RangeError
from livecoder.core.events import Incoming, Mix, Report, Schedule
from livecoder.core.rational import Rational
from livecoder.outputs.instrument import Due
from livecoder.outputs.midi.arrivals import Arrived
from livecoder.outputs.midi.backend import Backend
from livecoder.outputs.midi.calm import Calm
from livecoder.outputs.midi.catching_up import CatchingUp
from livecoder.outputs.midi.clock_in import ClockIn
from livecoder.outputs.midi.clock_out import ClockOut
from livecoder.outputs.midi.memory import PortMemory
from livecoder.outputs.midi.messages import silence
from livecoder.outputs.midi.silent import SilentPorts
from livecoder.outputs.midi.sounding import Sounding, Timed

__all__ = ["MidiInstrument", "open_backend"]

_LOOK_EVERY = 0.2
# Messages that wait for the front at most; a front that takes none is gone.
_MOST_WAITING = 4096
_REALTIME = 0xF8


def open_backend(wanted: str, say: Callable[[str], None], memory: PortMemory) -> Backend:
    """Open a way out.

    Args:
        wanted: `"auto"`, `"jack"`, `"rtmidi"`, `"none"`, `"file:PATH"`, or, for benchmarks,
            `"stamps:PATH"`.
        say: tells the performer a line.
        memory: what the last process knew of its ports.

    Raises:
        DeviceError: what was asked for by name is not there.
        RangeError: no way out is called that.
    """
    if wanted == "none":
        return SilentPorts()
    if wanted.startswith("file:"):
        from livecoder.outputs.midi.recording import FilePorts

        return FilePorts(Path(wanted.removeprefix("file:")))
    if wanted.startswith("stamps:"):
        from livecoder.outputs.midi.stamping import StampingPorts

        return StampingPorts(Path(wanted.removeprefix("stamps:")))
    if wanted not in ("auto", "jack", "rtmidi"):
        allowed = "auto, jack, rtmidi, none or file:PATH"
        raise RangeError("MIDI backend", wanted, allowed, fix="try --midi auto")
    if wanted != "rtmidi":
        from livecoder.outputs.midi.jack import JackPorts

        with contextlib.suppress(*((DeviceError, OSError) if wanted == "auto" else ())):
            return JackPorts(say, memory)
    with contextlib.suppress(*((DeviceError, ImportError) if wanted == "auto" else ())):
        from livecoder.outputs.midi.rt import RtPorts

        return RtPorts(say)
    say("there is no MIDI here, neither JACK nor ALSA: notes for ports are not heard")
    return SilentPorts()


class MidiInstrument:
    """Implements `livecoder.outputs.instrument.Instrument`, and `Listener`."""

    def __init__(
        self, backend: Backend, memory: PortMemory, say: Callable[[str], None], timeline: Path
    ) -> None:
        """Play on a backend, and look after its ports from a thread.

        Args:
            backend: the way out, and in.
            memory: of its ports, for the next process.
            say: tells the performer a line.
            timeline: where this process leads time while it follows a clock.
        """
        self._backend, self._memory, self._say = backend, memory, say
        self._clock_out = ClockOut(say)
        self._clock_in = ClockIn(timeline, say)
        self._listening: frozenset[str] = frozenset()
        self._configured = False
        self._waiting: deque[Arrived] = deque(maxlen=_MOST_WAITING)
        self._sounding = Sounding()
        self._catching_up, self._calm = CatchingUp(), Calm()
        self._sent = 0
        self._news, self._stop = threading.Event(), threading.Event()
        self._latest = 0
        # The beat of the last jump that was seen.
        self._jumped_to: Rational | None = None
        self._backend.maintain()
        self._thread = threading.Thread(target=self._maintain, name="ports", daemon=True)
        self._thread.start()

    @property
    def backend(self) -> str:
        """See `Instrument`."""
        return self._backend.name

    @property
    def dispatch_ahead_ns(self) -> int:
        """See `Instrument`."""
        return self._backend.ahead_ns

    @property
    def slack_ns(self) -> int:
        """See `Instrument`."""
        return self._backend.slack_ns

    def calm_ns(self, wanted_ns: int) -> int:
        """See `Instrument`."""
        return self._calm.after(wanted_ns)

    def expect(self, order: Schedule) -> None:
        """See `Instrument`: ports open before their first note."""
        names = {str(event.controls.get("midiport", "")) for event in order.events} - {""}
        if names:
            self._backend.open(names)
            if not names <= set(self._backend.ports()):
                self._news.set()

    def play(self, due: Sequence[Due], tempo_map: TempoMap, until_ns: int) -> int | None:
        """See `Instrument`."""
        for one in due:
            self._sounding.begin(one.event.beat, one.event.duration, one.event.controls)
        while self._backend.newcomers:
            self._sounding.introduce(self._backend.newcomers.pop())
        self._catching_up.see(tempo_map, until_ns)
        now, ports = time.monotonic_ns(), self._backend.ports()
        clock = self._clock_out.until(tempo_map, now, until_ns, ports)
        notes = self._sounding.until(tempo_map, until_ns)
        # Of two that are due together the clock's goes first: sorting keeps their order.
        for timed in sorted((*clock, *notes), key=_deadline):
            self._send(timed)
        nexts = (self._sounding.next_ns(tempo_map), self._clock_out.next_ns(tempo_map))
        return min((ns for ns in nexts if ns is not None), default=None)

    def rest(self) -> None:
        """See `Instrument`."""
        self._catching_up.forget()
        now = time.monotonic_ns()
        for timed in (*self._sounding.release(now), *self._clock_out.stop(now)):
            self._send(timed)

    def mix(self, order: Mix) -> None:
        """See `Instrument`; a MIDI port has no strip."""

    def configure(self, settings: Mapping[str, Any]) -> None:
        """See `Instrument`.

        Args:
            settings: `listen`: names of the inputs whose messages the front is to be told;
                `clock_out`: names of the ports that get the clock; `follow`: the name of an input
                and the number of the follower, or None.
        """
        self._configured = True
        if "listen" in settings:
            self._listening = frozenset(map(str, settings["listen"]))
        if "clock_out" in settings:
            names = [str(name) for name in settings["clock_out"]]
            self._backend.open(names)
            for timed in self._clock_out.want(names, time.monotonic_ns()):
                self._send(timed)
        if "follow" in settings:
            self._clock_in.follow(settings["follow"])
        followed = {self._clock_in.port} - {""}
        self._backend.listen(sorted(self._listening | followed))
        self._news.set()

    # What comes in

    def wake_by(self, wake: Callable[[], None]) -> None:
        """See `Listener`."""
        self._backend.arrivals.wake = wake

    def hear(self, now_ns: int) -> bool:
        """See `Listener`."""
        if not self._configured:
            # An input that opened again may be faster than the front, which says what it is for.
            return False
        arrived = self._backend.arrivals.take()
        told = [a for a in arrived if a.port in self._listening and a.data[0] < _REALTIME]
        self._waiting.extend(told)
        return self._clock_in.hear(arrived, now_ns) or bool(told)

    def see(self, moment: Moment) -> None:
        """See `Listener`; where the music jumps, what was to come is not played any more."""
        self._clock_out.see(moment)
        if moment.place.jumped and moment.place.beat != self._jumped_to:
            self._jumped_to = moment.place.beat
            self._cancel()

    def incoming(self) -> list[Incoming]:
        """See `Listener`."""
        messages: dict[str, list[tuple[int, bytes]]] = {}
        while self._waiting:
            arrived = self._waiting.popleft()
            messages.setdefault(arrived.port, []).append((arrived.ns, arrived.data))
        return [Incoming(port, tuple(came)) for port, came in messages.items()]

    def panic(self) -> None:
        """Note-offs, then All Notes Off and All Sound Off on every channel that was used."""
        self._cancel()
        now = time.monotonic_ns()
        for port, channels in sorted(self._sounding.used.items()):
            for channel in sorted(channels):
                for data in silence(channel):
                    self._send(Timed(now, port, data))

    def _cancel(self) -> None:
        """Take back what is not out yet, and end what sounds."""
        self._backend.cancel()
        self._catching_up.forget()
        self._calm.forget()
        self._clock_out.lose_place()
        self._latest = 0
        for timed in self._sounding.release(time.monotonic_ns()):
            self._send(timed)

    def report(self) -> Report:
        """See `Instrument`."""
        figures = {
            "sent": float(self._sent),
            "lost": float(self._backend.lost),
            "voices": float(len(self._sounding)),
            **self._clock_in.figures(),
        }
        figures.update((f"latency {name}", ms) for name, ms in self._backend.latencies.items())
        return Report("midi", figures, (), self._backend.ports())

    def close(self) -> None:
        """See `Instrument`."""
        self._stop.set()
        self._news.set()
        self._thread.join(3.0)
        self.rest()
        self._backend.close()
        self._memory.clear()

    def _send(self, timed: Timed) -> None:
        # Whatever happens to time, nothing goes before what is out already.
        self._latest = max(self._latest, self._catching_up.deadline(timed.deadline_ns))
        self._calm.expect(self._latest)
        self._backend.send(self._latest, timed.port, timed.data)
        self._sent += 1

    def _maintain(self) -> None:
        while not self._stop.is_set():
            self._news.wait(_LOOK_EVERY)
            self._news.clear()
            if self._stop.is_set():
                return
            malformed = self._backend.arrivals.malformed
            while malformed:
                self._say(f'input "{malformed.pop()}" sends what is no MIDI; it is passed over')
            try:
                self._backend.maintain()
            except Exception as error:  # whatever a driver does, look again
                traceback.print_exception(error, file=sys.stderr)


def _deadline(timed: Timed) -> int:
    return timed.deadline_ns
