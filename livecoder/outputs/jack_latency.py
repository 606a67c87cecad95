"""How long a frame takes from a JACK port to the ear, as JACK reports it.

JACK adds up what every client and driver on the way to a physical port says of itself. JACK-Client
does not pass these figures on, so the library is asked itself.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from livecoder.outputs.jack_library import jack_library, pointer_of

__all__ = ["capture_frames", "playback_frames"]

_CAPTURE, _PLAYBACK = 0, 1
# More than half a minute at any rate is no latency but a mistake of a driver.
_MOST_FRAMES = 1 << 22


class _Range(ctypes.Structure):
    _fields_ = (("min", ctypes.c_uint32), ("max", ctypes.c_uint32))


def playback_frames(client: Any, port: str) -> int:
    """Return the frames until what an output port plays is heard; 0 when it leads nowhere.

    Args:
        client: a `jack.Client`.
        port: full name of the port.
    """
    return _frames(client, port, _PLAYBACK)


def capture_frames(client: Any, port: str) -> int:
    """Return the frames since what an input port hears was in the air."""
    return _frames(client, port, _CAPTURE)


def _frames(client: Any, port: str, mode: int) -> int:
    library = _library()
    found = library.jack_port_by_name(pointer_of(client), port.encode())
    if not found:
        return 0
    answer = _Range()
    library.jack_port_get_latency_range(found, mode, ctypes.byref(answer))
    return answer.max if answer.max < _MOST_FRAMES else 0


@cache
def _library() -> Any:
    library = jack_library()
    library.jack_port_by_name.restype = ctypes.c_void_p
    library.jack_port_by_name.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.jack_port_get_latency_range.restype = None
    library.jack_port_get_latency_range.argtypes = [
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.POINTER(_Range),
    ]
    return library
