"""Composing ahead of the clock: bars asked for by key, composed by workers, kept until forgotten.

Conventions
-----------
A key names a bar by everything its notes depend on (see `studio.ledger`), so a bar that is asked
for twice, or composed twice because a worker died, is the same bar. A deadline is the cycle of
the session at which a bar plays; bars that play sooner are composed first.

Locks: one, held for a few dictionary accesses. No call of this module waits for a worker, but
`wait`, which renders use, and `close`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from livecoder.core.errors import DeviceError, ModelFileError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import ZERO, Rational
from livecoder.models import registry
from livecoder.models.runner import Launch, Runner, launch_process
from livecoder.models.wire import (
    Compose,
    Composed,
    Faulty,
    Hasten,
    Load,
    Refused,
    Reply,
    Withdraw,
)

__all__ = ["Bar", "Composer", "Figures", "Task"]

_NONE: Mapping[str, str] = MappingProxyType({})
_NONE_YET: Mapping[str, float] = MappingProxyType({})


class Bar(NamedTuple):
    """A bar that is there.

    Attributes:
        notes: earliest first, in beats from the bar's start.
        snapshot: bytes of the state after it; None once it was thinned.
        surprise: nats an event of it, as the network found it; None where it does not tell.
    """

    notes: tuple[Note, ...]
    snapshot: bytes | None
    surprise: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A bar to compose.

    Attributes:
        key: names the bar and everything its notes depend on.
        model: name of the model.
        request: what to compose.
        parent: key of the bar it goes on from; None to begin with the primer.
        primer: notes to have heard, in beats; for a bar without a parent.
        primer_beats: length of the primer; 0 for none.
    """

    key: str
    model: str
    request: BarRequest
    parent: str | None = None
    primer: tuple[Note, ...] = ()
    primer_beats: Rational = ZERO


@dataclass(frozen=True, slots=True)
class Figures:
    """How the composing goes.

    Attributes:
        workers: processes that are ready.
        pids: their processes, and those of workers that are still loading.
        open: bars asked for that are not there yet.
        composed: bars that have arrived since the start.
        restarts: workers that died and were started again.
        longest: by model, the most seconds a bar of it took.
    """

    workers: int = 0
    pids: tuple[int, ...] = ()
    open: int = 0
    composed: int = 0
    restarts: int = 0
    longest: Mapping[str, float] = field(default_factory=lambda: _NONE_YET)


@dataclass(slots=True)
class _Open:
    task: Task
    deadline: float
    runner: Runner | None = None
    # What it goes on from, from when it is given to a worker: the parent may be forgotten since.
    state: bytes | None = None
    children: list[str] = field(default_factory=list)
    forgotten: bool = False


def _ignore(_message: str) -> None:
    pass


class Composer:
    """Gives bars of notes from networks that run in processes of their own."""

    def __init__(
        self,
        *,
        workers: int = 2,
        loaders: Mapping[str, str] = _NONE,
        slow: Collection[str] = (),
        on_message: Callable[[str], None] = _ignore,
        launch: Launch = launch_process,
    ) -> None:
        """Start nothing yet.

        Args:
            workers: processes at most; each is started when a model first needs it.
            loaders: loaders of models that the registry does not know, by name:
                `"package.module:function"`.
            slow: of those, the ones whose bars take long.
            on_message: takes lines for the performer, from any thread.
            launch: starts a worker.
        """
        self._workers = workers
        self._loaders = loaders
        self._slow = frozenset(slow)
        self._message = on_message
        self._launch = launch
        self._changed = threading.Condition(threading.Lock())
        self._open: dict[str, _Open] = {}
        self._bars: dict[str, Bar] = {}
        self._faults: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._runners: dict[str, Runner] = {}
        self._homes: dict[str, Runner] = {}
        self._longest: dict[str, float] = {}
        self._composed = 0
        self._closed = False

    def warm(self, model: str) -> None:
        """Load a model into its worker, so that its first bar comes sooner.

        A model whose weights were refused is tried again.

        Args:
            model: as `models.registry.spelled` writes it.

        Raises:
            UnknownNameError: no such model.
        """
        load, slow = self._found(model)
        with self._changed:
            if self._closed or (model in self._homes and model not in self._refused):
                return
            self._refused.pop(model, None)
            home = self._home(slow)
            self._homes[model] = home
            home.load(load)
            for waiting in self._open.values():
                if waiting.task.model == model:
                    waiting.runner = None
                    self._dispatch(waiting)

    def slow(self, model: str) -> bool:
        """Whether a bar of a model takes so long that it is composed apart from the quick ones.

        Raises:
            UnknownNameError: no such model.
        """
        return self._found(model)[1]

    def request(self, task: Task, deadline: float) -> None:
        """Ask for a bar; asking again only moves its deadline. Never waits.

        Args:
            task: the bar. Its parent must have been asked for, and not forgotten, before.
            deadline: cycle of the session at which it plays.

        Raises:
            UnknownNameError: no such model.
        """
        if task.model not in self._homes:
            self.warm(task.model)
        with self._changed:
            if task.key in self._bars or task.key in self._faults:
                return
            if (waiting := self._open.get(task.key)) is not None:
                waiting.forgotten = False
                if waiting.deadline != deadline:
                    waiting.deadline = deadline
                    if waiting.runner is not None:
                        waiting.runner.post(Hasten(task.key, deadline))
                return
            if task.parent is None or self._usable(task.parent):
                self._open[task.key] = waiting = _Open(task, deadline)
                self._dispatch(waiting)
            elif task.parent in self._open:
                self._open[task.key] = _Open(task, deadline)
                self._open[task.parent].children.append(task.key)
            else:
                why = self._faults.get(task.parent, "the bar it goes on from is no longer there")
                self._faults[task.key] = why

    def withdraw(self, keys: Collection[str]) -> None:
        """Do not compose bars that still wait, nor those that go on from them."""
        with self._changed:
            left = list(keys)
            while left:
                waiting = self._open.get(left.pop())
                if waiting is not None:
                    left += waiting.children
                    self._withdraw(waiting)

    def result(self, key: str) -> Bar | None:
        """Return a bar, or None while it is being composed.

        Raises:
            ModelFileError: the model's weights were refused; says why.
            DeviceError: the model failed at this bar, or was never asked for it.
        """
        with self._changed:
            if (bar := self._bars.get(key)) is not None:
                return bar
            if (waiting := self._open.get(key)) is not None:
                if (why := self._refused.get(waiting.task.model)) is not None:
                    raise ModelFileError(why)
                return None
            why = self._faults.get(key, "it was not asked for")
        message = f"the network has no such bar ({why}); try again() on its track"
        raise DeviceError(message)

    def ready(self, key: str) -> bool:
        """Whether a bar is there."""
        with self._changed:
            return key in self._bars

    def wait(self, key: str, seconds: float) -> bool:
        """Wait for a bar; False if it has not arrived in time. For renders, never when live."""

        def settled() -> bool:
            waiting = self._open.get(key)
            return waiting is None or waiting.task.model in self._refused

        with self._changed:
            return self._changed.wait_for(settled, seconds)

    def thin(self, keys: Collection[str]) -> None:
        """Forget the states after bars whose notes are kept; nothing may go on from them."""
        with self._changed:
            for key in keys:
                if (bar := self._bars.get(key)) is not None:
                    self._bars[key] = bar._replace(snapshot=None)

    def forget(self, keys: Collection[str]) -> None:
        """Forget bars altogether, as soon as no open bar goes on from them."""
        with self._changed:
            for key in keys:
                self._bars.pop(key, None)
                self._faults.pop(key, None)
                if (waiting := self._open.get(key)) is not None:
                    waiting.forgotten = True
                    if not any(child in self._open for child in waiting.children):
                        self._withdraw(waiting)

    def figures(self) -> Figures:
        """Return how the composing goes."""
        with self._changed:
            runners = self._runners.values()
            return Figures(
                workers=sum(runner.ready for runner in runners),
                pids=tuple(runner.pid for runner in runners if runner.pid),
                open=len(self._open),
                composed=self._composed,
                restarts=sum(runner.restarts for runner in runners),
                longest=MappingProxyType(dict(self._longest)),
            )

    def close(self) -> None:
        """End the workers."""
        with self._changed:
            self._closed = True
            runners = list(self._runners.values())
        for runner in runners:
            runner.close()
        for runner in runners:
            runner.join(3.0)

    def pid_of(self, model: str) -> int:
        """Return the process that composes for a model; 0 for none yet."""
        with self._changed:
            home = self._homes.get(model)
            return 0 if home is None else home.pid

    # Inside; all but `_found`, `_on_reply` and `_on_start` are called with the lock held.

    def _found(self, model: str) -> tuple[Load, bool]:
        """Return how a model is loaded, and whether it is slow."""
        if model in self._loaders:
            return Load(model, self._loaders[model]), model in self._slow
        choice = registry.read_choice(model)
        return Load(model, choice.spec.loader, tuple(choice.options.items())), choice.slow

    def _home(self, slow: bool) -> Runner:
        name = str(self._workers if slow else 1)
        if name not in self._runners:
            self._runners[name] = Runner(
                name,
                self._launch,
                on_start=self._on_start,
                on_reply=self._on_reply,
                on_message=self._message,
            )
        return self._runners[name]

    def _usable(self, key: str) -> bool:
        return key in self._bars and self._bars[key].snapshot is not None

    def _dispatch(self, waiting: _Open) -> None:
        """Give a bar whose parent is there to the worker that has its model."""
        task = waiting.task
        if waiting.runner is not None or not (task.parent is None or self._usable(task.parent)):
            return
        if task.model in self._refused:
            return  # until it is tried again
        waiting.state = None if task.parent is None else self._bars[task.parent].snapshot
        waiting.runner = self._homes[task.model]
        waiting.runner.post(self._order(waiting))

    def _withdraw(self, waiting: _Open) -> None:
        del self._open[waiting.task.key]
        if waiting.runner is not None:
            waiting.runner.post(Withdraw(waiting.task.key))

    def _order(self, waiting: _Open) -> Compose:
        task = waiting.task
        return Compose(
            key=task.key,
            request=task.request,
            state=waiting.state,
            primer=task.primer,
            primer_beats=task.primer_beats,
            deadline=waiting.deadline,
            model=task.model,
        )

    def _on_start(self, runner: Runner) -> None:
        with self._changed:
            runner.outbox.clear()
            runner.outbox.extend(runner.loads.values())
            again = [waiting for waiting in self._open.values() if waiting.runner is runner]
            runner.outbox.extend(self._order(waiting) for waiting in again)

    def _on_reply(self, runner: Runner, reply: Reply) -> None:
        with self._changed:
            match reply:
                case Composed(key, notes, state, seconds, surprise) if key in self._open:
                    waiting = self._open.pop(key)
                    model = waiting.task.model
                    self._longest[model] = max(seconds, self._longest.get(model, 0.0))
                    self._bars[key] = Bar(notes, state, surprise)
                    self._composed += 1
                    for child in waiting.children:
                        if child in self._open:
                            self._dispatch(self._open[child])
                    if waiting.forgotten:
                        del self._bars[key]
                case Faulty(key, text):
                    self._fail(key, text)
                case Refused(model, text):
                    runner.unload(model)
                    self._refused[model] = f"{model.partition(':')[0]} cannot play: {text}"
            self._changed.notify_all()
        if isinstance(reply, Refused):
            self._message(f"{reply.model.partition(':')[0]} cannot play: {reply.text}")

    def _fail(self, key: str, text: str) -> None:
        left = [key]
        while left:
            failed = self._open.pop(left.pop(), None)
            if failed is not None:
                self._faults[failed.task.key] = text
                left += failed.children
