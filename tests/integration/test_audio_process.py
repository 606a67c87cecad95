"""The audio process itself, started as the front starts it and spoken to over its socket."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineWriter
from livecoder.core.events import Configure, Event, Mix, Panic, Quit, Report, Schedule, Welcome
from livecoder.core.rational import Rational
from tests.integration.test_audio_engine import onsets

pytestmark = pytest.mark.integration

BPM = 240.0


class Session:
    """A folder, a timeline and an audio process, as a front has them."""

    def __init__(self, folder: Path, backend: str) -> None:
        self.folder = folder
        (folder / "key").write_bytes(b"k" * 32)
        self.writer = TimelineWriter.create(folder / "timeline")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "livecoder.outputs.audio", str(folder)],
            env=os.environ | {"LIVECODER_AUDIO": backend},
        )
        self.line = self._connect()
        welcome = self.line.recv()
        assert isinstance(welcome, Welcome)
        assert welcome.backend == backend
        self.tempo = TempoMap(bpm=BPM, ramp_bpm=BPM, anchor_ns=time.monotonic_ns() + 400_000_000)
        self.writer.beat(time.monotonic_ns())
        self.writer.write(self.tempo, playing=True)
        self.ended = threading.Event()
        self.heart = threading.Thread(target=self.live)
        self.heart.start()

    def _connect(self) -> "Connection[Any, Any]":
        deadline = time.monotonic() + 20.0
        while True:
            assert self.process.poll() is None, "the process ended at once"
            assert time.monotonic() < deadline
            try:
                return Client(str(self.folder / "audio.sock"), authkey=b"k" * 32)
            except (FileNotFoundError, ConnectionRefusedError):
                time.sleep(0.02)

    def play(self, track: str, begin: int, end: int, **controls: float | str) -> None:
        """Send an eighth note on every half beat of `[begin, end)`."""
        events = tuple(
            Event(Rational(k, 2), Rational(1, 4), {"s": "rim", **controls})
            for k in range(2 * begin, 2 * end)
        )
        self.line.send(Schedule(track, 1, Rational(begin), Rational(end), events))

    def wait_until(self, beat: float) -> None:
        rest = (self.tempo.ns_at(Rational(beat)) - time.monotonic_ns()) / 1e9
        time.sleep(max(rest, 0.0))

    def live(self) -> None:
        """Keep the front's heart beating: an output loops what it has when it stops."""
        while not self.ended.wait(0.05):
            self.writer.beat(time.monotonic_ns())

    def reports(self) -> list[Report]:
        found = []
        while self.line.poll(0.1) and len(found) < 60:
            found.append(self.line.recv())
        return found


@contextmanager
def session(folder: Path, backend: str) -> Iterator[Session]:
    made = Session(folder, backend)
    try:
        yield made
        made.line.send(Quit())
        assert made.process.wait(20) == 0
    finally:
        made.process.kill()
        made.process.wait()
        made.ended.set()
        made.heart.join()
        made.writer.close()


def recorded(path: Path) -> list[int]:
    sound, rate = soundfile.read(path)
    assert rate == 48_000
    return onsets(sound[:, 0])


def test_it_plays_what_it_is_sent_and_records_it(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    with session(tmp_path, "paced") as live:
        live.line.send(Configure({"record": str(path)}))
        live.play("d1", 0, 8)
        live.wait_until(9.0)
        live.line.send(Configure({"record": None}))
        time.sleep(0.6)
        reports = live.reports()
    found = recorded(path)
    assert len(found) == 16
    assert set(np.diff(found)) == {6000}
    last = reports[-1]
    assert last.figures["sent"] == 16.0
    assert last.figures["late"] == 0.0
    said = [line for report in reports for line in report.messages]
    assert any(line.startswith("recorded") for line in said)


def test_mute_and_panic_reach_it(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    with session(tmp_path, "paced") as live:
        live.line.send(Mix("d1", {"mute": True}))
        live.line.send(Configure({"record": str(path)}))
        live.play("d1", 0, 16)
        live.play("d2", 0, 4)
        live.wait_until(6.0)
        live.line.send(Panic())
        live.line.send(Mix("d1", {"mute": False}))
        live.wait_until(10.0)
        live.line.send(Configure({"record": None}))
        time.sleep(0.6)
    # Eight of d2, while d1 was muted; panic forgot the rest of d1.
    assert len(recorded(path)) == 8


def test_a_message_that_makes_no_sense_does_not_end_the_music(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    with session(tmp_path, "paced") as live:
        live.line.send(Configure({"record": str(path)}))
        live.line.send(("no", "order"))
        live.line.send(Mix("d1", {"gain": float("nan"), "nonsense": 3.0}))
        live.play("d1", 0, 2, s="no such sound")
        live.play("d2", 0, 4, cutoff=float("inf"), pan=float("nan"))
        live.wait_until(5.0)
        live.line.send(Configure({"record": None}))
        time.sleep(0.6)
    assert len(recorded(path)) == 8


@pytest.mark.usefixtures("jack_server")
def test_on_jack_it_is_heard_by_another_client(tmp_path: Path) -> None:
    from tests.integration.test_audio_engine import listening

    with session(tmp_path, "jack") as live:
        live.play("d1", 4, 12)
        with listening() as heard:
            live.wait_until(13.0)
        found = onsets(heard["left"])
    assert len(found) == 16
    assert all(step > 3000 for step in np.diff(found))
