"""One model worker, started, listened to, and started again when it dies.

A thread per worker does all the talking: it sends what waits in the outbox and takes replies in,
so nobody else ever waits for a pipe. A worker's death, `kill -9` included, is the end of its
socket: the thread starts another and sends it all that was open, each bar with the state it
goes on from, so the notes are those that would have come anyway.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import IO, Protocol

from livecoder.models.wire import (
    Compose,
    Composed,
    Faulty,
    Load,
    Order,
    Ready,
    Refused,
    Reply,
    Withdraw,
)

__all__ = ["Launch", "Runner", "Started", "launch_process"]

_MINUTE_S = 60.0
_DEATHS = 5
_LONGEST_WAIT_S = 30.0
# A bar takes a hundredth of this on a slow machine; the weights and torch a tenth.
_PATIENCE_S = 120.0
_TAIL = 2000


class Started(Protocol):
    """A worker that runs."""

    @property
    def connection(self) -> Connection:
        """The front's end of its socket."""

    @property
    def pid(self) -> int:
        """Its process."""

    def end(self) -> str:
        """See to it that it is gone; return how it ended, for the performer."""


Launch = Callable[[str], Started]
"""Starts a worker, given what it is called; the models come by `Load`."""


@dataclass(frozen=True, slots=True)
class _Process:
    connection: Connection
    popen: subprocess.Popen[bytes]
    errors: IO[bytes]

    @property
    def pid(self) -> int:
        return self.popen.pid

    def end(self) -> str:
        self.connection.close()
        try:
            code = self.popen.wait(0.5)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            code = self.popen.wait()
        with self.errors as errors:
            size = errors.seek(0, os.SEEK_END)
            errors.seek(max(0, size - _TAIL))
            said = errors.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(said) if line.strip()), "")
        how = f"signal {-code}" if code < 0 else f"code {code}"
        return f"{how}, {last}" if last and code > 0 else how


def launch_process(_name: str) -> Started:
    """Start `livecoder.models.worker`."""
    ours, theirs = Pipe()
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - `_Process.end` reads and closes it
    try:
        popen = subprocess.Popen(
            # -P: a performer's own random.py must not be imported in place of Python's.
            [
                *(sys.executable, "-P", "-m", "livecoder.models.worker"),
                str(theirs.fileno()),
            ],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                # Read when torch is imported; one core belongs to the sound.
                "OMP_NUM_THREADS": "1",
                "MKL_NUM_THREADS": "1",
            },
        )
    except OSError:
        ours.close()
        errors.close()
        raise
    finally:
        theirs.close()
    return _Process(ours, popen, errors)


class Runner:
    """Keeps one worker alive, with a thread of its own."""

    def __init__(
        self,
        name: str,
        launch: Launch,
        *,
        on_start: Callable[[Runner], None],
        on_reply: Callable[[Runner, Reply], None],
        on_message: Callable[[str], None],
    ) -> None:
        """Start the worker.

        Args:
            name: what it is called.
            launch: starts one process, or what stands for it.
            on_start: called in this runner's thread before anything is sent to a new worker;
                fills the outbox with all that is open.
            on_reply: called in this runner's thread.
            on_message: takes lines for the performer.
        """
        self.name = name
        self.restarts = 0
        self.loads: dict[str, Load] = {}
        self.loaded: frozenset[str] = frozenset()
        self.pid = 0
        self.outbox: deque[Order] = deque()
        self._launch = launch
        self._on_start = on_start
        self._on_reply = on_reply
        self._on_message = on_message
        self._closing = threading.Event()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._deaths: deque[float] = deque()
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"worker {name}")
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether every model it is to have is loaded."""
        return self.loads.keys() <= self.loaded

    def load(self, order: Load) -> None:
        """Have a model in this worker, and in every one that is started in its place."""
        self.loads[order.model] = order
        self.post(order)

    def unload(self, model: str) -> None:
        """Have a model no more in a worker that is started again: it was refused."""
        self.loads.pop(model, None)

    def post(self, order: Order) -> None:
        """Send an order soon; never waits."""
        self.outbox.append(order)
        self.wake()

    def wake(self) -> None:
        """Have the thread look at its outbox."""
        with contextlib.suppress(OSError):  # Full means that it will look anyway.
            self._waker.send(b"\0")

    def close(self) -> None:
        """End the worker; `join` waits for it."""
        self._closing.set()
        self.wake()

    def join(self, seconds: float) -> None:
        """Wait until the worker has ended."""
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._live()
            self.loaded = frozenset()
            if not self._closing.is_set():
                self.restarts += 1
                self._closing.wait(self._pause())
        self._woken.close()
        self._waker.close()

    def _live(self) -> None:
        """Run one worker to its end."""
        try:
            started = self._launch(self.name)
        except OSError as error:
            self._on_message(f"{self._networks()} cannot be started ({error})")
            return
        self.pid = started.pid
        self._on_start(self)
        self.wake()
        try:
            self._converse(started.connection)
        except (EOFError, OSError):
            pass
        finally:
            how = started.end()
            self.pid = 0
        if not self._closing.is_set():
            self._on_message(
                f"{self._networks()} stopped ({how}) and is being started again; "
                "a bar it is late for repeats the one before"
            )

    def _networks(self) -> str:
        names = dict.fromkeys(model.partition(":")[0] for model in tuple(self.loads))
        return f"the network {', '.join(names) or self.name}"

    def _converse(self, connection: Connection) -> None:
        heard = time.monotonic()
        owed: dict[str, str] = {}
        while not self._closing.is_set():
            busy = bool(owed) or not self.ready
            left = heard + _PATIENCE_S - time.monotonic() if busy else None
            if left is not None and left <= 0:
                return
            able = wait([connection, self._woken], left)
            if self._woken in able:
                with contextlib.suppress(BlockingIOError):
                    self._woken.recv(4096)
            if not busy:
                heard = time.monotonic()
            while self.outbox:
                order = self.outbox.popleft()
                connection.send(order)
                if isinstance(order, Compose):
                    owed[order.key] = order.model
                elif isinstance(order, Withdraw):
                    owed.pop(order.key, None)
            if connection in able:
                reply: Reply = connection.recv()
                heard = time.monotonic()
                match reply:
                    case Ready(model):
                        self.loaded |= {model}
                    case Composed(key) | Faulty(key):
                        owed.pop(key, None)
                    case Refused(model):
                        owed = {key: other for key, other in owed.items() if other != model}
                self._on_reply(self, reply)

    def _pause(self) -> float:
        """Return how long to wait before the next start, seconds, after a death just now."""
        now = time.monotonic()
        self._deaths.append(now)
        while self._deaths[0] < now - _MINUTE_S:
            self._deaths.popleft()
        beyond = len(self._deaths) - _DEATHS
        if beyond <= 0:
            return 0.0
        pause = min(_LONGEST_WAIT_S, 2.0**beyond)
        self._on_message(
            f"{self._networks()} keeps stopping ({len(self._deaths)} times in a minute); "
            f"it is started again in {pause:.0f} s; the other tracks play on"
        )
        return pause
