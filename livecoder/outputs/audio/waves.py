"""The shapes the sounds are made of, as arrays: one period, or a long loop that closes on itself.

Pure: a table depends on its arguments alone, noise on its seed. Shapes are `(frames,)` float32
within -1..1, with no DC. Long loops are made in the spectrum, so that they loop without a seam and
hold nothing above their highest partial.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ensemble", "fall", "harmonics", "metal", "noise", "saw", "strike", "string"]

Wave = NDArray[np.float32]


def _level(wave: NDArray[np.float64], *, rms: float | None = None) -> Wave:
    """Bring a wave to peak 1, or to an RMS with peaks held at 1."""
    wave = wave - wave.mean()
    peak = np.max(np.abs(wave))
    if rms is not None:
        wave = wave * (rms / np.sqrt(np.mean(wave**2)))
        return np.asarray(np.clip(wave, -1.0, 1.0), dtype=np.float32)
    return np.asarray(wave / peak, dtype=np.float32)


def harmonics(amplitudes: NDArray[np.float64], frames: int = 4096) -> Wave:
    """Return one period of a sum of sines; `amplitudes[k]` is of harmonic `k + 1`."""
    spectrum = np.zeros(frames // 2 + 1, dtype=complex)
    count = min(len(amplitudes), frames // 2 - 1)
    spectrum[1 : count + 1] = -1j * amplitudes[:count]
    return _level(np.fft.irfft(spectrum, frames))


def saw(count: int) -> Wave:
    """Return one period of a saw of `count` harmonics, tapered so that its edge does not ring."""
    order = np.arange(1, count + 1)
    return harmonics(np.sinc(order / (count + 1)) / order)


def string(count: int, pick: float = 0.19) -> Wave:
    """Return one period of a string of `count` harmonics plucked at `pick` of its length.

    The partials of an ideal plucked string: `sin(pi k pick) / k**2` in displacement, one power
    less in velocity, which is what a pickup hears.
    """
    order = np.arange(1, count + 1)
    return harmonics(np.sin(np.pi * order * pick) / order**1.15 * np.sinc(order / (count + 1)))


def fall(frames: int = 2048, decibels: float = 60.0) -> Wave:
    """Return an exponential decay from 1 over `decibels`, brought to exactly 0 at its end."""
    curve = np.power(10.0, -decibels / 20.0 * np.arange(frames) / (frames - 1))
    return np.asarray((curve - curve[-1]) / (1.0 - curve[-1]), dtype=np.float32)


def strike(seconds: float, parts: tuple[tuple[float, float], ...], frames: int = 2048) -> Wave:
    """Return the sag of a struck drum's pitch: a sum of `(height, time constant s)` decays."""
    time = np.linspace(0.0, seconds, frames)
    curve = sum((h * np.exp(-time / tau) for h, tau in parts), np.zeros(frames))
    return np.asarray(curve * np.clip((seconds - time) / (0.2 * seconds), 0, 1), dtype=np.float32)


def noise(
    seed: int, low: float, high: float, rate: float, *, slope: float = 0.0, frames: int = 1 << 17
) -> Wave:
    """Return a loop of noise between `low` and `high` Hz.

    Args:
        seed: of its phases.
        low: lower edge, Hz, 12 dB an octave.
        high: upper edge, Hz, 12 dB an octave.
        rate: frames a second.
        slope: decibels an octave added above 1 kHz (-3 is pink).
        frames: length of the loop.
    """
    random = np.random.default_rng(seed)
    hertz = np.fft.rfftfreq(frames, 1.0 / rate)
    safe = np.maximum(hertz, 1.0)
    size = 1.0 / np.sqrt(1.0 + (low / safe) ** 4) / np.sqrt(1.0 + (safe / high) ** 4)
    size *= np.power(10.0, slope / 20.0 * np.log2(safe / 1000.0))
    size[0] = 0.0
    phase = random.uniform(0.0, 2.0 * np.pi, len(hertz))
    return _level(np.fft.irfft(size * np.exp(1j * phase), frames), rms=0.3)


# The six oscillators of the TR-808's hat and cymbal, Hz, from its service notes.
_METAL = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)


def metal(seed: int, low: float, high: float, rate: float, *, frames: int = 1 << 17) -> Wave:
    """Return a loop of the 808's six squares between `low` and `high` Hz (24 dB an octave below).

    Source of the six frequencies: Roland TR-808 service notes (1981). Each is moved to the nearest
    whole number of periods of the loop, at most `rate / frames / 2` Hz away.
    """
    random = np.random.default_rng(seed)
    spectrum = np.zeros(frames // 2 + 1, dtype=complex)
    for hertz in _METAL:
        base = round(hertz * frames / rate)
        order = np.arange(1, int(0.45 * frames / base), 2)
        at = base * order * rate / frames
        size = 1.0 / order / (1.0 + (low / at) ** 4) / np.sqrt(1.0 + (at / high) ** 4)
        spectrum[base * order] += size * np.exp(1j * random.uniform(0.0, 2.0 * np.pi))
    return _level(np.fft.irfft(spectrum, frames), rms=0.3)


def ensemble(
    seed: int, hertz: float, rate: float, *, cents: float = 14.0, frames: int = 1 << 17
) -> Wave:
    """Return a loop of a section of strings playing `hertz`.

    Each harmonic is a band of noise as wide as the players are apart, growing with its number:
    P. Nasca's PADsynth (2004). It plays any pitch up to an octave above without aliasing.

    Args:
        seed: of its phases.
        hertz: pitch of the loop at its natural speed.
        rate: frames a second.
        cents: how far apart the players are.
        frames: length of the loop.
    """
    random = np.random.default_rng(seed)
    bins = np.arange(frames // 2 + 1) * rate / frames
    size = np.zeros(frames // 2 + 1)
    count = max(1, int(0.22 * rate / hertz))
    for order in range(1, min(count, 64) + 1):
        width = max((2.0 ** (cents / 1200.0) - 1.0) * hertz * order**0.95, 2.2)
        near = slice(*np.searchsorted(bins, (hertz * order - 5 * width, hertz * order + 5 * width)))
        bell = np.exp(-(((bins[near] - hertz * order) / width) ** 2)) / np.sqrt(width)
        # Even harmonics a little weaker, the whole a little softer than a saw.
        size[near] += bell * order**-1.15 * (0.8 if order % 2 == 0 else 1.0)
    phase = random.uniform(0.0, 2.0 * np.pi, len(size))
    return _level(np.fft.irfft(size * np.exp(1j * phase), frames), rms=0.25)
