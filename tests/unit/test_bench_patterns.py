"""`livecoder bench patterns`: only what was measured is quoted, and every mutant still applies."""

from __future__ import annotations

import json
import subprocess
import sys

from livecoder.cli import bench
from livecoder.cli.app import run

SHORT = ["--seconds", "0.01", "--repeats", "1", "--scheduler", "0"]


def test_without_strudel_nothing_is_said_of_strudel(capsys):
    assert run(["bench", "patterns", *SHORT, "--alone", "--json"]) == 0

    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "not measured" in figures["strudel"]
    assert not [name for name in figures if "ratio" in name]
    assert len(figures["haps_per_second"]) >= 6
    for found in figures["haps_per_second"].values():
        assert set(found) == {"livecoder", "untabulated"}
        assert min(found.values()) > 0
    assert figures["notations"]["per_second"] > 0
    assert figures["notations"]["different"] > 20


def test_the_table_has_a_line_for_every_case(capsys):
    assert run(["bench", "patterns", *SHORT, "--alone"]) == 0

    table = capsys.readouterr().out
    assert "bd*2 <sn cp>(3,8)" in table
    assert "Strudel was not measured" in table


def test_every_mutant_changes_one_place_of_the_source():
    code = (
        "import mutants, pathlib\n"
        "for m in mutants.MUTANTS:\n"
        "    text = (mutants.ROOT / 'livecoder/patterns' / m.file).read_text()\n"
        "    assert text.count(m.before) == 1 and m.after != m.before, m\n"
        "    assert (mutants.ROOT / m.tests.partition('::')[0]).exists(), m\n"
        "print(len({m.law for m in mutants.MUTANTS}), len(mutants.MUTANTS))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=bench.folder(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    laws, mutants = done.stdout.split()
    assert laws == mutants
