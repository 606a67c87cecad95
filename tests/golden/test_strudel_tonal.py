"""Scales, transpositions and voicings: Strudel 1.2.6's answers, case by case."""

import json
from pathlib import Path

import pytest

from livecoder.cli.query import answer
from tests.golden.test_strudel import normal

CASES = json.loads(Path(__file__).with_name("strudel_tonal.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["expr"])
def test_a_case_plays_what_strudel_plays(case):
    asked = {name: held for name, held in case.items() if name != "haps"}

    answered = answer(asked)

    assert "error" not in answered, answered
    assert normal(answered["haps"]) == normal(case["haps"])


def test_all_the_golden_cases_are_there():
    assert len(CASES) == 199
