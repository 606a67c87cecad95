"""A real session with all its processes, quiet or under load, for as long as one measures.

Load is three things at once: a network composes all the while; a busy loop runs in the front's main
thread, where a performer's code would; and another process burns a core.
"""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import psutil

from livecoder.core.errors import DeviceError
from livecoder.session.live import LiveSession
from livecoder.session.perform import perform_block

__all__ = ["BPM", "Performance", "Window", "burning", "performance"]

BPM = 120
# What was started is settled by then, and every port connected.
SETTLING = 4.0
READY = 30.0
_NETWORK = ('key("a:minor")', 'track("composed") >> melody_rnn().midi("unheard", 1)')
_BURN = "while True: pass"


class Window(NamedTuple):
    """A stretch of the performance that was measured.

    Attributes:
        begin: `CLOCK_MONOTONIC` nanoseconds.
        end: the same.
        cpu: percent of a core, by what used it: `scheduler`, `midi`.
    """

    begin: int
    end: int
    cpu: dict[str, float]


class Performance:
    """A session that plays."""

    def __init__(self, session: LiveSession, *, load: bool) -> None:
        self.session = session
        self._load = load

    def play(self, blocks: Sequence[str]) -> None:
        """Run blocks, as if they were typed.

        Raises:
            Exception: what a block ended in.
        """
        for block in blocks:
            self.session.begin(block)
            error = perform_block(block, self.session.namespace, "<bench>")
            self.session.end(ok=error is None)
            if error is not None:
                raise error

    def measure(
        self, seconds: float, look: Callable[[], None] = lambda: None, *, every: float = 0.05
    ) -> Window:
        """Let time pass, under load if so wanted.

        Args:
            seconds: how long.
            look: called again and again meanwhile.
            every: seconds between; under load the busy loop has the time between.
        """
        with burning() if self._load else contextlib.nullcontext():
            before, begin = self._cpu(), time.monotonic_ns()
            end, turns = begin + int(seconds * 1e9), 1
            while (now := time.monotonic_ns()) < end:
                if now >= begin + int(turns * every * 1e9):
                    look()
                    turns = int((now - begin) / (every * 1e9)) + 1
                elif not self._load:
                    time.sleep(min(every, (end - now) / 1e9, 0.05))
            now, after = time.monotonic_ns(), self._cpu()
        used = {
            name: round((after[name] - before[name]) / (now - begin) * 100, 2) for name in after
        }
        return Window(begin, end, used)

    def reports(self) -> dict[str, dict[str, float]]:
        """Return the last figures of each output."""
        return {name: dict(report.figures) for name, report in self.session._reports.items()}

    def late_bars(self) -> int:
        """Return how many bars networks composed too late."""
        return sum(self.session._late.values())

    def _cpu(self) -> dict[str, float]:
        """Return the CPU time used, in nanoseconds: of the front all threads but the main one."""
        mine = [t for t in threading.enumerate() if t is not threading.main_thread()]
        clocks = [time.pthread_getcpuclockid(t.ident) for t in mine if t.ident is not None]
        welcome = self.session._clients["midi"].welcome
        times = psutil.Process(welcome.pid).cpu_times() if welcome is not None else (0.0, 0.0)
        return {
            "scheduler": float(sum(time.clock_gettime_ns(clock) for clock in clocks)),
            "midi": (times[0] + times[1]) * 1e9,
        }


@contextlib.contextmanager
def performance(
    blocks: Sequence[str], *, load: bool, midi: str, audio: str = "paced", clock: str = ""
) -> Iterator[Performance]:
    """Start a session, play, and wait until all is settled; end it afterwards.

    Args:
        blocks: what is played.
        load: whether a network composes as well, and what is measured is measured under load.
        midi: backend.
        audio: the same.
        clock: port to send MIDI clock on.

    Raises:
        DeviceError: an output did not start.
    """
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.001)  # as the front does, which has this as well:
    gc.collect()
    gc.freeze()
    session = LiveSession(seed=1, audio=audio, midi=midi, start=False)
    try:
        if not session.wait_ready(READY):
            message = "an output did not start; livecoder doctor says why"
            raise DeviceError(message)
        session.scheduler.start()
        playing = Performance(session, load=load)
        if clock:
            playing.play([f'sync.midi_clock_out("{clock}")'])
        playing.play([f"tempo({BPM})", *blocks, *(_NETWORK if load else ())])
        time.sleep(SETTLING)
        yield playing
    finally:
        session.shutdown()
        sys.setswitchinterval(interval)
        gc.unfreeze()


@contextlib.contextmanager
def burning() -> Iterator[None]:
    """Have another process burn a core."""
    burner: subprocess.Popen[Any] = subprocess.Popen([sys.executable, "-c", _BURN])
    try:
        yield
    finally:
        burner.kill()
        burner.wait()
