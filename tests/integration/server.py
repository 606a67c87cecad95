"""A JACK server without a sound card, under a name nobody else uses."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

__all__ = ["JackServer"]

_PATIENCE = 20.0
# JACK keeps a list of eight servers, and a name stays on it after its server is killed. So names
# are used again: JACK lets a dead server's name be taken.
_NAMES = 4


@dataclass
class JackServer:
    """`jackd` with the dummy driver; `start` does nothing where it runs already."""

    log: Path
    name: str = ""
    rate: int = 48_000
    period: int = 256
    synchronous: bool = True
    """Whether the server waits for every client each period, so that a recorder misses none."""
    process: subprocess.Popen[bytes] | None = None
    _lock: IO[str] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Find a name that no test uses."""
        deadline = time.monotonic() + _PATIENCE
        while not self.name:
            for number in range(_NAMES):
                name = f"livecoder-test-{number}"
                lock = (Path(tempfile.gettempdir()) / f"{name}.lock").open("w")
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    lock.close()
                else:
                    self.name, self._lock = name, lock
                    return
            if time.monotonic() > deadline:
                raise AssertionError(f"{_NAMES} other tests have a JACK server each")
            time.sleep(0.1)

    def release(self) -> None:
        """Stop it for good: its name is free again."""
        self.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def start(self) -> None:
        """Start it, and return when it answers."""
        if self.process is not None and self.process.poll() is None:
            return
        command = ["jackd", "-n", self.name, "--no-realtime", *(["-S"] if self.synchronous else [])]
        command += ["-d", "dummy", "-r", str(self.rate), "-p", str(self.period)]
        environment = os.environ | {"JACK_NO_AUDIO_RESERVATION": "1"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"jackd does not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def _answers(self) -> bool:
        done = subprocess.run(
            ["jack_wait", "-s", self.name, "-c"], capture_output=True, text=True, check=False
        )
        return "not running" not in done.stdout and "running" in done.stdout
