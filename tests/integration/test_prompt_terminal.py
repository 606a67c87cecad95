"""The prompt on a real terminal: real keys, real signals, a real pipe."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

pytestmark = pytest.mark.integration

RUNNER = [sys.executable, "-m", "tests.integration.prompt_runner"]
ROOT = Path(__file__).parents[2]
READY = r"> .*\d+ bpm"  # the toolbar is drawn below the prompt once it takes input
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\b]")


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROMPT_")}
    return kept | {
        "XDG_STATE_HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
    }


class Terminal:
    """Types, and reads what is drawn; answers where the cursor is, as terminals do."""

    def __init__(self, environment: dict[str, str], columns: int = 80) -> None:
        self.child = pexpect.spawn(
            RUNNER[0],
            RUNNER[1:],
            env=environment,
            cwd=str(ROOT),
            dimensions=(24, columns),
            encoding="utf-8",
            timeout=30,
        )
        self.seen = ""

    def until(self, what: str) -> str:
        """Read until what is drawn since the last call matches; return all of that."""
        while not re.search(what, ESCAPES.sub("", self.seen), re.DOTALL):
            found = self.child.expect([r"\x1b\[6n", r"[\s\S]+?(?=\x1b\[6n|$)"])
            self.seen += str(self.child.after)
            if found == 0:
                self.child.send("\x1b[1;1R")
        shown, self.seen = ESCAPES.sub("", self.seen), ""
        return shown

    def type(self, *keys: str) -> None:
        for key in keys:
            self.child.send(key)

    def leave(self) -> int:
        self.type("\x03", "exit()\r")
        self.until("left with")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus)


@pytest.fixture
def terminal(environment):
    made = Terminal(environment)
    made.until(READY)
    yield made
    made.child.close(force=True)


def test_typed_music_is_played_and_shown(terminal):
    terminal.type('d1 >> s("bd*4")', "\r")
    terminal.until("112 bpm  d1  late")
    terminal.type("d1", "\r")
    assert 's("bd*4")' in terminal.until("d1 plays .*112 bpm")
    assert terminal.leave() == 0


def test_nothing_heavy_is_imported_for_the_prompt(terminal):
    terminal.type("'heavy', heavy()", "\r")
    terminal.until(r"\('heavy', \[\]\)")


@pytest.mark.parametrize(
    "block",
    ["print('go'); [0 for _ in iter(int, 1)]", "print('go'); await asyncio.sleep(99)"],
    ids=["busy", "asleep"],
)
def test_ctrl_c_ends_a_block_and_the_prompt_is_back(terminal, block):
    terminal.type(block, "\r")
    terminal.until("\ngo\n")
    terminal.type("\x03")
    terminal.until("stopped by Ctrl-C.*112 bpm")
    terminal.type("6 * 7", "\r")
    terminal.until("\n42\n")
    assert terminal.leave() == 0


def test_signals_at_the_prompt_do_not_end_it(terminal):
    os.kill(terminal.child.pid, signal.SIGINT)
    terminal.until(READY)
    os.kill(terminal.child.pid, signal.SIGTSTP)
    terminal.type("6 * 7", "\r")
    terminal.until("\n42\n")


def test_a_pasted_block_stays_whole(terminal):
    terminal.type("\x1b[200~for i in range(2):\r    x = i\r\r    y = x\r\x1b[201~", "\r", "\r")
    terminal.until("112 bpm")
    terminal.type("x, y", "\r")
    terminal.until(r"\n\(1, 1\)\n")


def test_an_error_is_one_message_that_says_what_to_type(terminal):
    terminal.type("d1 >> s('bd').fsat(2)", "\r")
    shown = terminal.until("did you mean .fast?.*112 bpm")
    assert "Traceback" not in shown
    terminal.type("every()", "\r")
    assert "Traceback" not in terminal.until("try|type every.*112 bpm")


def test_ctrl_d_asks_while_music_sounds(terminal):
    terminal.type('d1 >> s("bd*4")', "\r")
    terminal.until("112 bpm  d1  late")
    terminal.type("\x04")
    terminal.until("Ctrl-D again to stop the music.*112 bpm")
    terminal.type("\x04")
    terminal.until("left with 0")


def test_a_terminal_that_goes_away_is_not_leaving(environment, tmp_path):
    terminal = Terminal(environment)
    terminal.until(READY)
    # Without the signal that ends it at once, as under a supervisor.
    terminal.type("import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); 6 * 7", "\r")
    terminal.until(r"\n42\n.*112 bpm")
    os.close(terminal.child.child_fd)
    terminal.child.child_fd = -1
    for _ in range(300):
        if (tmp_path / "told").exists():
            break
        time.sleep(0.1)
    assert (tmp_path / "told").read_text() == "left with 129 after 1 blocks"


def piped(text: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        RUNNER, input=text, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_a_pipe_is_played_block_by_block(environment):
    done = piped('x = 6\n\nx * 7\n\nd1 >> s("bd*4")\n\nd1\n', environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('42\nd1 plays s("bd*4")\n')


def test_a_failing_block_in_a_pipe_fails_the_run_and_not_the_rest(environment):
    done = piped("s('bd').fsat(2)\n\n6 * 7\n", environment)
    assert done.returncode == 1
    assert done.stdout.startswith("42\n")
    assert "did you mean .fast" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_a_block_of_a_pipe(environment):
    process = subprocess.Popen(
        RUNNER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=ROOT,
        text=True,
    )
    process.stdin.write("print('go')\nwhile True: pass\n\n6 * 7\n\n")
    process.stdin.flush()
    assert process.stdout.readline() == "go\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "42\n"
    _, told = process.communicate(timeout=30)
    assert "stopped by Ctrl-C" in told
    assert process.returncode == 1
