"""What a wheel holds, and that two commands are enough; the slow proof is `make wheel-test`."""

import configparser
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "livecoder"


def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


def words(section: str, key: str) -> list[str]:
    return setup()[section][key].split()


def plain(name: str) -> str:
    return re.split(r"[=<>~! ]", name)[0].lower().replace("_", "-")


def test_every_file_that_is_no_module_is_in_the_wheel() -> None:
    shipped = {
        path for glob in words("options.package_data", "livecoder") for path in PACKAGE.glob(glob)
    }
    listed = subprocess.run(
        ["git", "ls-files", "-z", "livecoder"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    tracked = {ROOT / name for name in listed.stdout.split("\0") if name}
    other = {path for path in tracked if path.suffix != ".py" and path.exists()}
    assert not other - shipped
    assert PACKAGE / "py.typed" in shipped
    assert any(path.suffix == ".safetensors" for path in shipped)


def test_every_package_is_found() -> None:
    # find: takes folders that have an __init__.py; one without would be left out of the wheel.
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_everything_asked_for_is_pinned_once() -> None:
    pins = [
        line
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", pin) for pin in pins)
    names = [plain(pin) for pin in pins]
    assert len(set(names)) == len(names)
    wanted = words("options", "install_requires")
    for extra in setup()["options.extras_require"]:
        wanted += words("options.extras_require", extra)
    assert not {plain(name) for name in wanted} - set(names)
    assert "torch==2.13.0" in pins


def test_make_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)[1].split())  # type: ignore[index]
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert {line.split()[0] for line in done.stdout.splitlines()} == phony
    assert {"play", "test"} <= phony


@pytest.mark.parametrize(
    ("target", "commands"),
    [
        ("play", ["pip install", "livecoder play sessions/first_light.py"]),
        ("test", ["ruff check", "ruff format --check", "mypy --strict", "lint-imports", "pytest"]),
    ],
)
def test_what_the_two_commands_run(target: str, commands: list[str]) -> None:
    # An environment that is not there yet: everything is to be done, in this order.
    done = subprocess.run(
        ["make", "-n", target, "VENV=build/no-such-environment"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    places = [done.stdout.index(command) for command in commands]
    assert places == sorted(places)
    assert "-c constraints.txt" in done.stdout


def test_ci_runs_what_a_developer_runs_and_may_skip_nothing() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert "LIVECODER_REQUIRE_JACK=1" in text
    assert text.rstrip().endswith("make test")
