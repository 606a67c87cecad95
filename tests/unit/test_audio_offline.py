"""A render: the mixer does what it says, and the same seed gives the same bytes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from livecoder.core.errors import RangeError, SessionFileError
from livecoder.outputs.audio.offline import RATE, render
from livecoder.outputs.audio.timed import TimedMix, TimedNote

Sound = NDArray[np.float64]


def heard(
    folder: Path,
    notes: Sequence[TimedNote],
    mixes: Sequence[TimedMix] = (),
    *,
    seconds: float = 2.0,
    seed: int = 1,
    bpm: float = 120.0,
) -> Sound:
    path = folder / "out.wav"
    render(notes, mixes, seconds=seconds, wav=path, seed=seed, bpm=bpm)
    sound, rate = soundfile.read(path)
    assert rate == RATE
    assert soundfile.info(path).subtype == "PCM_24"
    assert sound.shape == (round(seconds * RATE), 2)
    return np.asarray(sound)


def note(at: float, sound: str, track: str = "d1", lasts: float = 0.3, **more: float) -> TimedNote:
    return TimedNote(at, lasts, track, {"s": sound, **more})


def power(sound: Sound) -> float:
    return float((sound**2).sum())


def centroid(sound: Sound) -> float:
    spectrum = np.abs(np.fft.rfft(sound[:, 0])) ** 2
    return float((np.fft.rfftfreq(len(sound), 1 / RATE) * spectrum).sum() / spectrum.sum())


BAR = [
    note(0.1, "bd"), note(0.35, "hh"), note(0.6, "sd"), note(0.85, "cp"),
    note(0.1, "bass", "d2", note=33), note(0.1, "pad", "d3", note=57),
    note(0.4, "pluck", "d4", note=72), note(0.7, "keys", "d4", note=64), note(0.2, "cy"),
]  # fmt: skip


def test_the_same_seed_gives_the_same_bytes_and_another_another_noise(tmp_path: Path) -> None:
    files = []
    for number, seed in enumerate((5, 5, 6)):
        path = tmp_path / f"{number}.wav"
        mixes = [TimedMix(0.0, "d4", {"delay": 0.4, "room": 0.3, "lpf": 3000.0})]
        render(BAR, mixes, seconds=1.5, wav=path, seed=seed)
        files.append(path.read_bytes())
    assert files[0] == files[1]
    assert files[0] != files[2]


def test_every_onset_is_on_its_frame(tmp_path: Path) -> None:
    times = [0.05 + 0.0613 * k for k in range(24)]
    sound = heard(tmp_path, [note(at, "rim", f"d{k % 3}") for k, at in enumerate(times)])
    step = np.abs(np.diff(sound[:, 0], prepend=0.0))
    for at in times:
        frame = round(at * RATE)
        assert step[frame] > 0.05
        assert step[frame] > 1.8 * step[frame - 400 : frame].max()


def test_gain_halves_and_velocity_softens(tmp_path: Path) -> None:
    sound = heard(
        tmp_path,
        [
            note(0.1, "rim", "d1"),
            note(0.5, "rim", "d1", gain=0.5),
            note(0.9, "rim", "d2"),
            note(1.3, "rim", "d1", velocity=0.4),
        ],
        [TimedMix(0.0, "d2", {"gain": 0.5})],
    )
    whole, half, strip, soft = (
        np.abs(sound[int(at * RATE) - 50 :][:9000]).max() for at in (0.1, 0.5, 0.9, 1.3)
    )
    assert half == pytest.approx(whole / 2, rel=0.01)
    assert strip == pytest.approx(whole / 2, rel=0.01)
    assert 0.1 * whole < soft < 0.6 * whole


def test_pan_moves_a_note_and_a_strip(tmp_path: Path) -> None:
    sound = heard(
        tmp_path,
        [note(0.1, "rim", pan=0.0), note(0.6, "rim", pan=1.0), note(1.1, "pad", "d2", note=60)],
        [TimedMix(0.0, "d2", {"pan": 0.0})],
    )
    pieces = [sound[int(at * RATE) :][: RATE // 3] for at in (0.1, 0.6, 1.1)]
    for piece, loud in zip(pieces, (0, 1, 0), strict=True):
        assert power(piece[:, loud]) > 1000.0 * power(piece[:, 1 - loud])


def test_the_low_pass_darkens_and_opens_again(tmp_path: Path) -> None:
    hats = [note(0.1 * k, "hh") for k in range(1, 29)]
    moves = [TimedMix(1.0, "d1", {"lpf": 1500.0}), TimedMix(2.0, "d1", {"lpf": 20_000.0})]
    sound = heard(tmp_path, hats, moves, seconds=3.0)
    before, during, after = (sound[RATE * k + RATE // 10 :][: RATE * 8 // 10] for k in range(3))
    assert centroid(during) < 0.6 * centroid(before)
    assert power(during) < 0.1 * power(before)
    assert centroid(after) == pytest.approx(centroid(before), rel=0.02)
    assert power(after) == pytest.approx(power(before), rel=0.05)


def test_mute_is_silence_and_leaves_the_others(tmp_path: Path) -> None:
    notes = [note(0.1 * k, "hh", f"d{k % 2}") for k in range(1, 19)]
    sound = heard(tmp_path, notes, [TimedMix(1.0, "d1", {"mute": True})])
    muted = sound[round(1.15 * RATE) : round(1.19 * RATE)]
    other = sound[round(1.2 * RATE) - 10 : round(1.29 * RATE)]
    assert power(muted) < 1e-6 * power(other)


def test_the_delay_answers_after_a_dotted_eighth_of_the_tempo(tmp_path: Path) -> None:
    dry = heard(tmp_path, [note(0.1, "rim")], bpm=90.0)
    wet = heard(tmp_path, [note(0.1, "rim")], [TimedMix(0.0, "d1", {"delay": 0.8})], bpm=90.0)
    at = round((0.1 + 0.75 * 60 / 90) * RATE)
    assert power(dry[at : at + 2000]) == 0.0
    echo = np.abs(wet[at - 3000 : at + 3000, 0])
    assert abs(int(np.nonzero(echo > 0.2 * echo.max())[0][0]) - 3000) < 60
    first, second = (power(wet[at * k : at * k + 4000]) for k in (1, 2))
    assert power(wet[at + 24_000 - 50 :][:4000]) < first
    assert second >= 0.0


def test_the_room_rings_on(tmp_path: Path) -> None:
    dry = heard(tmp_path, [note(0.1, "sd")])
    wet = heard(tmp_path, [note(0.1, "sd")], [TimedMix(0.0, "d1", {"room": 0.5})])
    late = slice(RATE, 2 * RATE - 2000)
    assert power(dry[late]) == 0.0
    assert power(wet[late]) > 1e-4
    assert power(wet[RATE : RATE * 5 // 4]) > 2.0 * power(wet[RATE * 3 // 2 : RATE * 7 // 4])


def test_nothing_gets_past_the_limiter(tmp_path: Path) -> None:
    loud = [
        note(0.1 + 0.05 * k, sound, f"d{n}", gain=2.0, velocity=1.0, note=40)
        for n, sound in enumerate(("bd", "sd", "bass", "lead", "cy", "cp", "rim"))
        for k in range(24)
    ]
    mixes = [TimedMix(0.0, f"d{n}", {"gain": 2.0}) for n in range(7)]
    sound = heard(tmp_path, loud, mixes)
    assert np.abs(sound).max() < 0.96
    between = soxr.resample(sound, RATE, 4 * RATE, "VHQ")
    assert np.abs(between).max() < 1.0
    # And it is loud, not turned off.
    assert np.sqrt(np.mean(sound[RATE // 2 : RATE] ** 2)) > 0.2


def test_a_quiet_mix_is_left_alone(tmp_path: Path) -> None:
    one = heard(tmp_path, [note(0.1, "rim", gain=0.1)])
    two = heard(tmp_path, [note(0.1, "rim", gain=0.2)])
    assert np.allclose(2.0 * one, two, atol=2e-6)


def test_more_notes_than_voices_take_the_oldest(tmp_path: Path) -> None:
    notes = [note(0.1 + 0.02 * k, "bass", lasts=3.0, note=36 + k) for k in range(20)]
    sound = heard(tmp_path, notes, seconds=4.0)
    assert np.isfinite(sound).all()
    # The last note is there, and only as many as there are voices ring on.
    last = 440.0 * 2 ** ((55 - 69) / 12)
    piece = sound[RATE : 2 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece))))
    assert spectrum[round(last) - 2 : round(last) + 3].max() > 0.2 * spectrum.max()
    first = 440.0 * 2 ** ((36 - 69) / 12)
    assert spectrum[round(first) - 2 : round(first) + 3].max() < 0.02 * spectrum.max()


def test_a_closed_hat_shuts_the_open_one(tmp_path: Path) -> None:
    ringing = heard(tmp_path, [note(0.1, "oh")])
    shut = heard(tmp_path, [note(0.1, "oh"), note(0.25, "hh")])
    late = slice(round(0.45 * RATE), round(0.6 * RATE))
    assert power(ringing[late]) > 1e-3
    assert power(shut[late]) < 0.01 * power(ringing[late])


def test_stems_add_up_to_the_mix(tmp_path: Path) -> None:
    notes = [note(0.2, "rim", "one", gain=0.5), note(0.5, "keys", "two", gain=0.5, note=60)]
    mixes = [TimedMix(0.0, "two", {"room": 0.4, "delay": 0.3, "pan": 0.3})]
    render(notes, mixes, seconds=2.0, wav=tmp_path / "mix.wav", stems=tmp_path / "stems", seed=1)
    names = sorted(path.name for path in (tmp_path / "stems").iterdir())
    assert names == ["one.wav", "returns.wav", "two.wav"]
    parts = sum(soundfile.read(tmp_path / "stems" / name)[0] for name in names)
    mix = soundfile.read(tmp_path / "mix.wav")[0]
    assert np.abs(parts - mix).max() < 1e-4


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    told: list[float] = []
    render([note(0.1, "bd")], seconds=3.0, wav=tmp_path / "a.wav", on_progress=told.append)
    assert told == sorted(told)
    assert len(told) > 3
    assert told[0] < 0.5 < told[-1] <= 1.0


def test_an_unknown_sound_is_left_out_and_the_rest_plays(tmp_path: Path) -> None:
    sound = heard(tmp_path, [note(0.1, "nothing"), note(0.5, "rim")])
    assert power(sound[: RATE // 3]) == 0.0
    assert power(sound) > 0.0


def test_what_cannot_be_written_or_is_no_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SessionFileError, match="cannot be written"):
        render([], seconds=1.0, wav=tmp_path / "file" / "x.wav")
    for seconds in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(RangeError, match="seconds"):
            render([], seconds=seconds, wav=tmp_path / "x.wav")
    assert not (tmp_path / "x.wav").exists()
