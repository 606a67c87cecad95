"""Strudel 1.2.6's answers, case by case, times exact."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from livecoder.cli.query import answer

HERE = Path(__file__).parent
CASES = [
    case
    for name in (
        "strudel_mini.json",
        "strudel_expr.json",
        "strudel_mini_more.json",
        "strudel_expr_more.json",
    )
    for case in json.loads((HERE / name).read_text(encoding="utf-8"))
]
LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def number(value):
    try:
        return round(float(Fraction(value)), 9)
    except (ValueError, TypeError):
        return value


def note(value):
    found = re.fullmatch(r"([a-gA-G])([#sbf]*)(-?\d+)?", value) if isinstance(value, str) else None
    if found is None:
        return number(value)
    bend = sum(1 if sign in "#s" else -1 for sign in found[2])
    return float(LETTERS[found[1].lower()] + bend + 12 * (int(found[3] or 3) + 1))


def plain(value):
    if isinstance(value, dict):
        return sorted(
            (name, note(held) if name == "note" else plain(held))
            for name, held in value.items()
            if not name.startswith("_")
        )
    if isinstance(value, list):
        return [plain(held) for held in value]
    return number(value)


def normal(haps):
    def times(span):
        return None if span is None else tuple(map(Fraction, span))

    return sorted(
        ((times(hap["whole"]), times(hap["part"]), plain(hap["value"])) for hap in haps), key=repr
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.get("mini") or case.get("expr"))
def test_a_case_plays_what_strudel_plays(case):
    asked = {name: held for name, held in case.items() if name != "haps"}

    answered = answer(asked)

    assert "error" not in answered, answered
    assert normal(answered["haps"]) == normal(case["haps"])


def test_all_the_golden_cases_are_there():
    assert len(CASES) == 94 + 533 + 1114
