"""The documents of the pattern language: written from the code, every example run, nothing old."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from livecoder.cli import reference as command
from livecoder.core.rational import Rational
from livecoder.patterns import vocabulary
from livecoder.patterns.controls import CONTROLS
from livecoder.patterns.operators import ALIGNMENTS
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.verbs import VERBS
from livecoder.repl.entries import drawn_example, entry_of, words
from livecoder.repl.examples import EXAMPLES
from livecoder.repl.guide import renewed
from livecoder.repl.names import add_names
from livecoder.repl.reference import pages
from livecoder.session.offline import perform
from livecoder.session.script import Block, Script
from tests.fakes.prompt_host import TableHost

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GUIDE = (DOCS / "patterns.md").read_text()


@cache
def made() -> dict[str, str]:
    return pages()


@pytest.fixture(autouse=True)
def _no_word_stays():
    """What an example registers is gone when its test is over."""
    before = dict(VERBS)
    yield
    for name in VERBS.keys() - before.keys():
        del VERBS[name]
        delattr(Pattern, name)


def test_the_pages_are_what_the_code_says() -> None:
    """If this fails, `make docs` mends it."""
    kept = {path.name: path.read_text() for path in (DOCS / "reference").iterdir()}
    assert kept.keys() == made().keys()
    stale = [name for name, text in made().items() if kept[name] != text]
    assert not stale, "type make docs"


def test_every_word_has_its_place_on_one_page() -> None:
    text = "\n".join(made().values())
    for name in words():
        entry = entry_of(name)
        assert entry is not None
        heading = f"## `{entry.name}{entry.signature}`\n"
        row = f"\n| `{entry.name}` |"
        assert text.count(heading) + text.count(row) == 1, name


@pytest.mark.parametrize("name", sorted(words()))
def test_every_word_says_what_it_does_and_shows_it(name: str) -> None:
    entry = entry_of(name)
    assert entry is not None
    assert entry.meaning[0][0].isupper() or entry.meaning[0][0] in "0-"
    assert entry.meaning[0].endswith((".", ")")) or name in CONTROLS
    assert entry.name in words()
    drawn = drawn_example(entry.example, 72)
    assert drawn or not entry.example.runs
    assert max(map(len, drawn.splitlines()), default=0) <= 72


def test_every_spelling_leads_to_its_word() -> None:
    for name in {*vocabulary.WORDS, *VERBS} - {"func"}:
        entry = entry_of(name)
        if entry is not None:
            assert name in {entry.name, entry.strudel, *entry.aliases, entry.name.rstrip("_")}


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("euclid_rot", "euclidRot"), ("iter_", "iter"), ("and_", "and"), ("lpf", "cutoff"),
        ("fm", "fmi"), ("binary_nl", "binaryNL"), ("duck", "duckorbit"), ("sine", "sine"),
        ("find_key", ""), ("show", ""), ("quantise", ""), ("tune", ""),
    ],
)  # fmt: skip
def test_how_strudel_spells_it(name: str, spelled: str) -> None:
    entry = entry_of(name)
    assert entry is not None
    assert entry.strudel == spelled
    assert not spelled or spelled in entry.name or name in (entry.name, *entry.aliases)


def test_examples_are_of_words_there_are() -> None:
    assert not set(EXAMPLES) - words().keys()


def test_an_example_that_changes_something_for_good_works_too() -> None:
    kept = [name for name, example in EXAMPLES.items() if not example.runs]
    assert kept == ["register"]
    assert drawn_example(EXAMPLES["register"]) == ""
    for name in kept:
        assert drawn_example(EXAMPLES[name]._replace(runs=True))
    haps = vocabulary.s("bd sn").flipped(1).query(0, 1)
    assert sorted((hap.whole.begin, hap.value["s"]) for hap in haps) == [(0, "sn"), (0.5, "bd")]
    assert "flipped" not in words()


@pytest.mark.parametrize("name", ["every", "jux", "add", "sine", "run", "cutoff", "stack"])
def test_help_shows_what_the_page_shows(name: str) -> None:
    shown: list[str] = []
    host = TableHost(**vocabulary.WORDS)
    add_names(host, lambda pieces: shown.append("".join(text for _, text in pieces)))
    host.namespace["help"](vocabulary.WORDS[name])
    entry = entry_of(name)
    assert entry is not None
    assert entry.meaning[0].rstrip(".").partition(" (")[0] in shown[0]
    assert drawn_example(entry.example) in shown[0]


def test_the_command_writes_the_pages_and_removes_what_is_old(tmp_path: Path, capsys) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "gone.md").write_text("old")
    (tmp_path / "patterns.md").write_text("```python\nmini('a')\n```\n\n```text\n?\n```\n")
    assert command.main([str(tmp_path)]) == 0
    assert {path.name for path in (tmp_path / "reference").iterdir()} == made().keys()
    assert "a │█━" in (tmp_path / "patterns.md").read_text()
    capsys.readouterr()
    assert command.main([str(tmp_path / "patterns.md")]) == 2
    assert "try docs" in capsys.readouterr().err


def test_the_guide_shows_what_its_examples_look_like(capsys) -> None:
    """If this fails, `make docs` mends it."""
    assert renewed(GUIDE) == GUIDE, "type make docs"
    assert "never closed" in capsys.readouterr().out


def test_every_example_of_the_guide_can_be_typed_at_the_prompt() -> None:
    shown = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    typed = [
        ast.get_source_segment(block, statement) or ""
        for block in shown
        for statement in ast.parse(block).body
    ]
    # A function's decorators stand before the place it is said to begin.
    typed = [f"@register\n{text}" if text.startswith("def stutter") else text for text in typed]
    assert len(typed) > 50
    blocks = tuple(Block(Rational(bar, 4), source) for bar, source in enumerate(typed))
    performed = perform(Script(1, blocks))
    assert performed.problems == ()
    assert performed.tracks["d1"]


def test_the_guide_has_every_sign_of_the_notation() -> None:
    notation = GUIDE.partition("## Mini-notation")[2].partition("\n## Changing")[0]
    examples = "".join(re.findall(r"```python\n(.*?)```", notation, re.DOTALL))
    for sign in ("~", "[", "*", "/", "@", "_", "!", "<", ",", "{", "}%", "(3,8)", "(-3,8)",
                 "(3,8,2)", " .. ", ":", "?", "?0.2", "|", " . ", "'two words'", "eb3",
                 "super-saw", " - ", "-2", "1e1", "4.5"):  # fmt: skip
        assert sign in examples, sign


def test_the_guide_names_every_alignment() -> None:
    part = GUIDE.partition("## Arithmetic")[2].partition("\n## ")[0]
    for name in ALIGNMENTS.keys() - {"in"}:
        assert f".{name}(" in part or f"`{name}`" in part, name


def test_there_is_one_table_of_differences() -> None:
    heads = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in {".md", ".py"}
        and not {".venv", "build", "tests"} & set(path.relative_to(ROOT).parts)
        and "| here | Strudel |" in path.read_text()
    ]
    assert heads == [DOCS / "patterns.md"]
    table = GUIDE.partition("| here | Strudel | why |\n|---|---|---|\n")[2]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(rows) >= 11
    assert all(line.count("|") - line.count("\\|") == 4 for line in rows)
