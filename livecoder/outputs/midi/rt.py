"""MIDI through rtmidi: CoreMIDI, WinMM, ALSA, each message at its deadline.

These interfaces know no time stamps, so a thread waits for each deadline: it sleeps until shortly
before, and watches the clock for the rest.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from livecoder.core.errors import DeviceError
from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.messages import silence
from livecoder.outputs.midi.names import find_port, own_name
from livecoder.outputs.midi.rt_inputs import RtInputs
from livecoder.outputs.urgency import favour_thread

__all__ = ["RtPorts", "open_rtmidi"]

_CLIENT = "livecoder"
_AHEAD_NS = 40_000_000
# A sleep may end this much late; what is left is spent looking at the clock.
_SPIN_NS = 300_000
_IDLE = 0.5
_PRIORITY = 9


def open_rtmidi(api: int | None = None) -> Any:
    """Return an rtmidi output through the interface that works here.

    Raises:
        DeviceError: none does.
    """
    import rtmidi

    apis = [rtmidi.API_UNSPECIFIED, *rtmidi.get_compiled_api()] if api is None else [api]
    why = "none is compiled in"
    for one in apis:
        try:
            return rtmidi.MidiOut(one, name=_CLIENT)
        except (rtmidi.SystemError, rtmidi.RtMidiError, NotImplementedError) as error:
            why = str(error)
    message = f"no MIDI interface opens ({why}); start JACK, or load snd-seq: modprobe snd-seq"
    raise DeviceError(message)


class RtPorts:
    """Implements `Backend`.

    Raises:
        DeviceError: no MIDI interface opens.
    """

    name = "rtmidi"
    ahead_ns = _AHEAD_NS

    def __init__(self, say: Callable[[str], None], *, api: int | None = None) -> None:
        """Open the interface.

        Args:
            say: tells the performer a line.
            api: one of rtmidi's numbers of interfaces; the one that works if not given.
        """
        import rtmidi

        self._errors = (rtmidi.SystemError, rtmidi.RtMidiError, ValueError, OSError)
        self.lost = 0
        self._say, self._api = say, api
        self._probe = open_rtmidi(api)
        self.arrivals = Arrivals()
        self._inputs = RtInputs(api, self.arrivals, say, self._errors)
        self._wanted: dict[str, None] = {}
        # Never changed, only replaced. Of each: the output, and the port it is on (None: virtual).
        self._open: dict[str, tuple[Any, str | None]] = {}
        self._missing: dict[str, str] = {}
        self._queue: deque[tuple[int, str, bytes]] = deque()
        self._news, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="rtmidi", daemon=True)
        self._thread.start()

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:
        """See `Backend`."""
        self._queue.append((deadline_ns, port, data))
        self._news.set()

    def cancel(self) -> None:
        """See `Backend`."""
        self._queue.clear()

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
        return tuple(self._open)

    def maintain(self) -> None:
        """See `Backend`."""
        with contextlib.suppress(DeviceError, *self._errors):
            self._inputs.look_after()
        try:
            there = [port for port in self._probe.get_ports() if not port.startswith(_CLIENT)]
        except self._errors:
            return
        for name, (output, target) in list(self._open.items()):
            if target is not None and target not in there:
                self._missing[name] = target
                self._open = {key: held for key, held in self._open.items() if key != name}
                self._say(f'port "{name}" has gone ({target}); waiting for it')
                with contextlib.suppress(*self._errors):
                    output.close_port()
        for name in self._wanted:
            if name not in self._open:
                self._open_port(name, there)

    def _open_port(self, name: str, there: list[str]) -> None:
        target = find_port(name, there)
        if target is None and name in self._missing:
            return
        try:
            output = open_rtmidi(self._api)
            if target is None:
                output.open_virtual_port(own_name(name))
            else:
                output.open_port(there.index(target), own_name(name))
        except (DeviceError, NotImplementedError, *self._errors):
            self._say(
                f'port "{name}" cannot be opened; another program may hold it: close it there, '
                "or see livecoder devices"
            )
            return
        self._open = {**self._open, name: (output, target)}
        if self._missing.pop(name, None) is not None:
            self._say(f'port "{name}" is back ({target})')
            for channel in range(16):
                for data in silence(channel):
                    self._queue.appendleft((0, name, data))
            self._news.set()

    def close(self) -> None:
        """See `Backend`."""
        deadline = time.monotonic() + 0.25
        while self._queue and time.monotonic() < deadline:
            self._stop.wait(0.002)
        self._stop.set()
        self._news.set()
        self._thread.join(1.0)
        for output, _ in self._open.values():
            with contextlib.suppress(*self._errors):
                output.close_port()
        self._open = {}
        self._inputs.close()

    # The sending thread

    def _run(self) -> None:
        favour_thread(_PRIORITY)
        while not self._stop.is_set():
            self._news.clear()
            if not self._queue:
                self._news.wait(_IDLE)
                continue
            try:
                deadline, port, data = self._queue[0]
                left = deadline - time.monotonic_ns()
                if left > _SPIN_NS:
                    self._news.wait((left - _SPIN_NS) / 1e9)
                    continue
                while time.monotonic_ns() < deadline:
                    pass
                if self._queue.popleft()[0] != deadline:
                    continue
            except IndexError:
                continue  # cancelled meanwhile
            held = self._open.get(port)
            if held is None:
                self.lost += 1
                continue
            try:
                held[0].send_message(data)
            except self._errors:
                self.lost += 1
