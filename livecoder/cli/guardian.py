"""What `livecoder` starts first: a small process that outlives the front.

The front runs the performer's code, so it is the one most likely to die. The outputs go on
without it; this process stays on the terminal, says so, and takes the session over on Enter.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

__all__ = ["guard"]

# How a front ends when all is well: left, refused to start, wrong arguments.
_ENDED = (0, 1, 2)


def guard(arguments: Sequence[str]) -> int:
    """Run the prompt until the performer leaves it; take over when it dies.

    Args:
        arguments: of the prompt, as typed.

    Returns:
        The exit status.
    """
    _title()
    terminal = _terminal_settings()
    rest = list(arguments)
    while True:
        status, front = _run_front(rest)
        _restore_terminal(terminal)
        if status in _ENDED:
            return status
        # Only now: the front is not to wait for what it seldom needs.
        from livecoder.session.runtime import end_outputs, orphans

        if not orphans(front):
            print("livecoder: the prompt ended unexpectedly; livecoder starts it again")
            return 1
        print("\nThe prompt is gone, the music plays on and loops its last two bars.")
        if not sys.stdin.isatty():
            print("livecoder --resume takes over; livecoder stop ends it.")
            return 1
        print("Enter takes over, Ctrl-C stops the music.", flush=True)
        try:
            input()
        except KeyboardInterrupt:
            for folder in orphans(front):
                end_outputs(folder)
            print("Stopped. Nothing typed is lost: the next livecoder offers it back.")
            return 1
        except EOFError:
            return 1
        rest = [*(a for a in arguments if a != "--resume"), f"--resume={front}"]


def _run_front(arguments: Sequence[str]) -> tuple[int, int]:
    """Return how a front ended, and which process it was."""
    command = [sys.executable, "-m", "livecoder.cli.front", *arguments]
    front = subprocess.Popen(command)
    # Ctrl-C belongs to the front, which shares the terminal and gets the signal itself.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)

    def forward(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(front.pid, number)

    old = signal.signal(signal.SIGTERM, forward)
    try:
        return front.wait(), front.pid
    finally:
        signal.signal(signal.SIGTERM, old)
        signal.signal(signal.SIGINT, before)


def _title() -> None:
    with contextlib.suppress(ImportError):
        from setproctitle import setproctitle

        setproctitle("livecoder")


def _terminal_settings() -> list[Any] | None:
    try:
        import termios

        return termios.tcgetattr(sys.stdin)
    except (ImportError, OSError, ValueError):
        return None
    except Exception:
        return None


def _restore_terminal(settings: list[Any] | None) -> None:
    if settings is None:
        return
    import termios

    with contextlib.suppress(termios.error):
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, settings)
    # Out of bracketed paste, cursor shown: what a killed prompt leaves behind.
    sys.stdout.write("\x1b[?2004l\x1b[?25h\x1b[0m\r\n")
    sys.stdout.flush()
