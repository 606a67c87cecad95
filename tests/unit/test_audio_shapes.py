"""Waves and envelopes, the numbers all sounds are made of."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from livecoder.outputs.audio import waves
from livecoder.outputs.audio.envelopes import clap, contour, end, hold

RATE = 48_000.0


@pytest.mark.parametrize(
    "wave",
    [
        waves.saw(40),
        waves.string(40),
        waves.noise(1, 700.0, 2000.0, RATE),
        waves.metal(1, 7000.0, 15_000.0, RATE),
        waves.ensemble(1, 131.0, RATE),
    ],
    ids=["saw", "string", "noise", "metal", "ensemble"],
)
def test_a_wave_is_bounded_and_has_no_dc(wave: NDArray[np.float32]) -> None:
    assert np.isfinite(wave).all()
    assert np.abs(wave).max() <= 1.0
    assert abs(float(wave.mean())) < 1e-3
    assert np.abs(wave).max() > 0.5


@pytest.mark.parametrize("name", ["noise", "metal"])
def test_noise_follows_its_seed(name: str) -> None:
    make = getattr(waves, name)
    assert np.array_equal(make(3, 700.0, 2000.0, RATE), make(3, 700.0, 2000.0, RATE))
    assert not np.array_equal(make(3, 700.0, 2000.0, RATE), make(4, 700.0, 2000.0, RATE))


def test_a_saw_holds_no_harmonic_above_its_count() -> None:
    spectrum = np.abs(np.fft.rfft(waves.saw(20)))
    assert spectrum[21:].max() < 1e-3 * spectrum[1]
    assert spectrum[20] > 1e-3 * spectrum[1]


def test_an_ensemble_sounds_at_its_pitch() -> None:
    spectrum = np.abs(np.fft.rfft(waves.ensemble(1, 262.0, RATE)))
    peak = np.argmax(spectrum) * RATE / (1 << 17)
    assert 262.0 * 0.98 < peak < 262.0 * 1.02


@pytest.mark.parametrize("held", [0.0, 0.005, 0.1, 0.5, 30.0])
@pytest.mark.parametrize("attack", [0.001, 0.2, 8.0])
@pytest.mark.parametrize("release", [0.005, 2.0])
def test_a_contour_goes_forward_and_ends_in_silence(
    held: float, attack: float, release: float
) -> None:
    points = contour(held, attack, 0.3, 0.6, release)
    times = [at for at, _ in points]
    assert times[0] == 0.0
    assert all(a < b for a, b in itertools.pairwise(times))
    assert points[0][1] == 0.0
    assert points[-1][1] == pytest.approx(0.0, abs=1e-9)
    assert all(-1e-9 <= value <= 1.0 + 1e-9 for _, value in points)
    assert end(points) == pytest.approx(max(held, 0.002) + release)


def test_a_held_note_rests_on_its_sustain_until_it_is_let_go() -> None:
    points = dict(contour(2.0, 0.1, 0.3, 0.6, 0.5))
    assert points[0.1] == 1.0
    assert points[2.0] == pytest.approx(0.6)


def test_a_contour_is_moved_to_other_limits() -> None:
    assert hold([(0.0, 0.0), (1.0, 1.0)], 200.0, 900.0) == [(0.0, 200.0), (1.0, 900.0)]


def test_a_clap_is_several_hands() -> None:
    points = clap(0.3)
    peaks = [
        at
        for (_, before), (at, here), (_, after) in zip(points, points[1:], points[2:], strict=False)
        if here > before and here > after
    ]
    assert len(peaks) == 4
    assert end(points) == pytest.approx(0.3318)
