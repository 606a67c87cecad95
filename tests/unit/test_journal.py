"""The journal: nothing typed is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from livecoder.core.errors import SessionFileError
from livecoder.core.rational import Rational
from livecoder.session.journal import Journal, abandoned, read_journal
from livecoder.session.saving import script_of

_WRITER = """
import sys, os, signal
from pathlib import Path
from livecoder.core.rational import rational
from livecoder.session.journal import Journal
journal = Journal.create(Path(sys.argv[1]), "20260101-000000-1", seed=5)
for number in range(20):
    journal.block(f"d1 >> s('bd*{number + 1}')", rational(number))
    journal.done(ok=True, at=rational(number))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_session_is_offered_back_whole(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _WRITER, str(tmp_path)], check=False)
    past = abandoned(tmp_path)
    assert past is not None
    assert past.seed == 5
    assert [block.source for block in past.blocks] == [
        f"d1 >> s('bd*{number + 1}')" for number in range(20)
    ]


def test_a_line_cut_short_is_passed_over(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    journal.block("tempo(90)", Rational(0))
    journal.done(ok=True, at=Rational(0))
    with journal.path.open("ab") as file:
        file.write(b'{"block": "d1 >> ')
    assert [block.source for block in read_journal(journal.path).blocks] == ["tempo(90)"]


def test_a_session_that_said_goodbye_is_not_offered(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    journal.block("tempo(90)", Rational(0))
    journal.close()
    assert abandoned(tmp_path) is None


def test_a_session_that_still_runs_is_not_offered(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    journal.block("tempo(90)", Rational(0))
    assert read_journal(journal.path).pid == os.getpid()
    assert abandoned(tmp_path) is None


def test_hostile_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'[1, 2]\n"x"\n{"block": 3, "at": []}\n{"done": true, "at": "1/0"}\n\xff\xfe\n'
        b'{"late": ["a", "b"]}\n{"block": "hush()", "at": "1/0"}\n' + b"[" * 100_000 + b"\n"
    )
    read = read_journal(path)
    assert [(block.source, block.at) for block in read.blocks] == [("hush()", 0)]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SessionFileError, match="XDG_STATE_HOME"):
        Journal.create(blocked / "under", "a", seed=1)


def test_a_block_that_moved_while_it_ran_is_kept_where_it_ended(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    journal.block("slow()", Rational(1))
    journal.done(ok=True, at=Rational(5, 2))
    assert read_journal(journal.path).blocks[0].at == Rational(5, 2)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("save('x.py')", []),
        ("d1 >> 1; save('x.py')", ["d1 >> 1"]),
        ("save('x.py'); d1 >> 1", ["d1 >> 1"]),
        ("# a thought\nd1 >> 1\nhelp(d1)\nd2 >> 2", ["# a thought\nd1 >> 1\nd2 >> 2"]),
        ("d1 >> note('é'); help(d1)", ["d1 >> note('é')"]),
        ("load('y.py')", []),
        ("x = save", ["x = save"]),
    ],
)
def test_a_script_leaves_out_what_only_manages_files(
    tmp_path: Path, typed: str, kept: list[str]
) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    journal.block(typed, Rational(0))
    journal.done(ok=True, at=Rational(0))
    assert [b.source for b in script_of(read_journal(journal.path)).blocks] == kept


def test_a_block_that_failed_is_kept_as_a_comment(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "a", seed=1)
    journal.block("d1 >> 1\nnope()", Rational(0))
    journal.done(ok=False, at=Rational(0))
    script = script_of(read_journal(journal.path))
    assert script.blocks[0].source == "# did not run: d1 >> 1\n# did not run: nope()"
