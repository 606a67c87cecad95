"""One block from text to music: compile, journal, run, and say how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from livecoder.core.errors import LivecoderError
from livecoder.patterns.drawing.picture import LivePicture, Picture
from livecoder.repl.blocks import asks_only
from livecoder.repl.host import Host
from livecoder.session.evaluate import (
    CompiledBlock,
    Leave,
    compile_block,
    explain,
    leave,
    run_block,
    show,
)
from livecoder.session.tracks import Track

__all__ = ["Performer", "Say"]

Say = Callable[[str, str], None]
"""Called with a kind (`"result"`, `"error"`, `"stopped"`, `"message"`) and a text to show."""


@dataclass
class Performer:
    """Runs blocks of one session, one after another.

    Attributes:
        host: the session.
        say: where results and errors are shown.
        draw: where pictures are shown; without, they are said as text.
        debug: show tracebacks.
    """

    host: Host
    say: Say
    draw: Callable[[Picture | LivePicture], None] | None = None
    debug: bool = False
    _count: int = field(default=0, init=False)

    async def perform(self, source: str) -> bool:
        """Run a block; whether it went well. An error is said, and everything is as before it.

        Raises:
            Leave: the block asks to end the session.
        """
        source = source.rstrip()
        if not source:
            return True
        if self.host.namespace.get(source) is leave:  # `exit` alone is meant as `exit()`
            raise Leave
        self._count += 1
        try:
            code = compile_block(source, f"<block {self._count}>")
        except Exception as error:
            self._complain(error, source)
            return False
        if asks_only(source):
            return await self._run(code)
        try:
            self.host.begin(code.source)
        except LivecoderError as error:
            # Better music that is not kept than no music.
            self.say("error", str(error))
        ok = False
        try:
            ok = await self._run(code)
        except Leave:
            ok = True
            raise
        finally:
            self._end(ok=ok)
        return ok

    async def _run(self, code: CompiledBlock) -> bool:
        try:
            value = await run_block(code, self.host.namespace)
        except Leave:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # the prompt itself is being ended
            self._complain(error, code.source)
            return False
        except BaseException as error:
            self._complain(error, code.source)
            return False
        if isinstance(value, (Picture, LivePicture)):
            self._show(value)
            return True
        # `d1 >> ...` answers with its track; the toolbar tells that already.
        repeats = isinstance(value, Track) and not asks_only(code.source)
        if not repeats and (text := show(value)):
            self.say("result", text)
        return True

    def _show(self, picture: Picture | LivePicture) -> None:
        if self.draw is None:
            self.say("result", repr(picture))
        else:
            self.draw(picture)

    def _end(self, *, ok: bool) -> None:
        try:
            self.host.end(ok=ok)
        except Exception as error:
            self._complain(error, "")

    def _complain(self, error: BaseException, source: str) -> None:
        words = {*self.host.sounds(), *self.host.scales()}
        text = explain(error, source, namespace=self.host.namespace, words=words, debug=self.debug)
        self.say("stopped" if isinstance(error, KeyboardInterrupt) else "error", text)
