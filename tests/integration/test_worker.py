"""Workers as they are: processes, signals, titles, weights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from livecoder.core.errors import NotReadyError
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.studio.stream import Settings, StreamDesk
from livecoder.theory.scales import parse_key

pytestmark = pytest.mark.integration
LOADERS = {"walk": "tests.fakes.walk:load"}


class Room:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.composer = Composer(loaders=LOADERS, on_message=self.said.append)
        self.desk = StreamDesk(
            self.composer,
            seed=11,
            beats_of_bar=lambda _bar: Rational(4),
            on_late=lambda *_late: None,
        )

    def bar(self, stream, bar):
        self.desk.enter(Rational(bar))
        while True:
            try:
                return [(hap.whole, hap.value["note"]) for hap in stream.query(bar, bar + 1)]
            except NotReadyError as error:
                error.wait(60)

    def pid(self, model: str) -> int:
        return self.composer.pid_of(model)


@pytest.fixture
def rooms():
    made = []

    def make() -> Room:
        made.append(Room())
        return made[-1]

    yield make
    for room in made:
        room.composer.close()


def gone(process: psutil.Process) -> bool:
    for _ in range(500):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("model", ["walk", "melody_rnn"])
def test_a_killed_worker_goes_on_with_the_same_notes(rooms, model):
    plain, struck = rooms(), rooms()
    stream = plain.desk.open(model, "m", Settings(key=parse_key("a:minor")))
    expected = [plain.bar(stream, bar) for bar in range(12)]
    stream = struck.desk.open(model, "m", Settings(key=parse_key("a:minor")))
    other = struck.desk.open("walk", "other", Settings())
    heard, beside = [], []
    for bar in range(12):
        if bar in (3, 8):
            os.kill(struck.pid(model), signal.SIGKILL)
        heard.append(struck.bar(stream, bar))
        beside.append(struck.bar(other, bar))
    assert heard == expected
    assert any(heard)
    assert struck.composer.figures().restarts == 2
    assert any("stopped (signal 9)" in line for line in struck.said)
    alone = rooms()
    stream = alone.desk.open("walk", "other", Settings())
    assert beside == [alone.bar(stream, bar) for bar in range(12)]


def test_melody_rnn_plays_in_key_and_range_for_many_bars(rooms):
    room = rooms()
    key = parse_key("d:dorian")
    stream = room.desk.open("melody_rnn", "m", Settings(key=key, temperature=1.3))
    notes = [note for bar in range(32) for _, note in room.bar(stream, bar)]
    assert len(notes) > 32
    assert len(set(notes)) > 4
    assert all(note % 12 in key.pitch_classes and 48 <= note <= 84 for note in notes)


def test_a_worker_is_named_nice_and_deaf_to_ctrl_c(rooms):
    room = rooms()
    stream = room.desk.open("walk", "w", Settings())
    room.bar(stream, 0)
    worker = psutil.Process(room.pid("walk"))
    assert worker.cmdline()[0].strip() == "livecoder: model walk"
    assert worker.nice() >= psutil.Process().nice() + 5 or worker.nice() == 19
    for ignored in (signal.SIGINT, signal.SIGHUP):
        worker.send_signal(ignored)
    for bar in range(1, 8):
        room.bar(stream, bar)
    assert room.pid("walk") == worker.pid
    room.composer.close()
    assert gone(worker)


def test_a_worker_does_not_outlive_a_front_that_is_killed():
    script = (
        "import os, sys, time\n"
        "sys.path.insert(0, os.getcwd())\n"
        "from livecoder.models.ahead import Composer\n"
        "composer = Composer(loaders={'walk': 'tests.fakes.walk:load'})\n"
        "composer.warm('walk')\n"
        "end = time.monotonic() + 30\n"
        "while not composer.figures().workers and time.monotonic() < end: time.sleep(0.01)\n"
        "print(composer.pid_of('walk'), flush=True)\n"
        "time.sleep(100)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root
    ) as front:
        worker = psutil.Process(int(front.stdout.readline()))
        front.kill()
    assert gone(worker)


def test_the_front_reads_the_table_of_models_without_torch():
    code = (
        "import sys, livecoder.models.registry, livecoder.models.ahead, livecoder.studio.ledger\n"
        "assert not {'torch', 'numba', 'safetensors'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
