"""MIDI through rtmidi: CoreMIDI, WinMM, ALSA, each message at its deadline (see `punctual`)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from livecoder.core.errors import DeviceError
from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.endings import Keys
from livecoder.outputs.midi.messages import silence
from livecoder.outputs.midi.names import find_port, near_names, nobody_is_called, own_name
from livecoder.outputs.midi.punctual import Punctual
from livecoder.outputs.midi.rt_inputs import RtInputs
from livecoder.outputs.midi.rt_open import CLIENT, can_wait, open_on, others, rtmidi_output, shut

__all__ = ["RtPorts"]

_AHEAD_NS = 75_000_000
_SLACK_NS = 33_000_000
# Of a port that is left: time for the ends of what sounds on it to go out, and for the thread that
# sends to be done with it, seconds.
_LEAVES_IN = 0.5


class _Own(NamedTuple):
    """An output of ours.

    Attributes:
        device: of rtmidi's; open.
        target: the port it plays on; None: nobody's, it is there to be connected to.
        keys: what sounds on it.
    """

    device: Any
    target: str | None
    keys: Keys


class RtPorts:
    """Implements `Backend`.

    A name that no port bears has an output of our own, which gives way to the port when that
    appears, and is there again when it goes.

    Raises:
        DeviceError: no MIDI interface opens.
    """

    name = "rtmidi"
    ahead_ns = _AHEAD_NS
    slack_ns = _SLACK_NS

    def __init__(self, say: Callable[[str], None], *, api: int | None = None) -> None:
        """Open the interface.

        Args:
            say: tells the performer a line.
            api: one of rtmidi's numbers of interfaces; the one that works if not given, never JACK.
        """
        import rtmidi

        self._errors = (rtmidi.SystemError, rtmidi.RtMidiError, ValueError, OSError)
        self.lost = 0
        self.latencies: Mapping[str, float] = {}
        self._say, self._api = say, api
        self._probe = rtmidi_output(api)
        self.arrivals = Arrivals()
        self.newcomers: set[str] = set()
        self._inputs = RtInputs(api, self.arrivals, say, self._errors)
        self._wanted: dict[str, None] = {}
        # These two are never changed, only replaced: the thread that sends reads them.
        self._open: dict[str, _Own] = {}
        self._leaving: dict[str, _Own] = {}
        # Since when, and under what name, which device is left; oldest first.
        self._left: list[tuple[float, str, Any]] = []
        # Names whose port is not there, and what to tell the performer when it is.
        self._missing: dict[str, str] = {}
        self._punctual = Punctual("rtmidi", self._write)

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:
        """See `Backend`."""
        self._punctual.put(deadline_ns, port, data)

    def cancel(self) -> None:
        """See `Backend`."""
        self._punctual.cancel()

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
        self._let_go()
        try:
            there = others(self._probe)
        except self._errors:
            return
        for name, own in list(self._open.items()):
            if own.target is not None and own.target not in there:
                self._missing[name] = "is back"
                self._open = {key: held for key, held in self._open.items() if key != name}
                self._say(f'port "{name}" has gone ({own.target}); waiting for it')
                self._leave(name, own)
        for name in self._wanted:
            target, held = find_port(name, there), self._open.get(name)
            if held is None or (held.target is None and target is not None):
                self._have(name, target, there)

    def _have(self, name: str, target: str | None, there: list[str]) -> None:
        opened = CLIENT
        if target is not None or can_wait(self._probe):
            opened = self._open_on(name, target)
        if not opened:
            self._say(
                f'port "{name}" cannot be opened; another program may hold it: close it there, '
                "or see livecoder devices"
            )
        elif target is None and name not in self._missing:
            self._missing[name] = "is here"
            # A name that is like no other is meant as it is, where it can be.
            if opened == CLIENT or near_names(name, there):
                self._say(nobody_is_called(name, there, opened, kind="input"))
        elif target is not None and (word := self._missing.pop(name, "")):
            self._say(f'port "{name}" {word} ({target})')
            if word == "is back":
                for channel in range(16):
                    for data in silence(channel):
                        self._punctual.put_first(name, data)

    def _open_on(self, name: str, target: str | None) -> str:
        """Open an output, and return what it is called; nothing if it cannot be opened."""
        try:
            device = rtmidi_output(self._api)
        except DeviceError:
            return ""
        try:
            opened = open_on(device, target, own_name(name))
        except self._errors:
            shut(device)
            return ""
        held = self._open.get(name)
        self._open = {**self._open, name: _Own(device, target, Keys())}
        self.newcomers.add(name)
        if held is not None:
            self._leave(name, held)
        return opened

    def _leave(self, name: str, own: _Own) -> None:
        """Have what sounds on a port of ours end, and the port closed when that is out."""
        now = time.monotonic()
        leaving = f"\0{now} {name}"  # no performer types that
        self._leaving = {**self._leaving, leaving: own}
        self._left.append((now, leaving, own.device))
        for channel in range(16) if own.target is None else ():
            if not own.keys.silent(channel):
                for data in (*silence(channel), *own.keys.ends(channel)):
                    self._punctual.put_first(leaving, data)

    def _let_go(self) -> None:
        now, left = time.monotonic(), self._left
        over = {leaving for at, leaving, _ in left if at + _LEAVES_IN < now}
        self._leaving = {name: own for name, own in self._leaving.items() if name not in over}
        # The thread that sends may have found it just before: so not at once.
        self._left = [one for one in left if one[0] + 2 * _LEAVES_IN >= now]
        for _, _, device in left[: len(left) - len(self._left)]:
            shut(device)

    def close(self) -> None:
        """See `Backend`."""
        self._punctual.close()
        devices = [own.device for own in self._open.values()]
        devices += [device for _, _, device in self._left]
        self._open, self._leaving, self._left = {}, {}, []
        for device in devices:
            shut(device)
        self._inputs.close()
        shut(self._probe)

    # The thread that sends

    def _write(self, port: str, data: bytes) -> None:
        own = self._open.get(port) or self._leaving.get(port)
        if own is None:
            self.lost += 1
            return
        try:
            own.device.send_message(data)
            own.keys.hear(data)
        except self._errors:
            self.lost += 1
