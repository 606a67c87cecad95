"""Several controls set at once, from the parts of one value: `.adsr(".1:.2:.5:1")`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from livecoder.core.errors import PatternError
from livecoder.patterns.controls import CONTROL_WORDS, merged
from livecoder.patterns.joins import app_left
from livecoder.patterns.pattern import Pattern, mapped
from livecoder.patterns.verbs import PATTERN, RAW, Verb, describe_argument, verb

__all__ = ["ad", "adsr", "ar", "as_", "ds"]


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _group(name: str, controls: Sequence[str], meaning: str) -> Verb:
    def change(pattern: Pattern, *values: Pattern) -> Pattern:
        def put(held: Any, value: Any) -> dict[str, Any]:
            return merged(held, dict(zip(controls, _parts(value), strict=False)))

        for value in values:
            pattern = app_left(pattern, value, put)
        return pattern

    sample = ":".join(("0.1", "0.2", "0.5", "1")[: len(controls)])
    played = {"s": "bd", **dict(zip(controls, (0.1, 0.2, 0.5, 1), strict=False))}
    change.__doc__ = f"""{meaning}

    >>> from livecoder.patterns import s
    >>> s("bd").{name}("{sample}").query(0, 1)[0].value
    {played!r}
    """
    change.__name__ = change.__qualname__ = name
    change.__module__ = __name__
    return verb(PATTERN, example=f's("bd").{name}("{sample}")', name=name, many=True)(change)


adsr: Final = _group(
    "adsr", ("attack", "decay", "sustain", "release"),
    "Sets attack, decay, sustain and release at once.",
)  # fmt: skip
ad: Final = _group("ad", ("attack", "decay"), "Sets attack and decay at once.")
ds: Final = _group("ds", ("decay", "sustain"), "Sets decay and sustain at once.")
ar: Final = _group("ar", ("attack", "release"), "Sets attack and release at once.")


@verb(RAW, example='mini("a:1 b:2").as_("s:n")', name="as_", aliases=("as",))
def as_(pattern: Pattern, names: Any) -> Pattern:
    """Makes controls of the parts of its values, by names: `"s:n"`, or a list of names.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("a:1 b:2").as_("s:n").query(0, 1)]
    [{'s': 'a', 'n': 1}, {'s': 'b', 'n': 2}]

    Raises:
        PatternError: the names are no text and no list.
    """
    given = names.split(":") if isinstance(names, str) else names
    if not isinstance(given, (list, tuple)) or not all(isinstance(each, str) for each in given):
        message = f"as_ takes names of controls, got {describe_argument(names)}"
        raise PatternError(message + '; try mini("a:1").as_("s:n")')
    known = [CONTROL_WORDS[each].name if each in CONTROL_WORDS else each for each in given]
    return mapped(pattern, lambda value: dict(zip(known, _parts(value), strict=False)))
