"""Everything the prompt says: above the line being typed, never into it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from prompt_toolkit.application import get_app_or_none
from prompt_toolkit.application.run_in_terminal import in_terminal
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import print_formatted_text

from livecoder.repl.highlight import STYLE

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

__all__ = ["Screen", "loop_errors"]

# What a thread prints in a loop while somebody types: more than this is not kept.
_LINES = 1000


class Screen:
    """A terminal on which a line is being typed most of the time.

    While it is, what anybody prints waits for `flush`, which the prompt calls ten times a second;
    while a block runs, everything is written at once.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._waiting: deque[StyleAndTextTuples] = deque(maxlen=_LINES)

    def say(self, kind: str, text: str) -> None:
        """Show a line or more in the colour of its kind; see `performer.Say`."""
        if text.strip():
            # The terminal has echoed ^C, and the cursor stands behind it.
            start = "\n" if kind == "stopped" else ""
            self.show([(f"class:{kind}", start + text.rstrip("\n"))])

    def show(self, pieces: StyleAndTextTuples) -> None:
        """Show styled pieces of text, and end the line."""
        main = threading.current_thread() is threading.main_thread()
        if main and not self.typing():
            self._print(pieces)
        else:
            self._waiting.append(pieces)

    def typing(self) -> bool:
        """Whether the prompt is on the screen."""
        app = get_app_or_none()
        return app is not None and app.is_running

    async def flush(self) -> None:
        """Show what waited, above the line being typed."""
        if not self._waiting:
            return
        async with in_terminal():
            self.flush_now()

    def flush_now(self) -> None:
        """Show what waited; only when no line is being typed."""
        while self._waiting:
            self._print(self._waiting.popleft())

    def _print(self, pieces: StyleAndTextTuples) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone; the prompt will notice
            print_formatted_text(
                FormattedText(pieces),
                style=STYLE,
                output=self._output,
                include_default_pygments_style=False,
            )

    @contextlib.contextmanager
    def capture(self) -> Iterator[None]:
        """Have `print` of any thread go through the screen."""
        before = sys.stdout, sys.stderr
        sys.stdout = _Printed(self, before[0], "")
        sys.stderr = _Printed(self, before[1], "class:error")
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before
            with contextlib.suppress(OSError):
                self.flush_now()


class _Printed(io.TextIOBase):
    """Stands in for `sys.stdout`: straight through while a block runs, else line by line."""

    def __init__(self, screen: Screen, behind: TextIO, style: str) -> None:
        self._screen = screen
        self._behind = behind
        self._style = style
        self._rest = ""
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        if not self._screen.typing():
            self._behind.write(text)
            self._behind.flush()
            return len(text)
        with self._lock:
            *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._screen.show([(self._style, line)])
        return len(text)

    def flush(self) -> None:
        if not self._screen.typing():
            self._behind.flush()

    def fileno(self) -> int:
        return self._behind.fileno()

    def isatty(self) -> bool:
        return self._behind.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._behind.encoding


def loop_errors(screen: Screen, loop: asyncio.AbstractEventLoop) -> None:
    """Have an error in a task the performer started said in one line."""

    def handle(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        what = f"{type(error).__name__}: {error}" if error else str(context.get("message"))
        screen.say("error", f"a task of yours ended: {what}")

    loop.set_exception_handler(handle)
