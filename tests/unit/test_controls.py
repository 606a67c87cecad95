"""The table of controls: what it says of the outputs is what they do, and nothing is lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.outputs.audio.sounds import SOUNDS
from livecoder.outputs.midi import messages
from livecoder.patterns import vocabulary
from livecoder.patterns.controls import CONTROL_WORDS, CONTROLS, ctrl
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.verbs import VERBS
from livecoder.session.events import controls_of, event_of

ROOT = Path(__file__).parents[2] / "livecoder"
# Used by the session for every output, before an output sees the event.
EARLY = {"n", "clip", "duration", "nudge"}


class Watched(Mapping):
    """Every control, each 1.0; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.asked.add(name)
        return 1.0

    def __iter__(self) -> Iterator[str]:
        return iter(CONTROLS)

    def __len__(self) -> int:
        return len(CONTROLS)


def strings_of(*files: str) -> set[str]:
    """Every control that some modules name in quotation marks where they handle an event's."""
    found = set()
    for file in files:
        for function in ast.walk(ast.parse((ROOT / file).read_text())):
            nodes = list(ast.walk(function)) if isinstance(function, ast.FunctionDef) else []
            words = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
            if "controls" in words:
                found |= {node.value for node in nodes if isinstance(node, ast.Constant)}
    return found & set(CONTROLS)


def marked(output: str) -> set[str]:
    return {name for name, spec in CONTROLS.items() if output in spec.outputs}


def test_midi_uses_what_the_table_says_it_uses() -> None:
    watched = Watched()
    messages.channel_of(watched)
    messages.key_of(watched)
    messages.velocity_of(watched)
    messages.settings_of(watched)
    files = ("sounding.py", "instrument.py", "mpe.py")
    used = watched.asked | strings_of(*(f"outputs/midi/{file}" for file in files))
    assert "ccn" in used
    assert used | EARLY == marked("midi")


def test_audio_uses_what_the_table_says_it_uses() -> None:
    parameters = {one.name for sound in SOUNDS.values() for one in sound.parameters}
    used = strings_of("outputs/audio/rack.py", "outputs/audio/instrument.py")
    assert {"pan", "velocity", "room"} <= used
    # `midiport` is asked about only to tell what is not for it.
    assert parameters | used - {"midiport"} | EARLY == marked("audio")


def test_what_the_session_makes_of_a_note_before_any_output_sees_it() -> None:
    def beats(**controls: float) -> Rational | None:
        whole = Span(Rational(0), Rational(1, 2))
        event = event_of(Hap(whole, whole, {"s": "bd", **controls}), lambda cycle: cycle * 4)
        return None if event is None else event.duration

    assert beats() == 2
    assert beats(clip=0.5) == 1
    assert beats(duration=1) == 4
    assert beats(duration=1, clip=0.25) == 1
    assert beats(clip=0) is None
    with pytest.raises(RangeError, match=r"try \.clip\(0\.5\)"):
        beats(clip=-1)
    assert controls_of({"n": 3})["note"] == 63.0


def test_no_control_hides_another_word_or_a_part_of_patterns() -> None:
    names = [name for spec in CONTROLS.values() for name in (spec.name, *spec.aliases)]
    assert len(set(names)) == len(names)
    assert not set(names) & {*Pattern.__slots__, "query", "fmap", "with_value"}
    for name in names:
        assert VERBS[name] is CONTROL_WORDS[name], name


@pytest.mark.parametrize("name", sorted(CONTROLS))
def test_every_control_is_a_word_a_method_and_says_what_it_is(name: str) -> None:
    spec = CONTROLS[name]
    assert spec.meaning
    assert spec.group
    assert spec.low is None or spec.high is None or spec.low < spec.high
    value = "a" if spec.unit in ("name", "note") else 1
    (hap,) = getattr(vocabulary.s("bd"), name)(value).query(0, 1)
    assert hap.value[name] == value
    assert spec.meaning in (CONTROL_WORDS[name].__doc__ or "")


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("cutoff", ["cutoff", "resonance", "lpenv"]),
        ("fm", ["fmi", "fmh"]),
        ("phaser", ["phaserrate", "phaserdepth", "phasercenter"]),
        ("s", ["s", "n", "gain"]),
        ("distort", ["distort", "distortvol", "distorttype"]),
    ],
)
def test_what_colons_set_as_strudel_sets_it(typed: str, held: list[str]) -> None:
    (hap,) = CONTROL_WORDS[typed]("1:2:3" if len(held) == 3 else "1:2").query(0, 1)
    assert list(hap.value) == held


def test_an_unknown_control_is_kept_and_handed_on() -> None:
    (hap,) = ctrl("sparkle", 3).query(0, 1)
    assert hap.value == {"sparkle": 3}
    event = event_of(vocabulary.s("bd").ctrl("sparkle", 3).query(0, 1)[0], lambda cycle: cycle * 4)
    assert event is not None
    assert event.controls["sparkle"] == 3
    with pytest.raises(PatternError, match="sparkle"):
        ctrl("", 3)
