"""The loop that says which frame is due when."""

import random

import pytest

from livecoder.outputs.audio.frames import FrameMap, Observation

RATE = 48_000.0
BUFFER = 256


def follow(
    seconds: float, *, ppm: float = 0.0, jitter_us: float = 0.0, seed: int = 1
) -> tuple[FrameMap, float, int]:
    """Let a map follow a device; return it, the device's true ns a frame, and the last frame."""
    chance = random.Random(seed)
    period = 1e9 / RATE * (1.0 + ppm * 1e-6)
    frames = FrameMap(RATE, BUFFER)
    last = 0
    for last in range(0, int(seconds * RATE), BUFFER):
        late = abs(chance.gauss(0.0, jitter_us * 1e3)) if jitter_us else 0.0
        frames.observe(Observation(last, round(5e9 + last * period + late)))
    return frames, period, last


def test_without_jitter_it_is_exact() -> None:
    frames, period, last = follow(3.0)
    for ahead in (0, 1000, 5000):
        assert frames.frame_at(round(5e9 + (last + ahead) * period)) == pytest.approx(
            last + ahead, abs=1e-3
        )


@pytest.mark.parametrize("ppm", [-120.0, 30.0, 200.0])
def test_it_finds_the_rate_of_a_crystal_that_is_off(ppm: float) -> None:
    frames, period, last = follow(120.0, ppm=ppm)
    due = round(5e9 + (last + 4000) * period)
    assert frames.frame_at(due) == pytest.approx(last + 4000, abs=0.5)


def test_jitter_of_the_callback_hardly_moves_the_grid() -> None:
    frames, period, last = follow(60.0, jitter_us=80.0)
    mean = 80e3 * (2.0 / 3.14159) ** 0.5
    due = 5e9 + (last + 4000) * period + mean
    assert frames.frame_at(round(due)) == pytest.approx(last + 4000, abs=1.0)


def test_a_single_late_callback_is_not_believed_and_lost_frames_are() -> None:
    frames, period, last = follow(30.0)
    due = round(5e9 + (last + 4000) * period)
    frames.observe(Observation(last + BUFFER, round(5e9 + (last + BUFFER) * period + 9e6)))
    assert frames.frame_at(due) == pytest.approx(last + 4000, abs=0.01)
    # From here on every frame is two buffers later than it was: an xrun.
    lost = 2 * BUFFER * period
    for k in range(2, 40):
        frame = last + k * BUFFER
        frames.observe(Observation(frame, round(5e9 + frame * period + lost)))
    assert frames.jumps == 1
    assert frames.frame_at(round(due + lost)) == pytest.approx(last + 4000, abs=0.1)


def test_there_and_back() -> None:
    frames, _, last = follow(5.0, ppm=50.0)
    assert frames.frame_at(round(frames.ns_at(last + 123.0))) == pytest.approx(
        last + 123.0, abs=1e-3
    )
    assert frames.ready
