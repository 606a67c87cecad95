"""Scripts: what is saved is what is played."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import SessionFileError
from livecoder.core.rational import Rational
from livecoder.session.script import Block, Script, parse, read_script, write_script, write_text

edges = st.integers(0, 5_000_000).map(lambda n: Rational(n, 1000))
sources = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).filter(
    lambda text: not text.startswith("#")
)


@given(st.lists(st.tuples(edges, sources), max_size=6), st.integers(-(10**9), 10**9))
def test_a_written_script_reads_back(blocks: list[tuple[Rational, str]], seed: int) -> None:
    made = Script(seed, tuple(Block(at, text) for at, text in sorted(blocks)))
    read = parse(write_script(made), "x.py")
    assert read.seed == seed
    assert [(b.at, b.source) for b in read.blocks] == [(b.at, b.source) for b in made.blocks]


def test_what_stands_before_the_first_header_acts_at_once() -> None:
    read = parse("tempo(90)\n\n# bar 2.5 the drums\nd1 >> s('bd')\n", "x.py")
    assert [(block.at, block.source) for block in read.blocks] == [
        (0, "tempo(90)"),
        (Rational(3, 2), "d1 >> s('bd')"),
    ]
    assert [block.line for block in read.blocks] == [1, 4]


def test_a_header_that_goes_back_is_refused_by_line() -> None:
    with pytest.raises(SessionFileError, match="line 3: bar 2 comes after bar 5"):
        parse("# bar 5\nhush()\n# bar 2\nhush()\n", "x.py")


def test_a_missing_file_names_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(SessionFileError, match="no file at"):
        read_script(tmp_path / "nowhere.py")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(SessionFileError, match="cannot be read"):
        read_script(path)


def test_an_unwritable_path_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "there.py"
    write_text(path, ["old"])
    with pytest.raises(SessionFileError, match="cannot be written"):
        write_text(tmp_path / "no" / "such" / "x.py", ["new"])
    with pytest.raises(ZeroDivisionError):
        write_text(path, (str(1 // n) for n in (1, 0)))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
