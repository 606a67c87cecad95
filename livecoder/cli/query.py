"""`livecoder query`: cases on stdin, what they play on stdout, as JSON."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TextIO

from livecoder.core.errors import PatternError, SessionFileError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.patterns import vocabulary
from livecoder.patterns.mini import mini
from livecoder.patterns.pattern import reify

__all__ = ["answer", "command", "query"]


def _span(span: Span | None) -> list[str] | None:
    if span is None:
        return None
    return [f"{time.numerator}/{time.denominator}" for time in span]


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _value(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_value(held) for held in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, (Rational, Fraction)):
        return int(value) if value.denominator == 1 else float(value)
    return repr(value)


def _hap(hap: Hap) -> dict[str, Any]:
    return {"whole": _span(hap.whole), "part": _span(hap.part), "value": _value(hap.value)}


def answer(case: Any) -> dict[str, Any]:
    """Return what one case plays, or what is wrong with it.

    >>> answer({"mini": "bd", "begin": 0, "end": 1})["haps"][0]["value"]
    'bd'

    Args:
        case: `{"mini": TEXT}` or `{"expr": PYTHON}` with `begin` and `end` in cycles. An
            expression is Python, and does what Python does: give it only your own.
    """
    try:
        if not isinstance(case, Mapping) or not {"mini", "expr"} & case.keys():
            message = 'a case is {"mini": TEXT, "begin": 0, "end": 1} or has "expr" for "mini"'
            raise PatternError(message)
        if "mini" in case:
            pattern = mini(case["mini"])
        else:
            names = {"__builtins__": builtins, **vocabulary.WORDS}
            pattern = reify(eval(case["expr"], names))  # noqa: S307
        haps = pattern.query(case.get("begin", 0), case.get("end", 1))
        return {"haps": [_hap(hap) for hap in haps]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def query(source: TextIO, target: TextIO) -> None:
    """Answer a JSON list of cases with a JSON list, one entry each; a case fails alone.

    Raises:
        SessionFileError: `source` holds no JSON list.
    """
    try:
        cases = json.load(source)
    except (ValueError, RecursionError) as error:
        message = f"query reads a JSON list of cases, and this is no JSON: {error}"
        raise SessionFileError(message) from None
    if not isinstance(cases, list):
        message = 'query reads a JSON list of cases: [{"mini": "bd sn", "begin": 0, "end": 1}]'
        raise SessionFileError(message)
    json.dump([answer(case) for case in cases], target)
    target.write("\n")


def command() -> None:
    """Answer pattern queries: a JSON list of cases on stdin, a JSON list of haps on stdout."""
    query(sys.stdin, sys.stdout)
