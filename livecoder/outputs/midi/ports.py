"""What MIDI ports there are."""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from livecoder.core.errors import DeviceError

__all__ = ["Port", "list_ports"]


class Port(NamedTuple):
    """A port notes can be sent to.

    Attributes:
        name: full name; any part of it will do in `.midi("...")`.
        backend: `"jack"` or `"rtmidi"`.
    """

    name: str
    backend: str

    def __str__(self) -> str:
        return f"{self.name} ({self.backend})"


def list_ports() -> list[Port]:
    """Return the MIDI inputs of other programs and devices, those of JACK first.

    A driver may take its time, so whoever is in a hurry asks in another process.
    """
    return [*_jack_ports(), *_rtmidi_ports()]


def _jack_ports() -> list[Port]:
    try:
        import jack
    except (ImportError, OSError):
        return []
    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    try:
        client = jack.Client("livecoder-ports", no_start_server=True)
    except jack.JackError:
        return []
    with contextlib.closing(client):
        return [Port(port.name, "jack") for port in client.get_ports(is_midi=True, is_input=True)]


def _rtmidi_ports() -> list[Port]:
    try:
        from livecoder.outputs.midi.rt_open import rtmidi_output, shut
    except (ImportError, OSError):
        return []
    try:
        output = rtmidi_output()
    except DeviceError:
        return []
    names = output.get_ports()
    shut(output)
    return [Port(name, "rtmidi") for name in names]
