"""Things chosen by chance, and cycles cut up and dealt again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from livecoder.core.errors import PatternError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.patterns.chance import per_cycle, rand, randoms_at
from livecoder.patterns.joins import app_both, inner_join, outer_join
from livecoder.patterns.pattern import VARIES, Pattern, mapped, pure, reify, relabel, silence
from livecoder.patterns.spans import new
from livecoder.patterns.timing import quickened, repeat_cycles, zoom
from livecoder.patterns.verbs import COUNT, PATTERN, describe_argument, verb

__all__ = [
    "choose", "choose2", "choose_cycles", "choose_in", "choose_with", "randrun", "scramble",
    "shuffle", "wchoose", "wchoose_cycles",
]  # fmt: skip


def _index(number: float, count: int) -> int:
    return max(0, min(math.floor(number * count), count - 1))


def choose_in(things: Sequence[Any], chance: Pattern) -> Pattern:
    """Return, each cycle, one of the things, by the number of `chance` there."""
    patterns = [reify(thing) for thing in things] or [silence]
    picked = mapped(per_cycle(chance), lambda x: patterns[_index(x, len(patterns))])
    return inner_join(picked)


def choose(*things: Any) -> Pattern:
    """One of the things by chance, all the time; give it a rhythm with `.segment(8)`.

    >>> {hap.value for hap in choose("c", "e").segment(8).query(0, 8)} == {"c", "e"}
    True
    """
    patterns = [reify(thing) for thing in things] or [silence]
    picked = mapped(rand, lambda x: patterns[_index(x, len(patterns))])
    return relabel(outer_join(picked), f"choose({', '.join(map(describe_argument, things))})")


def choose_with(chance: Any, things: Sequence[Any]) -> Pattern:
    """One of a list of things all the time, by a signal from 0 to 1 of your own.

    >>> from livecoder.patterns import saw
    >>> [hap.value for hap in choose_with(saw, ["a", "b"]).segment(4).query(0, 1)]
    ['a', 'a', 'b', 'b']
    """
    if not isinstance(things, (list, tuple)):
        message = f"choose_with takes a list, got {describe_argument(things)}"
        raise PatternError(message + '; try choose_with(saw, ["a", "b"])')
    patterns = [reify(thing) for thing in things] or [silence]
    picked = mapped(reify(chance), lambda x: patterns[_index(_unit(x), len(patterns))])
    label = f"choose_with({describe_argument(chance)}, ...)"
    return relabel(outer_join(picked), label)


def _unit(value: Any) -> float:
    if isinstance(value, (int, float, Rational)) and math.isfinite(value):
        return float(value)
    message = f"what chooses is a number from 0 to 1, got {value!r}; try rand.choose('a', 'b')"
    raise PatternError(message)


@verb(PATTERN, example='rand.choose("a", "b").segment(4)', name="choose", many=True)
def _chosen(pattern: Pattern, *things: Pattern) -> Pattern:
    """Takes one of the things, by its values from 0 to 1.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("0 .6").choose("a", "b").query(0, 1)]
    ['a', 'b']
    """
    return choose_with(pattern, things)


@verb(PATTERN, example='sine2.choose2("a", "b").segment(4)', many=True)
def choose2(pattern: Pattern, *things: Pattern) -> Pattern:
    """Takes one of the things, by its values from -1 to 1.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("-1 .2").choose2("a", "b").query(0, 1)]
    ['a', 'b']
    """
    return choose_with(mapped(pattern, lambda x: (_unit(x) + 1) / 2), things)


def randrun(count: int) -> Pattern:
    """The whole numbers from 0 to below `count` in a cycle, in another order each cycle.

    >>> sorted(hap.value for hap in randrun(8).query(3, 4))
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    try:
        pieces = COUNT.read(count)
    except (TypeError, ValueError):
        message = f"randrun takes {COUNT.name}, got {describe_argument(count)}; try randrun(8)"
        raise PatternError(message) from None
    return relabel(_order(pieces), f"randrun({pieces})", steps=Rational(pieces))


def choose_cycles(*things: Any) -> Pattern:
    """One of the things by chance each cycle.

    >>> {hap.value for hap in choose_cycles("c", "e").query(0, 16)} == {"c", "e"}
    True
    """
    label = f"choose_cycles({', '.join(map(describe_argument, things))})"
    return relabel(choose_in(things, rand), label)


def _weight(given: Any) -> float:
    if isinstance(given, (int, float, Rational, Fraction)) and 0 <= given < math.inf:
        return float(given)
    message = f"a weight is a number, 0 or more, got {given!r}"
    raise PatternError(f'{message}; try wchoose(["c", 3], ["e", 1])')


def _pair(given: Any) -> tuple[Pattern, Pattern]:
    if isinstance(given, (list, tuple)) and len(given) == 2:
        weight = reify(given[1])
        for atom in weight.atoms or ():
            _weight(atom)
        return reify(given[0]), weight
    message = f"{describe_argument(given)} is no thing with its weight, 0 or more"
    raise PatternError(f'{message}; try wchoose(["c", 3], ["e", 1])')


def _weighed(pairs: Sequence[Any], chance: Pattern) -> Pattern:
    """Return a pattern of the patterns that `chance` picks by weights that may be patterns."""
    weighed = [_pair(given) for given in pairs] or [(silence, pure(1))]

    def pick(number: float, weights: list[float]) -> Pattern:
        left = number * sum(weights)
        for (pattern, _), weight in zip(weighed, weights, strict=True):
            left -= weight
            if left < 0:
                return pattern
        return weighed[-1][0]

    together = mapped(weighed[0][1], lambda value: [_weight(value)])
    for _, weight in weighed[1:]:
        together = app_both(together, weight, lambda held, value: [*held, _weight(value)])
    if together.constant is not VARIES:
        return mapped(chance, lambda number: pick(number, together.constant))
    return inner_join(
        mapped(together, lambda weights: mapped(chance, lambda number: pick(number, weights)))
    )


def wchoose(*pairs: Any) -> Pattern:
    """One of the things by chance, all the time, each `[thing, weight]`.

    >>> {hap.value for hap in wchoose(["c", 9], ["e", 0]).segment(8).query(0, 8)}
    {'c'}
    """
    return relabel(outer_join(_weighed(pairs, rand)), "wchoose(...)")


def wchoose_cycles(*pairs: Any) -> Pattern:
    """One of the things by chance each cycle, each `[thing, weight]`.

    >>> {hap.value for hap in wchoose_cycles(["c", 9], ["e", 0]).query(0, 8)}
    {'c'}
    """
    return relabel(inner_join(_weighed(pairs, per_cycle(rand))), "wchoose_cycles(...)")


def _rearranged(pattern: Pattern, order: Pattern, count: int) -> Pattern:
    pieces = [
        quickened(
            repeat_cycles(
                count, zoom.function(pattern, Rational(i, count), Rational(i + 1, count))
            ),
            Rational(count),
        )
        for i in range(count)
    ]
    return inner_join(mapped(order, lambda i: pieces[i]))


@verb(COUNT, example='n("0 1 2 3").shuffle(4)')
def shuffle(pattern: Pattern, pieces: int) -> Pattern:
    """Cuts each cycle in pieces and plays them in another order, each once.

    >>> from livecoder.patterns import n
    >>> sorted(hap.value["n"] for hap in n("0 1 2 3").shuffle(4).query(5, 6))
    [0, 1, 2, 3]
    """
    return _rearranged(pattern, _order(pieces), pieces)


def _order(pieces: int) -> Pattern:
    def order(span: Span) -> list[Hap]:
        cycle = math.floor(span[0])
        numbers = randoms_at(cycle + 0.5, pieces)
        ranking = sorted(range(pieces), key=lambda i: numbers[i])
        width = Rational(1, pieces)
        haps = []
        for place, piece in enumerate(ranking):
            slot = new(Span, (cycle + place * width, cycle + (place + 1) * width))
            low, high = max(slot[0], span[0]), min(slot[1], span[1])
            if low < high or low == high == span[0] == span[1] < slot[1]:
                part = slot if (low, high) == slot else new(Span, (low, high))
                haps.append(new(Hap, (slot, part, piece, ())))
        return haps

    return Pattern(order).split_queries()


@verb(COUNT, example='n("0 1 2 3").scramble(4)')
def scramble(pattern: Pattern, pieces: int) -> Pattern:
    """Cuts each cycle in pieces and plays one of them by chance in each place.

    >>> from livecoder.patterns import n
    >>> len(n("0 1 2 3").scramble(4).query(5, 6))
    4
    """
    held = quickened(per_cycle(quickened(rand, Rational(1, pieces))), Rational(pieces))
    return _rearranged(pattern, mapped(held, lambda x: math.trunc(x * pieces)), pieces)
