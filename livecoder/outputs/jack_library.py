"""What JACK's library offers and JACK-Client does not pass on is asked of the library itself.

JACK-Client knows where the library is also where a search by name finds none (Homebrew's folder on
a Mac with Apple's processor). So its file is the one that is loaded: no other is looked for.
"""

from __future__ import annotations

import ctypes
from typing import Any

__all__ = ["jack_library", "pointer_of"]


def jack_library() -> ctypes.CDLL:
    """Return the library JACK-Client speaks to, with functions nobody else has typed.

    Raises:
        ImportError: JACK-Client is not installed.
        OSError: there is no JACK on this machine.
    """
    import jack

    # Each call a handle of its own: whoever sets argument types sets them for himself.
    return ctypes.CDLL(jack._libname)


def pointer_of(client: Any) -> ctypes.c_void_p:
    """Return what the library's functions take for a client.

    Args:
        client: a `jack.Client` that is open.
    """
    import jack

    return ctypes.c_void_p(int(jack._ffi.cast("uintptr_t", client._ptr)))
