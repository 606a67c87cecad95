"""Patterns counted in steps: some of the steps taken, or more, or in turns with other patterns.

A sequence knows how many steps it has: `"a b c"` three, `"a@3 b"` four. What has no count of its
own counts as one step. Given several numbers, `take("1 3")`, these verbs put the results one after
the other in a cycle, each as long as its steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import ceil, floor, lcm
from typing import Any

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, ZERO, Rational, rational
from livecoder.patterns.factories import lcm_of, slowcat, stack, weighted
from livecoder.patterns.pattern import Pattern, reify, relabel, silence
from livecoder.patterns.spans import new, split_cycles
from livecoder.patterns.timing import quickened, repeat_cycles, zoom
from livecoder.patterns.verbs import (
    COUNT,
    PATTERN,
    TIME,
    describe_argument,
    number_in,
    verb,
)

__all__ = [
    "contract", "drop", "expand", "extend", "gap", "grow", "pace", "replicate", "shrink",
    "stack_centre", "stack_left", "stack_right", "stepalt", "take", "tour", "zip_",
]  # fmt: skip

_MOST_PARTS = 1_024


def _label(name: str, parts: Sequence[Any]) -> str:
    return f"{name}({', '.join(map(describe_argument, parts))})"


def _counted(pattern: Pattern) -> Rational:
    return ONE if pattern.steps is None else pattern.steps


def _in_line(patterns: Sequence[Pattern], label: str) -> Pattern:
    return weighted([(_counted(pattern), pattern) for pattern in patterns], label)


def _join(pattern: Pattern) -> Pattern:
    """Return, each cycle, the patterns that a pattern has in it, as long as their steps."""
    ask = pattern.ask

    def parts(cycle: int) -> list[Pattern]:
        haps = ask(new(Span, (Rational(cycle), Rational(cycle + 1))))
        return [hap.value for hap in sorted(haps, key=lambda hap: hap.part[0])]

    def joined(span: Span) -> list[Hap]:
        return _in_line(parts(floor(span[0])), "").ask(span)

    steps = sum((_counted(part) for part in parts(0)), ZERO)
    return Pattern(split_cycles(joined), pattern.label, steps=steps)


_stepped = partial(verb, join=_join)


def gap(steps: Any = 1) -> Pattern:
    """Nothing, for so many steps.

    >>> from livecoder.patterns import stepcat
    >>> [str(hap.whole.begin) for hap in stepcat(gap(3), "a").query(0, 1)]
    ['3/4']
    """
    count = rational(number_in(steps, "gap", 'stepcat(gap(3), "a")'))
    if count < 0:
        raise RangeError("gap's steps", str(count), "0 or more", fix='try stepcat(gap(3), "a")')
    return relabel(silence, f"gap({steps})", steps=count)


@_stepped(TIME, example='n("0 1 2 3").take(2)')
def take(pattern: Pattern, steps: Rational) -> Pattern:
    """Plays only so many steps from the beginning; from the end when negative.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2 3").take(-2).query(0, 1)]
    [2, 3]
    """
    have = _counted(pattern)
    if not steps or not have:
        return gap(0)
    if abs(steps) >= have:
        return pattern
    begin, end = (ZERO, steps / have) if steps > 0 else (1 + steps / have, ONE)
    return relabel(zoom.function(pattern, begin, end), "", steps=abs(steps))


@_stepped(TIME, example='n("0 1 2 3").drop(1)')
def drop(pattern: Pattern, steps: Rational) -> Pattern:
    """Leaves so many steps out at the beginning; at the end when negative.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2 3").drop(1).query(0, 1)]
    [1, 2, 3]
    """
    have = _counted(pattern)
    if abs(steps) >= have:
        return gap(0)
    left = steps - have if steps > 0 else have + steps
    result: Pattern = take.function(pattern, left) if steps else pattern
    return result


@_stepped(TIME, example='stepcat(mini("a b").extend(2), "c")')
def extend(pattern: Pattern, times: Rational) -> Pattern:
    """Plays so many times as fast, and counts so many times the steps, each as long as before.

    >>> from livecoder.patterns import mini, stepcat
    >>> [hap.value for hap in stepcat(mini("a b").extend(2), "c").query(0, 1)]
    ['a', 'b', 'a', 'b', 'c']
    """
    if times <= 0:
        return gap(0)
    return relabel(quickened(pattern, times), "", steps=_counted(pattern) * times)


@_stepped(COUNT, example='stepcat(mini("a b").replicate(2), "c")')
def replicate(pattern: Pattern, times: int) -> Pattern:
    """Plays each cycle so many times, and counts so many times the steps.

    >>> from livecoder.patterns import mini, stepcat
    >>> [hap.value for hap in stepcat(mini("<a b>").replicate(2), "c").query(1, 2)]
    ['b', 'b', 'c']
    """
    repeated = quickened(repeat_cycles.function(pattern, times), Rational(times))
    return relabel(repeated, "", steps=_counted(pattern) * times)


@_stepped(TIME, example='stepcat(mini("a b").expand(2), "c")')
def expand(pattern: Pattern, times: Rational) -> Pattern:
    """Makes each step so many times as long, which is heard among other steps.

    >>> from livecoder.patterns import mini, stepcat
    >>> [str(hap.whole.end) for hap in stepcat(mini("a b").expand(2), "c").query(0, 1)]
    ['2/5', '4/5', '1']
    """
    return relabel(pattern, "", steps=_counted(pattern) * max(times, ZERO))


@_stepped(TIME, example='stepcat(mini("a b").contract(2), "c")')
def contract(pattern: Pattern, times: Rational) -> Pattern:
    """Makes each step so many times as short, which is heard among other steps.

    >>> from livecoder.patterns import mini, stepcat
    >>> [str(hap.whole.end) for hap in stepcat(mini("a b").contract(2), "c").query(0, 1)]
    ['1/4', '1/2', '1']
    """
    if times <= 0:
        raise RangeError("contract's times", str(times), "more than 0", fix="try .contract(2)")
    return relabel(pattern, "", steps=_counted(pattern) / times)


@verb(TIME, example='n("0 1 2").pace(4)')
def pace(pattern: Pattern, steps: Rational) -> Pattern:
    """Plays so many of its steps a cycle.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2").pace(4).query(0, 1)]
    [0, 1, 2, 0]
    """
    if steps <= 0:
        return silence
    if not pattern.steps:
        return pattern
    return relabel(quickened(pattern, steps / pattern.steps), "", steps=steps)


def _shrunk(pattern: Pattern, steps: Rational) -> list[Pattern]:
    have = _counted(pattern)
    count = ceil(have / abs(steps)) if steps else int(have)
    if count > _MOST_PARTS:
        allowed = f"such that at most {_MOST_PARTS} are made"
        raise RangeError("the steps at a time", str(steps), allowed, fix="try 1")
    return [drop.function(pattern, steps * number) for number in range(count)]


@_stepped(TIME, example='n("0 1 2 3").shrink(1)')
def shrink(pattern: Pattern, steps: Rational) -> Pattern:
    """Plays all the steps, then so many fewer at the beginning, until none is left.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2").shrink(1).query(0, 1)]
    [0, 1, 2, 1, 2, 2]
    >>> [hap.value["n"] for hap in n("0 1 2").shrink(-1).query(0, 1)]
    [0, 1, 2, 0, 1, 0]
    """
    return _in_line(_shrunk(pattern, steps), "")


@_stepped(TIME, example='n("0 1 2 3").grow(1)')
def grow(pattern: Pattern, steps: Rational) -> Pattern:
    """Plays so many steps, then so many more, until all are there; from the end when negative.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2").grow(1).query(0, 1)]
    [0, 0, 1, 0, 1, 2]
    """
    return _in_line(_shrunk(pattern, -steps)[::-1], "")


@verb(PATTERN, example='mini("a").tour("b", "c")', name="tour", many=True)
def _tour(pattern: Pattern, *others: Pattern) -> Pattern:
    """Plays the others in line with itself among them, one place further forward each time.

    >>> from livecoder.patterns import mini
    >>> [hap.value for hap in mini("x").tour("b", "c").query(0, 1)]
    ['b', 'c', 'x', 'b', 'x', 'c', 'x', 'b', 'c']
    """
    places = range(len(others), -1, -1)
    line = [each for at in places for each in (*others[:at], pattern, *others[at:])]
    return _in_line(line, "tour")


def tour(pattern: Any, *others: Any) -> Pattern:
    """The others in line with a pattern among them, one place further forward each time.

    >>> [hap.value for hap in tour("x", "b").query(0, 1)]
    ['b', 'x', 'x', 'b']
    """
    return relabel(_tour.apply(reify(pattern), *others), _label("tour", (pattern, *others)))


def zip_(*parts: Any) -> Pattern:
    """A step of each pattern in turn.

    >>> [hap.value for hap in zip_("a b", "c d e f").query(0, 1)]
    ['a', 'c', 'b', 'd']
    """
    patterns = [pattern for pattern in map(reify, parts) if pattern.steps]
    if not patterns:
        return silence
    counts = [_counted(pattern) for pattern in patterns]
    turns = slowcat(*(quickened(p, 1 / c) for p, c in zip(patterns, counts, strict=True)))
    steps = lcm_of(counts)
    return relabel(quickened(turns, steps), _label("zip", parts), steps=steps)


def stepalt(*groups: Any) -> Pattern:
    """The first of each group in line, then the second, until all are at their beginning again.

    >>> [hap.value for hap in stepalt(["a", "b"], "x").query(0, 1)]
    ['a', 'x', 'b', 'x']
    """
    lists = [list(g) if isinstance(g, (list, tuple)) else [g] for g in groups]
    if not lists or not all(lists):
        message = 'stepalt takes groups of patterns; try stepalt(["a", "b c"], ["x"])'
        raise PatternError(message)
    rounds = min(lcm(*map(len, lists)), _MOST_PARTS)
    line = [reify(group[turn % len(group)]) for turn in range(rounds) for group in lists]
    return _in_line(line, _label("stepalt", groups))


def _padded(parts: Sequence[Any], before: Rational, name: str) -> Pattern:
    patterns = [reify(part) for part in parts]
    steps = max(map(_counted, patterns), default=ONE)
    rows = []
    for pattern in patterns:
        spare = steps - _counted(pattern)
        first = spare * before
        slots = [(first, silence), (_counted(pattern), pattern), (spare - first, silence)]
        rows.append(weighted(slots, "") if spare else pattern)
    return relabel(stack(*rows), _label(name, parts), steps=steps)


def stack_left(*parts: Any) -> Pattern:
    """Patterns at once, step by step, the short ones at the beginning.

    >>> [str(hap.whole.begin) for hap in stack_left("a b", "c").query(0, 1)]
    ['0', '1/2', '0']
    """
    return _padded(parts, ZERO, "stack_left")


def stack_right(*parts: Any) -> Pattern:
    """Patterns at once, step by step, the short ones at the end.

    >>> [str(hap.whole.begin) for hap in stack_right("a b", "c").query(0, 1)]
    ['0', '1/2', '1/2']
    """
    return _padded(parts, ONE, "stack_right")


def stack_centre(*parts: Any) -> Pattern:
    """Patterns at once, step by step, the short ones in the middle.

    >>> [str(hap.whole.begin) for hap in stack_centre("a b", "c").query(0, 1)]
    ['0', '1/2', '1/4']
    """
    return _padded(parts, Rational(1, 2), "stack_centre")
