"""Every sound's declaration: complete, in range, and found by every name it has."""

import subprocess
import sys

import pytest

from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.outputs.audio.sounds import SOUNDS, Parameter, SoundSpec, resolve

SPECS = sorted({spec.name: spec for spec in SOUNDS.values()}.values(), key=lambda spec: spec.name)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_declaration_says_what_it_is_and_starts_inside_its_ranges(spec: SoundSpec) -> None:
    assert spec.doc
    assert "\n" not in spec.doc
    assert spec.kind in {"drum", "synth", "kit"}
    assert spec.voices >= 1
    assert not spec.cuts or spec.cuts in SOUNDS
    for parameter in spec.parameters:
        assert parameter.doc
        assert parameter.low < parameter.high
        assert parameter.low <= parameter.default <= parameter.high
    names = [name for p in spec.parameters for name in (p.name, *p.aliases)]
    assert len(names) == len(set(names))


def test_every_name_and_alias_finds_its_sound() -> None:
    for spec in SPECS:
        for name in (spec.name, *spec.aliases):
            assert SOUNDS[name] is spec
    heard = {"kick", "bd", "snare", "sn", "sd", "clap", "cp", "hh", "oh", "lt", "mt", "ht"}
    heard |= {"rim", "rs", "cowbell", "cb", "cymbal", "cy"}
    assert heard | {"bass", "pluck", "lead", "pad", "keys", "kit808"} <= SOUNDS.keys()


def test_a_kit_plays_a_drum_for_every_note_of_midi_percussion() -> None:
    for note in range(35, 82):
        assert resolve("kit808", float(note)).kind == "drum"
    assert [resolve("kit808", n).name for n in (36, 38, 39, 42, 46, 49)] == [
        "bd", "sd", "cp", "hh", "oh", "cy",
    ]  # fmt: skip
    with pytest.raises(RangeError, match=r"note\(36\)"):
        resolve("kit808", 20.0)


def test_an_unknown_sound_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'pluck'"):
        resolve("plukc")


def test_controls_are_read_by_name_or_alias_and_kept_in_range() -> None:
    cutoff = next(p for p in SOUNDS["bass"].parameters if p.name == "cutoff")
    assert cutoff.read({"lpf": 900}) == 900.0
    assert cutoff.read({"cutoff": 1e9}) == cutoff.high
    assert cutoff.read({"cutoff": float("nan")}) == cutoff.default
    assert cutoff.read({"cutoff": "high"}) == cutoff.default
    assert cutoff.read({}) == cutoff.default


def test_a_default_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="out of range"):
        Parameter("x", "s", 0.0, 1.0, 2.0, "too long")


def test_declarations_need_no_audio_library() -> None:
    code = (
        "import sys, livecoder.outputs.audio.sounds, livecoder.outputs.audio.timed\n"
        "print(sorted({'pyo', 'numpy', 'soundfile'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
