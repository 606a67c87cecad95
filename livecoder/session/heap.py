"""Keeps what a session takes of the memory small, over hours.

What was typed and forgotten leaves holes. The C library keeps them, in a heap for each thread, and
a set of three hours grows by them though nothing is remembered for longer. So all threads share one
heap, and once a minute the pages that hold nothing go back to the system: some tenths of a
millisecond, in a thread of its own.

Where the C library is another than glibc, nothing is done.
"""

from __future__ import annotations

import ctypes
import threading
from typing import Any

__all__ = ["Heap"]

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_EVERY_S = 60.0


class Heap:
    """Tidies the heap of this process until it is closed.

    Attributes:
        tidied: how often it was.
    """

    def __init__(self, every: float = _EVERY_S) -> None:
        """Begin.

        Args:
            every: seconds between two tidyings.
        """
        self.tidied = 0
        self._every = every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heap", daemon=True)
        self._library = _glibc()
        if self._library is not None:
            self._library.mallopt(_ARENA_MAX, 1)
            self._thread.start()

    def close(self) -> None:
        """Tidy no more."""
        self._over.set()

    def join(self) -> None:
        """Wait until it has come to rest; after `close`."""
        if self._library is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._library is not None and not self._over.wait(self._every):
            self._library.malloc_trim(0)
            self.tidied += 1


def _glibc() -> Any:
    """Return the C library if it is glibc; else None."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "malloc_trim") else None
