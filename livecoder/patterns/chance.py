"""Chance that comes out the same every time: a function of the time and a seed, nothing else.

The numbers are those of Strudel and Tidal: the time in cycles, wrapped after 300, makes 29 bits,
stirred by one round of a xorshift (G. Marsaglia, "Xorshift RNGs", 2003). Another seed reads the
same numbers from another time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, Rational, rational
from livecoder.patterns.factories import stack
from livecoder.patterns.joins import app_left, inner_join
from livecoder.patterns.pattern import Pattern, mapped, reify, relabel
from livecoder.patterns.signals import signal
from livecoder.patterns.spans import new
from livecoder.patterns.timing import moved
from livecoder.patterns.verbs import (
    FUNCTION,
    NUMBER,
    applied,
    describe_argument,
    number_in,
    verb,
)

__all__ = [
    "almost_always",
    "almost_never",
    "always",
    "berlin",
    "brand",
    "brand_by",
    "degrade",
    "degrade_by",
    "degraded",
    "irand",
    "never",
    "offset_rand",
    "often",
    "per_cycle",
    "perlin",
    "rand",
    "rand2",
    "rand_of",
    "random_at",
    "randoms_at",
    "rarely",
    "some_cycles",
    "some_cycles_by",
    "sometimes",
    "sometimes_by",
    "un_degrade_by",
    "undegrade_by",
]

_BITS = 1 << 29
_SEED_STEP = Rational(3, 10_000)


def _stir(value: int) -> int:
    # On 32 bits with a sign, which every hap that hangs on chance pays for: so without a call.
    value = (value << 13 ^ value) & 0xFFFFFFFF
    if value & 0x8000_0000:
        value -= 0x1_0000_0000
    value ^= value >> 17
    value = (value << 5 ^ value) & 0xFFFFFFFF
    return value - 0x1_0000_0000 if value & 0x8000_0000 else value


def _seed_at(time: float) -> int:
    wrapped = math.fmod(time / 300, 1.0)
    return _stir(int(wrapped * _BITS))


def _unit(seed: int) -> float:
    return math.fmod(seed, _BITS) / _BITS


def random_at(time: float) -> float:
    """Return the random number of a time in cycles, 0 to 1.

    >>> random_at(0.25) == random_at(0.25) != random_at(0.5)
    True
    """
    return abs(_unit(_seed_at(time)))


def randoms_at(time: float, count: int) -> list[float]:
    """Return so many random numbers of one time, -1 to 1; only their order is of use."""
    seed = _seed_at(time)
    if count == 1:
        return [abs(_unit(seed))]
    numbers = []
    for _ in range(count):
        numbers.append(_unit(seed))
        seed = _stir(seed)
    return numbers


rand: Final = signal(random_at, "rand")


def rand_of(seed: int) -> Pattern:
    """Random numbers from 0 to 1, as `rand`, other ones for each seed.

    >>> rand_of(1).query(0, 1)[0].value == rand_of(2).query(0, 1)[0].value
    False
    """
    number = rational(number_in(seed, "rand_of", "rand_of(1)"))
    return relabel(moved(rand, -number * 7), f"rand_of({seed})")


def offset_rand(place: int) -> Pattern:
    """Return the random numbers of the `place`-th chance in a notation."""
    return moved(rand, -_SEED_STEP * place)


def _smooth(x: float) -> float:
    return 6.0 * x**5 - 15.0 * x**4 + 10.0 * x**3


def _noise(time: float) -> float:
    before = math.floor(time)
    low, high = random_at(before), random_at(before + 1)
    return low + _smooth(time - before) * (high - low)


perlin: Final = signal(_noise, "perlin")


def _wander(time: float) -> float:
    before = math.floor(time)
    low = random_at(before)
    high = random_at(before + 1) + low  # so it rises through the cycle, by a chance
    return (low + (time - before) * (high - low)) / 2


rand2: Final = relabel(mapped(rand, lambda x: x * 2 - 1), "rand2")
berlin: Final = signal(_wander, "berlin")


def irand(top: Any) -> Pattern:
    """Random whole numbers from 0 to below `top`, all the time.

    >>> all(hap.value in range(8) for hap in irand(8).segment(16).query(0, 4))
    True
    """
    label = f"irand({describe_argument(top)})"

    def below(given: Any) -> Pattern:
        bound = number_in(given, "irand", "irand(8)")
        return mapped(rand, lambda x: math.trunc(x * bound))

    return relabel(inner_join(mapped(reify(top), below)), label)


def brand_by(chance: Any) -> Pattern:
    """True by a chance from 0 to 1, all the time.

    >>> {hap.value for hap in brand_by(1).segment(8).query(0, 4)}
    {True}
    """
    label = f"brand_by({describe_argument(chance)})"

    def likely(given: Any) -> Pattern:
        bound = number_in(given, "brand_by", "brand_by(.3)")
        return mapped(rand, lambda x: x < bound)

    return relabel(inner_join(mapped(reify(chance), likely)), label)


brand: Final = relabel(mapped(rand, lambda x: x < 0.5), "brand")


def degraded(pattern: Pattern, amount: float, chance: Pattern) -> Pattern:
    """Return only the haps at whose time `chance` is more than `amount`; all of them for 0."""
    if amount <= 0:
        return pattern  # or the first of all, whose number is 0, would go
    ask, ask_chance = pattern.ask, chance.ask

    def ask_lucky(span: Span) -> list[Hap]:
        return [
            hap for hap in ask(span) for other in ask_chance(hap[0] or hap[1]) if other[2] > amount
        ]

    if chance.steps is None:  # a signal: one number for each hap
        return Pattern(ask_lucky, pattern.label, steps=pattern.steps)
    lucky = chance.filter_values(lambda number: number > amount)
    return app_left(pattern, lucky, lambda value, _: value, pattern.label)


def _flipped(chance: Pattern) -> Pattern:
    return mapped(chance, lambda x: 1 - x)


def per_cycle(chance: Pattern) -> Pattern:
    """Return the number of a signal at the beginning of each cycle, held through it."""
    ask = chance.ask

    def held(span: Span) -> list[Hap]:
        begin = Rational(math.floor(span[0]))
        cycle = new(Span, (begin, begin + 1))
        value = ask(cycle)[0][2]
        return [new(Hap, (cycle, span, value, ()))]

    return relabel(Pattern(held).split_queries(), "", steps=ONE)


@verb(NUMBER, example='s("hh*8").degrade_by(.3)', aliases=("degradeby",))
def degrade_by(pattern: Pattern, amount: float) -> Pattern:
    """Leaves each hap out by a chance from 0 (none) to 1 (all).

    >>> from livecoder.patterns import s
    >>> len(s("hh*8").degrade_by(0).query(1, 2)), len(s("hh*8").degrade_by(1).query(1, 2))
    (8, 0)
    """
    return degraded(pattern, amount, rand)


@verb(example='s("hh*8").degrade()')
def degrade(pattern: Pattern) -> Pattern:
    """Leaves out about half of the haps.

    >>> from livecoder.patterns import s
    >>> 20 < len(s("hh*8").degrade().query(1, 9)) < 44
    True
    """
    return degraded(pattern, 0.5, rand)


@verb(NUMBER, example='s("hh*8").undegrade_by(.3)', aliases=("undegradeBy",))
def undegrade_by(pattern: Pattern, amount: float) -> Pattern:
    """Keeps what `degrade_by` of one minus that leaves out; the two together play everything.

    >>> from livecoder.patterns import s
    >>> p = s("hh*8")
    >>> len(p.degrade_by(.3).query(1, 9)) + len(p.undegrade_by(.7).query(1, 9))
    64
    """
    return degraded(pattern, amount, _flipped(rand))


@verb(NUMBER, example='s("hh*8").un_degrade_by(.3)', aliases=("unDegradeBy",))
def un_degrade_by(pattern: Pattern, amount: float) -> Pattern:
    """Keeps what `degrade_by` of one minus that leaves out; another name of `undegrade_by`.

    >>> from livecoder.patterns import s
    >>> len(s("hh*8").un_degrade_by(0).query(1, 2))
    8
    """
    return degraded(pattern, amount, _flipped(rand))


@verb(example='s("hh*8").undegrade()', aliases=("unDegrade",))
def undegrade(pattern: Pattern) -> Pattern:
    """Keeps about half of the haps: those that `degrade` leaves out.

    >>> from livecoder.patterns import s
    >>> p = s("hh*8")
    >>> len(p.degrade().query(1, 9)) + len(p.undegrade().query(1, 9))
    64
    """
    return degraded(pattern, 0.5, _flipped(rand))


def _some(pattern: Pattern, chance: float, function: Callable[..., Any], by: Pattern) -> Pattern:
    rest = degraded(pattern, chance, by)
    chosen = degraded(pattern, 1 - chance, _flipped_like(by))
    return relabel(stack(rest, applied(function, chosen)).split_queries(), "", steps=None)


def _flipped_like(chance: Pattern) -> Pattern:
    return relabel(_flipped(chance), "", steps=chance.steps)


@verb(NUMBER, FUNCTION, example='s("hh*8").sometimes_by(.3, lambda x: x.speed(2))')
def sometimes_by(pattern: Pattern, chance: float, function: Callable[[Pattern], Any]) -> Pattern:
    """Does something to each hap by a chance from 0 to 1.

    >>> from livecoder.patterns import s
    >>> len(s("hh*8").sometimes_by(.3, lambda x: x.speed(2)).query(1, 5))
    32
    """
    return _some(pattern, chance, function, rand)


@verb(NUMBER, FUNCTION, example='s("hh*8").some_cycles_by(.3, lambda x: x.speed(2))')
def some_cycles_by(pattern: Pattern, chance: float, function: Callable[[Pattern], Any]) -> Pattern:
    """Does something to whole cycles by a chance from 0 to 1.

    >>> from livecoder.patterns import s
    >>> len(s("hh*8").some_cycles_by(.3, lambda x: x.speed(2)).query(1, 5))
    32
    """
    return _some(pattern, chance, function, per_cycle(rand))


@verb(FUNCTION, example='s("hh*8").some_cycles(lambda x: x.speed(2))')
def some_cycles(pattern: Pattern, function: Callable[[Pattern], Any]) -> Pattern:
    """Does something to about half of the cycles.

    >>> from livecoder.patterns import s
    >>> len(s("hh*8").some_cycles(lambda x: x.speed(2)).query(1, 5))
    32
    """
    return _some(pattern, 0.5, function, per_cycle(rand))


def _chancy(name: str, chance: float, meaning: str) -> Any:
    def change(pattern: Pattern, function: Callable[[Pattern], Any]) -> Pattern:
        return _some(pattern, chance, function, rand)

    change.__doc__ = f"""{meaning}

    >>> from livecoder.patterns import s
    >>> len(s("hh*8").{name}(lambda x: x.speed(2)).query(1, 5))
    32
    """
    change.__name__ = change.__qualname__ = name
    change.__module__ = __name__
    return verb(FUNCTION, example=f's("hh*8").{name}(lambda x: x.speed(2))', name=name)(change)


sometimes: Final = _chancy("sometimes", 0.5, "Does something to about half of the haps.")
often: Final = _chancy("often", 0.75, "Does something to about three haps of four.")
rarely: Final = _chancy("rarely", 0.25, "Does something to about one hap of four.")
almost_never: Final = _chancy("almost_never", 0.1, "Does something to about one hap of ten.")
almost_always: Final = _chancy("almost_always", 0.9, "Does something to about nine haps of ten.")


@verb(FUNCTION, example='s("hh*8").always(rev)')
def always(pattern: Pattern, function: Callable[[Pattern], Any]) -> Pattern:
    """Does it.

    >>> from livecoder.patterns import s, rev
    >>> sorted(s("bd sn").always(rev).query(0, 1))[0].value
    {'s': 'sn'}
    """
    return applied(function, pattern)


@verb(FUNCTION, example='s("hh*8").never(rev)')
def never(pattern: Pattern, function: Callable[[Pattern], Any]) -> Pattern:  # noqa: ARG001
    """Does nothing: to switch something off without deleting it.

    >>> from livecoder.patterns import s, rev
    >>> sorted(s("bd sn").never(rev).query(0, 1))[0].value
    {'s': 'bd'}
    """
    return pattern
