"""The prompt itself, typed at through a pipe: all is real but the terminal."""

from __future__ import annotations

import asyncio
import io
import re

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.vt100 import Vt100_Output

from livecoder.core.errors import SessionFileError
from livecoder.repl.history import PromptHistory
from livecoder.repl.prompt import HANGUP, Prompt
from tests.fakes.prompt_host import TableHost

ENTER, ALT_ENTER, CTRL_C, CTRL_D, CTRL_O, TAB, UP = (
    "\r",
    "\x1b\r",
    "\x03",
    "\x04",
    "\x0f",
    "\t",
    "\x1b[A",
)
PASTE, END = "\x1b[200~", "\x1b[201~"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


class Terminal(io.StringIO):
    """A terminal that keeps what is drawn on it."""

    def __init__(self, columns: int = 80) -> None:
        super().__init__()
        self.output = Vt100_Output(self, lambda: Size(rows=24, columns=columns), term="xterm")
        self._answered = 0

    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return self.getvalue()

    def answer(self) -> str:
        """Say where the cursor is as often as was asked since; without it there is no toolbar."""
        asked = self.text.count("\x1b[6n")
        new, self._answered = asked - self._answered, asked
        return "\x1b[1;1R" * new


async def settle(keyboard, terminal: Terminal | None) -> None:
    for _ in range(12):
        await asyncio.sleep(0.01)
        if terminal:
            keyboard.send_text(terminal.answer())


def typed(
    *keys: str,
    host: TableHost | None = None,
    terminal: Terminal | None = None,
    debug: bool = False,
    expect: str = "",
):
    """Type, and return the host and the exit status; each step waits for the one before."""
    host = host or TableHost()
    output = terminal.output if terminal else DummyOutput()

    async def session():
        with (
            create_pipe_input() as keyboard,
            create_app_session(input=keyboard, output=output),
        ):
            prompt = Prompt(host, debug=debug, keyboard=keyboard, output=output)
            running = asyncio.create_task(prompt.run())
            for key in keys:
                await settle(keyboard, terminal)
                keyboard.send_text(key)
            for _ in range(200):
                await settle(keyboard, terminal)
                if terminal is None or expect in ESCAPES.sub("", terminal.text):
                    break
            if running.done():
                return running.result()
            keyboard.send_text(CTRL_C + CTRL_D + CTRL_D)
            return await asyncio.wait_for(running, 30)

    return host, asyncio.run(session())


@pytest.mark.parametrize(
    ("keys", "blocks"),
    [
        (("hush()", ENTER), ["hush()"]),
        (("x = (1,", ENTER, "2)", ENTER), ["x = (1,\n    2)"]),
        (("for i in 'ab':", ENTER, "i", ENTER, ENTER), ["for i in 'ab':\n    i"]),
        (("x = 1", ALT_ENTER), ["x = 1"]),
        (("if 1:", ENTER, "x = 1", ALT_ENTER), ["if 1:\n    x = 1"]),
        (
            (PASTE + "if 1:\r\n    x = 1\r\n\r\n    y = 2\r\n" + END, ENTER, ENTER),
            ["if 1:\n    x = 1\n\n    y = 2"],
        ),
        ((PASTE + "a = 1\nb = 2\n" + END, ENTER), ["a = 1\nb = 2"]),
        ((PASTE + "if 1:\n    x = 1" + END, UP, ENTER), ["if 1:\n    x = 1"]),
        (("a = 1", CTRL_O, "b = 2", ENTER), ["a = 1\nb = 2"]),
        (("hush()", CTRL_C, "x = 2", ENTER), ["x = 2"]),
        ((ENTER, "   ", ENTER), []),
        (("x = )", ENTER), []),  # no Python: nothing begins
        (("help()", ENTER), []),  # only looks: no journal
    ],
)
def test_what_is_run(keys, blocks):
    host, status = typed(*keys)
    assert host.begun == blocks
    assert host.ended == [True] * len(blocks)
    assert status == 0


def test_names_stay_from_block_to_block_but_not_from_one_that_fails():
    host, _ = typed("x = 1", ENTER, "y = x + 1", ENTER, "x = 5; 1 / 0", ENTER)
    assert (host.namespace["x"], host.namespace["y"]) == (1, 2)
    assert host.ended == [True, True, False]


def test_results_errors_and_prints_are_shown_above_the_line(capsys):
    terminal = Terminal()
    typed("6 * 7", ENTER, "print('pr' + 'inted')", ENTER, "1 / 0", ENTER, terminal=terminal)
    assert "42" in terminal.text
    assert "ZeroDivisionError: division by zero" in terminal.text
    assert capsys.readouterr().out == "printed\n"
    assert "Traceback" not in terminal.text


def test_debug_shows_tracebacks():
    terminal = Terminal()
    typed("1 / 0", ENTER, terminal=terminal, debug=True)
    assert "Traceback" in terminal.text


def test_messages_of_the_session_are_shown_once_and_in_the_toolbar():
    terminal, host = Terminal(columns=100), TableHost()
    host.messages.append("d3 broke while playing")
    typed("x", terminal=terminal, host=host, expect="late 0")
    lines = [line.strip(" \b") for line in ESCAPES.sub("", terminal.text).split("\n")]
    assert lines.count("d3 broke while playing") == 1
    assert any("112 bpm" in line and "d3 broke while playing" in line for line in lines)
    assert host.messages == []


def test_ctrl_d_asks_once_while_music_sounds():
    terminal, host = Terminal(), TableHost()
    host.play("d1")
    _, status = typed(CTRL_D, CTRL_D, host=host, terminal=terminal)
    assert status == 0
    assert terminal.text.count("Ctrl-D again to stop the music") == 1


def test_ctrl_d_does_not_count_the_one_before_another_block():
    host = TableHost()
    host.play("d1")
    host, _ = typed(CTRL_D, "x = 1", ENTER, CTRL_D, "y = 2", ENTER, host=host)
    assert host.begun == ["x = 1", "y = 2"]


def test_ctrl_d_leaves_at_once_in_silence():
    _, status = typed(CTRL_D)
    assert status == 0


def test_ctrl_c_on_an_empty_line_does_not_leave():
    host, _ = typed(CTRL_C, CTRL_C, "x = 1", ENTER)
    assert host.begun == ["x = 1"]


@pytest.mark.parametrize("word", ["exit()", "exit", "quit", "quit()", "x = 1; exit()"])
def test_exit_leaves(word):
    host, status = typed(word, ENTER)
    assert status == 0
    assert all(host.ended)


def test_a_block_that_cannot_be_kept_is_played_all_the_same():
    class Full(TableHost):
        def begin(self, source):
            super().begin(source)
            raise SessionFileError("the journal cannot be written")

    terminal = Terminal()
    host, _ = typed("x = 1", ENTER, host=Full(), terminal=terminal, expect="cannot be written")
    assert host.namespace["x"] == 1
    assert host.ended == [True]


def test_a_terminal_that_is_gone_is_told_from_leaving():
    async def session():
        with create_pipe_input() as keyboard, create_app_session(input=keyboard):
            prompt = Prompt(TableHost(), keyboard=keyboard, output=DummyOutput())
            running = asyncio.create_task(prompt.run())
            await asyncio.sleep(0.1)
            keyboard.close()
            return await asyncio.wait_for(running, 30)

    assert asyncio.run(session()) == HANGUP


def test_a_status_that_fails_does_not_end_the_prompt():
    class Failing(TableHost):
        def status(self):
            if self.begun:
                return super().status()
            raise ValueError("no clock")

    terminal = Terminal()
    host, _ = typed("x = 1", ENTER, host=Failing(), terminal=terminal, expect="no status")
    assert host.begun == ["x = 1"]
    assert "no status: ValueError: no clock" in terminal.text


def test_a_task_of_the_performer_that_fails_is_said_in_a_line():
    terminal = Terminal()
    host = TableHost(asyncio=asyncio)
    source = "async def f():\n    raise ValueError('mine')\n\nasyncio.create_task(f()) and None"
    host, _ = typed(
        PASTE + source + END,
        ENTER,
        "import gc; gc.collect()",
        ENTER,
        terminal=terminal,
        host=host,
        expect="a task of yours",
    )
    assert "a task of yours ended: ValueError: mine" in terminal.text
    assert "Press ENTER" not in terminal.text


def test_history_comes_back_in_the_next_session():
    typed("x = 1", ENTER, "if 1:", ENTER, "y = 2", ENTER, ENTER)
    host, _ = typed("", "", "", UP, ALT_ENTER)
    assert host.begun == ["if 1:\n    y = 2"]


def test_history_keeps_blocks_whole_newest_first(tmp_path):
    problems = []
    path = tmp_path / "deep" / "history"
    history = PromptHistory(path, problems.append)
    for entry in ("a = 1", "if 1:\n\n    b\n", "ü~♪"):
        history.store_string(entry)
    assert list(PromptHistory(path, problems.append).load_history_strings()) == [
        "ü~♪",
        "if 1:\n\n    b\n",
        "a = 1",
    ]
    assert problems == []


def test_history_that_cannot_be_written_is_said_once(tmp_path):
    (tmp_path / "file").write_text("")
    problems = []
    history = PromptHistory(tmp_path / "file" / "history", problems.append)
    history.store_string("a")
    history.store_string("b")
    assert len(problems) == 1
    assert "XDG_STATE_HOME" in problems[0]
    assert list(history.load_history_strings()) == []


def test_history_of_any_bytes_is_read(tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"\xff\xfe+no\n\n+good\n\n\n+" + b"x" * 600_000 + b"\n\n+last\n")
    assert next(iter(PromptHistory(path, print).load_history_strings())) == "last"
