"""Things chosen by chance, and cycles cut up and dealt again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from livecoder.core.errors import PatternError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.patterns.chance import per_cycle, rand, randoms_at
from livecoder.patterns.joins import inner_join, outer_join
from livecoder.patterns.pattern import Pattern, mapped, reify, relabel, silence
from livecoder.patterns.spans import new
from livecoder.patterns.timing import quickened, repeat_cycles, zoom
from livecoder.patterns.verbs import COUNT, describe_argument, verb

__all__ = [
    "choose", "choose_cycles", "choose_in", "scramble", "shuffle", "wchoose", "wchoose_cycles",
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


def choose_cycles(*things: Any) -> Pattern:
    """One of the things by chance each cycle.

    >>> {hap.value for hap in choose_cycles("c", "e").query(0, 16)} == {"c", "e"}
    True
    """
    label = f"choose_cycles({', '.join(map(describe_argument, things))})"
    return relabel(choose_in(things, rand), label)


def _pair(given: Any) -> tuple[Pattern, float]:
    if isinstance(given, (list, tuple)) and len(given) == 2:
        thing, weight = given
        if isinstance(weight, (int, float, Rational, Fraction)) and 0 <= weight < math.inf:
            return reify(thing), float(weight)
    message = f"{describe_argument(given)} is no thing with its weight, 0 or more"
    raise PatternError(f'{message}; try wchoose(["c", 3], ["e", 1])')


def _weighed(pairs: Sequence[Any]) -> Callable[[float], Pattern]:
    weighed = [_pair(given) for given in pairs] or [(silence, 1.0)]
    weights = [weight for _, weight in weighed]

    def pick(number: float) -> Pattern:
        left = number * sum(weights)
        for pattern, weight in weighed:
            left -= weight
            if left < 0:
                return pattern
        return weighed[-1][0]

    return pick


def wchoose(*pairs: Any) -> Pattern:
    """One of the things by chance, all the time, each `[thing, weight]`.

    >>> {hap.value for hap in wchoose(["c", 9], ["e", 0]).segment(8).query(0, 8)}
    {'c'}
    """
    return relabel(outer_join(mapped(rand, _weighed(pairs))), "wchoose(...)")


def wchoose_cycles(*pairs: Any) -> Pattern:
    """One of the things by chance each cycle, each `[thing, weight]`.

    >>> {hap.value for hap in wchoose_cycles(["c", 9], ["e", 0]).query(0, 8)}
    {'c'}
    """
    return relabel(inner_join(mapped(per_cycle(rand), _weighed(pairs))), "wchoose_cycles(...)")


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

    return _rearranged(pattern, Pattern(order).split_queries(), pieces)


@verb(COUNT, example='n("0 1 2 3").scramble(4)')
def scramble(pattern: Pattern, pieces: int) -> Pattern:
    """Cuts each cycle in pieces and plays one of them by chance in each place.

    >>> from livecoder.patterns import n
    >>> len(n("0 1 2 3").scramble(4).query(5, 6))
    4
    """
    held = quickened(per_cycle(quickened(rand, Rational(1, pieces))), Rational(pieces))
    return _rearranged(pattern, mapped(held, lambda x: math.trunc(x * pieces)), pieces)
