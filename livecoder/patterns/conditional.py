"""Now and then: what is done in some cycles, some parts of the cycle, or when a pattern says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor
from typing import Any, TypeAlias

from livecoder.core.haps import Hap
from livecoder.core.rational import ONE, Rational
from livecoder.patterns.factories import fastcat, slowcat, slowcat_prime, stack
from livecoder.patterns.joins import inner_join
from livecoder.patterns.operators import truthy
from livecoder.patterns.pattern import Pattern, mapped, pure, relabel, silence
from livecoder.patterns.timing import iter_, iter_back, moved, repeat_cycles, ribbon
from livecoder.patterns.verbs import BOOL, COUNT, FUNCTION, INTEGER, PATTERN, TIME, applied, verb

__all__ = [
    "brak",
    "bypass",
    "chunk",
    "chunk_back",
    "chunk_back_into",
    "chunk_into",
    "every",
    "fast_chunk",
    "filter_",
    "filter_when",
    "first_of",
    "into",
    "last_of",
    "rot",
    "when",
    "whenmod",
    "within",
]

Change: TypeAlias = Callable[[Pattern], Any]


def _in_turn(turns: Sequence[Pattern]) -> Pattern:
    return relabel(slowcat_prime(*turns), "", steps=None)


@verb(COUNT, FUNCTION, example='s("bd sn").every(3, rev)')
def every(pattern: Pattern, cycles: int, function: Change) -> Pattern:
    """Does something every so many cycles, the first time at once.

    >>> from livecoder.patterns import n, rev
    >>> [hap.value["n"] for hap in sorted(n("0 1").every(2, rev).query(0, 2))]
    [1, 0, 0, 1]
    """
    return _in_turn([applied(function, pattern), *[pattern] * (cycles - 1)])


@verb(COUNT, FUNCTION, example='s("bd sn").first_of(4, rev)', aliases=("firstof",))
def first_of(pattern: Pattern, cycles: int, function: Change) -> Pattern:
    """Does something in the first of every so many cycles; another name of `every`.

    >>> from livecoder.patterns import n, rev
    >>> [hap.value["n"] for hap in sorted(n("0 1").first_of(2, rev).query(0, 2))]
    [1, 0, 0, 1]
    """
    return _in_turn([applied(function, pattern), *[pattern] * (cycles - 1)])


@verb(COUNT, FUNCTION, example='s("bd sn").last_of(4, rev)', aliases=("lastof",))
def last_of(pattern: Pattern, cycles: int, function: Change) -> Pattern:
    """Does something in the last of every so many cycles.

    >>> from livecoder.patterns import n, rev
    >>> [hap.value["n"] for hap in sorted(n("0 1").last_of(2, rev).query(0, 2))]
    [0, 1, 1, 0]
    """
    return _in_turn([*[pattern] * (cycles - 1), applied(function, pattern)])


@verb(PATTERN, FUNCTION, example='s("bd sn").when("<0 1>", rev)')
def when(pattern: Pattern, test: Pattern, function: Change) -> Pattern:
    """Does something while another pattern is true.

    >>> from livecoder.patterns import n, rev
    >>> [hap.value["n"] for hap in sorted(n("0 1").when("<0 1>", rev).query(0, 2))]
    [0, 1, 1, 0]
    """
    changed = applied(function, pattern)
    return inner_join(mapped(test, lambda value: changed if truthy(value) else pattern))


@verb(COUNT, INTEGER, FUNCTION, example='s("bd sn").whenmod(4, 2, rev)', aliases=("when_mod",))
def whenmod(pattern: Pattern, cycles: int, first: int, function: Change) -> Pattern:
    """Does something in cycle `first` and the following ones of every so many.

    >>> from livecoder.patterns import n, rev
    >>> [hap.value["n"] for hap in sorted(n("0 1").whenmod(2, 1, rev).query(0, 2))]
    [0, 1, 1, 0]
    """
    changed = applied(function, pattern)
    return _in_turn([changed if number >= first else pattern for number in range(cycles)])


@verb(TIME, TIME, FUNCTION, example='s("bd*2 sn").within(0, .5, fast(2))')
def within(pattern: Pattern, begin: Rational, end: Rational, function: Change) -> Pattern:
    """Does something to the haps that begin in a part of the cycle, its end included.

    >>> from livecoder.patterns import n
    >>> p = n("0 1 2 3").within(0, .4, lambda x: x.add(n(10)))
    >>> [hap.value["n"] for hap in sorted(p.query(0, 1))]
    [10, 11, 2, 3]
    """

    def there(hap: Hap) -> bool:
        if hap.whole is None:
            return False
        place = hap.whole.begin - floor(hap.whole.begin)
        return bool(begin <= place <= end)

    chosen = applied(function, pattern.filter_haps(there))
    return stack(chosen, pattern.filter_haps(lambda hap: not there(hap)))


def _flags(count: int) -> Pattern:
    return fastcat(pure(True), *[pure(False)] * (count - 1))


def _chunked(pattern: Pattern, function: Change, flags: Pattern) -> Pattern:
    changed = applied(function, pattern)
    chosen = inner_join(mapped(flags, lambda now: changed if now else pattern))
    return relabel(chosen, "", steps=pattern.steps)


@verb(
    COUNT,
    FUNCTION,
    example='s("bd sn cp hh").chunk(4, lambda x: x.speed(2))',
    aliases=("slowchunk", "slowChunk"),
)
def chunk(pattern: Pattern, parts: int, function: Change) -> Pattern:
    """Does something to one part of the pattern, the next part each time round.

    >>> from livecoder.patterns import n
    >>> p = n("0 1").chunk(2, lambda x: x.add(n(10)))
    >>> [hap.value["n"] for hap in sorted(p.query(0, 2))]
    [10, 1, 0, 11]
    """
    flags = iter_back(parts, _flags(parts))
    return _chunked(repeat_cycles(parts, pattern), function, flags)


@verb(COUNT, FUNCTION, example='s("bd sn").chunk_back(4, rev)', aliases=("chunkback",))
def chunk_back(pattern: Pattern, parts: int, function: Change) -> Pattern:
    """Does something to one part of the pattern, the part before it each time round.

    >>> from livecoder.patterns import n
    >>> p = n("0 1 2").chunk_back(3, lambda x: x.add(n(10)))
    >>> [hap.value["n"] for hap in sorted(p.query(1, 2))]
    [0, 1, 12]
    """
    flags = iter_(parts, _flags(parts))
    return _chunked(repeat_cycles(parts, pattern), function, flags)


@verb(COUNT, FUNCTION, example='s("<bd sn>*4").fast_chunk(4, rev)', aliases=("fastchunk",))
def fast_chunk(pattern: Pattern, parts: int, function: Change) -> Pattern:
    """Does something to one part of the cycle, the next part each cycle, which goes on meanwhile.

    >>> from livecoder.patterns import n
    >>> p = n("<0 1> 2").fast_chunk(2, lambda x: x.add(n(10)))
    >>> [hap.value["n"] for hap in sorted(p.query(0, 2))]
    [10, 2, 1, 12]
    """
    return _chunked(pattern, function, iter_back(parts, _flags(parts)))


@verb(PATTERN, FUNCTION, example='s("bd sn cp hh").into("1 0", fast(2))')
def into(pattern: Pattern, where: Pattern, function: Change) -> Pattern:
    """Does something to the pieces where another pattern is true, each looped meanwhile.

    >>> from livecoder.patterns import n, fast
    >>> [hap.value["n"] for hap in sorted(n("0 1 2 3").into("1 0", fast(2)).query(0, 1))]
    [0, 1, 0, 1, 2, 3]
    """
    ask = where.ask

    def pieces(hap: Hap) -> Pattern:
        whole = hap.whole
        if whole is None or not truthy(hap.value) or whole.begin == whole.end:
            return pattern
        looped = ribbon.function(pattern, whole.begin, whole.end - whole.begin)
        return applied(function, looped)

    def joined(span: Any) -> list[Hap]:
        haps: list[Hap] = []
        for hap in ask(span):
            haps += pieces(hap).ask(hap.part)
        return haps

    return Pattern(joined, pattern.label)


@verb(COUNT, FUNCTION, example='s("bd sn cp hh").chunk_into(4, fast(2))', aliases=("chunkinto",))
def chunk_into(pattern: Pattern, parts: int, function: Change) -> Pattern:
    """Does something to one part of the cycle, looped meanwhile, the next part each cycle.

    >>> from livecoder.patterns import n, fast
    >>> [hap.value["n"] for hap in sorted(n("0 1").chunk_into(2, fast(2)).query(0, 1))]
    [0, 0, 1]
    """
    result: Pattern = into.function(pattern, iter_back(parts, _flags(parts)), function)
    return result


@verb(COUNT, FUNCTION, example='s("bd sn").chunk_back_into(2, fast(2))', aliases=("chunkbackinto",))
def chunk_back_into(pattern: Pattern, parts: int, function: Change) -> Pattern:
    """Does something to one part of the cycle, looped meanwhile, the part before each cycle.

    >>> from livecoder.patterns import n, fast
    >>> [hap.value["n"] for hap in sorted(n("0 1").chunk_back_into(2, fast(2)).query(1, 2))]
    [0, 0, 1]
    """
    flags = moved(iter_(parts, _flags(parts)), -ONE)
    result: Pattern = into.function(pattern, flags, function)
    return result


@verb(example='s("bd sn").brak()')
def brak(pattern: Pattern) -> Pattern:
    """Every other cycle, squeezes the pattern in half and pushes it a quarter late: a breakbeat.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd sn").brak().query(1, 2)]
    ['5/4', '3/2']
    """
    broken = moved(fastcat(pattern, silence), Rational(1, 4))
    return inner_join(mapped(slowcat(False, True), lambda now: broken if now else pattern))


@verb(BOOL, example='s("bd sn").bypass("<1 0>")')
def bypass(pattern: Pattern, off: bool) -> Pattern:
    """Is silent where it is true: to switch a pattern off.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.begin) for hap in s("bd").bypass("<1 0>").query(0, 2)]
    ['1']
    """
    return silence if off else pattern


@verb(example='s("bd sn").hush()', name="hush")
def _hush(pattern: Pattern) -> Pattern:  # noqa: ARG001
    """Is silent.

    >>> from livecoder.patterns import s
    >>> s("bd").hush().query(0, 1)
    []
    """
    return silence


@verb(FUNCTION, example='n("0 1 2").filter(lambda hap: hap.value["n"] > 0)', name="filter_",
      aliases=("filter",))  # fmt: skip
def filter_(pattern: Pattern, keep: Callable[[Hap], Any]) -> Pattern:
    """Only the haps for which a function of a hap is true.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2").filter(lambda hap: hap.value["n"] > 0).query(0, 1)]
    [1, 2]
    """
    return pattern.filter_haps(lambda hap: bool(keep(hap)))


@verb(FUNCTION, example='s("bd*4").filter_when(lambda cycle: cycle < 2)')
def filter_when(pattern: Pattern, keep: Callable[[Rational], Any]) -> Pattern:
    """Only the haps that begin when a function of the time in cycles is true.

    >>> from livecoder.patterns import s
    >>> len(s("bd*4").filter_when(lambda cycle: cycle < 1.5).query(0, 4))
    6
    """
    return pattern.filter_haps(lambda hap: hap.whole is not None and bool(keep(hap.whole.begin)))


@verb(INTEGER, example='n("0 1 2 3").rot(1)')
def rot(pattern: Pattern, places: int) -> Pattern:
    """Moves the values so many haps to the left within each cycle; the rhythm stays.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2 3").rot(1).query(0, 1)]
    [1, 2, 3, 0]
    """
    ask = pattern.ask

    def rotated(span: Any) -> list[Hap]:
        cycle = Rational(floor(span[0]))
        haps = ask(span._replace(begin=cycle, end=cycle + ONE))
        onsets = sorted((hap for hap in haps if hap.has_onset), key=lambda hap: hap.part[0])
        values = [hap.value for hap in onsets]
        turned = {
            id(hap): values[(place + places) % len(values)] for place, hap in enumerate(onsets)
        }
        out = []
        for hap in haps:
            low, high = max(hap.part[0], span[0]), min(hap.part[1], span[1])
            if low < high or low == high == span[0] == span[1]:
                part = hap.part._replace(begin=low, end=high)
                value = turned.get(id(hap), hap.value)
                out.append(hap._replace(part=part, value=value))
        return out

    return Pattern(rotated, pattern.label, steps=pattern.steps).split_queries()
