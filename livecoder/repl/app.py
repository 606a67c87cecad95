"""The prompt's event loop, in the main thread."""

from __future__ import annotations

import asyncio
import signal
import sys
from types import FrameType

from livecoder.repl.host import Host

__all__ = ["main", "run"]


async def run(host: Host, *, debug: bool = False) -> int:
    """Read and run what the performer types until they leave; the session stays open.

    On a terminal it is the prompt; from a pipe or a file, blocks parted by blank lines.

    Args:
        host: a session that plays.
        debug: show tracebacks.

    Returns:
        0; from a pipe, 1 if a block failed; `prompt.HANGUP` if the terminal went away.
    """
    if sys.stdin.isatty() and sys.stdout.isatty():
        from livecoder.repl.prompt import Prompt

        return await Prompt(host, debug=debug).run()
    from livecoder.repl.pipe import run_pipe

    return await run_pipe(host, debug=debug)


def main(host: Host, *, debug: bool = False) -> int:
    """Run the prompt in an event loop of its own; see `run`."""
    # Ctrl-C is only for user code and for the line being typed, which each bring their handler.
    # asyncio leaves a handler that is not Python's own alone.
    # Ctrl-Z while a block runs would stop the process that plans the music.
    before = [
        (number, signal.signal(number, _ignore)) for number in (signal.SIGINT, signal.SIGTSTP)
    ]
    try:
        return asyncio.run(run(host, debug=debug))
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    return None
