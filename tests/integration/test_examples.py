"""Every example, piece and session is performed as the reader of the README would perform it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import mido
import pytest

from livecoder.core.rational import Rational
from livecoder.session.offline import perform
from livecoder.session.script import Block, Script

ROOT = Path(__file__).parents[2]
PROGRAMS = {"render_api", "pitch_curve", "tunings", "query"}
SCRIPTS = sorted(
    [
        *(path for path in (ROOT / "examples").glob("*.py") if path.stem not in PROGRAMS),
        *(ROOT / "patterns").glob("*.py"),
        *(ROOT / "sessions").glob("*.py"),
    ]
)

pytestmark = pytest.mark.integration


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_script_renders_to_its_end_with_notes_on_every_track(path: Path, tmp_path: Path) -> None:
    # Every block runs (the exit status says so), and each track the script names has notes.
    run("-m", "livecoder", "render", str(path), "--midi", "out.mid", folder=tmp_path)
    written = mido.MidiFile(tmp_path / "out.mid")
    sounding = {
        track.name
        for track in written.tracks
        if any(message.type == "note_on" and message.velocity for message in track)
    }
    text = path.read_text()
    named = {f"d{number}" for number in range(1, 17) if f"d{number} >>" in text}
    assert named
    assert named <= sounding


def test_a_script_is_performed_from_python(tmp_path: Path) -> None:
    script, target = ROOT / "examples" / "network.py", tmp_path / "out.mid"
    said = run(str(ROOT / "examples" / "render_api.py"), str(script), str(target), folder=tmp_path)
    assert "d1: " in said
    assert any(message.type == "note_on" for message in mido.MidiFile(target))


def test_a_pitch_curve_is_snapped(tmp_path: Path) -> None:
    said = run(str(ROOT / "examples" / "pitch_curve.py"), folder=tmp_path)
    columns = [line.split() for line in said.splitlines()[1:]]
    hard = {float(row[2]) % 12 for row in columns if row[2] != "nan"}
    assert hard <= {9.0, 11.0, 0.0, 2.0, 4.0, 5.0, 7.0}
    assert any(row[1] == "nan" == row[2] for row in columns)


def test_tunings_are_heard(tmp_path: Path) -> None:
    said = run(str(ROOT / "examples" / "tunings.py"), folder=tmp_path)
    assert "386" in said  # a pure third, in cents


def test_patterns_are_asked_from_outside(tmp_path: Path) -> None:
    said = run(str(ROOT / "examples" / "query.py"), folder=tmp_path)
    assert "0/1 to 1/4  bd" in said
    assert "^" in said  # the caret under what is wrong in the third case


@pytest.mark.parametrize("document", ["README.md", "docs/TUTORIAL.md"])
def test_what_a_document_shows_can_be_typed(document: str) -> None:
    shown = re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    assert shown
    # As a reader types it: line after line, a bar between them.
    typed = [
        ast.get_source_segment(block, statement) or ""
        for block in shown
        for statement in ast.parse(block).body
    ]
    assert len(typed) > 10
    blocks = tuple(Block(Rational(bar), source) for bar, source in enumerate(typed))
    performed = perform(Script(1, blocks))
    assert performed.problems == ()
    assert len(performed.tracks) > 3
