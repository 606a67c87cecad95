"""The guard: notices a query that does not come back, and lets the music go on without it.

A performer's function may loop for ever or sleep, and it runs in the scheduler's thread. No thread
can be stopped from outside for certain, so the thread is *left*: another takes its place at once,
and the one that was left is interrupted until it ends, and finds then that it no longer counts.

Invariant: of all scheduler threads exactly one is not superseded, and only that one may touch the
plans. `end` decides it, under the lock: a thread either ends its query or has been left, not both.

The guard counts its own wakings, not the time that passes: when somebody holds the interpreter for
seconds (`sorted(range(10**7))`) no query is at fault, and the guard sleeps through it too.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

from livecoder.core.errors import LivecoderError

__all__ = ["Guard", "RunawayError", "SupersededError"]

_LOOKS = 15
# A thread that swallows the interruption is interrupted again after so many looks.
_AGAIN = 5


class RunawayError(LivecoderError):
    """A pattern took far too long to answer."""

    def __init__(self) -> None:
        super().__init__(
            "a function in this pattern does not come back (a loop without end, or a wait?); "
            "it must answer at once: compute before, outside the pattern"
        )


class SupersededError(Exception):
    """Another thread has taken this one's place; it must end without touching anything."""


class Guard:
    """Watches one thread at a time from a thread of its own."""

    def __init__(self, on_overrun: Callable[[], None], *, patience: float = 1.5) -> None:
        """Make a guard; it watches nothing before `start`.

        Args:
            on_overrun: called from the guard's thread when a query is left; starts another thread.
            patience: seconds of watching after which a query is left.
        """
        self._on_overrun = on_overrun
        self._interval = patience / _LOOKS
        # Held for a few bytecodes only, never during a query.
        self._lock = threading.Lock()
        self._busy: threading.Thread | None = None
        self._looks = 0
        self._left: dict[threading.Thread, int] = {}
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._watch, name="livecoder guard", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def begin(self) -> None:
        """Say that a query begins in this thread."""
        with self._lock:
            self._busy, self._looks = threading.current_thread(), 0

    def end(self) -> None:
        """Say that it came back.

        Raises:
            SupersededError: too late: this thread has been left.
        """
        me = threading.current_thread()
        with self._lock:
            superseded = self._busy is not me
            if not superseded:
                self._busy = None
        if superseded:
            self.retire()
            raise SupersededError

    def retire(self) -> None:
        """Let this thread, which has been left, end in peace: it is not interrupted any more."""
        me = threading.current_thread()
        while True:
            try:
                with self._lock:
                    self._left.pop(me, None)
                    # One may be on its way to us; nothing interrupts this thread after this.
                    _interrupt(me, None)
            except RunawayError:
                continue
            return

    def _watch(self) -> None:
        while not self._stopped.wait(self._interval):
            with self._lock:
                if self._busy is not None:
                    self._looks += 1
                    if self._looks > _LOOKS:
                        self._left[self._busy] = 0
                        self._busy = None
                        self._on_overrun()
                for thread, looks in tuple(self._left.items()):
                    if not thread.is_alive():
                        del self._left[thread]  # its number may be another's already
                        continue
                    if looks % _AGAIN == 0:
                        _interrupt(thread, RunawayError)
                    self._left[thread] = looks + 1


def _interrupt(thread: threading.Thread, error: type[Exception] | None) -> None:
    """Raise an error in a thread at its next step; None takes back one that is on its way."""
    what = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), what)
