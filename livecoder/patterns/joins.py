"""Two patterns into one, and patterns of patterns into patterns.

When two patterns meet, one gives the structure (the wholes) and the other is sampled where that
one has haps; when a pattern holds patterns, the outer hap and the inner hap meet, and either may
give the whole. Source of the model: A. McLean, FARM 2014; names as in Strudel.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor, lcm
from typing import Any, TypeAlias

from livecoder.core.errors import RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ONE, Rational
from livecoder.patterns.pattern import VARIES, Pattern, mapped
from livecoder.patterns.spans import Ask, cycles_of, linear, new, sect, shift

__all__ = [
    "MOST_CYCLES",
    "app_both",
    "app_left",
    "app_right",
    "focused",
    "inner_join",
    "mix_join",
    "outer_join",
    "poly_join",
    "reset_join",
    "restart_join",
    "shifted",
    "sped",
    "squeeze_join",
]

# A typing mistake such as `[bd*9999]*9999` must not eat the memory that the music plays from.
MOST_CYCLES = 1 << 18
_REACH = f"at most {MOST_CYCLES}"

Combine: TypeAlias = Callable[[Any, Any], Any]


def shifted(ask: Ask, by: Rational) -> Ask:
    """Return a query whose haps come `by` cycles later."""

    def later(span: Span) -> list[Hap]:
        return shift(ask(new(Span, (span[0] - by, span[1] - by))), by)

    return later


def sped(ask: Ask, factor: Rational) -> Ask:
    """Return a query whose cycles go by `factor` times as fast; more than 0."""
    shrink = ONE / factor
    nowhere = Rational(0)

    def faster(span: Span) -> list[Hap]:
        begin, end = span[0] * factor, span[1] * factor
        if end - begin > MOST_CYCLES:
            fix = "take smaller numbers for fast or *"
            raise RangeError("cycles played at once", str(end - begin), _REACH, fix=fix)
        return linear(ask(new(Span, (begin, end))), shrink, nowhere)

    return faster


def app_left(left: Pattern, right: Pattern, combine: Combine, label: str = "pattern") -> Pattern:
    """Return the wholes of `left` with values of both, `right` sampled at each."""
    ask = left.ask
    constant = right.constant
    if constant is not VARIES:
        # Haps that stay inside their cycles need no cutting: only the values change.
        if left.constant is not VARIES:
            return mapped(left, lambda value: combine(value, constant), right.context, label)
        if hasattr(ask, "mapped"):
            tabulated = left.split_queries()
            return mapped(tabulated, lambda value: combine(value, constant), right.context, label)
        return Pattern(
            _with_constant(ask, constant, right.context, combine), label, steps=left.steps
        )
    ask_right = right.ask

    def both(span: Span) -> list[Hap]:
        haps = []
        for whole, part, value, context in ask(span):
            for _, other_part, other, other_context in ask_right(part if whole is None else whole):
                common = sect(part, other_part)
                if common is not None:
                    haps.append(
                        new(Hap, (whole, common, combine(value, other), context + other_context))
                    )
        return haps

    return Pattern(both, label, steps=left.steps)


def _with_constant(ask: Ask, constant: Any, more: Any, combine: Combine) -> Ask:
    def joined(span: Span) -> list[Hap]:
        haps = []
        for whole, part, value, context in ask(span):
            together = combine(value, constant)
            places = context + more
            if part[1] <= floor(part[0]) + 1:
                haps.append(new(Hap, (whole, part, together, places)))
            else:  # a value once a cycle cuts what crosses the bar line
                haps.extend(
                    new(Hap, (whole, piece, together, places)) for _, piece in cycles_of(part)
                )
        return haps

    return joined


def app_right(left: Pattern, right: Pattern, combine: Combine, label: str = "pattern") -> Pattern:
    """Return the wholes of `right` with values of both, `left` sampled at each."""
    return app_left(right, left, lambda value, other: combine(other, value), label)


def app_both(left: Pattern, right: Pattern, combine: Combine, label: str = "pattern") -> Pattern:
    """Return what is common to the wholes of both, with values of both."""
    if left.constant is not VARIES and right.constant is not VARIES:
        return app_left(left, right, combine, label)
    ask, ask_right = left.ask, right.ask

    def both(span: Span) -> list[Hap]:
        others = ask_right(span)
        haps = []
        for whole, part, value, context in ask(span):
            for other_whole, other_part, other, other_context in others:
                common = sect(part, other_part)
                if common is None:
                    continue
                around = None if whole is None or other_whole is None else sect(whole, other_whole)
                if around == common:
                    around = common
                haps.append(
                    new(Hap, (around, common, combine(value, other), context + other_context))
                )
        return haps

    steps = None
    if left.steps is not None and right.steps is not None:
        below = lcm(int(left.steps.denominator), int(right.steps.denominator))
        steps = Rational(lcm(int(left.steps * below), int(right.steps * below)), below)
    return Pattern(both, label, steps=steps)


def _join(pattern: Pattern, choose: Callable[[Any, Any], Any]) -> Pattern:
    ask = pattern.ask

    def joined(span: Span) -> list[Hap]:
        haps = []
        for outer, part, inner, context in ask(span):
            for whole, piece, value, inner_context in inner.ask(part):
                haps.append(new(Hap, (choose(outer, whole), piece, value, context + inner_context)))
        return haps

    return Pattern(joined, pattern.label)


def inner_join(pattern: Pattern) -> Pattern:
    """Return a pattern of patterns as one, wholes from the inner ones."""
    if pattern.constant is not VARIES and isinstance(pattern.constant, Pattern):
        return pattern.constant.split_queries()
    return _join(pattern, lambda _, inner: inner)


def outer_join(pattern: Pattern) -> Pattern:
    """Return a pattern of patterns as one, wholes from the outer one."""
    return _join(pattern, lambda outer, _: outer)


def mix_join(pattern: Pattern) -> Pattern:
    """Return a pattern of patterns as one, wholes where both meet."""

    def common(outer: Span | None, inner: Span | None) -> Span | None:
        return None if outer is None or inner is None else sect(outer, inner)

    return _join(pattern, common)


def focused(ask: Ask, span: Span) -> Ask:
    """Return a query in which the cycle that `span` begins in lasts exactly `span`."""
    begin, end = span
    width = end - begin
    grow = ONE / width
    cycle = floor(begin)
    offset = begin - cycle * width

    def inside(asked: Span) -> list[Hap]:
        there = new(Span, ((asked[0] - begin) * grow + cycle, (asked[1] - begin) * grow + cycle))
        return linear(ask(there), width, offset)

    return inside


def _meet(outer: Hap, haps: list[Hap], out: list[Hap]) -> None:
    outer_whole, outer_part, _, context = outer
    for whole, part, value, inner_context in haps:
        around: Span | None = None
        if whole is not None and outer_whole is not None:
            around = sect(whole, outer_whole)
            if around is None:
                continue
        common = sect(part, outer_part)
        if common is None:
            continue
        if around == common:
            around = common
        out.append(new(Hap, (around, common, value, inner_context + context)))


def squeeze_join(pattern: Pattern) -> Pattern:
    """Return a pattern of patterns as one, a cycle of each inner one squeezed into its hap."""
    ask = pattern.ask

    def squeezed(span: Span) -> list[Hap]:
        haps: list[Hap] = []
        for outer in ask(span):
            if len(haps) > MOST_CYCLES:
                raise RangeError("haps at once", len(haps), _REACH, fix="take smaller numbers")
            if outer[0] is not None and outer[0][0] < outer[0][1]:
                _meet(outer, focused(outer[2].ask, outer[0])(outer[1]), haps)
        return haps

    return Pattern(squeezed, pattern.label)


def _trigger_join(pattern: Pattern, *, from_zero: bool) -> Pattern:
    ask = pattern.ask

    def triggered(span: Span) -> list[Hap]:
        haps: list[Hap] = []
        for outer in ask(span):
            whole = outer[0]
            if whole is not None:
                at = whole[0] if from_zero else whole[0] - floor(whole[0])
                common = sect(outer[1], span)
                if common is not None:
                    _meet(outer, shifted(outer[2].ask, at)(common), haps)
        return haps

    return Pattern(triggered, pattern.label)


def reset_join(pattern: Pattern) -> Pattern:
    """Return a pattern of patterns as one, each inner cycle begun again at its hap."""
    return _trigger_join(pattern, from_zero=False)


def restart_join(pattern: Pattern) -> Pattern:
    """Return a pattern of patterns as one, each inner one begun from cycle 0 at its hap."""
    return _trigger_join(pattern, from_zero=True)


def poly_join(pattern: Pattern) -> Pattern:
    """Return a pattern of patterns as one, inner steps as long as the outer's."""
    steps = pattern.steps

    def paced(inner: Pattern) -> Pattern:
        if steps is None or inner.steps is None or steps == inner.steps:
            return inner
        return Pattern(sped(inner.ask, steps / inner.steps), inner.label)

    return outer_join(mapped(pattern, paced))
