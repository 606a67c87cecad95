"""Blocks from a pipe: in order, errors on stderr, the exit status says how it went."""

from __future__ import annotations

import asyncio
import io

import pytest

from livecoder.repl.pipe import run_pipe
from tests.fakes.prompt_host import TableHost


def piped(text: str, host: TableHost | None = None):
    host = host or TableHost(asyncio=asyncio)
    out, err = io.StringIO(), io.StringIO()
    status = asyncio.run(run_pipe(host, source=io.StringIO(text), out=out, err=err))
    return status, out.getvalue(), err.getvalue(), host


def test_blocks_run_in_order_and_results_go_to_stdout():
    status, out, err, host = piped("x = 1\n\nx + 1\n\nawait asyncio.sleep(0, x)\n")
    assert (status, out, err) == (0, "2\n1\n", "")
    assert host.begun == ["x = 1", "x + 1", "await asyncio.sleep(0, x)"]


@pytest.mark.parametrize("bad", ["1 / 0", "x = )", "sound('bdd')", "f("])
def test_a_failing_block_is_said_and_the_next_one_runs(bad):
    status, out, err, _ = piped(f"{bad}\n\n\n6 * 7\n" if bad != "f(" else "6 * 7\n\nf(\n")
    assert status == 1
    assert out == "42\n"
    assert err.strip()
    assert "Traceback" not in err


def test_exit_leaves_the_rest_unread():
    status, out, _, host = piped("exit()\n\n6 * 7\n")
    assert (status, out) == (0, "")
    assert host.begun == []


def test_messages_go_to_stderr():
    host = TableHost()
    host.messages.append("a port has gone")
    assert "a port has gone" in piped("1", host)[2]


def test_nothing_is_nothing():
    assert piped("")[:3] == (0, "", "")


def test_help_is_plain_text():
    _, out, _, _ = piped("help('bass')\n")
    assert "\x1b" not in out
    assert "bass" in out
