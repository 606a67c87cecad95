"""Patterns out of parts: at once, one a cycle, or one after the other in a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, lcm
from typing import Any

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, ZERO, Rational, rational
from livecoder.patterns.joins import sped
from livecoder.patterns.pattern import VARIES, Pattern, reify, relabel, silence
from livecoder.patterns.spans import Ask, cycles_of, linear, new, shift, split_cycles
from livecoder.patterns.verbs import describe_argument

__all__ = [
    "arrange",
    "at_once",
    "cat",
    "fastcat",
    "in_turn",
    "polymeter",
    "polyrhythm",
    "seq",
    "sequence",
    "slowcat",
    "slowcat_prime",
    "stack",
    "stepcat",
    "timecat",
    "weighted",
]


def _label(name: str, parts: Sequence[Any]) -> str:
    return f"{name}({', '.join(map(describe_argument, parts))})"


def _atoms(patterns: Sequence[Pattern]) -> tuple[Any, ...] | None:
    gathered: list[Any] = []
    for pattern in patterns:
        if pattern.atoms is None:
            return None
        gathered.extend(pattern.atoms)
    return tuple(gathered)


def _several(parts: Sequence[Any]) -> Sequence[Any]:
    # cat([a, b]) means cat(a, b).
    if len(parts) == 1 and isinstance(parts[0], (list, tuple)):
        return parts[0]
    return parts


def stack(*parts: Any) -> Pattern:
    """All of the parts at once.

    >>> len(stack("bd*2", "hh*4").query(0, 1))
    6
    """
    parts = tuple(_several(parts))
    patterns = [reify(part) for part in parts]
    if len(patterns) == 1:
        return patterns[0]
    counted = [pattern.steps for pattern in patterns if pattern.steps is not None]
    return at_once(patterns, _label("stack", parts), lcm_of(counted) if counted else None)


def at_once(patterns: Sequence[Pattern], label: str, steps: Rational | None) -> Pattern:
    """Return all of the patterns at once."""
    asks = [pattern.ask for pattern in patterns]

    def ask(span: Span) -> list[Hap]:
        haps: list[Hap] = []
        for each in asks:
            haps += each(span)
        return haps

    return Pattern(ask, label, steps=steps, atoms=_atoms(patterns))


def lcm_of(numbers: Sequence[Rational]) -> Rational:
    """Return the least number of which all of these are whole parts."""
    low = lcm(*(int(number.denominator) for number in numbers))
    return Rational(lcm(*(int(number * low) for number in numbers)), low)


def slowcat(*parts: Any) -> Pattern:
    """One part a cycle, in turn; each goes on from the cycle where it was left.

    >>> [hap.value for hap in slowcat("a", "b c").query(0, 2)]
    ['a', 'b', 'c']
    """
    parts = tuple(_several(parts))
    patterns = [reify(part) for part in parts]
    if not patterns:
        return silence
    if len(patterns) == 1:
        return patterns[0]
    counted = [pattern.steps for pattern in patterns if pattern.steps]
    return in_turn(patterns, _label("cat", parts), lcm_of(counted) if counted else None)


def in_turn(patterns: Sequence[Pattern], label: str, steps: Rational | None) -> Pattern:
    """Return the patterns one a cycle, each going on from the cycle where it was left."""
    count = len(patterns)
    asks = [pattern.ask for pattern in patterns]

    def ask(span: Span) -> list[Hap]:
        cycle = floor(span[0])
        ahead = Rational(cycle - cycle // count)
        there = new(Span, (span[0] - ahead, span[1] - ahead))
        return shift(asks[cycle % count](there), ahead)

    return Pattern(split_cycles(ask), label, steps=steps, atoms=_atoms(patterns))


def cat(*parts: Any) -> Pattern:
    """One part a cycle, in turn; each goes on from the cycle where it was left.

    >>> [hap.value for hap in cat("a", "b").query(0, 3)]
    ['a', 'b', 'a']
    """
    return slowcat(*parts)


def slowcat_prime(*parts: Any) -> Pattern:
    """One part a cycle, in turn, each asked for the cycle it is: what it missed is lost.

    >>> [hap.value for hap in slowcat_prime("<a b>", "<c d>").query(0, 2)]
    ['a', 'd']
    """
    patterns = [reify(part) for part in _several(parts)]
    if not patterns:
        return silence
    asks = [pattern.ask for pattern in patterns]
    count = len(asks)

    def ask(span: Span) -> list[Hap]:
        cycle = floor(span[0])
        if cycle < 0 and cycle % count:
            return []  # as in Strudel, whose turns begin with the first cycle
        return asks[cycle % count](span)

    return Pattern(split_cycles(ask), _label("slowcat_prime", parts), steps=patterns[0].steps)


def weighted(slots: Sequence[tuple[Rational, Pattern]], label: str) -> Pattern:
    """Return one cycle of patterns, each as long as its weight in proportion."""
    total = sum([weight for weight, _ in slots], ZERO)
    if not slots or not total:
        return silence
    places: list[tuple[Rational, Rational, Rational, Rational, Pattern]] = []
    last = before = width = grow = ZERO
    for weight, pattern in slots:
        if weight:
            if weight is not before:  # most steps are as long as the one before
                before, width = weight, weight / total
                grow = ONE / width
            first, last = last, last + width
            places.append((first, last, width, grow, pattern))
    if len(places) == 1:
        return relabel(places[0][4], label, steps=total)

    def ask(span: Span) -> list[Hap]:
        haps: list[Hap] = []
        for cycle, (begin, end) in cycles_of(span):
            whole_cycle = end - begin == 1
            for first, last, width, grow, pattern in places:
                low, high = cycle + first, cycle + last
                slot = new(Span, (low, high))
                if whole_cycle:
                    part = slot
                elif begin >= high or (end <= low and (begin < end or begin < low)):
                    continue
                elif begin <= low and high <= end:
                    part = slot
                else:
                    part = new(Span, (max(low, begin), min(high, end)))
                constant = pattern.constant
                if constant is not VARIES:
                    haps.append(new(Hap, (slot, part, constant, pattern.context)))
                    continue
                inner = new(Span, ((part[0] - low) * grow + cycle, (part[1] - low) * grow + cycle))
                haps += linear(pattern.ask(inner), width, low - cycle * width)
        return haps

    patterns = [place[4] for place in places]
    return Pattern(ask, label, steps=total, atoms=_atoms(patterns))


def fastcat(*parts: Any) -> Pattern:
    """The parts one after the other, equally long, in one cycle; a list among them is one part.

    >>> [str(hap.whole.end) for hap in fastcat("bd", ["sn", "hh"]).query(0, 1)]
    ['1/2', '3/4', '1']
    """
    parts = tuple(_several(parts))
    patterns = [reify(part) for part in parts]
    if len(patterns) == 1:
        return patterns[0]
    return weighted([(ONE, pattern) for pattern in patterns], _label("fastcat", parts))


def seq(*parts: Any) -> Pattern:
    """The parts one after the other in one cycle; `fastcat` by a shorter name.

    >>> len(seq("bd", "sn").query(0, 1))
    2
    """
    return fastcat(*parts)


def sequence(*parts: Any) -> Pattern:
    """The parts one after the other in one cycle; another name of `fastcat`.

    >>> len(sequence("bd", "sn").query(0, 1))
    2
    """
    return fastcat(*parts)


def _section(part: Any, example: str) -> tuple[Rational, Pattern]:
    if isinstance(part, (list, tuple)):
        if len(part) == 2 and isinstance(part[0], (int, float, Rational, Fraction)):
            if part[0] < 0:
                raise RangeError("a length", part[0], "0 or more", fix=f"try {example}")
            return rational(part[0]), reify(part[1])
        message = f"{part!r} is no length and pattern; try {example}"
        raise PatternError(message)
    pattern = reify(part)
    return pattern.steps or ONE, pattern


def stepcat(*parts: Any) -> Pattern:
    """The parts one after the other in one cycle, each as long as its weight, or its steps.

    >>> [str(hap.whole.end) for hap in stepcat([3, "bd"], [1, "sn"]).query(0, 1)]
    ['3/4', '1']
    """
    slots = [_section(part, 'stepcat([3, "bd"], [1, "sn"])') for part in parts]
    return weighted(slots, _label("stepcat", parts))


def timecat(*parts: Any) -> Pattern:
    """The parts one after the other in one cycle by weight; another name of `stepcat`.

    >>> len(timecat([3, "bd"], [1, "sn"]).query(0, 1))
    2
    """
    return stepcat(*parts)


def arrange(*sections: Any) -> Pattern:
    """Sections of a piece, each `[cycles, pattern]`, then all over again.

    >>> [hap.value for hap in arrange([2, "a"], [1, "b"]).query(0, 4)]
    ['a', 'a', 'b', 'a']
    """
    example = "arrange([4, verse], [2, chorus])"
    slots = [_section(section, example) for section in sections]
    total = sum((cycles for cycles, _ in slots), ZERO)
    if not total:
        return silence
    quick = [
        (cycles, Pattern(sped(pattern.ask, cycles), pattern.label))
        for cycles, pattern in slots
        if cycles
    ]
    ask: Ask = sped(weighted(quick, "").ask, ONE / total)
    return Pattern(ask, _label("arrange", sections), steps=total)


def polymeter(*parts: Any) -> Pattern:
    """Patterns of different numbers of steps at one speed: a cycle holds their common multiple.

    >>> len(polymeter("0 1 2", "0 1").query(0, 1))
    12
    """
    patterns = [reify(part) for part in _several(parts)]
    counted = [(pattern, pattern.steps) for pattern in patterns if pattern.steps]
    if not counted:
        return silence
    listed = len(parts) > 1 and all(isinstance(part, (list, tuple)) for part in parts)
    # Lists are the polymeter of the notation, {a b, c d e}: as many steps as the first.
    steps = counted[0][1] if listed else lcm_of([count for _, count in counted])
    paced = [
        Pattern(sped(pattern.ask, steps / count), pattern.label, atoms=pattern.atoms)
        for pattern, count in counted
    ]
    return relabel(stack(*paced), _label("polymeter", parts), steps=steps)


def polyrhythm(*parts: Any) -> Pattern:
    """Patterns at once, a cycle each: `stack` for lists of different lengths.

    >>> len(polyrhythm([1, 2, 3], [1, 2]).query(0, 1))
    5
    """
    return relabel(stack(*parts), _label("polyrhythm", parts))
