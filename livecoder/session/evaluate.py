"""Run what a performer typed: top-level `await`, Ctrl-C at any point, all or nothing.

User code runs in the main thread. Ctrl-C ends it wherever it is: inside Python that computes, the
signal raises `KeyboardInterrupt` on the spot; while it awaits, the wait is cancelled and
`KeyboardInterrupt` is raised at the `await`. A block that fails leaves no name behind: the
namespace is as it was, because a failed block counts as never played.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import linecache
import signal
import textwrap
import threading
import warnings
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from livecoder.session.explain import explain, signature_of

__all__ = ["CompiledBlock", "Leave", "compile_block", "explain", "leave", "run_block", "show"]

_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
# Seconds at most between Ctrl-C and its effect on a block that waits.
_LOOK = 0.1
_LONGEST_SHOWN = 400


class Leave(BaseException):
    """The performer typed `exit()`: the session is to end, the block counts as played."""


def leave() -> None:
    """End the session (`exit()`); Ctrl-D does the same.

    Raises:
        Leave: always; the prompt catches it.
    """
    raise Leave


@dataclass(frozen=True, slots=True)
class CompiledBlock:
    """A block that can run.

    Attributes:
        source: the text, without common indentation.
        name: what errors call it.
        body: its statements but a last expression.
        last: the last expression, whose value is shown; None if it ends otherwise.
    """

    source: str
    name: str
    body: CodeType
    last: CodeType | None


def compile_block(source: str, name: str = "<block>") -> CompiledBlock:
    r"""Compile a block; `await` may stand anywhere.

    >>> compile_block("x = 2\nx + 1").last is None
    False

    Args:
        source: Python; a common indentation (of a pasted piece) is taken off.
        name: of the block, in angle brackets, for errors.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it contains a null character.
        RecursionError: it is nested too deeply.
        MemoryError: likewise.
    """
    source = textwrap.dedent(source.replace("\r\n", "\n").replace("\r", "\n"))
    with warnings.catch_warnings():
        # `"\d"` would print a line with a path of ours into the performer's screen.
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        tree = compile(source, name, "exec", ast.PyCF_ONLY_AST | _AWAIT, dont_inherit=True)
        last: CodeType | None = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            value = ast.Expression(tree.body.pop().value)
            last = compile(value, name, "eval", _AWAIT, dont_inherit=True)
        body = compile(tree, name, "exec", _AWAIT, dont_inherit=True)
    return CompiledBlock(source, name, body, last)


async def run_block(code: CompiledBlock, namespace: dict[str, Any]) -> Any:
    r"""Run a block and return the value of its last expression, None without one.

    >>> names = {}
    >>> asyncio.run(run_block(compile_block("x = 2\nx + 1"), names)), names["x"]
    (3, 2)

    Args:
        code: from `compile_block`.
        namespace: the globals it runs in; put back, binding by binding, if it fails.

    Raises:
        Leave: it called `exit()`.
        BaseException: whatever the block raises, `KeyboardInterrupt` for Ctrl-C.
    """
    before = dict(namespace)
    lines = code.source.splitlines(keepends=True)
    linecache.cache[code.name] = (len(code.source), None, lines, code.name)
    try:
        value = await _Driven(code.body, namespace)
        if code.last is not None:
            value = await _Driven(code.last, namespace)
    except Leave:
        raise
    except BaseException:
        _put_back(namespace, before)
        raise
    return value


def _put_back(namespace: dict[str, Any], before: dict[str, Any]) -> None:
    # Binding by binding, never emptied: the completion's thread reads it meanwhile.
    for name in [name for name in namespace if name not in before]:
        del namespace[name]
    for name, value in before.items():
        if name not in namespace or namespace[name] is not value:
            namespace[name] = value


class _Driven:
    """Awaits a piece of user code so that Ctrl-C reaches it and nobody else.

    The task's own machinery must never see `KeyboardInterrupt`: asyncio would end the loop. So
    the handler that raises it stands only while the user's frames are on the stack, and in
    between, where the loop waits, another one cancels the wait.
    """

    def __init__(self, code: CodeType, namespace: dict[str, Any]) -> None:
        self._code = code
        self._namespace = namespace
        self._waiting = False
        self._interrupted = False

    def __await__(self) -> Generator[Any, Any, Any]:
        with _handler(signal.default_int_handler):
            result = eval(self._code, self._namespace)  # noqa: S307 - the instrument's purpose
        if not self._code.co_flags & inspect.CO_COROUTINE:
            return result
        return (yield from self._drive(result))

    def _drive(self, coroutine: Any) -> Generator[Any, Any, Any]:
        step: Callable[[Any], Any] = coroutine.send
        given: Any = None
        while True:
            with _handler(signal.default_int_handler):
                try:
                    waits_for = step(given)
                except StopIteration as stop:
                    return stop.value
            try:
                with self._cancelled_by_signal():
                    given = yield waits_for
                step = coroutine.send
            except BaseException as error:
                step, given = coroutine.throw, error
                task = asyncio.current_task()
                if self._interrupted and isinstance(error, asyncio.CancelledError):
                    self._interrupted = False
                    given = KeyboardInterrupt()
                    if task is not None:
                        task.uncancel()

    @contextlib.contextmanager
    def _cancelled_by_signal(self) -> Iterator[None]:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()

        def cancel() -> None:
            # The wait may be over by the time the loop comes here.
            if self._waiting and not self._interrupted and task is not None:
                self._interrupted = True
                task.cancel()

        def interrupt(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(cancel)

        looking: asyncio.TimerHandle | None = None

        def look() -> None:
            # A signal that comes just before the loop goes to sleep does not wake it.
            nonlocal looking
            looking = loop.call_later(_LOOK, look)

        look()
        self._waiting = True
        try:
            with _handler(interrupt):
                yield
        finally:
            self._waiting = False
            if looking is not None:
                looking.cancel()


@contextlib.contextmanager
def _handler(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """Have a handler of Ctrl-C for a while; in the main thread, where alone there can be one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


def show(value: Any) -> str:
    """Return how a result is shown: its repr, cut when long; nothing for None.

    >>> show(None), show(2.5)
    ('', '2.5')
    """
    if value is None:
        return ""
    if inspect.iscoroutine(value):
        value.close()
        return "a coroutine; put await before the call to run it"
    if inspect.isfunction(value) or inspect.ismethod(value):
        doc = (inspect.getdoc(value) or "").split("\n")[0]
        return f"{value.__name__}{signature_of(value)}  {doc}".rstrip()
    try:
        text = repr(value)
    except Exception as error:
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__}: {error})"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} ..."
