"""Makes patterns of notation trees, and finds out after how many cycles they repeat.

The meaning of every sign is Strudel 1.2's: `<a b>` is a sequence slowed by its length, `!` repeats
cycles, `..` subdivides its step, `?` and `|` are functions of the time and of their place in
the text.
"""

from __future__ import annotations

from functools import partial
from math import gcd, inf, isfinite, lcm
from typing import Any, Final

from livecoder.core.errors import LivecoderError, NotationError, PatternError, RangeError
from livecoder.core.haps import Hap, Location, Span
from livecoder.core.rational import ONE, Rational, rational
from livecoder.patterns.chance import degraded, offset_rand
from livecoder.patterns.choices import choose_in
from livecoder.patterns.factories import at_once, fastcat, in_turn, weighted
from livecoder.patterns.joins import app_left, mix_join, squeeze_join
from livecoder.patterns.mini.density import TooDenseError, density
from livecoder.patterns.mini.nodes import (
    Atom,
    Degrade,
    Euclid,
    Fast,
    Node,
    Operation,
    Polymeter,
    Replicate,
    Rest,
    Sequence,
    Slow,
    Slowcat,
    Stack,
    Step,
    Tail,
    Upto,
)
from livecoder.patterns.mini.table import LONGEST_PERIOD, Table
from livecoder.patterns.pattern import VARIES, Pattern, mapped, pure, relabel, silence
from livecoder.patterns.structure import euclid_rot
from livecoder.patterns.timing import fast, quickened, repeat_cycles, slow
from livecoder.patterns.verbs import Verb

__all__ = ["build"]

# A period that stands for "never": with chance, or too long to be worth tabulating.
_NEVER: Final = 0
_WIDEST_RANGE = 1_000


class _Builder:
    def __init__(self, text: str, source: int) -> None:
        self.text = text
        self.source = source

    def fail(self, at: int, problem: str) -> NotationError:
        return NotationError(self.text, at, problem)

    def node(self, node: Node) -> tuple[Pattern, int]:
        """Return a tree's pattern and its period in cycles."""
        if isinstance(node, Atom):
            place = Location(node.begin, node.end, self.source)
            return pure(node.value, label=str(node.value), context=(place,)), 1
        if isinstance(node, Sequence):
            return self.sequence(node)
        if isinstance(node, Rest):
            return silence, 1
        if isinstance(node, Stack):
            return self.stacked([self.sequence(part) for part in node.parts])
        if isinstance(node, Slowcat):
            return self.stacked([self.slowcat(part) for part in node.parts])
        if isinstance(node, Polymeter):
            return self.polymeter(node)
        parts = [self.sequence(part)[0] for part in node.parts]
        return choose_in(parts, offset_rand(node.seed)), _NEVER

    def stacked(self, parts: list[tuple[Pattern, int]]) -> tuple[Pattern, int]:
        if len(parts) == 1:
            return parts[0]
        steps = parts[0][0].steps
        both = at_once([pattern for pattern, _ in parts], "", steps)
        return both, _together(*(period for _, period in parts))

    def slots(self, node: Sequence) -> tuple[list[tuple[Rational, Pattern]], int]:
        slots: list[tuple[Rational, Pattern]] = []
        period = 1
        for step in node.steps:
            last = step.operations[-1] if step.operations else None
            if isinstance(last, Replicate) and step.weight == last.times:
                pattern, repeats = self.step(step._replace(operations=step.operations[:-1]))
                slots += [(ONE, pattern)] * last.times or [(ONE, silence)]
            else:
                pattern, repeats = self.step(step)
                long = ONE if step.weight in (0, 1) else rational(step.weight)
                slots.append((long, pattern))
            if repeats != period:
                period = _together(period, repeats)
        return slots, period

    def sequence(self, node: Sequence) -> tuple[Pattern, int]:
        slots, period = self.slots(node)
        if len(slots) == 1 and slots[0][0] == 1:
            pattern = slots[0][1]
            if pattern.steps != ONE:
                pattern = relabel(pattern, "", steps=ONE)
        else:
            pattern = weighted(slots, "")
        marked = [step.node for step in node.steps if isinstance(step.node, Sequence)]
        inner = lcm(*(int(_weight(each)) for each in marked if each.marked))
        return pattern if inner == 1 else relabel(pattern, "", steps=_weight(node) * inner), period

    def slowcat(self, node: Sequence) -> tuple[Pattern, int]:
        slots, period = self.slots(node)
        total = sum((weight for weight, _ in slots), Rational(0))
        if not total:
            return silence, 1
        if all(weight == 1 for weight, _ in slots):
            patterns = [pattern for _, pattern in slots]
            turns = in_turn(patterns, "", total) if len(slots) > 1 else patterns[0]
            return turns, _fit(period * len(slots))
        return quickened(weighted(slots, ""), 1 / total), _sped(period, 1 / total)

    def polymeter(self, node: Polymeter) -> tuple[Pattern, int]:
        parts = [self.sequence(part) for part in node.parts]
        counts = [_weight(part) for part in node.parts]
        if node.steps is None:
            steps, own = pure(counts[0]), 1
        else:
            steps, own = self.node(node.steps)
        self.check_factor(steps, node.at, "%")
        paced = []
        for (pattern, period), count in zip(parts, counts, strict=True):
            factor = mapped(steps, partial(_ratio, count))
            paced.append(self.sped(pattern, period, factor, own, node.at, bare=False))
        both, period = self.stacked(paced)
        whole = steps.constant
        return relabel(both, "", steps=None if whole is VARIES else rational(whole)), period

    def guarded(self, pattern: Pattern, at: int) -> Pattern:
        """Return a pattern whose errors, when it is asked, point at a character."""
        ask = pattern.ask

        def pointed(span: Span) -> list[Hap]:
            try:
                return ask(span)
            except NotationError:
                raise
            except (PatternError, RangeError) as error:
                raise self.fail(at, str(error)) from None

        return Pattern(pointed, pattern.label, steps=pattern.steps, atoms=pattern.atoms)

    def check_factor(self, factor: Pattern, at: int, sign: str) -> None:
        for atom in factor.atoms or ():
            if isinstance(atom, (str, list)) or not 0 <= atom < inf:
                what = f"expected a number, 0 or more, after {sign!r}, not {atom!r}"
                raise self.fail(at, what)

    def sped(
        self, pattern: Pattern, period: int, factor: Pattern, own: int, at: int, *, bare: bool
    ) -> tuple[Pattern, int]:
        try:
            quick = _done(fast, pattern, factor)
            if not bare and factor.constant is not VARIES:
                quick = quick.split_queries()
        except LivecoderError as error:
            raise self.fail(at, str(error)) from None
        if factor.constant is VARIES:
            quick = self.guarded(quick, at)
        if factor.atoms is None:
            return quick, _NEVER
        return quick, _together(own, *(_sped(period, rational(atom)) for atom in factor.atoms))

    def step(self, step: Step) -> tuple[Pattern, int]:
        pattern, period = self.node(step.node)
        for operation in step.operations:
            pattern, period = self.operate(pattern, period, operation)
        return pattern, period

    def operate(self, pattern: Pattern, period: int, operation: Operation) -> tuple[Pattern, int]:
        if isinstance(operation, Fast):
            factor, own = self.node(operation.factor)
            self.check_factor(factor, operation.at, "*")
            bare = isinstance(operation.factor, Atom)
            return self.sped(pattern, period, factor, own, operation.at, bare=bare)
        if isinstance(operation, Slow):
            return self.slowed(pattern, period, operation)
        if isinstance(operation, Euclid):
            return self.euclid(pattern, period, operation)
        if isinstance(operation, Replicate):
            times = operation.times
            if not times:
                return silence, 1
            return quickened(repeat_cycles(times, pattern), Rational(times)), period
        if isinstance(operation, Degrade):
            return degraded(pattern, operation.amount, offset_rand(operation.seed)), _NEVER
        if isinstance(operation, Tail):
            value, own = self.node(operation.value)
            return app_left(pattern, value, _tail), _together(period, own)
        return self.upto(pattern, period, operation)

    def slowed(self, pattern: Pattern, period: int, operation: Slow) -> tuple[Pattern, int]:
        factor, own = self.node(operation.factor)
        self.check_factor(factor, operation.at, "/")
        try:
            longer = _done(slow, pattern, factor)
            if not isinstance(operation.factor, Atom) and factor.constant is not VARIES:
                longer = longer.split_queries()
        except LivecoderError as error:
            raise self.fail(operation.at, str(error)) from None
        if factor.constant is VARIES:
            longer = self.guarded(longer, operation.at)
        if factor.atoms is None:
            return longer, _NEVER
        sped = (_sped(period, 1 / rational(atom)) for atom in factor.atoms if rational(atom))
        return longer, _together(own, *sped)

    def euclid(self, pattern: Pattern, period: int, operation: Euclid) -> tuple[Pattern, int]:
        pulses, first = self.step(operation.pulses)
        steps, second = self.step(operation.steps)
        rotation, third = pure(0), 1
        if operation.rotation is not None:
            rotation, third = self.step(operation.rotation)
        try:
            spread = _done(euclid_rot, pattern, pulses, steps, rotation)
        except LivecoderError as error:
            raise self.fail(operation.at, str(error)) from None
        if any(each.constant is VARIES for each in (pulses, steps, rotation)):
            spread = self.guarded(spread, operation.at)
        return spread, _together(period, first, second, third)

    def upto(self, pattern: Pattern, period: int, operation: Upto) -> tuple[Pattern, int]:
        last, own = self.node(operation.last)
        for atom in (*(pattern.atoms or ()), *(last.atoms or ())):
            if isinstance(atom, (str, list)) or not isfinite(atom):
                what = f"expected numbers on both sides of '..', as in 0 .. 7, not {atom!r}"
                raise self.fail(operation.at, what)

        def between(first: Any) -> Pattern:
            return mix_join(mapped(last, lambda end: fastcat(*_upto(first, end))))

        spans = [abs(b - a) for a in pattern.atoms or () for b in last.atoms or ()]
        if spans and max(spans) > _WIDEST_RANGE:
            what = f"expected at most {_WIDEST_RANGE} numbers between the two sides of '..'"
            raise self.fail(operation.at, what)
        if pattern.constant is not VARIES and last.constant is not VARIES:
            context = pattern.context + last.context
            values = _upto(pattern.constant, last.constant)
            return weighted([(ONE, pure(each, context=context)) for each in values], ""), 1
        numbers = self.guarded(squeeze_join(mapped(pattern, between)), operation.at)
        return numbers, _together(period, own)


def _weight(node: Sequence) -> Rational:
    return sum((rational(step.weight or 1) for step in node.steps), Rational(0)) or ONE


def _done(word: Verb, pattern: Pattern, *arguments: Pattern) -> Pattern:
    # Straight, where nothing varies: nobody reads the label of a piece of a notation.
    if any(argument.constant is VARIES for argument in arguments):
        return word.apply(pattern, *arguments)
    values = [word.read(place, each.constant) for place, each in enumerate(arguments)]
    made: Pattern = word.function(pattern, *values)
    return made


def _tail(value: Any, more: Any) -> list[Any]:
    return [*value, more] if isinstance(value, list) else [value, more]


def _upto(first: Any, last: Any) -> list[Any]:
    if not isinstance(first, (int, float)) or not isinstance(last, (int, float)):
        message = f"a range needs numbers on both sides, as in 0 .. 7, not {first!r} and {last!r}"
        raise PatternError(message)
    count = min(int(abs(last - first)), _WIDEST_RANGE) + 1
    direction = 1 if first < last else -1
    return [first + direction * number for number in range(count)]


def _ratio(count: Rational, steps: Any) -> Rational:
    if not isinstance(steps, (int, float, Rational)) or not 0 <= steps < inf:
        message = f"expected a number of steps, 0 or more, after '%', not {steps!r}"
        raise PatternError(message)
    return rational(steps) / count


def _fit(period: int) -> int:
    return period if 0 < period <= LONGEST_PERIOD else _NEVER


def _together(*periods: int) -> int:
    return _fit(lcm(*periods)) if all(periods) else _NEVER


def _sped(period: int, factor: Rational) -> int:
    if not period or not factor:
        return period if factor else 1
    whole = period * int(factor.denominator)
    return _fit(whole // gcd(whole, int(factor.numerator)))


def build(tree: Node, text: str, source: int) -> Pattern:
    """Return the pattern of a tree that was read from `text`.

    Raises:
        NotationError: a number stands where its sign cannot take it.
    """
    try:
        density(tree)
    except TooDenseError as error:
        raise NotationError(text, error.at, f"a notation plays {error}") from None
    pattern, period = _Builder(text, source).node(tree)
    label = f'mini("{text}")'
    if pattern.constant is not VARIES or not period or pattern is silence:
        return relabel(pattern, label)
    table = Table(pattern.ask, period)
    return Pattern(table, label, steps=pattern.steps, atoms=pattern.atoms)
