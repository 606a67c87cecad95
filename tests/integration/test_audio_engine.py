"""The engine in a process of its own: paced by the clock, and on a real JACK server.

A child plays; what it plays is recorded by its own recorder, or by a second JACK client here.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from livecoder.outputs.jack_cycles import Cycles

pytestmark = pytest.mark.integration

PLAYER = """
import sys, time
from pathlib import Path
from livecoder.outputs.audio.engine import Engine

engine = Engine(backend=sys.argv[1], on_message=lambda text: print(text, flush=True))
for track in ("d1", "d2"):
    engine.prepare(track, {"s": "rim"})
time.sleep(0.4)
print("ready", flush=True)

def ticks(begin, count, step=0.125, track="d1", sound="rim", lasts=0.1, **controls):
    for k in range(count):
        due = begin + int(k * step * 1e9)
        rest = (due - time.monotonic_ns()) / 1e9 - engine.lead - 0.02
        if rest > 0:
            time.sleep(rest)
        engine.play(due, lasts, track, {"s": sound, "note": 60, **controls})

now = time.monotonic_ns
"""


def onsets(sound: NDArray[np.float64], threshold: float = 0.02, apart: int = 3000) -> list[int]:
    """Return the frames at which it becomes loud after a rest."""
    found: list[int] = []
    last = -apart
    for frame in np.nonzero(np.abs(sound) > threshold)[0]:
        if frame - last > apart:
            found.append(int(frame))
        last = int(frame)
    return found


def perform(backend: str, code: str, *, seconds: float = 40.0) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PLAYER + code, backend],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_without_a_device_every_note_is_on_its_frame(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    said = perform(
        "paced",
        f"""
engine.record(Path({str(path)!r}))
ticks(now() + 400_000_000, 16)
time.sleep(0.3)
print(engine.figures()["sent"], engine.figures()["late"])
engine.close()
""",
    )
    assert "16.0 0.0" in said
    sound, rate = soundfile.read(path)
    assert rate == 48_000
    found = onsets(sound[:, 0])
    assert len(found) == 16
    assert set(np.diff(found)) == {6000}


def test_panic_ends_all_sound_and_the_next_note_plays(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    perform(
        "paced",
        f"""
engine.record(Path({str(path)!r}))
engine.mix("d2", {{"room": 0.6, "delay": 0.6}})
begin = now()
for k, sound in enumerate(("pad", "lead", "cy")):
    ticks(begin + 200_000_000, 1, track="d2", sound=sound, lasts=8.0)
time.sleep(1.0)
print("panic", flush=True)
engine.panic()
time.sleep(1.0)
ticks(now() + 200_000_000, 1)
time.sleep(0.6)
engine.close()
""",
    )
    sound, rate = soundfile.read(path)
    wave = np.abs(sound[:, 0])
    loud = np.nonzero(wave > 1e-4)[0]
    gap = int(np.argmax(np.diff(loud)))
    # A long rest between what panic ended and the note after it, and nothing in it at all.
    assert loud[gap + 1] - loud[gap] > 0.8 * rate
    assert wave[loud[gap] + rate // 50 : loud[gap + 1] - 100].max() == 0.0
    # It went quietly: no step anywhere near the end as large as the music's own.
    steps = np.abs(np.diff(sound[:, 0]))
    assert steps[loud[gap] - 200 : loud[gap] + 200].max() <= steps[: loud[gap] - 2000].max()
    assert len(loud) - gap > 500


def test_an_unwritable_recording_is_refused_and_the_music_goes_on() -> None:
    said = perform(
        "paced",
        """
try:
    engine.record(Path("/nowhere/at/all.wav"))
except Exception as error:
    print(type(error).__name__)
ticks(now() + 300_000_000, 2)
time.sleep(0.3)
print(engine.figures()["sent"])
engine.close()
""",
    )
    assert "SessionFileError" in said
    assert "2.0" in said


@contextmanager
def listening() -> Iterator[dict[str, NDArray[np.float64]]]:
    """Record livecoder's left output until the end of the block; the sound is under `"left"`."""
    import jack

    client = jack.Client("listener")
    port = client.inports.register("in")
    heard: list[tuple[int, NDArray[np.float32]]] = []

    def process(_frames: int) -> None:
        heard.append((client.last_frame_time, port.get_array().copy()))

    cycles = Cycles(client, process)
    out: dict[str, NDArray[np.float64]] = {}
    with client:
        deadline = time.monotonic() + 20.0
        while not client.get_ports("livecoder-audio:output_1"):
            assert time.monotonic() < deadline, "the engine never came to JACK"
            time.sleep(0.02)
        client.connect("livecoder-audio:output_1", port)
        yield out
        cycles.end()
    first = heard[0][0]
    whole = np.zeros(heard[-1][0] - first + len(heard[-1][1]))
    for at, block in heard:
        whole[at - first : at - first + len(block)] = block
    out["left"] = whole


@contextmanager
def player(code: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-u", "-c", PLAYER + code, "jack"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    ) as child:
        try:
            yield child
            # It must leave by itself: a server that waits for its clients hangs on a killed one.
            assert child.stdin is not None
            child.stdin.write("leave\n")
            child.stdin.flush()
            assert child.wait(20) == 0
        finally:
            child.kill()


def wait_for(child: "subprocess.Popen[str]", word: str) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == word:
            return
    pytest.fail(f"the player ended without saying {word!r}")


@pytest.mark.usefixtures("jack_server")
def test_on_jack_a_second_client_hears_every_onset_in_order() -> None:
    code = """
input()
ticks(now() + 500_000_000, 24)
time.sleep(0.4)
print("done", flush=True)
input()
engine.close()
"""
    with player(code) as child:
        assert child.stdin is not None
        wait_for(child, "ready")
        with listening() as heard:
            child.stdin.write("go\n")
            child.stdin.flush()
            wait_for(child, "done")
        found = onsets(heard["left"])
    assert len(found) == 24
    assert all(4000 < step < 8000 for step in np.diff(found))


@pytest.mark.usefixtures("jack_server")
def test_on_jack_a_muted_track_is_silent_until_it_is_not() -> None:
    code = """
input()
engine.mix("d1", {"mute": True})
time.sleep(0.1)
ticks(now() + 300_000_000, 8)
time.sleep(0.3)
engine.mix("d1", {"mute": False})
ticks(now() + 300_000_000, 5)
time.sleep(0.4)
print("done", flush=True)
input()
engine.close()
"""
    with player(code) as child:
        assert child.stdin is not None
        wait_for(child, "ready")
        with listening() as heard:
            child.stdin.write("go\n")
            child.stdin.flush()
            wait_for(child, "done")
        found = onsets(heard["left"])
    assert len(found) == 5
