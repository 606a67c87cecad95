"""Keeps what a session takes of the memory small, over hours.

What was typed and forgotten goes round in circles, which Python would find after hundreds of blocks
more; it leaves holes, which the C library keeps, in a heap for each thread. A set of three hours
grows by both though nothing is remembered for longer. So all threads share one heap, and once a
minute the circles are looked for and the pages that hold nothing go back to the system: some
hundredths of a second, in a thread of its own. Music is bars ahead of the front, and live input is
read a tenth of a second before it sounds.

Where the C library is another than glibc, the pages are left to it.
"""

from __future__ import annotations

import ctypes
import gc
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
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            gc.collect()
            if self._library is not None:
                self._library.malloc_trim(0)
            self.tidied += 1


def _glibc() -> Any:
    """Return the C library if it is glibc; else None."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "malloc_trim") else None
