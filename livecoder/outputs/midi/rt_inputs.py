"""MIDI coming in through rtmidi: CoreMIDI, WinMM, ALSA, timed when the driver hands it over."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from typing import Any

from livecoder.core.errors import DeviceError
from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.names import EVERY, find_port, nobody_is_called, own_name

__all__ = ["RtInputs"]

_CLIENT = "livecoder"


class RtInputs:
    """The inputs of one interface. Only the thread that maintains touches the ports."""

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
        # Of each: the input, and the port it listens to (None: virtual).
        self._open: dict[str, tuple[Any, str | None]] = {}
        self._missing: dict[str, str] = {}

    def want(self, names: Iterable[str]) -> None:
        """Have inputs of exactly these names at the next look."""
        self._wanted = dict.fromkeys(names)

    def look_after(self) -> None:
        """Open what is wanted, close what is not, and open again what has returned."""
        if not self._wanted and not self._open:
            return
        if self._probe is None:
            self._probe = _open_input(self._api)
        there = [port for port in self._probe.get_ports() if not port.startswith(_CLIENT)]
        every = {f"{EVERY}{port}" for port in there} if EVERY in self._wanted else set()
        for name, (port, source) in list(self._open.items()):
            gone = source is not None and source not in there
            if gone and source is not None and not name.startswith(EVERY):
                self._missing[name] = source
                self._say(f'input "{name}" has gone ({source}); waiting for it')
            if gone or name not in every | self._wanted.keys():
                del self._open[name]
                with contextlib.suppress(*self._errors):
                    port.close_port()
        for name in (*self._wanted, *sorted(every)):
            if name not in self._open and name != EVERY:
                self._open_port(name, there)

    def close(self) -> None:
        """Let every port go."""
        for port, _ in self._open.values():
            with contextlib.suppress(*self._errors):
                port.close_port()
        self._open = {}

    def _open_port(self, name: str, there: list[str]) -> None:
        source = find_port(name.removeprefix(EVERY), there)
        if source is None and name in self._missing:
            return
        own = f"{own_name(name)} in"
        try:
            port = _open_input(self._api)
            port.ignore_types(sysex=False, timing=False, active_sense=True)
            port.set_callback(self._on_message, EVERY if name.startswith(EVERY) else name)
            if source is None:
                port.open_virtual_port(own)
            else:
                port.open_port(there.index(source), own)
        except (DeviceError, NotImplementedError, *self._errors):
            self._say(
                f'input "{name}" cannot be opened; another program may hold it: close it there, '
                "or see livecoder devices"
            )
            return
        self._open[name] = (port, source)
        if source is None:
            self._say(nobody_is_called(name, there, f"{_CLIENT}:{own}"))
        elif self._missing.pop(name, None) is not None:
            self._say(f'input "{name}" is back ({source})')

    def _on_message(self, event: tuple[list[int], float], name: Any) -> None:
        # rtmidi's own times count from the message before, and drift.
        self._arrivals.put(time.monotonic_ns(), name, bytes(event[0]))


def _open_input(api: int | None) -> Any:
    import rtmidi

    apis = [rtmidi.API_UNSPECIFIED, *rtmidi.get_compiled_api()] if api is None else [api]
    for one in apis:
        with contextlib.suppress(rtmidi.SystemError, rtmidi.RtMidiError, NotImplementedError):
            return rtmidi.MidiIn(one, name=_CLIENT)
    message = "no MIDI input opens; start JACK, or load snd-seq: modprobe snd-seq"
    raise DeviceError(message)
