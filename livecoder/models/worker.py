"""Models in a process of their own: `python -m livecoder.models.worker FD`.

It composes whichever waiting bar plays soonest, one after another, at low priority and on one
thread, so that it never takes a core from the sound. A model is loaded on a thread beside that,
so that the others play on. It ignores Ctrl-C, which is the performer's word to the front, and
ends the moment the front's end of the socket closes.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from livecoder.core.errors import LivecoderError
from livecoder.core.protocols import StreamingModel
from livecoder.models.wire import (
    Compose,
    Composed,
    Faulty,
    Hasten,
    Load,
    Order,
    Ready,
    Refused,
    Reply,
    Withdraw,
    load_model,
)

__all__ = ["Loader", "Queue", "main", "serve"]

# What a front keeps of each bar: a state larger than this would fill its memory in an evening.
_LARGEST_STATE = 256 * 1024


Loader = Callable[[Load], StreamingModel[Any]]
"""Returns the model it is told to load; what it raises is the reason that the model is refused."""


class Queue:
    """Bars that wait to be composed, the one that plays soonest first.

    Bars of a model that is not there yet wait apart, in nobody's way.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._models: set[str] = set()
        self._waiting: dict[str, tuple[float, int, Compose]] = {}
        # Entries whose key or deadline is no longer that of `_waiting` are passed over.
        self._heap: list[tuple[float, int, str]] = []
        self._count = itertools.count()
        self._closed = False

    def put(self, order: Order) -> None:
        """Take an order from the front."""
        with self._changed:
            match order:
                case Compose():
                    self._enter(order, order.deadline)
                case Hasten(key, deadline) if key in self._waiting:
                    self._enter(self._waiting[key][2], deadline)
                case Withdraw(key):
                    self._waiting.pop(key, None)
            self._changed.notify()

    def admit(self, model: str) -> None:
        """Let the bars of a model be composed: it is there."""
        with self._changed:
            self._models.add(model)
            for key, (deadline, count, order) in self._waiting.items():
                if order.model == model:
                    heapq.heappush(self._heap, (deadline, count, key))
            self._changed.notify()

    def take(self) -> Compose | None:
        """Wait for a bar to compose; None when the front has gone."""
        with self._changed:
            while not self._closed:
                while self._heap:
                    deadline, count, key = heapq.heappop(self._heap)
                    entry = self._waiting.get(key)
                    if entry is not None and entry[:2] == (deadline, count):
                        del self._waiting[key]
                        return entry[2]
                self._changed.wait()
            return None

    def close(self) -> None:
        """Let `take` return None."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _enter(self, order: Compose, deadline: float) -> None:
        entry = (deadline, next(self._count))
        self._waiting[order.key] = (*entry, order)
        if order.model in self._models:
            heapq.heappush(self._heap, (*entry, order.key))


def serve(
    connection: Connection, load: Loader, *, on_hangup: Callable[[], None] | None = None
) -> None:
    """Compose what is asked over a connection until its other end closes.

    Args:
        connection: takes `Order`s, gives `Reply`s.
        load: returns a model; what it raises is reported, and the other models play on.
        on_hangup: called from another thread when the other end has closed, even mid-bar.
    """
    queue = Queue()
    shelf = _Shelf(connection, queue, load)

    def listen() -> None:
        # Orders are taken in while a bar is composed, so the front's sending never waits for one.
        try:
            while True:
                order = connection.recv()
                if isinstance(order, Load):
                    shelf.begin(order)
                else:
                    queue.put(order)
        except (EOFError, OSError):
            queue.close()
            shelf.close()
            if on_hangup is not None:
                on_hangup()

    threading.Thread(target=listen, daemon=True, name="orders").start()
    try:
        while (order := queue.take()) is not None:
            shelf.send(_compose(shelf.models[order.model], order))
    except OSError:
        return  # The front has gone, and nobody is left to tell.


class _Shelf:
    """The models of a worker, loaded one after another on a thread of its own."""

    def __init__(self, connection: Connection, queue: Queue, load: Loader) -> None:
        self.models: dict[str, StreamingModel[Any]] = {}
        self._connection, self._queue, self._load = connection, queue, load
        self._sending = threading.Lock()
        self._wanted: SimpleQueue[Load | None] = SimpleQueue()
        threading.Thread(target=self._run, daemon=True, name="loading").start()

    def send(self, reply: Reply) -> None:
        """Say something to the front; two threads do."""
        with self._sending:
            self._connection.send(reply)

    def begin(self, order: Load) -> None:
        """Have a model loaded."""
        self._wanted.put(order)

    def close(self) -> None:
        """Load no more."""
        self._wanted.put(None)

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while (order := self._wanted.get()) is not None:
                if order.model not in self.models:
                    self._try(order)

    def _try(self, order: Load) -> None:
        try:
            self.models[order.model] = self._load(order)
        except LivecoderError as error:
            self.send(Refused(order.model, str(error)))
            return
        self.send(Ready(order.model))
        self._queue.admit(order.model)


def _compose(model: StreamingModel[Any], order: Compose) -> Reply:
    # Every bar goes on from bytes, also where the state is still at hand: a bar then cannot
    # depend on which process composed the one before it.
    begun = time.perf_counter()
    try:
        if order.state is None:
            state = model.initial(order.primer, beats=order.primer_beats)
        else:
            state = model.thaw(order.state)
        notes, state = model.compose(state, order.request)
        frozen = model.freeze(state)
        if len(frozen) > _LARGEST_STATE:
            return Faulty(order.key, f"its state of {len(frozen)} bytes is too large to keep")
        took, surprise = time.perf_counter() - begun, getattr(state, "surprise", None)
        return Composed(order.key, tuple(notes), frozen, took, surprise)
    except Exception as error:
        return Faulty(order.key, f"{type(error).__name__}: {error}")


def main(arguments: list[str]) -> None:
    """Be a worker.

    Args:
        arguments: number of the inherited socket.
    """
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    from setproctitle import setproctitle

    setproctitle("livecoder: model worker")
    os.nice(5)
    names: list[str] = []

    def load(order: Load) -> StreamingModel[Any]:
        model = load_model(order.loader, dict(order.options))
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)
        names.append(order.model.partition(":")[0])
        setproctitle("livecoder: model " + ", ".join(dict.fromkeys(names)))
        return model

    # `os._exit`: a bar in the middle of a kernel is not worth waiting for when nobody hears it.
    serve(Connection(int(arguments[0])), load, on_hangup=lambda: os._exit(0))


if __name__ == "__main__":
    main(sys.argv[1:])
