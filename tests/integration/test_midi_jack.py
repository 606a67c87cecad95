"""The MIDI process on a real JACK server: what arrives, on which frame, and what survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from livecoder.core.events import Panic, Revoke
from livecoder.core.rational import Rational
from tests.integration.recorder import Heard, MidiRecorder
from tests.integration.rig import Rig, a_rig, bar, until
from tests.integration.server import JackServer

pytestmark = pytest.mark.integration


@pytest.fixture
def loose_rig(jack_asynchronous: JackServer) -> Iterator[Rig]:
    assert jack_asynchronous
    with a_rig() as made:
        yield made


def notes_of(heard: list[Heard], channel: int) -> list[int]:
    return [one.note for one in heard if one.is_on and one.channel == channel]


def test_four_tracks_arrive_complete_in_order_and_on_even_frames(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    with MidiRecorder("^livecoder:grid") as recorder:
        pitches = list(range(40, 56))
        for number in range(4):
            for track in range(1, 5):
                midi.send(bar(f"d{track}", number, pitches, port="grid", channel=track))
        until(recorder.connected, why="the port to open")
        rig.start(bpm=240, delay=0.5)
        rig.wait_for_beat(17)
        for channel in range(1, 5):
            assert notes_of(recorder.heard, channel) == pitches * 4
        frames = [one.frame for one in recorder.ons]
        assert frames == sorted(frames)
        steps = [frames[i : i + 4] for i in range(0, len(frames), 4)]
        if recorder.xruns == 0:
            assert all(len(set(step)) == 1 for step in steps), "a chord was torn apart"
        assert not recorder.sounding()
    assert rig.reports[-1].figures["lost"] == 0


def test_a_note_ends_when_it_should_and_before_the_next_of_its_key(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    with MidiRecorder("^livecoder:keys") as recorder:
        # Each lasts two steps, so each is still held when its key is struck again.
        midi.send(bar("d1", 0, [60] * 8, port="keys", length=Rational(1)))
        until(recorder.connected, why="the port to open")
        rig.start(bpm=240)
        rig.wait_for_beat(6)
        kinds = "".join("+" if one.is_on else "-" for one in recorder.heard)
        assert kinds == "+-" * 8


def test_what_is_revoked_is_not_heard_and_what_sounds_ends(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    with MidiRecorder("^livecoder:edit") as recorder:
        for number in range(2):
            midi.send(bar("d1", number, [60] * 4, port="edit"))
        until(recorder.connected, why="the port to open")
        rig.start(bpm=240)
        rig.wait_for_beat(2)
        midi.send(Revoke("d1", Rational(4)))
        midi.send(bar("d1", 1, [72] * 4, port="edit", generation=1))
        rig.wait_for_beat(9)
        assert notes_of(recorder.heard, 1) == [60] * 4 + [72] * 4
        assert not recorder.sounding()


def test_panic_ends_everything_now(rig: Rig) -> None:
    midi = rig.ready("midi", backend="jack")
    with MidiRecorder("^livecoder:panic") as recorder:
        midi.send(bar("d1", 0, [60, 64, 67, 71], port="panic", length=Rational(64)))
        until(recorder.connected, why="the port to open")
        rig.start(bpm=240)
        rig.wait_for_beat(3)
        until(lambda: len(recorder.ons) >= 3, why="three notes")
        midi.send(Panic())
        until(lambda: any(one.data[:2] == b"\xb0\x78" for one in recorder.heard), why="CC 120")
        rig.wait_for_beat(5)
        data = [one.data for one in recorder.heard]
        begun = {one.note for one in recorder.ons}
        assert {one.note for one in recorder.heard if one.is_off} >= begun
        assert b"\xb0\x7b\x00" in data
        last = max(i for i, one in enumerate(recorder.heard) if one.is_on)
        assert last < data.index(b"\xb0\x7b\x00")


def test_a_killed_process_is_back_within_a_bar_and_leaves_no_note_sounding(
    loose_rig: Rig,
) -> None:
    rig = loose_rig
    midi = rig.ready("midi", backend="jack")
    with MidiRecorder("^livecoder:kill") as recorder:
        midi.send(bar("d2", 0, [48], port="kill", channel=2, length=Rational(400)))
        for number in range(8):
            midi.send(bar("d1", number, range(60, 76), port="kill"))
        until(recorder.connected, why="the port to open")
        rig.start(bpm=90)
        rig.wait_for_beat(3)
        before = rig.pid("midi")
        killed_at = rig.now()
        os.kill(before, signal.SIGKILL)
        until(lambda: not recorder.connected(), why="the last that was heard of it")
        count = len(recorder.ons)
        until(lambda: len(recorder.ons) > count + 2, why="notes of the new process")
        assert rig.now() - killed_at < 4 + 1
        assert rig.pid("midi") != before
        until(lambda: (2, 48) not in recorder.sounding(), why="the long note to end")
        rig.wait_for_beat(12)
        after = notes_of(recorder.ons[count:], 1)
        first = after[0]
        assert after[: len(after) // 16 * 16][:16] == [
            60 + (first - 60 + i) % 16 for i in range(16)
        ]
    assert any("started again" in line for line in rig.messages)


def test_an_abandoned_process_loops_two_bars_until_a_front_takes_over(rig: Rig) -> None:
    first = rig.ready("midi", backend="jack")
    with MidiRecorder("^livecoder:loop") as recorder:
        for number in range(3):
            base = 50 + 10 * number
            first.send(bar("d1", number, range(base, base + 8), port="loop"))
        until(recorder.connected, why="the port to open")
        rig.start(bpm=480)
        rig.wait_for_beat(2)
        rig.abandon(first)
        # 60.. and 70.. are the last two bars; they go round, in phase.
        rig.wait_for_beat(30)
        second = rig.ready("midi")
        assert second.welcome is not None
        assert second.welcome.orphaned
        assert second.welcome.horizon["d1"] == 12
        boundary = Rational(int(rig.now() / 4) * 4 + 8)
        second.send(Revoke("d1", boundary))
        second.send(bar("d1", int(boundary / 4), range(100, 108), port="loop"))
        rig.wait_for_beat(boundary + 5)
        bars = int(boundary / 4)
        wanted = [*range(50, 58)]
        for number in range(1, bars):
            base = 60 if number % 2 else 70
            wanted += range(base, base + 8)
        wanted += range(100, 108)
        assert notes_of(recorder.heard, 1) == wanted
        assert not recorder.sounding()


LISTENER = """
import sys, threading, jack
jack.set_error_function(lambda t: None); jack.set_info_function(lambda t: None)
client = jack.Client("outside"); client.midi_inports.register("synth in"); client.activate()
print("up", flush=True); sys.stdin.read()
"""


def listener() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def listened_to(port: str) -> bool:
    done = subprocess.run(["jack_lsp", "-c", port], capture_output=True, text=True, check=False)
    return "outside:synth in" in done.stdout


def test_a_port_that_vanishes_is_told_and_found_again(rig: Rig) -> None:
    outside = listener()
    try:
        midi = rig.ready("midi", backend="jack")
        midi.send(bar("d1", 0, [60], port="Synth"))
        rig.start(bpm=120)
        until(lambda: listened_to("livecoder:Synth"), why="a part of the name to be found")
        outside.kill()
        outside.communicate()
        until(lambda: any("has gone" in line for line in rig.messages), why=str(rig.messages))
        outside = listener()
        until(lambda: listened_to("livecoder:Synth"), why="the port to be found again")
        until(lambda: any("is back" in line for line in rig.messages), why=str(rig.messages))
    finally:
        outside.kill()
        outside.communicate()


def test_a_dead_server_is_told_and_the_process_lives_on(rig: Rig, jack: JackServer) -> None:
    midi = rig.ready("midi", backend="jack")
    for number in range(200):
        midi.send(bar("d1", number, range(60, 64), port="server"))
    rig.start(bpm=240)
    pid = rig.pid("midi")
    time.sleep(0.5)
    jack.stop()
    until(lambda: any("JACK server has gone" in line for line in rig.messages), why="the news")
    jack.start()
    with MidiRecorder("^livecoder:server") as recorder:
        until(lambda: len(recorder.ons) > 4, why="notes through the new server")
    assert rig.pid("midi") == pid
    assert any("is back" in line for line in rig.messages)


def test_quit_and_sigterm_end_what_sounds(rig: Rig) -> None:
    for end in ("quit", "sigterm"):
        midi = rig.ready("midi", backend="jack")
        with MidiRecorder(f"^livecoder:{end}") as recorder:
            midi.send(bar("d1", 0, [60, 67], port=end, length=Rational(64)))
            until(recorder.connected, why="the port to open")
            rig.start(bpm=240)
            until(lambda: len(recorder.ons) == 2, why="two notes")
            if end == "sigterm":
                rig.abandon(midi)
                os.kill(rig.pid("midi"), signal.SIGTERM)
            else:
                midi.close()
            until(lambda: not recorder.sounding(), why="note-offs")
            until(lambda: not (rig.folder / "midi.pid").exists(), why="the process to end")
