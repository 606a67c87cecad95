"""The prompt on a terminal: type, Enter, hear it from the next bar."""

from __future__ import annotations

import asyncio
import contextlib
import termios
import textwrap
from collections.abc import AsyncIterator
from dataclasses import replace

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output, create_output

from livecoder.repl.completion import PatternCompleter
from livecoder.repl.highlight import STYLE, PatternLexer
from livecoder.repl.history import PromptHistory
from livecoder.repl.host import Host
from livecoder.repl.keys import bindings
from livecoder.repl.names import add_names
from livecoder.repl.performer import Performer
from livecoder.repl.pictures import Pictures
from livecoder.repl.screen import Screen, loop_errors
from livecoder.repl.toolbar import toolbar
from livecoder.session.evaluate import Leave
from livecoder.session.runtime import state_root

__all__ = ["HANGUP", "PROMPT", "Prompt"]

PROMPT = "> "
HANGUP = 129
"""What `run` returns when the terminal has gone: nobody asked for the music to end."""

_REFRESH = 0.1
_SHOW_MESSAGE = 20.0


class _LeaveError(EOFError):
    """Ctrl-D on an empty line; a plain `EOFError` is a terminal that has gone."""


class Prompt:
    """A session of prompt_toolkit on a terminal, and the loop that reads, runs and shows."""

    def __init__(
        self,
        host: Host,
        *,
        debug: bool = False,
        keyboard: Input | None = None,
        output: Output | None = None,
    ) -> None:
        """Prepare the prompt; nothing is drawn yet.

        Args:
            host: the session that plays.
            debug: show tracebacks.
            keyboard: where keys come from; the terminal.
            output: where it draws; the terminal.
        """
        self._host = host
        self._output = output if output is not None else create_output()
        self.screen = Screen(self._output)
        self._pictures = Pictures(self._output, self.screen.show)
        self._performer = Performer(host, self.screen.say, draw=self._pictures.show, debug=debug)
        add_names(host, self.screen.show)
        self._session: PromptSession[str] = PromptSession(
            lambda: [*self._pictures.above(), ("class:prompt", PROMPT)],
            multiline=True,
            prompt_continuation=_continuation,
            lexer=PatternLexer(),
            style=STYLE,
            include_default_pygments_style=False,
            history=PromptHistory(
                state_root() / "history", lambda text: self.screen.say("message", text)
            ),
            completer=PatternCompleter(host),
            complete_in_thread=True,
            complete_while_typing=True,
            reserve_space_for_menu=6,
            key_bindings=bindings(),
            bottom_toolbar=self._toolbar,
            eof_exception=_LeaveError,
            input=keyboard,
            output=self._output,
        )
        self._shown: list[tuple[str, str]] = []
        self._last = ""
        self._last_at = 0.0

    async def run(self) -> int:
        """Read and run blocks until the performer leaves; 0, or `HANGUP` without a terminal."""
        loop_errors(self.screen, asyncio.get_running_loop())
        asked = False
        async with self._ticking():
            with self.screen.capture():
                while True:
                    try:
                        text = await self._session.prompt_async(set_exception_handler=False)
                        asked = False
                        await self._performer.perform(text)
                    except KeyboardInterrupt:
                        self._pictures.clear()
                        asked = False
                    except _LeaveError:
                        if asked or not self._host.status().sounding:
                            return 0
                        asked = True
                        self.screen.say("message", "Ctrl-D again to stop the music")
                    except (EOFError, OSError, termios.error):
                        return HANGUP
                    except Leave:
                        return 0
                    self.screen.flush_now()

    @contextlib.asynccontextmanager
    async def _ticking(self) -> AsyncIterator[None]:
        ticker = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticker.cancel()
            # Without a terminal it has ended already, by an error of the terminal's.
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await ticker

    async def _tick(self) -> None:
        """Ten times a second: say what happened, and draw what changes: toolbar, pictures."""
        while True:
            for message in self._host.poll_messages():
                self._tell(" ".join(message.split()))
            await self.screen.flush()
            app = self._session.app
            if app.is_running and (self._pictures.moving or self._pieces() != self._shown):
                app.invalidate()
            await asyncio.sleep(_REFRESH)

    def _tell(self, message: str) -> None:
        """Show a message once, and keep it in the toolbar for a while."""
        now = asyncio.get_running_loop().time()
        repeated = message == self._last and now - self._last_at < _SHOW_MESSAGE
        self._last, self._last_at = message, now
        if not repeated:
            width = max(20, self._output.get_size().columns - 1)
            self.screen.say("message", textwrap.fill(message, width, break_on_hyphens=False))

    def _toolbar(self) -> StyleAndTextTuples:
        self._shown = self._pieces()
        return [*self._shown]

    def _pieces(self) -> list[tuple[str, str]]:
        try:
            status = self._host.status()
        except Exception as error:
            # A toolbar that cannot be drawn must not take the prompt with it.
            return [("class:toolbar.alarm", f" no status: {type(error).__name__}: {error}")]
        age = asyncio.get_running_loop().time() - self._last_at
        if self._last and age < _SHOW_MESSAGE:
            status = replace(status, messages=(*status.messages, self._last))
        return toolbar(status, self._output.get_size().columns)


def _continuation(width: int, _line: int, _wrapped: int) -> StyleAndTextTuples:
    return [("class:continuation", "·".ljust(width))]
