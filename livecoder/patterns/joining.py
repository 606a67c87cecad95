"""For patterns of patterns, and haps by hand: what the other families are made of, as methods.

`p.bind(f)` makes a pattern of every value and joins them; `inner` keeps the haps of those
patterns, `outer` the haps of `p`, `squeeze` fits a cycle into each hap, `reset` and `restart` begin
them there. The names are those of monads in functional languages, and Strudel's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from livecoder.patterns.factories import fastcat, slowcat, stack
from livecoder.patterns.joins import (
    inner_join,
    mix_join,
    outer_join,
    reset_join,
    restart_join,
    squeeze_join,
)
from livecoder.patterns.operators import OPERATORS
from livecoder.patterns.pattern import Pattern, reify, relabel
from livecoder.patterns.verbs import FUNCTION, PATTERN, RAW, camel, describe_argument, verb

__all__: list[str] = []

_JOINS: Final = (
    ("", mix_join, "where both are"),
    ("inner_", inner_join, "as the inner ones have them"),
    ("outer_", outer_join, "as the outer one has them"),
    ("squeeze_", squeeze_join, "a cycle of each inside its hap"),
    ("reset_", reset_join, "the cycle begun again at its hap"),
    ("restart_", restart_join, "begun from cycle 0 at its hap"),
)


def _declare(prefix: str, join: Callable[[Pattern], Pattern], how: str) -> None:
    def joined(pattern: Pattern) -> Pattern:
        return join(pattern.with_value(reify))

    joined.__doc__ = f"""A pattern of patterns as one: haps {how}.

    >>> from livecoder.patterns import mini
    >>> p = mini("<0 1>").fmap(lambda value: mini("a b")).{prefix}join()
    >>> {{hap.value for hap in p.query(0, 2)}} <= {{"a", "b"}}
    True
    """

    def bound(pattern: Pattern, function: Callable[[Any], Any]) -> Pattern:
        return join(pattern.with_value(lambda value: reify(function(value))))

    bound.__doc__ = f"""A pattern for each value, made by a function, as one: haps {how}.

    >>> from livecoder.patterns import mini
    >>> p = mini("<0 1>").{prefix}bind(lambda value: mini("a b").fast(value + 1))
    >>> {{hap.value for hap in p.query(0, 2)}} <= {{"a", "b"}}
    True
    """
    for change, name in ((joined, f"{prefix}join"), (bound, f"{prefix}bind")):
        change.__name__ = change.__qualname__ = name
        change.__module__ = __name__
    verb(FUNCTION, example=f'mini("2 3").{prefix}bind(run)', name=bound.__name__)(bound)
    # A pattern of patterns is made by hand, so joining it is no word of its own.
    for spelling in (joined.__name__, camel(joined.__name__)):
        setattr(Pattern, spelling, joined)


for _prefix, _join, _how in _JOINS:
    _declare(_prefix, _join, _how)

_LINES: Final = (
    (stack, ("stack",), "Plays others at the same time.", ["a", "b"]),
    (slowcat, ("cat", "slowcat"), "Then plays others, a cycle each, in turn.", ["a"]),
    (fastcat, ("seq", "fastcat", "sequence"), "Then plays others, in one cycle.", ["a", "b"]),
)


def _line(make: Callable[..., Pattern], name: str, meaning: str, played: list[str]) -> None:
    def together(pattern: Pattern, *others: Pattern) -> Pattern:
        inside = ", ".join(map(describe_argument, others))
        return relabel(make(pattern, *others), f"{pattern.label}.{name}({inside})")

    together.__doc__ = f"""{meaning}

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("a").{name}("b").query(0, 1)]
    {played!r}
    """
    together.__name__ = together.__qualname__ = name
    together.__module__ = __name__
    verb(PATTERN, example=f's("bd sn").{name}(s("hh*4"))', name=name, many=True)(together)


for _make, _names, _meaning, _played in _LINES:
    for _name in _names:
        _line(_make, _name, _meaning, _played)

_SETTINGS: Final = (
    ("out", "in the other's rhythm", [3, 4, 4, 5]),
    ("mix", "where both are", [3, 4, 4, 5]),
    ("squeeze", "a cycle of it inside each hap", [3, 4, 5, 3, 4, 5]),
    ("squeezeout", "begun anew, whole, inside each of its haps", [3, 3, 4, 4, 5, 5]),
    ("poly", "its steps as long as these", [3, 4]),
)


def _setting(how: str, where: str, played: list[int]) -> None:
    def put(pattern: Pattern, *others: Any) -> Pattern:
        return OPERATORS["set"].align(pattern, others, how)

    put.__doc__ = f"""Puts another's values in, {where}; `set.{how}` by a shorter name.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("1 2").{how}("3 4 5").query(0, 1)]
    {played!r}
    """
    put.__name__ = put.__qualname__ = how
    put.__module__ = __name__
    verb(RAW, example=f'n("0 1").{how}(n("3 4 5"))', name=how, many=True)(put)


for _how, _where, _values in _SETTINGS:
    _setting(_how, _where, _values)

# Methods of every pattern that are no words of their own, under Strudel's spelling too.
for _own, _spelt in (
    *((name, camel(name)) for name in (
        "with_value", "filter_haps", "filter_values", "split_queries", "discrete_only",
        "onsets_only",
    )),
    ("query", "queryArc"),
):  # fmt: skip
    setattr(Pattern, _spelt, vars(Pattern)[_own])
