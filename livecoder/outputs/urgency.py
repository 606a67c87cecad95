"""Ask the system to run what sounds before anything else; where it says no, go on.

Only threads that wait most of the time ask: one that spins at this priority would hold a core.
On Linux that is SCHED_FIFO; on macOS, which has no such thing, a time constraint (Apple's Technical
Note 2169, "High Precision Timers in iOS / OS X").

Who goes first, by the priorities below: a message that is due takes a moment, and may take it from
the thread that computes a buffer of sound, which has the rest of the buffer's time; the other way
round it would wait for the whole of it. Any other thread of the MIDI process may be holding the
interpreter just then, so sound does not come before those either.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import Any

__all__ = [
    "ENGINE",
    "MIDI",
    "PUNCTUAL",
    "SOUND",
    "constrain_thread",
    "favour_process",
    "favour_thread",
]

PUNCTUAL = 11
"""Of a thread that writes each MIDI message when it is due."""
MIDI = 10
"""Of all other threads of the MIDI process: of jackd's driver too, if nobody says otherwise."""
SOUND = 10
"""Of the thread that computes each buffer of sound."""
ENGINE = 9
"""Of the thread that prepares what sounds."""

_NICE = -11
# What a thread needs at most, and until when: in every 10 ms, 1 ms of computing within 2 ms.
_PERIOD_NS, _COMPUTATION_NS, _CONSTRAINT_NS = 10_000_000, 1_000_000, 2_000_000
# From Darwin's mach/thread_policy.h.
_TIME_CONSTRAINT, _TIME_CONSTRAINT_WORDS = 2, 4
_SUCCESS = 0


def favour_process() -> bool:
    """Raise this process, and every thread it starts from now on; return whether it was granted."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
        return True
    return False


def favour_thread(priority: int) -> bool:
    """Give the calling thread a real-time priority, 1 to 99; return whether it has one.

    One that has a higher one, as a thread of JACK's may, keeps it.
    """
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, AttributeError):
            return constrain_thread(ctypes.CDLL(None))
        return False
    with contextlib.suppress(OSError, AttributeError):
        if os.sched_getscheduler(0) not in (os.SCHED_FIFO, os.SCHED_RR) or (
            os.sched_getparam(0).sched_priority < priority
        ):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
        return True
    return False


def constrain_thread(library: Any) -> bool:
    """Tell Darwin's scheduler what the calling thread needs in time; return whether it agreed.

    Args:
        library: the C library; its clock ticks are asked for, as they are not nanoseconds.
    """
    timebase = (ctypes.c_uint32 * 2)()
    if library.mach_timebase_info(timebase) != _SUCCESS or not timebase[0]:
        return False
    ticks = [
        ns * timebase[1] // timebase[0] for ns in (_PERIOD_NS, _COMPUTATION_NS, _CONSTRAINT_NS)
    ]
    preemptible = 1
    policy = (ctypes.c_uint32 * _TIME_CONSTRAINT_WORDS)(*ticks, preemptible)
    library.pthread_self.restype = ctypes.c_void_p
    library.pthread_mach_thread_np.restype = ctypes.c_uint32
    library.pthread_mach_thread_np.argtypes = [ctypes.c_void_p]
    thread = ctypes.c_uint32(library.pthread_mach_thread_np(library.pthread_self()))
    flavour, words = ctypes.c_uint32(_TIME_CONSTRAINT), ctypes.c_uint32(_TIME_CONSTRAINT_WORDS)
    return bool(library.thread_policy_set(thread, flavour, policy, words) == _SUCCESS)
