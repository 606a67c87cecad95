"""An output process and the client of it, with MIDI into a file: no server needed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

import mido
import psutil
import pytest

from livecoder.clock.tempo import TempoMap
from livecoder.core.events import Configure, Event, Schedule, Welcome
from livecoder.core.rational import Rational
from tests.integration.rig import Rig, a_rig, bar, until

pytestmark = pytest.mark.integration


@pytest.fixture
def rig() -> Iterator[Rig]:
    with a_rig() as made:
        yield made


def keys(path: Path) -> list[int]:
    """Return the keys struck, in order."""
    return [
        message.note
        for track in mido.MidiFile(path).tracks
        for message in track
        if message.type == "note_on"
    ]


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_it_bears_its_name_and_quits_without_a_trace(rig: Rig) -> None:
    client = rig.ready("midi", backend="none")
    assert client.welcome is not None
    assert (client.welcome.backend, client.welcome.orphaned) == ("none", False)
    pid = rig.pid("midi")
    assert psutil.Process(pid).cmdline()[0].strip() == "livecoder: midi"
    client.close()
    assert gone(pid)
    assert not list(rig.folder.glob("midi.[ps]*"))
    assert rig.log("midi") == ""


def test_signals_of_the_terminal_do_not_reach_it(rig: Rig) -> None:
    rig.ready("midi", backend="none")
    pid = rig.pid("midi")
    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGHUP)
    count = len(rig.reports)
    until(lambda: len(rig.reports) > count + 2, why="it to report on")
    assert rig.pid("midi") == pid
    os.kill(pid, signal.SIGTERM)
    until(lambda: gone(pid), why="SIGTERM to end it")


def test_a_change_of_tempo_bends_what_is_queued(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "sent.mid"
    client = rig.ready("midi", backend=f"file:{path}")
    for number in range(4):
        client.send(bar("d1", number, range(60, 64)))
    tempo = rig.start(bpm=60, delay=0.2)
    rig.wait_for_beat(Rational(5, 4))
    rig.tempo = tempo.with_tempo(240.0, Rational(5, 4))
    rig.writer.write(rig.tempo, playing=True)
    rig.wait_for_beat(17)
    client.close()
    assert keys(path) == [60, 61, 62, 63] * 4
    track = mido.MidiFile(path).tracks[0]
    ticks, at = [], 0
    for message in track:
        at += message.time
        if message.type == "note_on":
            ticks.append(at)
    # 1920 ticks a second: beats of a second up to 5/4, then four to a second.
    assert ticks[:6] == [0, 1920, 2760, 3240, 3720, 4200]


def test_time_that_stands_still_ends_what_sounds(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "sent.mid"
    client = rig.ready("midi", backend=f"file:{path}")
    client.send(bar("d1", 0, [60], length=Rational(64)))
    rig.start(delay=0.1)
    until(lambda: rig.reports and rig.reports[-1].figures["voices"] == 1, why="the note")
    rig.stop()
    until(lambda: rig.reports[-1].figures["voices"] == 0, why="its end")


def test_orders_that_are_none_are_told_and_nothing_else_happens(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "sent.mid"
    client = rig.ready("midi", backend=f"file:{path}")
    nonsense: list[Any] = [
        7,
        "panic",
        Schedule("d1", 0, Rational(0), Rational(4), (Event(0.5, "long", {}),)),  # type: ignore[arg-type]
        Configure({"orphan": False, "beat": "now"}),
    ]
    for order in nonsense:
        client.send(order)
    note = Event(Rational(1), Rational(1), {"midiport": "p", "note": "c", "midichan": "x"})
    client.send(Schedule("d2", 0, Rational(0), Rational(4), (note,)))
    client.send(bar("d1", 0, [60, 61]))
    pid = rig.pid("midi")
    rig.start(bpm=480, delay=0.1)
    rig.wait_for_beat(6)
    assert rig.pid("midi") == pid
    until(lambda: any("not understood" in line for line in rig.messages), why=str(rig.messages))
    client.close()
    assert keys(path) == [60, 61]


def test_nobody_comes_in_without_the_key_or_keeps_others_out(rig: Rig) -> None:
    client = rig.ready("midi", backend="none")
    address = str(rig.folder / "midi.sock")
    with pytest.raises(AuthenticationError):
        Client(address, "AF_UNIX", authkey=b"a guess")
    silent = Client(address, "AF_UNIX")  # says nothing ever
    try:
        count = len(rig.reports)
        until(lambda: len(rig.reports) > count + 1, why="the front not to notice")
        rig.abandon(client)
        second = rig.ready("midi")
        assert second.welcome is not None
        assert second.welcome.orphaned
    finally:
        silent.close()


def test_the_newest_front_has_the_line(rig: Rig) -> None:
    rig.ready("midi", backend="none")
    key = (rig.folder / "key").read_bytes()
    line: Connection[Any, Any] = Client(str(rig.folder / "midi.sock"), "AF_UNIX", authkey=key)
    with line:
        assert isinstance(line.recv(), Welcome)


def test_a_process_that_hangs_is_replaced(rig: Rig) -> None:
    client = rig.ready("midi", backend="none")
    pid = rig.pid("midi")
    os.kill(pid, signal.SIGSTOP)
    until(lambda: gone(pid), why="the hanging process to be ended")
    assert client.wait_ready(30)
    assert rig.pid("midi") != pid


def test_a_process_that_cannot_start_is_told_with_its_reason(rig: Rig) -> None:
    rig.client("midi", backend="nonsense")
    until(lambda: any("try --midi auto" in line for line in rig.messages), why=str(rig.messages))
    until(lambda: any("does not stay up" in line for line in rig.messages), why="the pause")
    begin = time.monotonic()
    rig.clients[0].close()
    assert time.monotonic() - begin < 5


def test_closed_while_a_process_starts_leaves_none(rig: Rig) -> None:
    before = psutil.Process().children()
    for number in range(6):
        client = rig.client("midi", backend="none")
        time.sleep(0.02 * number)
        client.close()
        left = [child for child in psutil.Process().children() if child not in before]
        assert not left, number


def test_a_front_that_is_stuck_is_not_heard(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "sent.mid"
    client = rig.ready("midi", backend=f"file:{path}")
    client.send(bar("d1", 0, range(60, 64)))
    client.send(bar("d1", 1, range(70, 74)))
    tempo: TempoMap = rig.start(bpm=480, delay=0.1)
    # No heartbeat from here on, and nothing new: 3 bars more than it was given.
    while time.monotonic_ns() < tempo.ns_at(Rational(20)):
        time.sleep(0.01)
    client.close()
    played = keys(path)
    assert played[:8] == [*range(60, 64), *range(70, 74)]
    wanted = [*range(60, 64), *range(70, 74)] * 3
    assert set(played) == set(wanted)
    assert len(played) >= 16
