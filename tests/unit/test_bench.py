"""`livecoder bench`: finds its programs, passes on what is theirs, and says what is missing."""

from __future__ import annotations

import json

import pytest

from livecoder.cli import bench
from livecoder.cli.app import run
from livecoder.core.errors import DeviceError

PROGRAM = """
import json

def main(argv):
    print("a table")
    print(json.dumps({"arguments": argv}))
    return 3
"""


@pytest.fixture
def programs(tmp_path, monkeypatch):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "nothing.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bench, "_HERE", tmp_path / "nowhere")


@pytest.mark.usefixtures("programs")
def test_a_program_gets_the_options_that_are_its_own(capsys):
    assert run(["bench", "nothing", "--seconds", "30", "--load", "--json"]) == 3
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"arguments": ["--seconds", "30", "--load", "--json"]}


@pytest.mark.usefixtures("programs")
def test_a_package_is_a_program_if_it_can_be_run(capsys, tmp_path):
    for name in ("several_modules", "no_program"):
        (tmp_path / "benchmarks" / name).mkdir()
        (tmp_path / "benchmarks" / name / "__init__.py").write_text("")
    (tmp_path / "benchmarks" / "several_modules" / "__main__.py").write_text(PROGRAM)
    assert set(bench.programs()) == {"nothing", "several_modules"}
    assert run(["bench", "several_modules", "--deep"]) == 3
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"arguments": ["--deep"]}


@pytest.mark.usefixtures("programs")
def test_a_benchmark_that_is_none_is_refused_by_a_near_name(capsys):
    assert run(["bench", "nothin"]) == 1
    assert "did you mean 'nothing'" in capsys.readouterr().err


@pytest.mark.usefixtures("programs")
def test_an_installation_without_benchmarks_says_so(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path / "benchmarks")
    with pytest.raises(DeviceError, match="checkout"):
        bench.folder()


def test_every_benchmark_of_the_checkout_says_what_it_does():
    names = set(bench.programs())
    assert {"startup", "timing", "render", "streams", "soak"} <= names
    assert not {"peers", "support"} & names
    listed = (bench.folder() / "README.md").read_text()
    assert all(f"`{name}`" in listed for name in names)
