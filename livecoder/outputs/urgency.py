"""Ask the system to run what sounds before anything else; where it says no, go on.

Only threads that wait most of the time ask: one that spins at this priority would hold a core.
"""

from __future__ import annotations

import contextlib
import os

__all__ = ["favour_process", "favour_thread"]

_NICE = -11


def favour_process() -> bool:
    """Raise this process, and every thread it starts from now on; return whether it was granted."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
        return True
    return False


def favour_thread(priority: int) -> bool:
    """Give the calling thread a real-time priority, 1 to 99; return whether it was granted."""
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
        return True
    return False
