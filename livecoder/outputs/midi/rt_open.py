"""Opening ports through rtmidi: other people's, and ours where there is none yet."""

from __future__ import annotations

from typing import Any

from livecoder.core.errors import DeviceError

__all__ = [
    "CLIENT",
    "can_wait",
    "open_on",
    "others",
    "rtmidi_input",
    "rtmidi_output",
    "shut",
]

CLIENT = "livecoder"
"""What our own ports are called by, before the colon or the space."""


def rtmidi_output(api: int | None = None) -> Any:
    """Return an rtmidi output through the interface that works here.

    Args:
        api: one of rtmidi's numbers of interfaces; the first that works if not given, but not JACK.

    Raises:
        DeviceError: none does.
    """
    import rtmidi

    return _device(rtmidi.MidiOut, api)


def rtmidi_input(api: int | None = None) -> Any:
    """Return an rtmidi input; the rest is as for an output."""
    import rtmidi

    return _device(rtmidi.MidiIn, api)


def others(device: Any) -> list[str]:
    """Return the ports an rtmidi device can be opened on, but ours, which it must never be."""
    return [port for port in device.get_ports() if not port.startswith(CLIENT)]


def can_wait(device: Any) -> bool:
    """Whether a port of our own can be opened, to wait for others; WinMM has none such."""
    import rtmidi

    return bool(device.get_current_api() != rtmidi.API_WINDOWS_MM)


def open_on(device: Any, port: str | None, own: str) -> str:
    """Open a device, and return the name others find it by.

    Args:
        device: an rtmidi input or output.
        port: the full name of another's port; None opens one of our own that waits for others.
        own: what to call it.

    Raises:
        ValueError: the port went just now.
        rtmidi.RtMidiError: another program holds it, or the interface has gone.
    """
    import rtmidi

    if port is not None:
        # rtmidi counts all ports, ours among them.
        device.open_port(device.get_ports().index(port), own)
        return f"{CLIENT}:{own}"
    # Only CoreMIDI lists a port without its client, and then we would take ours for another's.
    bare = device.get_current_api() == rtmidi.API_MACOSX_CORE
    device.open_virtual_port(f"{CLIENT} {own}" if bare else own)
    return f"{CLIENT} {own}" if bare else f"{CLIENT}:{own}"


def shut(device: Any) -> None:
    """Close a device, which nobody must use from now on: a call of it would end the process.

    To close its port would not be enough. One of our own stays for others to see, and every client
    that is left to Python's collector is one of the few dozen that ALSA allows. An input that calls
    somebody is an `Ear`, and closed as that.
    """
    device.delete()


def _device(kind: Any, api: int | None) -> Any:
    import rtmidi

    # JACK never, unless it is asked for: rtmidi reads what comes in from memory that the server
    # writes anew, so that a moment's delay ends the process. JACK has a way of its own.
    compiled = [one for one in rtmidi.get_compiled_api() if one != rtmidi.API_UNIX_JACK]
    why = "none is compiled in"
    for one in compiled if api is None else [api]:
        try:
            return kind(one, name=CLIENT)
        except (rtmidi.SystemError, rtmidi.RtMidiError, NotImplementedError) as error:
            why = str(error)
    message = f"no MIDI interface opens ({why}); start JACK, or load snd-seq: modprobe snd-seq"
    raise DeviceError(message)
