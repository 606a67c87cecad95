"""When JACK's cycles are, on `CLOCK_MONOTONIC`.

JACK smooths the times of its cycles with a delay-locked loop, and counts microseconds on a clock
that may stand elsewhere than ours (`CLOCK_MONOTONIC_RAW`). So the two clocks are read side by side
each time. JACK-Client does not offer `jack_get_cycle_times`; it is called here by itself.
"""

from __future__ import annotations

import ctypes
import time
from typing import Any

from livecoder.outputs.jack_library import jack_library, pointer_of

__all__ = ["CycleTimes"]

# Two readings of our clock with one of JACK's between: farther apart than this, something came
# between them, and the offset that was known is kept.
_STEADY_NS = 20_000


class CycleTimes:
    """The cycle that is being computed; only to be asked in JACK's process callback.

    Attributes:
        frame: its first frame, by the server's count.
        begin_ns: when it begins, `CLOCK_MONOTONIC` nanoseconds.
        end_ns: when the next begins.
    """

    def __init__(self, client: Any) -> None:
        """Look at the cycles of an open JACK client."""
        library = jack_library()
        self._time = library.jack_get_time
        self._time.restype = ctypes.c_uint64
        self._time.argtypes = []
        self._times = library.jack_get_cycle_times
        self._times.argtypes = [ctypes.c_void_p] * 5
        self._pointer = pointer_of(client)
        self._frame = ctypes.c_uint32()
        self._now, self._next = ctypes.c_uint64(), ctypes.c_uint64()
        self._period = ctypes.c_float()
        self._arguments = [
            ctypes.byref(word) for word in (self._frame, self._now, self._next, self._period)
        ]
        self._offset: int | None = None
        self.frame = self.begin_ns = self.end_ns = 0

    def update(self) -> bool:
        """Look at the clock; return False when JACK does not know yet."""
        if self._times(self._pointer, *self._arguments) != 0:
            return False
        before = time.monotonic_ns()
        theirs = self._time() * 1000
        after = time.monotonic_ns()
        if self._offset is None or after - before < _STEADY_NS:
            self._offset = (before + after) // 2 - theirs
        self.frame = self._frame.value
        self.begin_ns = self._now.value * 1000 + self._offset
        self.end_ns = self._next.value * 1000 + self._offset
        return self.end_ns > self.begin_ns
