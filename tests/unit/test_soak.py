"""What a soak says at its end: passed, or by what it failed, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

SILENCE: dict[str, Any] = {"sounding": {}, "notes": 9}
STEADY = {"first": {"midi": [10.0], "audio": [100.0]}, "last": {"midi": [10.4], "audio": [99.0]}}


@pytest.fixture
def soak(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import soak

    return soak


def _figures(soak: Any, memory: dict[str, Any], told: dict[str, Any], minutes: float) -> Any:
    return {
        **soak._verdict(memory, told, told, warm=soak.warms_up(60 * minutes)),
        "minutes": minutes,
        "server": "jackd -d dummy",
        "appearances": 5,
        "disappearances": 6,
        "typed": 7,
        "late_bars": 1,
        "late_events": 2,
    }


def test_a_soak_that_is_passed_says_so_and_how_much_each_process_has_grown(soak: Any) -> None:
    lines = soak.report(_figures(soak, STEADY, SILENCE, 60.0))
    assert lines[-1].startswith("verdict    passed: no note is left sounding")
    assert lines[-1].endswith("none has grown by more than 5%")
    assert "plugged    in 5 times, out 6 times" in lines
    assert "heard      9 notes; 0 left sounding" in lines
    assert any("midi" in line and line.endswith("+4.0%") for line in lines)
    assert any("audio" in line and line.endswith("-1.0%") for line in lines)


def test_in_two_minutes_growth_is_told_and_not_judged(soak: Any) -> None:
    late = {"first": {"model": [157.0]}, "last": {"model": [228.0]}}
    figures = _figures(soak, late, SILENCE, 2.0)
    assert figures["passed"]
    assert figures["grown_too_much"] == ["model"]
    lines = soak.report(figures)
    assert lines[-1].endswith("what has grown is not judged in less than ten minutes")
    assert any("model" in line and line.endswith("+45.2%") for line in lines)
    assert not _figures(soak, late, SILENCE, 10.0)["passed"]
    assert not _figures(soak, late, {"sounding": {}, "notes": 0}, 2.0)["passed"]


@pytest.mark.parametrize(
    ("memory", "told", "says"),
    [
        (STEADY, {"sounding": {"synth": [[0, 60], [9, 36]]}, "notes": 9},
         "keys 60 (channel 1), 36 (channel 10) sound on synth"),
        ({"first": {"midi": [10.0]}, "last": {"midi": [10.6]}}, SILENCE, "midi has grown by 6.0%"),
        ({"first": {"midi": [10.0], "audio": [1.0]}, "last": {"midi": [10.0]}}, SILENCE,
         "audio has died"),
        (STEADY, {"sounding": {}, "notes": 0}, "no note was heard"),
        ({"first": {}, "last": {}}, SILENCE, "no process was looked at twice"),
    ],
)  # fmt: skip
def test_a_soak_that_is_not_says_why(
    soak: Any, memory: dict[str, Any], told: dict[str, Any], says: str
) -> None:
    figures = _figures(soak, memory, told, 60.0)
    assert not figures["passed"]
    assert soak.report(figures)[-1] == f"verdict    failed: {says}"
