"""The front's end of an output: a process that is started, watched, and started again.

Two threads. One **supervises**: it connects to the output (or starts it first), reads its reports,
and does it again when the line breaks. The other **sends**, so that `send` never waits, and keeps
what a new process has to be told.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from livecoder.clock.timeline import TimelineReader
from livecoder.core.errors import DeviceError, LivecoderError
from livecoder.core.events import Incoming, Order, Quit, Report, Welcome
from livecoder.outputs.hanging_up import hang_up
from livecoder.outputs.memory import Memory

__all__ = ["OutputClient"]

# An output reports four times a second; one that says nothing for this long hangs.
_SILENCE = 5.0
_STARTS_IN = 60.0
_LOOK = 0.01
# This many deaths in so many seconds, and the next start waits.
_DEATHS, _WITHIN, _BACKOFF = 5, 10.0, 5.0
_ENDS_IN = 2.0
# Orders that go over the line in one message: an output that reads it has the interpreter to itself
# for as long, and a note may be due.
_MOST_TOGETHER = 4
# Bars of the past that a new process is told as well, so that it could loop them.
_BARS = 2


class _Connected(NamedTuple):
    """To the sender: there is a line, say everything over it."""

    connection: Connection[Any, Any]
    ready: threading.Event


class OutputClient:
    """An `Output` in front of a process; see `core.protocols.Output`."""

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        options: Mapping[str, str],
        on_report: Callable[[Report], None],
        on_message: Callable[[str], None],
        on_incoming: Callable[[Incoming], None] = lambda _incoming: None,
    ) -> None:
        """Prepare; nothing is started before `start`.

        Args:
            name: `"midi"` or `"audio"`: the process is `python -m livecoder.outputs.NAME FOLDER`.
            folder: of the session: `key` and `timeline` are there; `NAME.log` will be.
            options: handed on as `--name=value`.
            on_report: called on a thread of the client with every report.
            on_message: called on a thread of the client with a line for the performer.
            on_incoming: called on a thread of the client with what came in, as it comes.
        """
        self.name, self.folder = name, folder
        self.welcome: Welcome | None = None
        self._options = [f"--{key}={value}" for key, value in options.items()]
        self._on_report, self._on_message, self._on_incoming = on_report, on_message, on_incoming
        self._orders: SimpleQueue[Order | _Connected | None] = SimpleQueue()
        self._memory = Memory()
        self._timeline: TimelineReader | None = None
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection[Any, Any] | None = None
        self._deaths: deque[float] = deque(maxlen=_DEATHS)
        self._threads = [
            threading.Thread(target=self._supervise, name=f"{name} watch", daemon=True),
            threading.Thread(target=self._send_all, name=f"{name} send", daemon=True),
        ]

    def start(self) -> None:
        """Attach to the output if it runs, else start it. Returns at once."""
        for thread in self._threads:
            thread.start()

    def send(self, order: Order) -> None:
        """Hand over an order; see `core.protocols.Output`. Never waits."""
        self._orders.put(order)

    def wait_ready(self, seconds: float) -> bool:
        """Wait until the output answers and knows everything; return whether it does."""
        return self._ready.wait(seconds)

    def close(self, *, quit: bool = True) -> None:  # noqa: A002 - what a performer calls it
        """Let the output go: end it, or, without `quit`, leave it to play on as an orphan."""
        if self._closing.is_set():
            return
        if quit:
            self._orders.put(Quit())
        self._closing.set()
        self._orders.put(None)
        watch, sender = self._threads
        if not watch.is_alive():
            return
        sender.join(_ENDS_IN)
        if quit and self._process is not None:
            if self._connection is None:
                self._process.terminate()
            self._end(self._process)
        elif self._connection is not None and not quit:
            hang_up(self._connection)
        watch.join(_ENDS_IN)
        if quit and watch.is_alive() and self.welcome is not None:
            # Not our child, and deaf to what it was told.
            with contextlib.suppress(OSError):
                os.kill(self.welcome.pid, signal.SIGTERM)
            watch.join(_ENDS_IN)
        if self._connection is not None:
            self._connection.close()
        if not quit and self._process is not None and self._process.poll() is None:
            # It outlives us on purpose: nobody is to wait for it.
            self._process.returncode = 0

    # The supervising thread

    def _supervise(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._connect() or self._start()
                if connection is None:
                    continue
                self._converse(connection)
            except (OSError, EOFError, AuthenticationError, LivecoderError) as error:
                if not self._closing.is_set():
                    self._died(error)
            except Exception as error:  # a report that cannot be read
                if not self._closing.is_set():
                    self._died(error)

    def _connect(self) -> Connection[Any, Any] | None:
        """Return a line to the output, or None while there is none."""
        path = self.folder / f"{self.name}.sock"
        if not path.exists():
            return None
        try:
            return Client(str(path), "AF_UNIX", authkey=(self.folder / "key").read_bytes())
        except (ConnectionRefusedError, FileNotFoundError):
            return None

    def _start(self) -> Connection[Any, Any] | None:
        """Start the process and return a line to it; None when the client closes."""
        command = [sys.executable, "-m", f"livecoder.outputs.{self.name}", str(self.folder)]
        with (self.folder / f"{self.name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *self._options], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._process = process
        deadline = time.monotonic() + _STARTS_IN
        while not self._closing.is_set():
            if process.poll() is not None:
                raise DeviceError(self._last_words() or f"it ended ({process.returncode})")
            if (connection := self._connect()) is not None:
                return connection
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                message = f"it did not start in {_STARTS_IN:g} s"
                raise DeviceError(message)
            self._closing.wait(_LOOK)
        # Whoever closes may not have seen it any more, and nobody has told it anything.
        process.terminate()
        self._end(process)
        return None

    def _converse(self, connection: Connection[Any, Any]) -> None:
        """Read reports until the line breaks."""
        self._connection = connection
        try:
            while True:
                if not connection.poll(_SILENCE):
                    self._put_down()
                    message = f"it said nothing for {_SILENCE:g} s"
                    raise DeviceError(message)
                news = connection.recv()
                if isinstance(news, Welcome):
                    self.welcome = news
                    self._orders.put(_Connected(connection, self._ready))
                elif isinstance(news, Report):
                    self._on_report(news)
                elif isinstance(news, Incoming):
                    self._on_incoming(news)
        finally:
            self._ready.clear()
            if not self._closing.is_set():
                self._connection = None
                connection.close()

    def _put_down(self) -> None:
        """End an output that hangs, so that another can take its place."""
        if self.welcome is not None:
            with contextlib.suppress(OSError):
                os.kill(self.welcome.pid, signal.SIGKILL)

    def _died(self, error: Exception) -> None:
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
        now = time.monotonic()
        self._deaths.append(now)
        why = f" ({error})" if isinstance(error, LivecoderError) else ""
        if len(self._deaths) == _DEATHS and now - self._deaths[0] < _WITHIN:
            self._on_message(
                f"the {self.name} process does not stay up{why}; the next attempt is in "
                f"{_BACKOFF:g} s, and {self.folder / self.name}.log says more"
            )
            self._deaths.clear()
            self._closing.wait(_BACKOFF)
        else:
            self._on_message(f"the {self.name} process ended{why}; it is started again")

    def _last_words(self) -> str:
        """Return the last line of the log."""
        with contextlib.suppress(OSError):
            path = self.folder / f"{self.name}.log"
            lines = path.read_bytes()[-2000:].decode(errors="replace").splitlines()
            return lines[-1].strip() if lines else ""
        return ""

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the process to quit; insist if it does not."""
        for insist in (process.terminate, process.kill, lambda: None):
            try:
                process.wait(_ENDS_IN)
            except subprocess.TimeoutExpired:
                insist()
            else:
                return

    # The sending thread

    def _send_all(self) -> None:
        connection: Connection[Any, Any] | None = None
        held: Order | _Connected | None = self._orders.get()
        while held is not None:
            ready: threading.Event | None = None
            if isinstance(held, _Connected):
                (connection, ready), orders = held, self._everything()
                held = None
            else:
                orders, held = self._together(held)
                for order in orders:
                    self._memory.remember(order)
            try:
                if connection is not None and orders:
                    connection.send(orders)
            except (OSError, ValueError):
                connection = None
            else:
                if ready is not None:
                    ready.set()
            if self._memory.full:
                self._forget()
            if held is None:
                held = self._orders.get()

    def _together(self, first: Order) -> tuple[list[Order], _Connected | None]:
        """Return the orders that wait, and what comes after them if it is none of them."""
        orders: list[Order] = [first]
        with contextlib.suppress(Empty):
            while len(orders) < _MOST_TOGETHER:
                one = self._orders.get_nowait()
                if one is None:
                    self._orders.put(None)
                    break
                if isinstance(one, _Connected):
                    return orders, one
                orders.append(one)
        return orders, None

    def _everything(self) -> list[Order]:
        self._forget()
        return self._memory.replay()

    def _forget(self) -> None:
        """Forget what is over for more than two bars."""
        with contextlib.suppress(LivecoderError):
            if self._timeline is None:
                self._timeline = TimelineReader(self.folder / "timeline")
            tempo, playing, *_ = self._timeline.read()
            if playing:
                cycle = tempo.cycle_of_beat(tempo.beat_at(time.monotonic_ns()))
                self._memory.forget(tempo.beat_of_cycle(cycle - _BARS))
