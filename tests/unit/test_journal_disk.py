"""A journal on a disk that is stuck, full or slow: who makes music does not wait for it."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from livecoder.core.errors import SessionFileError
from livecoder.core.rational import Rational
from livecoder.session.journal import Journal, read_journal
from livecoder.session.kept import Kept

_PATIENCE = 20.0


class StuckDisk:
    """A pipe in the place of a file: once it is full, whoever writes waits until it is read."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self._path = folder / "stuck.jsonl"
        os.mkfifo(self._path)
        self._reader = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        self.journal = Journal.create(folder, "stuck", seed=1, say=self.said.append)
        filler = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
        with suppress(BlockingIOError):
            while True:
                os.write(filler, b"\n" * 512)
        os.close(filler)

    def records(self, number: int) -> list[dict[str, Any]]:
        """Let the disk go on, and return that many records of those that come."""
        fcntl.fcntl(self._reader, fcntl.F_SETFL, 0)
        text, more = b"", b"\n"
        while more and len([line for line in text.split(b"\n")[:-1] if line]) < number:
            more = os.read(self._reader, 65536)
            text += more
        return [json.loads(line) for line in text.split(b"\n")[:-1] if line]

    def ended(self) -> bool:
        """Whether nothing more comes, since the file is closed."""
        return os.read(self._reader, 1) == b""

    def close(self) -> None:
        os.close(self._reader)


@pytest.fixture
def stuck(tmp_path: Path) -> Iterator[StuckDisk]:
    made = StuckDisk(tmp_path)
    yield made
    made.close()


def _returns(act: Callable[[], object]) -> bool:
    """Whether something comes to an end, while the disk does not."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return not thread.is_alive()


def test_neither_the_scheduler_nor_what_comes_in_waits_for_the_disk(stuck: StuckDisk) -> None:
    journal = stuck.journal
    kept = Kept(journal, lambda: Rational(3, 2))
    assert _returns(lambda: journal.heard("cc 74", "1:0.5"))
    assert _returns(lambda: journal.late("rnn", 7))
    assert _returns(lambda: kept.add("goto(17)", Rational(4)))
    assert _returns(lambda: kept.add("tempo(121.5)"))
    assert stuck.records(7)[1:] == [
        {"heard": ["cc 74", "1:0.5"]},
        {"late": ["rnn", 7]},
        {"block": "goto(17)", "at": "4"},
        {"done": True, "at": "4"},
        {"block": "tempo(121.5)", "at": "4"},
        {"done": True, "at": "4"},
    ]


def test_a_block_is_written_after_all_that_came_before_it(stuck: StuckDisk) -> None:
    journal = stuck.journal
    assert _returns(lambda: [journal.heard("cc 74", f"{n}:1") for n in range(100)])

    def block() -> None:
        with suppress(SessionFileError):  # a pipe has no disk to wait for
            journal.block("d1 >> s('bd')", Rational(1))
        journal.done(ok=True, at=Rational(1))
        journal.heard("cc 74", "100:1")

    writer = threading.Thread(target=block, daemon=True)
    writer.start()
    kinds = [next(iter(record)) for record in stuck.records(104)[1:]]
    assert kinds == ["heard"] * 100 + ["block", "done", "heard"]
    writer.join(_PATIENCE)


def test_the_file_has_all_in_the_order_it_was_handed_over(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    for number in range(1000):
        journal.heard("cc 74", f"{number}:1")
        journal.write(number=number)
    lines = [json.loads(line) for line in journal.path.read_text().splitlines()[1:]]
    assert lines == [
        record
        for number in range(1000)
        for record in ({"heard": ["cc 74", f"{number}:1"]}, {"number": number})
    ]


def test_what_waits_for_a_stuck_disk_is_bounded_and_said_once(stuck: StuckDisk) -> None:
    journal = stuck.journal
    assert _returns(lambda: [journal.heard("cc 74", f"{n}:1") for n in range(20_000)])
    assert len(stuck.said) == 1
    assert "make room" in stuck.said[0]
    kept = stuck.records(1000)
    assert kept[1] == {"heard": ["cc 74", "0:1"]}, "the first of them are kept"


def test_a_full_disk_is_said_once_and_a_block_says_that_it_is_not_kept() -> None:
    said: list[str] = []
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    journal = Journal(full, os.open(full, os.O_WRONLY), say=said.append)
    for number in range(100):
        journal.heard("cc 74", f"{number}:1")
        journal.flush()
    assert len(said) == 1
    assert "No space left" in said[0]
    with pytest.raises(SessionFileError, match="this runs but is not kept"):
        journal.block("d1 >> s('bd')", Rational(1))
    journal.close()


def test_all_that_was_kept_is_there_when_it_is_closed(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    for number in range(5000):
        journal.heard("cc 74", f"{number}:1")
        if number % 1000 == 999:
            journal.flush()
            assert len(read_journal(journal.path).heard) == number + 1
    journal.heard("cc 74", "5000:1")
    journal.close()
    journal.heard("cc 74", "5001:1")
    read = read_journal(journal.path)
    assert [text for _, text in read.heard] == [f"{number}:1" for number in range(5001)]
    assert read.closed


def test_a_session_that_is_left_to_its_outputs_says_no_goodbye(stuck: StuckDisk) -> None:
    journal = stuck.journal
    assert _returns(lambda: [journal.heard("cc 74", f"{n}:1") for n in range(500)])
    closing = threading.Thread(target=lambda: journal.close(goodbye=False), daemon=True)
    closing.start()
    assert stuck.records(501)[1:] == [{"heard": ["cc 74", f"{n}:1"]} for n in range(500)]
    closing.join(_PATIENCE)
    assert stuck.ended()


def test_half_a_surrogate_is_kept_like_any_other_letter(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    journal.block("x = '\udc80'", Rational(0))
    assert read_journal(journal.path).blocks[0].source == "x = '\udc80'"
