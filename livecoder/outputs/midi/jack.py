"""MIDI through JACK: every message on the frame it is due; what comes in, see `jack_inputs`.

The process callback writes each message at its offset into the cycle it falls in. Messages reach it
through a ring, so it waits for nobody. Ports are looked after from another thread: those that a
name means are connected, and connected again when they have been away. A server that dies takes
the client with it; both are opened again when it is back.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from livecoder.core.errors import DeviceError
from livecoder.outputs.jack_cycles import Cycles
from livecoder.outputs.jack_latency import playback_frames
from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.cycle import CycleTimes
from livecoder.outputs.midi.endings import Endings, Keys
from livecoder.outputs.midi.jack_inputs import JackInputs
from livecoder.outputs.midi.memory import PortMemory, Remembered
from livecoder.outputs.midi.names import find_port, near_names, nobody_is_called, own_name
from livecoder.outputs.midi.ring import Ring
from livecoder.outputs.urgency import PUNCTUAL, favour_thread

__all__ = ["JackPorts"]

_CLIENT = "livecoder"
_LENGTH = 8192
# Room for a turn of the host that comes late, as nothing else can be sure to run in time.
_ROOM_NS = 35_000_000
# Turns hand over together what is due within so long, if there is time for that.
_SLACK_NS = 33_000_000
_MOST_AHEAD_NS = 75_000_000
# Of a process that was killed JACK keeps the name for a moment.
_NAME_FREE_IN = 2.0
# Cycles until what was connected is.
_CYCLES_TO_CONNECT = 3
# Ends of what others began that one cycle writes at most: more, and the cycle itself comes late.
_ENDS = 16


class _Own:
    """A port of ours and who listens to it."""

    def __init__(self, port: Any, remembered: Remembered) -> None:
        self.port = port
        self.remembered = remembered
        self.present: set[str] = set()
        """Listeners that were connected at the last look."""
        self.missing: set[str] = set(remembered.listeners)
        """Listeners that have gone; some may never have been here in this process."""
        self.declined: set[str] = set()
        """Ports that somebody disconnected by hand."""
        self.doubted: set[str] = set()
        """Ports that are disconnected and still there, as those of a program that quits are."""
        self.keys = Keys()
        """What was begun here, and sounds, since this port last got a listener."""
        self.owed = remembered.channels
        """Channels on which an earlier process, or server, may have left notes sounding."""


class JackPorts:
    """Implements `Backend`.

    Raises:
        DeviceError: no JACK server answers.
    """

    name = "jack"

    def __init__(self, say: Callable[[str], None], memory: PortMemory) -> None:
        """Open a client; no server is started for it.

        Args:
            say: tells the performer a line.
            memory: what the last process knew of its ports.
        """
        import jack

        self._jack = jack
        jack.set_error_function(lambda _text: None)
        jack.set_info_function(lambda _text: None)
        self.lost = 0
        self.latencies: Mapping[str, float] = {}
        self.ahead_ns, self.slack_ns = _ROOM_NS + _SLACK_NS, _SLACK_NS
        self._say, self._memory = say, memory
        self.arrivals = Arrivals()
        self.newcomers: set[str] = set()
        self._inputs = JackInputs(jack, memory, self.arrivals, say)
        self._ring = Ring(_LENGTH)
        self._endings = Endings()
        self._client: Any = None
        self._cycles: Cycles | None = None
        self._times: CycleTimes | None = None
        self._gone = threading.Event()
        # Whether any port has vanished since the last look; it may be there again by then.
        self._vanished = False
        self._wanted: dict[str, None] = dict.fromkeys(memory.ports)
        # Never changed, only replaced: the callback reads it.
        self._own: dict[str, _Own] = {}
        self._favoured = False
        self._open_client()

    # From the host's thread

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:
        """See `Backend`."""
        own = self._own.get(port)
        if own is None or not self._ring.put(deadline_ns, port, data):
            self.lost += 1
            return
        channel = data[0] & 0x0F
        if channel not in own.remembered.channels:
            own.remembered.channels |= {channel}

    def cancel(self) -> None:
        """See `Backend`."""
        self._ring.cancel()

    def open(self, names: Iterable[str]) -> None:
        """See `Backend`."""
        for name in names:
            if name not in self._wanted:
                self._wanted = {**self._wanted, name: None}

    def listen(self, names: Iterable[str]) -> None:
        """See `Backend`."""
        self._inputs.want(names)

    def ports(self) -> tuple[str, ...]:
        """See `Backend`."""
        return tuple(self._own)

    def close(self) -> None:
        """See `Backend`."""
        client = self._client
        if client is None:
            return
        deadline = time.monotonic() + 0.25
        while (self._endings or not self._ring.empty) and time.monotonic() < deadline:
            self._gone.wait(0.002)
        # A cycle more, so that what was written is also heard.
        self._gone.wait(0.02)
        self._client = None
        self._own = {}
        self._inputs.forget()
        if self._cycles is not None:
            self._cycles.end()
        with contextlib.suppress(self._jack.JackError):
            client.close()

    # JACK's thread

    def _process(self, frames: int) -> None:
        if not self._favoured:
            self._favoured = True
            favour_thread(PUNCTUAL)
        own, times = self._own, self._times
        for one in own.values():
            one.port.clear_buffer()
        if times is None or not times.update():
            return
        if self._endings:
            sounding = {name: one.keys for name, one in own.items()}
            for port, data in self._endings.take(_ENDS, sounding):
                self._write(own, port, 0, data)
        begin, length = times.begin_ns, times.end_ns - times.begin_ns
        self._inputs.read(begin, length, frames)
        offset = 0
        while (message := self._ring.get(times.end_ns)) is not None:
            when, port, data = message
            # Offsets never decrease; what is late is written at once.
            place = ((when - begin) * frames * 2 + length) // (2 * length)
            offset = min(max(place, offset), frames - 1)
            self._write(own, port, offset, data)

    def _write(self, own: dict[str, _Own], port: str, offset: int, data: bytes) -> None:
        try:
            one = own[port]
            one.port.write_midi_event(offset, data)
            one.keys.hear(data)
        except (KeyError, self._jack.JackError):
            self.lost += 1

    # The thread that maintains

    def maintain(self) -> None:
        """See `Backend`."""
        if self._gone.is_set():
            self._forget_client()
        try:
            if self._client is None:
                self._open_client()
                self._say("the JACK server is back, and MIDI with it")
            self._look_after_ports()
        except (DeviceError, self._jack.JackError):
            return  # no server, or it went just now; the next look will tell
        self.latencies = {name: self._latency(own) for name, own in self._own.items()}
        self._memory.save()

    def _latency(self, own: _Own) -> float:
        client = self._client
        return 1000.0 * playback_frames(client, own.port.name) / float(client.samplerate)

    def _open_client(self) -> None:
        deadline = time.monotonic() + _NAME_FREE_IN
        exact = True
        while True:
            try:
                client = self._jack.Client(_CLIENT, use_exact_name=exact, no_start_server=True)
                break
            except self._jack.JackOpenError as error:
                if not error.status.name_not_unique:
                    message = "no JACK server answers; start one: jackd -d alsa"
                    raise DeviceError(message) from error
                exact = time.monotonic() < deadline
                self._gone.wait(0.05)
            except self._jack.JackError as error:
                message = "no JACK server answers; start one: jackd -d alsa"
                raise DeviceError(message) from error
        self._gone.clear()
        self._favoured = False
        self._ring.cancel()
        client.set_shutdown_callback(self._on_shutdown)
        client.set_port_registration_callback(self._on_port, only_available=False)
        self._cycles = Cycles(client, self._process)
        self._times = CycleTimes(client)
        client.activate()
        period_ns = int(client.blocksize / client.samplerate * 1e9)
        needed = _ROOM_NS + period_ns
        self.ahead_ns = min(needed + _SLACK_NS, _MOST_AHEAD_NS)
        self.slack_ns = max(0, self.ahead_ns - needed)
        self._client = client

    def _on_shutdown(self, *_why: object) -> None:
        self._gone.set()

    def _on_port(self, _port: object, appeared: bool) -> None:
        self._vanished = self._vanished or not appeared

    def _forget_client(self) -> None:
        client, self._client = self._client, None
        self._own, self._times = {}, None
        self._inputs.forget()
        if client is not None:
            self._say("the JACK server has gone; MIDI is silent until it is back")
            # The library waits for the dead server if asked to deactivate; to close is enough.
            with contextlib.suppress(self._jack.JackError):
                client.close()

    def _look_after_ports(self) -> None:
        client = self._client
        before, self._vanished = self._vanished, False

        def vanished() -> bool:
            return before or self._vanished

        self._inputs.look_after(client, vanished)
        new = [name for name in self._wanted if name not in self._own]
        for name in new:
            self._register(client, name)
        if not self._own:
            return
        inputs: dict[str, list[str]] = {}
        for port in client.get_ports(is_midi=True, is_input=True):
            if not port.name.startswith(f"{client.name}:"):
                inputs[port.name] = list(port.aliases)
        for name, own in self._own.items():
            self._look_after(client, name, own, inputs, vanished)
            # A name that is like no other is meant as it is.
            if name in new and not (own.present or own.missing) and near_names(name, inputs):
                opened = f"{client.name}:{own_name(name)}"
                self._say(nobody_is_called(name, inputs, opened, kind="input"))

    def _register(self, client: Any, name: str) -> None:
        try:
            port = client.midi_outports.register(own_name(name))
        except self._jack.JackError:
            self._say(f'JACK refuses a port called "{name}"; give it another name')
            return
        remembered = self._memory.ports.setdefault(name, Remembered())
        self._own = {**self._own, name: _Own(port, remembered)}

    def _look_after(
        self,
        client: Any,
        name: str,
        own: _Own,
        inputs: dict[str, list[str]],
        vanished: Callable[[], bool],
    ) -> None:
        connected = {port.name for port in own.port.connections}
        doubted, own.doubted = own.doubted, set()
        for listener in own.present - connected:
            here = listener in inputs and not vanished()
            if here and listener not in doubted:
                own.doubted.add(listener)
            elif here:
                own.declined.add(listener)
                own.remembered.listeners.discard(listener)
            else:
                own.missing.add(listener)
                self._say(f'port "{name}" has gone ({listener}); waiting for it')
        returned = own.missing & inputs.keys()
        for listener in sorted(returned):
            own.missing.discard(listener)
            if self._connect(client, own, listener):
                connected.add(listener)
                self._say(f'port "{name}" is back ({listener})')
        if not connected and not own.missing and not own.doubted:
            found = find_port(name, inputs)
            if (
                found is not None
                and found not in own.declined
                and self._connect(client, own, found)
            ):
                connected.add(found)
        if connected and own.owed:
            self._end_what_sounds(name, own.owed, every_key=True)
            own.owed = frozenset()
        elif returned and connected:
            self._end_what_sounds(name, own.remembered.channels, every_key=False)
        if connected - own.present:
            self.newcomers.add(name)
        own.present = connected | own.doubted
        own.remembered.listeners |= connected

    def _connect(self, client: Any, own: _Own, listener: str) -> bool:
        # What sounds by now has begun before this listener could hear it.
        own.keys = Keys()
        try:
            client.connect(own.port, listener)
        except self._jack.JackErrorCode:
            return listener in {port.name for port in own.port.connections}
        return True

    def _end_what_sounds(self, name: str, channels: Iterable[int], *, every_key: bool) -> None:
        # A connection is in force from a later cycle on; what is written before it goes nowhere.
        client = self._client
        self._gone.wait(_CYCLES_TO_CONNECT * client.blocksize / client.samplerate)
        self._endings.owe(name, channels, every_key=every_key)
