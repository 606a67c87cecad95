"""What completion offers, for the real vocabulary."""

from __future__ import annotations

import asyncio
import sys
import types

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from livecoder.patterns import vocabulary
from livecoder.repl.candidates import candidates
from livecoder.repl.completion import PatternCompleter
from livecoder.session.tracks import Track
from tests.fakes.prompt_host import TableHost

MINE = types.SimpleNamespace(level=3, inner=types.SimpleNamespace(deep=1))


class Trap:
    """Says so if completion runs it."""

    touched = False

    @property
    def value(self):
        Trap.touched = True
        return self

    def call(self):
        Trap.touched = True
        return self


@pytest.fixture
def host():
    words = {name: getattr(vocabulary, name) for name in vocabulary.__all__}
    d1 = Track(None, "d1")  # its stage is never asked
    return TableHost(**words, d1=d1, mine=MINE, trap=Trap(), asyncio=asyncio, my_own=lambda x: x)


def offered(text: str, host: TableHost) -> list[str]:
    return [candidate.text for candidate in candidates(text, host)]


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("eucl", "euclid", "fast"),
        ("my", "my_own", "_my"),
        ("impor", "import", "d1"),
        ("prin", "print", "d1"),
        ("d1.mu", "mute", "unmute"),
        ("d1.", "solo", "fast"),
        ("mine.le", "level", "inner"),
        ("mine.inner.", "deep", "level"),
        ("asyncio.sle", "sleep", "gather"),
        ('note("c e").fa', "fast", "slow"),
        ('s("bd").every(2, rev).', "fast", "mute"),
        ('d1 >> s("bd").sl', "slow", "fast"),
        ('(s("bd") + s("sd")).', "", "mute"),
        ("d1.mute().", "solo", "fast"),
        ('s("b', "bd", "sd"),
        ('note("c").s("bass b', "bd", "sd"),
        ('s("bd(3,8) s', "sd", "bd"),
        ('d1 >> "b', "bd", "sd"),
        ('key("', "a:", "minor"),
        ('key("a:mi', "minor", "major"),
        ('note("c").scale("<c:major d:mi', "minor:pentatonic", "major"),
        ('note("c").midi("', "synth", "bd"),
        ('track("d', "d1", "synth"),
        ('note("c").midi(\'syn', "synth", "bd"),
    ],
)
def test_what_is_offered(text, wanted, unwanted, host):
    found = offered(text, host)
    assert wanted in found or not wanted
    assert unwanted not in found


@pytest.mark.parametrize("text", ["", "# s", "12", "1.", 'note("c', 'd1.midi("x", "', "d1 >> "])
def test_nothing_is_offered_where_nothing_can_be_known(text, host):
    assert offered(text, host) == []


def test_a_word_of_many_spellings_is_offered_once(host):
    found = offered("degr", host)
    assert len(found) == len(set(found))
    assert len([name for name in found if name.lower().replace("_", "") == "degradeby"]) == 1
    assert offered("degradeB", host) == ["degradeBy"]


def test_completion_runs_nothing(host):
    for text in ("trap.", "trap.value.", "trap.call().", "trap.call", "trap.value"):
        offered(text, host)
    assert not Trap.touched


def test_files_are_offered_to_load(tmp_path, monkeypatch, host):
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "one.py").write_text("")
    (tmp_path / "note.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    assert offered('load("', host) == ["sets/"]
    assert offered('load("sets/o', host) == ["one.py"]
    assert offered('load("/nowhere/at/all/', host) == []


def test_the_vocabulary_is_cut_to_what_a_menu_can_show(host):
    host.namespace.update({f"x{n}": n for n in range(1000)})
    assert len(offered("x", host)) == 200


def completed(text: str, host: TableHost, *, asked: bool) -> list[str]:
    event = CompleteEvent(text_inserted=not asked, completion_requested=asked)
    return [c.text for c in PatternCompleter(host).get_completions(Document(text), event)]


def test_jedi_is_asked_only_when_the_performer_asks(host):
    text = "words = ['a']\nfor word in words:\n    word.upp"
    assert completed(text, host, asked=False) == []
    assert completed(text, host, asked=True) == ["upper"]
    assert "jedi" in sys.modules


def test_an_object_that_cannot_be_looked_at_offers_nothing(host):
    class Hostile:
        def __dir__(self):
            raise ValueError

    host.namespace["hostile"] = Hostile()
    assert completed("hostile.", host, asked=False) == []
