"""`livecoder` in a real terminal, driven as a performer would, and looked at from outside."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pexpect
import psutil

_PATIENCE = 30.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>()][0-9A-Z]?|\r")


def until(what: Callable[[], object], *, seconds: float = _PATIENCE, why: str = "") -> object:
    """Wait until something is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {why or what}")
        time.sleep(0.02)
    return found


@dataclass
class Home:
    """Folders of a session of its own, so that a test sees no other."""

    folder: Path
    started: list[int] = field(default_factory=list)
    """Processes that were started here: guardians."""

    @property
    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        return inherited | {
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "TERM": "xterm-256color",
            # A terminal tells where its cursor is when asked; pexpect never would.
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }

    def processes(self) -> dict[str, psutil.Process]:
        """Return the processes of this home's sessions by the title they bear."""
        pids = set(self.started)
        for file in self.folder.glob("run/*/*/*.pid"):
            with contextlib.suppress(OSError, ValueError):
                pids.add(int(file.read_text()))
        found: dict[str, psutil.Process] = {}
        for pid in pids:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                for each in (process, *process.children(recursive=True)):
                    title = " ".join(each.cmdline()).strip()
                    if title.startswith("livecoder") and each.status() != psutil.STATUS_ZOMBIE:
                        found[title] = each
        return found

    def process(self, title: str) -> psutil.Process:
        """Return a process, waiting for it to be there."""
        return until(lambda: self.processes().get(title), why=title)  # type: ignore[return-value]


@contextmanager
def a_home() -> Iterator[Home]:
    """Make folders for a session, and see to it that nothing of it is left."""
    # A socket's path must be short, so not in pytest's own folder.
    home = Home(Path(tempfile.mkdtemp(prefix="lc")))
    (home.folder / "run").mkdir(mode=0o700)
    try:
        yield home
    finally:
        left = list(home.processes().values())
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                kill(process)
        shutil.rmtree(home.folder, ignore_errors=True)


class Prompt:
    """A prompt on a pseudo-terminal."""

    def __init__(self, home: Home, *arguments: str) -> None:
        self.home = home
        self.screen = pexpect.spawn(
            sys.executable,
            ["-m", "livecoder", *arguments],
            env=home.environment,
            encoding="utf-8",
            dimensions=(30, 110),
            timeout=_PATIENCE,
        )
        home.started.append(self.screen.pid)
        self._shown = ""

    def ready(self) -> Prompt:
        """Wait until it takes input."""
        self.see("> ")
        return self

    def type(self, *lines: str) -> None:
        """Type a block and run it."""
        self.screen.send("\n".join(lines).replace("\n", "\x1b\r") + "\r")

    def see(self, pattern: str, *, seconds: float = _PATIENCE) -> str:
        """Wait for a text, colours aside, in what is shown after what was seen last; return it."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self._plain())):
            if time.monotonic() > deadline:
                raise AssertionError(f"{pattern!r} is not shown, but:\n{self._plain()[-3000:]}")
            with contextlib.suppress(pexpect.TIMEOUT):
                self._shown += self.screen.read_nonblocking(65536, timeout=0.2)
        plain = self._plain()
        self._shown = plain[found.end() :]
        return plain[: found.end()]

    def _plain(self) -> str:
        return _ESCAPES.sub("", self._shown)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.screen.sendcontrol("c")

    def leave(self) -> None:
        """Type `exit()`, and wait until all is gone."""
        self.type("exit()")
        with contextlib.suppress(pexpect.EOF):
            self.see("(?!)")
        self.screen.close()


@contextmanager
def a_prompt(home: Home, *arguments: str) -> Iterator[Prompt]:
    """Open a prompt that takes input; close it whatever happens."""
    prompt = Prompt(home, *arguments)
    try:
        yield prompt.ready()
    finally:
        prompt.screen.close(force=True)


def run(home: Home, *arguments: str, seconds: float = 100.0) -> tuple[int, str]:
    """Run a command of livecoder; return its exit status and all it said."""
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "livecoder", *arguments],
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def kill(process: psutil.Process) -> None:
    """`kill -9`, and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    # Not waited for: the guardian is a child of this process, and pexpect's to reap.
    until(lambda: not _lives(process), seconds=5, why="it dies")


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


Command = Sequence[str]
