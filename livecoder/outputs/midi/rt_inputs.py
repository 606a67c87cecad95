"""MIDI coming in through rtmidi: CoreMIDI, WinMM, ALSA, timed when the driver hands it over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from livecoder.core.errors import DeviceError
from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.names import EVERY, find_port, nobody_is_called, own_name
from livecoder.outputs.midi.rt_ear import Ear
from livecoder.outputs.midi.rt_open import CLIENT, can_wait, open_on, others, rtmidi_input, shut

__all__ = ["RtInputs"]

# Between two looks at whether an input is closed, seconds.
_SOON = 0.02


class _Own(NamedTuple):
    """An input of ours.

    Attributes:
        ear: listens on the device, which is open.
        source: the port it listens to; None: nobody's, it is there to be connected to.
    """

    ear: Ear
    source: str | None


class RtInputs:
    """The inputs of one interface. Only the thread that maintains touches the ports.

    A name that no port bears has an input of our own, which gives way to the port when that
    appears, and is there again when it goes.
    """

    def __init__(
        self, api: int | None, arrivals: Arrivals, say: Callable[[str], None], errors: Any
    ) -> None:
        """Open nothing yet.

        Args:
            api: one of rtmidi's numbers of interfaces; the one that works if not given.
            arrivals: takes what comes in.
            say: tells the performer a line.
            errors: what rtmidi raises.
        """
        self._api, self._arrivals, self._say, self._errors = api, arrivals, say, errors
        self._wanted: dict[str, None] = {}
        self._probe: Any = None
        self._open: dict[str, _Own] = {}
        # Which are told to stop, and not closed yet.
        self._left: list[Ear] = []
        # Names whose port is not there, which was told; and what to tell when it is.
        self._missing: dict[str, str] = {}

    def want(self, names: Iterable[str]) -> None:
        """Have inputs of exactly these names at the next look."""
        self._wanted = dict.fromkeys(names)

    def look_after(self) -> None:
        """Open what is wanted, close what is not, and open again what has returned."""
        self._left = [ear for ear in self._left if not ear.closed()]
        wanted = self._wanted
        self._missing = {n: word for n, word in self._missing.items() if n in wanted}
        if not wanted and not self._open:
            return
        if self._probe is None:
            self._probe = rtmidi_input(self._api)
        there = others(self._probe)
        every = {f"{EVERY}{port}" for port in there} if EVERY in wanted else set()
        names = [name for name in (*wanted, *sorted(every)) if name != EVERY]
        for name, own in list(self._open.items()):
            if name not in names:
                self._close(name)
            elif own.source is not None and own.source not in there:
                self._close(name)
                self._missing[name] = "is back"
                self._say(f'input "{name}" has gone ({own.source}); waiting for it')
        for name in names:
            source = find_port(name.removeprefix(EVERY), there)
            held = self._open.get(name)
            if held is None or (held.source is None and source is not None):
                self._have(name, source, there)

    def close(self) -> None:
        """Let every port go."""
        for name in list(self._open):
            self._close(name)
        while self._left:
            time.sleep(_SOON)
            self._left = [ear for ear in self._left if not ear.closed()]
        if self._probe is not None:
            shut(self._probe)
            self._probe = None

    def _have(self, name: str, source: str | None, there: list[str]) -> None:
        opened = CLIENT
        if source is not None or can_wait(self._probe):
            opened = self._open_on(name, source)
        if not opened:
            self._say(
                f'input "{name}" cannot be opened; another program may hold it: close it there, '
                "or see livecoder devices"
            )
        elif source is None and name not in self._missing:
            self._missing[name] = "is here"
            self._say(nobody_is_called(name, there, opened))
        elif source is not None and name in self._missing:
            self._say(f'input "{name}" {self._missing.pop(name)} ({source})')

    def _open_on(self, name: str, source: str | None) -> str:
        """Open an input, and return what it is called; nothing if it cannot be opened."""
        own = f"{own_name(name)} in"
        try:
            device = rtmidi_input(self._api)
        except DeviceError:
            return ""
        try:
            device.ignore_types(sysex=False, timing=False, active_sense=True)
            heard = EVERY if name.startswith(EVERY) else name
            ear = Ear(device, lambda data: self._arrivals.put(time.monotonic_ns(), heard, data))
            opened = open_on(device, source, own)
        except self._errors:
            shut(device)
            return ""
        # Only now does the port of our own go, if there was one: there is no gap.
        self._close(name)
        self._open[name] = _Own(ear, source)
        return opened

    def _close(self, name: str) -> None:
        own = self._open.pop(name, None)
        if own is not None:
            own.ear.stop()
            self._left.append(own.ear)
