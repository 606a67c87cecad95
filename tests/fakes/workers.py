"""Model workers in threads of this process, which a test can hold back, let go and kill.

Everything but the process is real: the socket, the serving loop, the model.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from multiprocessing.connection import Connection, Pipe

from livecoder.core.protocols import BarRequest
from livecoder.models.wire import load_model
from livecoder.models.worker import serve


class Held:
    """A model that composes a bar only when a `ThreadWorkers` lets it."""

    def __init__(self, model, worker: ThreadWorker) -> None:
        self._model, self._worker = model, worker
        self.initial, self.freeze, self.thaw = model.initial, model.freeze, model.thaw

    def compose(self, state, request: BarRequest):
        self._worker.pass_gate()
        return self._model.compose(state, request)


class Counted:
    """An end of a connection that counts what it sends, and what it was sent and has dealt with."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.sent = self.dealt_with = self._received = 0
        self.close = connection.close

    def send(self, what) -> None:
        self.sent += 1
        self._connection.send(what)

    def recv(self):
        came = self._connection.recv()
        self._received += 1
        return came

    def fileno(self) -> int:
        # Whoever waits for more has dealt with what came.
        self.dealt_with = self._received
        return self._connection.fileno()


class ThreadWorker:
    pid = 0

    def __init__(self, workers: ThreadWorkers, name: str) -> None:
        self.connection, self._theirs = map(Counted, Pipe())
        self._workers, self.dead, self.held, self.name = workers, False, False, name
        load = lambda order: Held(load_model(order.loader, dict(order.options)), self)  # noqa: E731

        def run() -> None:
            with contextlib.suppress(SystemExit):
                serve(self._theirs, load, on_hangup=self.kill)

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def pass_gate(self) -> None:
        changed = self._workers.changed
        with changed:
            self.held = True
            changed.notify_all()
            changed.wait_for(lambda: self.dead or self._workers.may_pass(self))
            self.held = False
            if self.dead:
                raise SystemExit  # A process that is killed says nothing more.
            if self._workers.permits > 0:
                self._workers.permits -= 1
            self._workers.passed += 1

    @property
    def is_heard(self) -> bool:
        """Whether all that it said has been dealt with."""
        return self._theirs.sent == self.connection.dealt_with

    def kill(self) -> None:
        shut(self._theirs)
        with self._workers.changed:
            self.dead = True
            self._workers.changed.notify_all()

    def end(self) -> str:
        self.kill()
        self.connection.close()
        self._thread.join(5)
        return "ended"


def shut(connection: Counted) -> None:
    """Let the other end see the end of a connection, whoever is reading this one."""
    with contextlib.suppress(OSError), socket.socket(fileno=connection.fileno()) as raw:
        try:
            raw.shutdown(socket.SHUT_RDWR)
        finally:
            raw.detach()


class ThreadWorkers:
    """Give it to a `Composer` as `launch`. With `permits` of -1 every bar may be composed.

    With `only` set to the name of a worker, the others stay where they are.
    """

    def __init__(self, permits: int = -1) -> None:
        self.changed = threading.Condition()
        self.permits = permits
        self.only: str | None = None
        self.passed = 0
        self.started: list[ThreadWorker] = []

    def __call__(self, name: str) -> ThreadWorker:
        worker = ThreadWorker(self, name)
        self.started.append(worker)
        return worker

    def may_pass(self, worker: ThreadWorker) -> bool:
        return self.permits != 0 and self.only in (None, worker.name)

    def permit(self, bars: int, composer) -> None:
        """Let so many bars be composed, and return when all that can be is."""
        with self.changed:
            self.permits += bars
            self.changed.notify_all()
        self.settle(composer)

    def settle(self, composer) -> None:
        """Return when no worker has anything it may do."""
        deadline, idle = time.monotonic() + 20, 0
        while idle < 3:  # what has left an outbox is for a moment nowhere to be seen
            assert time.monotonic() < deadline, "the workers do not come to rest"
            idle = idle + 1 if self._idle(composer) else 0
            time.sleep(0.0002)

    def _idle(self, composer) -> bool:
        figures = composer.figures()
        with self.changed:
            if any(runner.outbox for runner in list(composer._runners.values())):
                return False
            if figures.open == 0:
                return True
            given = {each.runner.name for each in list(composer._open.values()) if each.runner}
            alive = [w for w in self.started if not w.dead and w.name in given]
            held = bool(alive) and all(worker.held and worker.is_heard for worker in alive)
            return self.permits == 0 and held

    def kill(self) -> None:
        for worker in self.started:
            worker.kill()
