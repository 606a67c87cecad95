"""What the real scheduler takes of a core: a whole session, its threads' processor time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from livecoder.core.errors import DeviceError
from livecoder.patterns.pattern import Pattern

__all__ = ["scheduler_share"]

_READY = 30.0
_SETTLING = 4.0  # the first two bars are asked for at once: that is not the share of a performance


def _thread(name: str) -> threading.Thread:
    for thread in threading.enumerate():
        if thread.name == name:
            return thread
    message = f"there is no thread {name!r}"
    raise DeviceError(message)


def _used(thread: threading.Thread) -> float:
    """Return the processor seconds that a thread has used so far."""
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident or 0))


def scheduler_share(patterns: Sequence[Pattern], *, bpm: float, seconds: float) -> dict[str, Any]:
    """Play patterns on a track each, and return what the scheduler's thread takes meanwhile.

    Args:
        patterns: one for each track.
        bpm: beats a minute, four to a cycle.
        seconds: how long to measure, of real time.

    Returns:
        `share` of one core of the scheduler's own thread, `with_sending` that of all threads of
        the front (the guard, and those that write to the outputs' sockets), and how many windows
        and events that was, and how many of the events were late.
    """
    from livecoder.session.live import LiveSession

    session = LiveSession(seed=1, audio="paced", midi="none", start=False)
    try:
        if not session.wait_ready(_READY):
            message = "an output did not start; livecoder doctor says why"
            raise DeviceError(message)
        session.scheduler.set_tempo(bpm)
        for number, pattern in enumerate(patterns, 1):
            session.scheduler.set(f"t{number}", pattern, at=0)
        session.scheduler.start()
        time.sleep(_SETTLING)
        thread = _thread("livecoder scheduler")
        before, began = session.scheduler.statistics(), time.monotonic()
        used, process = _used(thread), time.process_time()
        time.sleep(seconds)
        used, process = _used(thread) - used, time.process_time() - process
        elapsed = time.monotonic() - began
        after = session.scheduler.statistics()
    finally:
        session.shutdown()
    return {
        "tracks": len(patterns),
        "bpm": bpm,
        "seconds": round(elapsed, 1),
        "share": round(used / elapsed, 4),
        "with_sending": round(process / elapsed, 4),
        "windows": after.windows - before.windows,
        "events": after.events - before.events,
        "late": after.late - before.late,
    }
