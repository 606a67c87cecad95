"""Sessions whose front is dead, and which of them is whose."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from livecoder.session import runtime


def _dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _session(name: str, front: int, output: int) -> Path:
    folder = runtime.create(name)
    (folder / "front.pid").write_text(str(front))
    (folder / "midi.pid").write_text(str(output))
    return folder


def test_a_front_that_died_finds_its_own_session_though_another_is_newer(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(runtime, "runtime_root", lambda: tmp_path_factory.getbasetemp() / "lc")
    one, other = _dead(), _dead()
    mine, theirs = _session("a", one, os.getpid()), _session("b", other, os.getpid())
    os.utime(mine, (1, 1))
    led = _session("c", os.getpid(), os.getpid())
    gone = _session("d", one, other)
    assert runtime.orphans() == [theirs, mine]
    assert runtime.orphans(one) == [mine]
    assert runtime.orphans(other) == [theirs]
    assert led.exists()
    assert not gone.exists(), "nothing of it plays"
