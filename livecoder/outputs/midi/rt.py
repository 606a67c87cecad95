"""MIDI through rtmidi: CoreMIDI, WinMM, ALSA, each message at its deadline (see `punctual`)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from livecoder.core.errors import DeviceError
from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.messages import silence
from livecoder.outputs.midi.names import find_port, near_names, nobody_is_called, own_name
from livecoder.outputs.midi.punctual import Punctual
from livecoder.outputs.midi.rt_inputs import RtInputs

__all__ = ["RtPorts", "open_rtmidi"]

_CLIENT = "livecoder"
_AHEAD_NS = 40_000_000


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
        self.latencies: Mapping[str, float] = {}
        self._say, self._api = say, api
        self._probe = open_rtmidi(api)
        self.arrivals = Arrivals()
        self.newcomers: set[str] = set()
        self._inputs = RtInputs(api, self.arrivals, say, self._errors)
        self._wanted: dict[str, None] = {}
        # Never changed, only replaced. Of each: the output, and the port it is on (None: virtual).
        self._open: dict[str, tuple[Any, str | None]] = {}
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
        self.newcomers.add(name)
        if target is None and near_names(name, there):
            opened = f"{_CLIENT}:{own_name(name)}"
            self._say(nobody_is_called(name, there, opened, kind="input"))
        if self._missing.pop(name, None) is not None:
            self._say(f'port "{name}" is back ({target})')
            for channel in range(16):
                for data in silence(channel):
                    self._punctual.put_first(name, data)

    def close(self) -> None:
        """See `Backend`."""
        self._punctual.close()
        for output, _ in self._open.values():
            with contextlib.suppress(*self._errors):
                output.close_port()
        self._open = {}
        self._inputs.close()

    # The thread that sends

    def _write(self, port: str, data: bytes) -> None:
        held = self._open.get(port)
        if held is None:
            self.lost += 1
            return
        try:
            held[0].send_message(data)
        except self._errors:
            self.lost += 1
