"""How soon it plays, and how much memory it takes: `livecoder bench startup`.

`livecoder` is started on a terminal of its own, several times; the first start only warms the
disk's cache. Told are the seconds from exec to the prompt, to the answer of the first expression,
and from Enter after `d1 >> s("bd*4")` and from exec to the first sample above -60 dB, on a JACK
server without a sound card. Memory is the unique resident memory (USS) of all its processes, with
one network playing.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen
from typing import Any

import pexpect
import psutil
from support.recorder import start
from support.server import jack_server, own_state

from livecoder.core.errors import DeviceError

PROMPT = "> "
PATIENCE = 60
# A network has its weights, its worker and some bars by then.
PLAYING = 10.0


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and, last, one JSON object."""
    parser = argparse.ArgumentParser(prog="livecoder bench startup", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="starts that count")
    parser.add_argument("--json", action="store_true", help="the last line alone")
    options = parser.parse_args(argv)
    if options.runs < 1:
        parser.error("--runs must be at least 1; try --runs 5")
    with jack_server() as server, own_state():
        runs = [measure(network=run == options.runs) for run in range(options.runs + 1)][1:]
    memory = runs[-1].pop("memory")
    figures = {
        "benchmark": "startup",
        "server": server,
        "runs": options.runs,
        **{name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]},
        **{f"{name}_worst": round(max(run[name] for run in runs), 3) for name in runs[0]},
        "memory_mb": round(sum(memory.values()), 1),
        "memory_mb_by_process": memory,
    }
    if not options.json:
        for name, value in figures.items():
            print(f"{name:26} {value}")
    print(json.dumps(figures))
    return 0


def measure(*, network: bool) -> dict[str, Any]:
    """Start it once, play, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = start(Path(folder) / "r.npz", midi="", audio="livecoder", first_sound=True)
        program = str(Path(sys.executable).with_name("livecoder"))
        begun = time.monotonic()
        child = pexpect.spawn(
            program,
            ["--audio", "jack"],
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(40, 120),
            # A terminal tells where its cursor is when asked; pexpect does not, and every line
            # would wait a second for that.
            env={**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1"},
        )
        try:
            child.expect_exact(PROMPT)
            prompted = time.monotonic()
            child.send("6 * 7000021\r")
            child.expect_exact("42000126")
            answered = time.monotonic()
            child.send('d1 >> s("bd*4")\r')
            typed = time.monotonic()
            sound = _first_sound(recorder)
            figures: dict[str, Any] = {
                "prompt_s": prompted - begun,
                "answer_s": answered - begun,
                "sound_after_enter_s": sound - typed,
                "sound_s": sound - begun,
            }
            if network:
                child.send('d2 >> melody_rnn().s("pluck")\r')
                _drain(child, PLAYING)
                figures["memory"] = _memory(child.pid)
            child.send("exit()\r")
            _drain(child, 3.0)
        finally:
            child.close(force=True)
            if recorder.stdin is not None:
                recorder.stdin.close()
            recorder.wait(60)
    return figures


def _first_sound(recorder: Popen[str]) -> float:
    """Return when the first sound was, in seconds of `CLOCK_MONOTONIC`."""
    deadline = time.monotonic() + PATIENCE
    stream = recorder.stdout
    while stream is not None and (left := deadline - time.monotonic()) > 0:
        if not select.select([stream], [], [], left)[0]:
            break
        word, _, rest = stream.readline().partition(" ")
        if word == "sound":
            return int(rest) / 1e9
        if not word:
            break
    message = "nothing was heard in a minute; livecoder doctor says why"
    raise DeviceError(message)


def _drain(child: pexpect.spawn[str], seconds: float) -> None:
    """Let the terminal read on, so that the program never waits for it."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            child.read_nonblocking(65536, timeout=min(left, 0.2))
        except pexpect.TIMEOUT:
            continue
        except pexpect.EOF:
            return


def _memory(pid: int) -> dict[str, float]:
    """Return the unique resident memory of a process and all it started, in MB, by title."""
    root = psutil.Process(pid)
    found: dict[str, float] = {}
    for process in (root, *root.children(recursive=True)):
        try:
            title = " ".join(process.cmdline())[:40].strip() or process.name()
            size = process.memory_full_info().uss / 1e6
        except psutil.Error:
            continue
        name = title if title not in found else f"{title} ({process.pid})"
        found[name] = round(size, 1)
    return found


if __name__ == "__main__":
    sys.exit(main())
