"""A notation that repeats, written out once: cycle by cycle, then only moved.

A notation without chance is a text: it repeats after a number of cycles that can be read off it,
and it can hold no stream. Each of those cycles is asked for once, and from then on a query moves
its rows. Where a note crosses a bar line (`bd*1.5`) rows would cut it, so nothing is tabulated.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any, TypeAlias

from livecoder.core.haps import Hap, Location, Span
from livecoder.core.rational import Rational
from livecoder.patterns.spans import Ask, cycles_of, new, sect, split_cycles

__all__ = ["LONGEST_PERIOD", "Table"]

LONGEST_PERIOD = 64
_MOST_ROWS = 512

Row: TypeAlias = tuple[Span, Span, Any, tuple[Location, ...]]


class Table:
    """A query that answers from rows.

    Args:
        ask: the query it stands for.
        period: cycles after which `ask` repeats itself exactly.
    """

    __slots__ = ("_ask", "_rows", "_rows_of", "_tabulated", "period")

    def __init__(
        self, ask: Ask, period: int, rows_of: Callable[[int], list[Row] | None] | None = None
    ) -> None:
        self.period = period
        self._ask = ask
        self._rows: dict[int, list[Row]] = {}
        self._rows_of = self._ask_rows if rows_of is None else rows_of
        self._tabulated = True

    @property
    def untabulated(self) -> Ask:
        """The query it stands for."""
        return self._ask

    def _ask_rows(self, number: int) -> list[Row] | None:
        start = Rational(number)
        cycle = new(Span, (start, start + 1))
        rows = []
        for whole, part, value, context in self._ask(cycle):
            if whole is None or whole[0] < start or whole[1] > start + 1:
                return None
            inside = new(Span, (whole[0] - start, whole[1] - start))
            piece = inside
            if part != whole:
                piece = new(Span, (part[0] - start, part[1] - start))
            rows.append((inside, piece, value, context))
        return rows if len(rows) <= _MOST_ROWS else None

    def rows(self, number: int) -> list[Row] | None:
        """Return the rows of a cycle of the period, or None where there is no tabulating."""
        if not self._tabulated:
            return None
        rows = self._rows.get(number)
        if rows is None:
            rows = self._rows_of(number)
            if rows is None:
                self._tabulated = False
                return None
            self._rows[number] = rows
        return rows

    def __call__(self, span: Span) -> list[Hap]:
        """Return the haps of a span."""
        begin, end = span
        number = floor(begin)
        cycle = Rational(number)
        if cycle == begin and end - begin == 1:
            rows = self.rows(number % self.period)
            return self._ask(span) if rows is None else _moved(rows, cycle)
        haps: list[Hap] = []
        for cycle, piece in cycles_of(span):
            rows = self.rows(floor(cycle) % self.period)
            if rows is None:
                return self._ask(span)
            if piece[1] - piece[0] == 1:
                haps += _moved(rows, cycle)
                continue
            inside = new(Span, (piece[0] - cycle, piece[1] - cycle))
            for whole, part, value, context in rows:
                common = sect(part, inside)
                if common is not None:
                    there = new(Span, (common[0] + cycle, common[1] + cycle))
                    around = there
                    if common is not whole:
                        around = new(Span, (whole[0] + cycle, whole[1] + cycle))
                    haps.append(new(Hap, (around, there, value, context)))
        return haps

    def cut(self) -> Table:
        """Return a table of which no hap is longer than a cycle in one piece."""
        return Table(split_cycles(self._ask), self.period, self.rows)

    def mapped(self, function: Callable[[Any], Any], more: tuple[Location, ...] = ()) -> Table:
        """Return a table with a pure function done to the values."""
        ask = self._ask

        def changed(span: Span) -> list[Hap]:
            return [
                new(Hap, (whole, part, function(value), context + more))
                for whole, part, value, context in ask(span)
            ]

        def rows_of(number: int) -> list[Row] | None:
            rows = self.rows(number)
            if rows is None:
                return None
            return [
                (whole, part, function(value), context + more)
                for whole, part, value, context in rows
            ]

        return Table(changed, self.period, rows_of)


def _moved(rows: list[Row], cycle: Rational) -> list[Hap]:
    haps = []
    for whole, part, value, context in rows:
        around = new(Span, (whole[0] + cycle, whole[1] + cycle))
        there = around
        if part is not whole:
            there = new(Span, (part[0] + cycle, part[1] + cycle))
        haps.append(new(Hap, (around, there, value, context)))
    return haps
