"""The shared timeline, with real writers and readers in real processes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

from livecoder.clock.part import WORDS
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineReader, TimelineWriter
from livecoder.core.errors import DeviceError, LivecoderError, SessionFileError
from livecoder.core.rational import Rational

# Every field of map k follows from k, so that a map put together from two is seen at once.
WRITER = """
import sys
from pathlib import Path
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineWriter
from livecoder.core.rational import Rational

def made(k):
    tempo = TempoMap(bpm=float(10 + k % 900), anchor_beat=Rational(k, 3), anchor_ns=k * 1000)
    return tempo.with_meter(1 + k % 7, k % 5)

if __name__ == "__main__":
    writer = TimelineWriter(Path(sys.argv[1]))
    print("ready", flush=True)
    k = 0
    while True:
        k += 1
        writer.write(made(k), playing=k % 2 == 1)
"""


SCOPE = {"__name__": "writer"}
exec(WRITER, SCOPE)
made = SCOPE["made"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "timeline"


def test_what_is_written_is_read(path):
    writer = TimelineWriter.create(path)
    tempo = (
        TempoMap(bpm=123.4, anchor_ns=2**62)
        .with_meter(Rational(7, 2), 3)
        .with_tempo(98.7, Rational(10, 3))
        .with_ramp(140, Rational(20), 8)
    )
    writer.write(tempo, playing=True)
    writer.beat(42)
    reader = TimelineReader(path)
    assert reader.read()[:3] == (tempo, True, 42)
    writer.beat(43)
    assert reader.read().heartbeat_ns == 43
    writer.close()
    reader.close()


def test_a_new_timeline_stands_still_and_is_private(path):
    TimelineWriter.create(path)
    assert TimelineReader(path).read()[:3] == (TempoMap(), False, 0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_only_the_last_meters_are_shared(path):
    tempo = TempoMap()
    for cycle in range(40):
        tempo = tempo.with_meter(2 + cycle % 3, cycle)
    writer = TimelineWriter.create(path)
    writer.write(tempo, playing=True)
    read, *_ = TimelineReader(path).read()
    assert read.meters == tempo.meters[-8:]
    assert read.beat_of_cycle(Rational(50)) == tempo.beat_of_cycle(Rational(50))


def test_numbers_too_fine_for_the_file_are_rounded_not_refused(path):
    fine = Rational(10**30 + 1, 3 * 10**30)
    writer = TimelineWriter.create(path)
    writer.write(TempoMap(anchor_beat=fine), playing=True)
    read, *_ = TimelineReader(path).read()
    assert abs(read.anchor_beat - fine) < Rational(1, 10**15)


def test_a_writer_that_takes_over_goes_on(path):
    first = TimelineWriter.create(path)
    reader = TimelineReader(path)
    first.write(TempoMap(bpm=90.0), playing=True)
    second = TimelineWriter.open(path)
    assert second.tempo_map.bpm == 90.0
    assert reader.read().tempo_map.bpm == 90.0
    second.write(TempoMap(bpm=91.0), playing=True)
    assert reader.read().tempo_map.bpm == 91.0


@pytest.mark.integration
def test_no_reader_ever_sees_two_maps_at_once(path):
    """A real writer as fast as it goes, killed at last; readers in three threads, 60,000 reads."""
    TimelineWriter.create(path)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE)
    torn, seen = [], set()

    def hammer():
        reader = TimelineReader(path)
        last = 0
        for _ in range(20_000):
            tempo, playing, *_ = reader.read()
            k = tempo.anchor_ns // 1000
            seen.add(k)
            if k and (tempo != made(k) or playing != (k % 2 == 1) or k < last):
                torn.append((k, last, tempo))
            last = k

    try:
        writer.stdout.readline()
        threads = [threading.Thread(target=hammer) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    assert not torn
    assert len(seen) > 100
    # Wherever the kill fell, the last whole map is there.
    last = TimelineReader(path).read().tempo_map
    assert last == made(last.anchor_ns // 1000)


def test_a_writer_that_died_while_writing_leaves_the_last_map(path):
    writer = TimelineWriter.create(path)
    for bpm in (100.0, 101.0, 102.0):
        writer.write(TempoMap(bpm=bpm), playing=True)
    data = bytearray(path.read_bytes())
    sequence = int.from_bytes(data[16:24], "little")
    half = 8 * (WORDS - 1) // 2
    begin = 24 + (sequence // 2 + 1) % 2 * half
    data[begin : begin + half // 2] = os.urandom(half // 2)
    data[16:24] = (sequence + 1).to_bytes(8, "little")
    path.write_bytes(data)
    assert TimelineReader(path).read().tempo_map.bpm == 102.0
    TimelineWriter.open(path).write(TempoMap(bpm=103.0), playing=True)
    assert TimelineReader(path).read().tempo_map.bpm == 103.0


@pytest.mark.parametrize("damage", ["missing", "empty", "short", "other", "noise", "folder"])
def test_files_that_are_no_timeline_are_refused(path, damage):
    TimelineWriter.create(path)
    whole = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        path.write_bytes(
            {
                "empty": b"",
                "short": whole[:-8],
                "other": b"RIFF" + whole[4:],
                "noise": whole[:24] + os.urandom(len(whole) - 24),
            }[damage]
        )
    with pytest.raises((DeviceError, SessionFileError)):
        TimelineReader(path).read()
    with pytest.raises((DeviceError, SessionFileError)):
        TimelineWriter.open(path)


def test_a_timeline_that_cannot_be_made_says_so(tmp_path):
    with pytest.raises(LivecoderError, match="XDG_RUNTIME_DIR"):
        TimelineWriter.create(tmp_path / "nowhere" / "timeline")
