"""`livecoder doctor` and `devices` on this machine as it is, and on one that is spoiled."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from livecoder.outputs.survey import PARTS, survey


def livecoder(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livecoder", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def test_every_line_is_marked_and_what_is_not_good_says_what_to_do() -> None:
    done = livecoder("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "Python 3.11" in lines[0]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        found = re.match(r"(ok|--|!!)  \S|      \S", line)
        assert found, line
        if found[1] in ("--", "!!"):
            assert after.startswith("      ")
    assert any("melody_rnn is whole" in line for line in lines)
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_wrong_and_says_which_variable(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    done = livecoder("doctor", XDG_STATE_HOME=str(file))
    assert done.returncode == 1
    assert re.search(r"!! .*cannot be written.*\n +type: export XDG_STATE_HOME=", done.stdout)


def test_a_jack_server_that_is_not_there_is_said_and_not_fatal() -> None:
    done = livecoder("doctor", JACK_DEFAULT_SERVER="nobody-runs-this")
    assert done.returncode == 0
    assert re.search(r"-- .*JACK.*\n +\S", done.stdout)


def test_devices_as_json() -> None:
    done = livecoder("devices", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.keys() == {"midi", "jack", "audio"}
    assert "ports" in found["midi"]
    assert "outputs" in found["audio"]


def test_devices_for_people() -> None:
    done = livecoder("devices")
    titles = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [title.split()[0] for title in titles] == ["MIDI", "JACK", "Audio"]


@pytest.mark.parametrize("part", ["jack", "audio"])
def test_a_part_that_takes_too_long_is_given_up(part: str) -> None:
    assert part in PARTS
    assert survey(part, seconds=0.01) == {"error": "no answer in 0.01 s"}


def test_a_part_that_dies_says_why() -> None:
    assert "KeyError" in survey("no such part")["error"]
