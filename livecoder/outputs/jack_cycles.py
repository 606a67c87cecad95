"""The thread in which JACK calls a client of ours, and how it comes to an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

__all__ = ["Cycles"]

# What a cycle may take, at most, seconds; and what a thread takes to leave after its last.
_A_WHILE = 0.25
_TO_LEAVE = 0.02


class Cycles:
    """What a JACK client does in every cycle, until it is told to end.

    libjack cancels the thread of a client that is deactivated or closed. A thread that has the
    interpreter at that moment, or waits for it, never gives it back, and the process stands still
    for ever. So the thread is let end by itself.
    """

    def __init__(self, client: Any, process: Callable[[int], object]) -> None:
        """Have the client call; before it is activated.

        Args:
            client: of JACK.
            process: called in every cycle with its length in frames.
        """
        import jack

        self._process, self._leave = process, jack.CallbackExit
        self._ends, self._ended = threading.Event(), threading.Event()
        client.set_process_callback(self._run)

    def end(self) -> None:
        """Return when no cycle comes any more; then the client may be closed.

        Where the server stands still, that is after a quarter of a second.
        """
        self._ends.set()
        if self._ended.wait(_A_WHILE):
            time.sleep(_TO_LEAVE)

    def _run(self, frames: int) -> None:
        if self._ends.is_set():
            self._ended.set()
            raise self._leave
        self._process(frames)
