"""`bench streams` prints what its JSON says; its figures are not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "benchmarks" / "streams.py"


def test_the_last_line_is_one_json_object_with_the_figures():
    run = subprocess.run(
        [sys.executable, str(BENCH), "--bars", "3"], capture_output=True, text=True, check=True
    )
    *table, last = run.stdout.splitlines()
    figures = json.loads(last)
    assert figures["bars"] == 3
    assert figures["threads"] == 1
    assert 0 < figures["state_bytes"] <= 256 * 1024
    assert figures["real_time_factor_120bpm"] > 0
    assert [line.split()[0] for line in table] == list(figures)


def test_no_bars_is_refused():
    run = subprocess.run(
        [sys.executable, str(BENCH), "--bars", "0"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "--bars 1000" in run.stderr
