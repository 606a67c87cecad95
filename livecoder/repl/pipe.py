"""Without a terminal: blocks from a pipe or a file, one after another, no toolbar."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, TextIO

from livecoder.repl.blocks import Blocks
from livecoder.repl.host import Host
from livecoder.repl.names import add_names
from livecoder.repl.performer import Performer, Say
from livecoder.session.evaluate import Leave

__all__ = ["run_pipe"]

_REFRESH = 0.1


async def run_pipe(
    host: Host,
    *,
    debug: bool = False,
    source: TextIO | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Run the blocks of a stream of text as they come; blank lines part them.

    Results go to `out`, errors and messages to `err`; a failing block does not keep the next from
    running. Ctrl-C ends the block that runs, or the session if none does.

    Returns:
        0 if every block went well, else 1.
    """
    source, out, err = source or sys.stdin, out or sys.stdout, err or sys.stderr

    def say(kind: str, text: str) -> None:
        print(text, file=out if kind == "result" else err, flush=True)

    add_names(host, lambda pieces: say("result", "".join(piece[1] for piece in pieces)))
    performer = Performer(host, say, debug=debug)
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    _read_in_thread(source, lines, loop)
    before = _on_interrupt(lambda: loop.call_soon_threadsafe(lines.put_nowait, None))
    ticker = asyncio.create_task(_tick(host, say))
    try:
        return await _run(performer, lines)
    finally:
        ticker.cancel()
        if before is not None:
            signal.signal(signal.SIGINT, before)
        for message in host.poll_messages():
            say("message", message)


async def _run(performer: Performer, lines: asyncio.Queue[str | None]) -> int:
    blocks = Blocks()
    failed = False
    try:
        while (line := await lines.get()) is not None:
            for block in blocks.feed(line):
                failed |= not await performer.perform(block)
        for block in blocks.close():
            failed |= not await performer.perform(block)
    except Leave:
        pass
    return int(failed)


async def _tick(host: Host, say: Say) -> None:
    while True:
        for message in host.poll_messages():
            say("message", message)
        await asyncio.sleep(_REFRESH)


def _read_in_thread(
    source: TextIO, lines: asyncio.Queue[str | None], loop: asyncio.AbstractEventLoop
) -> None:
    """Read lines in a thread, since a file cannot be waited for in the loop."""

    def put(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        try:
            for line in source:
                put(line.rstrip("\r\n"))
        except (OSError, ValueError) as error:
            put(f"raise OSError({f'the input cannot be read: {error}'!r})")
        put(None)

    threading.Thread(target=read, name="stdin", daemon=True).start()


def _on_interrupt(leave: Callable[[], object]) -> Any:
    if threading.current_thread() is not threading.main_thread():
        return None

    def handle(_number: int, _frame: FrameType | None) -> None:
        leave()

    return signal.signal(signal.SIGINT, handle)
