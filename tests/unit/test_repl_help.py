"""`help`: about words, sounds, scales, controls, tracks and patterns."""

from __future__ import annotations

import inspect

import pytest

from livecoder.core.errors import UnknownNameError
from livecoder.outputs.audio.sounds import SOUNDS
from livecoder.patterns import vocabulary
from livecoder.patterns.controls import CONTROLS
from livecoder.repl.names import add_names
from livecoder.session.tracks import Track
from livecoder.theory.scales import SCALES
from tests.fakes.prompt_host import TableHost


class Stage:
    def describe(self, name: str) -> str:
        return f"{name} plays nothing"


@pytest.fixture
def told():
    """A function that asks for help about a thing and returns what is shown."""
    words = {name: getattr(vocabulary, name) for name in vocabulary.__all__}
    host = TableHost(**words | {"d1": Track(Stage(), "d1"), "mine": lambda x: x})
    shown: list[str] = []
    add_names(host, lambda pieces: shown.append("".join(text for _, text in pieces)))

    def ask(*things):
        host.namespace["help"](*things)
        return shown.pop()

    ask.host = host
    return ask


@pytest.mark.parametrize(
    ("thing", "parts"),
    [
        (vocabulary.fast, ["fast(factor)", "try ", ".fast("]),
        ("every", ["every(", "try ", ".every("]),
        ("lpf", ["cutoff", "Hz", "audio", "try "]),
        ("bass", ["bass", "cutoff", "Hz", 's("bass")']),
        ("bd", ["also kick", 's("bd*4")']),
        ("a:minor", ["semitones from the tonic: 0  2  3  5  7  8  10", 'key("a:minor")']),
        ("minor", ['key("c:minor")']),
        ("hush", ["hush()", "Silence every track"]),
        ("sounds", ["sounds (4)", "bd"]),
        ("tunings", ["12edo"]),
        ("d1", ["d1 plays nothing", "d1.mute()", "d1.gain(level)"]),
        (42, ["42", "int"]),
        (inspect, ["inspect"]),
    ],
)
def test_what_is_told(thing, parts, told):
    text = told(thing)
    for part in parts:
        assert part in text


def test_a_pattern_tells_its_first_bar(told):
    text = told(vocabulary.s("bd sd"))
    assert 's("bd sd")' in text
    assert "0 to 1/2" in text
    assert "'s': 'sd'" in text


def test_a_long_pattern_is_cut(told):
    assert "and 4 more" in told(vocabulary.s("bd*16"))


def test_without_a_thing_it_tells_what_there_is(told):
    text = told()
    for part in ("d1 >> ", "Ctrl-D leaves", "euclid", "hush", "exit"):
        assert part in text


def test_an_unknown_name_is_answered_with_a_near_one(told):
    with pytest.raises(UnknownNameError, match="did you mean 'bass'"):
        told("bas")


def test_everything_there_is_can_be_asked_about(told):
    for name in (*SOUNDS, *SCALES, *CONTROLS, *vocabulary.__all__):
        assert told(name).strip()
    for name in vocabulary.__all__:
        assert told(getattr(vocabulary, name)).strip()


def test_lists_show_what_is_there_now(told):
    ports = told.host.namespace["ports"]
    assert "synth" in repr(ports)
    assert "synth" in ports
    assert list(ports) == ["synth"]
    assert len(ports) == 1


def test_the_prompt_hides_no_name_of_the_session():
    mine = object()
    host = TableHost(sounds=mine)
    add_names(host, print)
    assert host.namespace["sounds"] is mine
    assert callable(host.namespace["exit"])
