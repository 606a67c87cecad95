"""Messages written at their deadline, for ways out that know no time stamps.

A thread waits for each deadline: it sleeps until shortly before, and watches the clock for the
rest. One writer, one thread that reads; neither waits for the other.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable

from livecoder.outputs.urgency import PUNCTUAL, favour_thread

__all__ = ["Punctual"]

# So much before a deadline a sleep ends, and the clock is looked at. As long as another thread of
# the host may keep the interpreter, which is the latest it begins; and no longer, or it would lose
# the interpreter itself just before its deadline.
_SPIN_NS = 100_000
_IDLE = 0.5


class Punctual:
    """A queue of messages and the thread that writes each when it is due."""

    def __init__(self, name: str, write: Callable[[str, bytes], None]) -> None:
        """Start the thread.

        Args:
            name: of the thread.
            write: sends a message to a port, at once; called from the thread, never raises.
        """
        self._write = write
        self._queue: deque[tuple[int, str, bytes]] = deque()
        self._news, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, deadline_ns: int, port: str, data: bytes) -> None:
        """Queue a message; deadlines never decrease. Never waits."""
        self._queue.append((deadline_ns, port, data))
        # Behind another it changes nothing for the thread, which looks again after each it writes.
        if len(self._queue) == 1:
            self._news.set()

    def put_first(self, port: str, data: bytes) -> None:
        """Queue a message before all others, to be written at once."""
        self._queue.appendleft((0, port, data))
        self._news.set()

    def cancel(self) -> None:
        """Forget what is not written yet."""
        self._queue.clear()

    def close(self) -> None:
        """Give what is due a quarter of a second to go out, then end the thread."""
        deadline = time.monotonic() + 0.25
        while self._queue and time.monotonic() < deadline:
            self._stop.wait(0.002)
        self._stop.set()
        self._news.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        favour_thread(PUNCTUAL)
        while not self._stop.is_set():
            self._news.clear()
            if not self._queue:
                self._news.wait(_IDLE)
                continue
            with contextlib.suppress(IndexError):  # cancelled meanwhile
                deadline = self._queue[0][0]
                left = deadline - time.monotonic_ns()
                if left > _SPIN_NS:
                    self._news.wait((left - _SPIN_NS) / 1e9)
                    continue
                while time.monotonic_ns() < deadline:
                    pass
                self._write_due()

    def _write_due(self) -> None:
        """Write what is due, as fast as it goes: a chord is one moment.

        Raises:
            IndexError: nothing is left.
        """
        while self._queue[0][0] <= time.monotonic_ns():
            first = self._queue.popleft()
            if first[0] > time.monotonic_ns():
                # What was looked at is cancelled, and this is another that is not due yet.
                self._queue.appendleft(first)
                return
            self._write(first[1], first[2])
