"""A model in a process of its own: `python -m livecoder.models.worker NAME LOADER FD`.

It composes whichever waiting bar plays soonest, one after another, at low priority and on one
thread, so that it never takes a core from the sound. It ignores Ctrl-C, which is the
performer's word to the front, and ends the moment the front's end of the socket closes.
"""

from __future__ import annotations

import heapq
import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from livecoder.core.errors import LivecoderError
from livecoder.core.protocols import StreamingModel
from livecoder.models.wire import (
    Compose,
    Composed,
    Faulty,
    Hasten,
    Order,
    Ready,
    Refused,
    Reply,
    Withdraw,
    load_model,
)

__all__ = ["Queue", "main", "serve"]

# What a front keeps of each bar: a state larger than this would fill its memory in an evening.
_LARGEST_STATE = 256 * 1024


class Queue:
    """Bars that wait to be composed, the one that plays soonest first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
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
        heapq.heappush(self._heap, (*entry, order.key))


def serve(
    connection: Connection,
    load: Callable[[], StreamingModel[Any]],
    *,
    on_hangup: Callable[[], None] | None = None,
) -> None:
    """Compose what is asked over a connection until its other end closes.

    Args:
        connection: takes `Order`s, gives `Reply`s.
        load: returns the model; what it raises is reported and ends the serving.
        on_hangup: called from another thread when the other end has closed, even mid-bar.
    """
    queue = Queue()

    def listen() -> None:
        # Orders are taken in while a bar is composed, so the front's sending never waits for one.
        try:
            while True:
                queue.put(connection.recv())
        except (EOFError, OSError):
            queue.close()
            if on_hangup is not None:
                on_hangup()

    threading.Thread(target=listen, daemon=True, name="orders").start()
    try:
        try:
            model = load()
        except LivecoderError as error:
            connection.send(Refused(str(error)))
            return
        connection.send(Ready(os.getpid()))
        while (order := queue.take()) is not None:
            connection.send(_compose(model, order))
    except OSError:
        return  # The front has gone, and nobody is left to tell.


def _compose(model: StreamingModel[Any], order: Compose) -> Reply:
    # Every bar goes on from bytes, also where the state is still at hand: a bar then cannot
    # depend on which process composed the one before it.
    try:
        if order.state is None:
            state = model.initial(order.primer, beats=order.primer_beats)
        else:
            state = model.thaw(order.state)
        notes, state = model.compose(state, order.request)
        frozen = model.freeze(state)
        if len(frozen) > _LARGEST_STATE:
            return Faulty(order.key, f"its state of {len(frozen)} bytes is too large to keep")
        return Composed(order.key, tuple(notes), frozen)
    except Exception as error:
        return Faulty(order.key, f"{type(error).__name__}: {error}")


def main(arguments: list[str]) -> None:
    """Be the worker of one model.

    Args:
        arguments: name of the model, its loader, number of the inherited socket.
    """
    name, loader, socket = arguments
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    from setproctitle import setproctitle

    setproctitle(f"livecoder: model {name}")
    os.nice(5)

    def load() -> StreamingModel[Any]:
        model = load_model(loader)
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)
        return model

    # `os._exit`: a bar in the middle of a kernel is not worth waiting for when nobody hears it.
    serve(Connection(int(socket)), load, on_hangup=lambda: os._exit(0))


if __name__ == "__main__":
    main(sys.argv[1:])
