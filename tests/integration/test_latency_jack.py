"""Latency and nudge on a real JACK server: which frame audio and MIDI are on, and calibration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from livecoder.core.events import Configure
from tests.integration.live import Live, a_session
from tests.integration.recorder import AudioRecorder, Heard, MidiRecorder
from tests.integration.rig import Rig, bar, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

_MS = 48  # frames


@pytest.fixture
def live(jack_server: str, tmp_path: Path) -> Iterator[Live]:
    assert jack_server
    with a_session(tmp_path, audio="jack", midi="jack") as made:
        yield made


def _frames(heard: list[Heard], channel: int) -> list[int]:
    return [one.frame for one in heard if one.is_on and one.channel == channel]


def test_each_port_waits_as_long_as_it_is_told(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    midi.send(Configure({"delays": {"": 0.0, "fast": 20.0}, "nudge": -5.0}))
    with MidiRecorder("^livecoder:(fast|slow)") as recorder:
        for number in range(3):
            midi.send(bar("d1", number, [60] * 4, port="slow", channel=1))
            midi.send(bar("d2", number, [60] * 4, port="fast", channel=2))
        until(lambda: len(recorder.connected()) == 2, why="both ports to open")
        start = rig.start(bpm=240, delay=0.5)
        assert start is not None
        rig.wait_for_beat(13)
        slow, fast = _frames(recorder.heard, 1), _frames(recorder.heard, 2)
        assert len(slow) == len(fast) == 12
        # Two moments 20 ms apart lie in different cycles, and how many frames that is follows the
        # server's own estimate of its rate, which a busy machine bends; the figure is the bench's.
        late = sorted(f - s for s, f in zip(slow, fast, strict=True))
        assert 0 < late[0] <= late[-1] < 240 * _MS, late  # each before the next beat, 250 ms on
        assert 15 * _MS < late[6] < 25 * _MS, late


def _onsets(recorder: AudioRecorder, frames: list[int]) -> list[int]:
    """Return the first loud frame after a little before each of these frames."""
    begin, sound = recorder.samples()
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    found = []
    for frame in frames:
        after = loud[loud >= frame - begin - 60 * _MS]
        found.append(int(after[0]) + begin if len(after) else -1)
    return found


def _come_to(frames: float, live: Live, midi: MidiRecorder, audio: AudioRecorder) -> None:
    """Wait until MIDI is so many frames later than audio, beat after beat.

    A machine under load loses whole periods; what is held is where the two settle.
    """

    def settled() -> bool:
        already = len(midi.ons)
        until(lambda: len(midi.ons) >= already + 8, why="two bars")
        heard = [one.frame for one in midi.ons[already + 2 : already + 7]]
        apart = [m - a for m, a in zip(heard, _onsets(audio, heard), strict=True)]
        return abs(sorted(apart)[2] - frames) <= 12

    assert live.session.scheduler.playing
    until(settled, seconds=60, why=f"MIDI is {frames:g} frames behind audio")


def test_midi_waits_for_the_audio_so_that_both_are_heard_together(live: Live) -> None:
    assert live.session.wait_ready(60)
    with (
        MidiRecorder("^livecoder:rec") as midi,
        AudioRecorder("^livecoder-audio", name="ear") as audio,
    ):
        block = "tempo(150); d1 >> s('rim*4').velocity(1); d2 >> note('c4*4').midi('rec')"
        assert live.type(block) == ""
        until(lambda: len(midi.ons) >= 4, why="notes")
        reported = live.session.around.latencies.latency()
        # The dummy driver says that sound is a period on its way out.
        assert reported["audio"] == pytest.approx(256 / 48, abs=0.01)
        _come_to(256, live, midi, audio)
        assert live.type("latency('audio', 30)") == ""
        _come_to(30 * _MS, live, midi, audio)
        assert live.type("d2.nudge(-15)") == ""
        _come_to(15 * _MS, live, midi, audio)
        assert live.type("nudge(12)") == ""
        _come_to(15 * _MS, live, midi, audio)


def test_calibrate_measures_a_loop_and_keeps_the_figure(jack_server: str, tmp_path: Path) -> None:
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path), "JACK_DEFAULT_SERVER": jack_server}
    command = [sys.executable, "-m", "livecoder", "calibrate", "--json"]
    loop = ["--out", "livecoder-calibrate:ear", "--ear", "livecoder-calibrate:click"]
    done = subprocess.run(
        [*command, *loop], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    # Our output on our own input comes a period later.
    assert json.loads(done.stdout)["out_ms"] == pytest.approx(256 / 48, abs=0.1)
    kept = json.loads((tmp_path / "livecoder" / "latency.json").read_text())
    assert kept == {"audio": pytest.approx(256 / 48, abs=0.1)}
    deaf = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert deaf.returncode == 1
    assert "lead a cable" in deaf.stderr
