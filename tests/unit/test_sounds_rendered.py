"""Every sound, rendered through the real engine and measured."""

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from livecoder.outputs.audio.offline import RATE, render
from livecoder.outputs.audio.sounds import SOUNDS
from livecoder.outputs.audio.timed import TimedNote

NAMES = sorted({spec.name for spec in SOUNDS.values() if spec.kind != "kit"})
# Frame 4801 of the file, on no boundary of anything.
FRAME = 4801
HELD = 0.4
SHARP = {"hh", "oh", "cy", "rim", "sd", "cb"}
PITCHED = {"bass": 36, "pluck": 60, "lead": 72, "pad": 57, "keys": 64}

Sound = NDArray[np.float64]


@pytest.fixture(scope="module")
def stems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sound]:
    folder = tmp_path_factory.mktemp("stems")
    notes = [
        TimedNote(FRAME / RATE, HELD, name, {"s": name, "note": PITCHED.get(name, 60.0)})
        for name in NAMES
    ]
    render(notes, seconds=4.0, wav=folder / "mix.wav", stems=folder, seed=1)
    return {name: soundfile.read(folder / f"{name}.wav")[0] for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_is_a_sound(stems: dict[str, Sound], name: str) -> None:
    wave = stems[name]
    peak = np.abs(wave).max()
    assert np.isfinite(wave).all()
    assert 0.1 < peak < 0.99
    assert (np.abs(wave) >= 0.999).sum() == 0
    sounding = wave[FRAME : FRAME + RATE]
    assert abs(sounding.mean()) < 0.02 * peak
    # Not one long click: there is energy beyond the first millisecond.
    assert (wave[FRAME + 100 :] ** 2).sum() > 0.2 * (wave**2).sum()


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_starts_on_its_frame(stems: dict[str, Sound], name: str) -> None:
    first = int(np.nonzero(np.abs(stems[name]).max(axis=1))[0][0])
    if name in SHARP:
        assert first == FRAME
    else:
        # A wave that starts at its zero crossing, or a contour at nothing.
        assert FRAME <= first <= FRAME + 8


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_dies_away_and_ends_without_a_click(stems: dict[str, Sound], name: str) -> None:
    wave = np.abs(stems[name]).max(axis=1)
    last = int(np.nonzero(wave > 1e-6)[0][-1])
    assert last < 3.5 * RATE
    assert not wave[last + 2 * RATE // 100 :].max() > 1e-6
    assert wave[last - RATE // 200 :].max() < 0.004 * wave.max()


@pytest.mark.parametrize("name", sorted(PITCHED))
def test_a_pitched_sound_is_in_tune(stems: dict[str, Sound], name: str) -> None:
    begin = FRAME + RATE // 10
    piece = stems[name][begin : begin + RATE // 4, 0]
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), size))
    hertz = 440.0 * 2.0 ** ((PITCHED[name] - 69) / 12)
    near = slice(int(hertz * 0.94 * size / RATE), int(hertz * 1.06 * size / RATE))
    found = (near.start + np.argmax(spectrum[near])) * RATE / size
    assert abs(1200.0 * np.log2(found / hertz)) < 25.0
    low = slice(0, int(hertz * 0.6 * size / RATE))
    assert spectrum[low].max() < 0.1 * spectrum[near].max()


def test_a_pad_is_wide_and_a_kick_is_in_the_middle(stems: dict[str, Sound]) -> None:
    pad, kick = stems["pad"], stems["bd"]
    assert abs(np.corrcoef(pad[:, 0], pad[:, 1])[0, 1]) < 0.8
    assert np.array_equal(kick[:, 0], kick[:, 1])
