"""A drawing as lines of text: for a terminal, in colour where it has them, and for documents.

A line is a list of `(style, text)` pieces; styles are written as prompt_toolkit reads them
(`"#rrggbb bg:#rrggbb"`), and are empty where no colour is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby
from math import ceil, floor, lcm
from operator import itemgetter
from typing import NamedTuple

from livecoder.core.rational import Rational
from livecoder.patterns.drawing.columns import columns_of, grid_of, times_of
from livecoder.patterns.drawing.glyphs import UNICODE, Glyphs
from livecoder.patterns.drawing.model import Curve, Drawing, Lane, Mark, Panel, Row
from livecoder.patterns.drawing.palette import (
    ACCENTS,
    BAR,
    BEAT,
    BLACK_ROW,
    DIM,
    GROUND,
    HEAT,
    INK,
    PLAYHEAD,
    ROW,
    colour_of,
    mixed,
)
from livecoder.patterns.drawing.sorting import written

__all__ = ["Line", "lines_of"]

Piece = tuple[str, str]
Line = list[Piece]
Cells = list[Piece]

_LABEL = 14
_HALF = Rational(1, 2)
_CURVE_HEIGHT = 5
# A cycle gets at least so many columns, or the picture goes on in another system below.
_NARROW, _WIDE = 8, 16


def lines_of(
    drawing: Drawing, width: int, *, glyphs: Glyphs = UNICODE, colour: bool = False
) -> list[Line]:
    """Return a drawing as lines of styled text, none wider than `width` columns.

    Cycles that do not fit beside each other go on below, as the systems of a score do.

    Args:
        drawing: what to draw.
        width: columns of the terminal.
        glyphs: `UNICODE` or `ASCII`.
        colour: whether styles are wanted.
    """
    lines: list[Line] = []
    if drawing.playhead is not None:
        lines.append([(INK if colour else "", _cut(drawing.title, width, glyphs))])
    # All but the playhead is the same from one look to the next, ten times a second.
    pages = _pages(replace(drawing, playhead=None), width, glyphs, colour)
    for page, still in pages:
        lines += page.with_playhead(still, drawing.playhead)
    lines += _legend(drawing, width, glyphs, colour)
    return lines


@lru_cache(maxsize=16)
def _pages(
    drawing: Drawing, width: int, glyphs: Glyphs, colour: bool
) -> tuple[tuple[_Page, tuple[Line, ...]], ...]:
    """Return the systems of a drawing, with their lines."""
    names = [row.name for panel in drawing.panels for row in panel.rows]
    names += [lane.name for lane in drawing.lanes]
    for curve in drawing.curves:
        names += [curve.name, written(curve.low), written(curve.high)]
    label = min(_LABEL, width // 3, max((len(name) for name in names), default=1))
    space = max(_NARROW, width - label - 3)
    times = times_of(drawing)
    needed = lcm(*(int(time.denominator) for time in times)) if times else _WIDE
    least = min(max(needed, _NARROW), _WIDE)
    across = max(1, min(ceil(drawing.end - drawing.begin), (space + 1) // (least + 1)))
    columns = columns_of(times, (space + 1) // across - 1)
    steps = grid_of(times, columns, drawing.beats)
    pages = []
    begin = drawing.begin
    while begin < drawing.end:
        end = min(begin + across, drawing.end)
        page = _Page(drawing, glyphs, colour, label, columns, steps, begin, end)
        pages.append((page, tuple(page.lines())))
        begin = end
    return tuple(pages)


def _legend(drawing: Drawing, width: int, glyphs: Glyphs, colour: bool) -> Iterator[Line]:
    for panel in drawing.panels:
        if panel.voices:
            line: Line = []
            left = width
            for tone, voice in enumerate(panel.voices):
                style = colour_of(tone, ACCENTS) if colour else ""
                text = _cut(f"{glyphs.heads[-1]} {voice or 'no sound'}   ", left, glyphs)
                left -= len(text)
                line.append((style, text))
            yield line
    if hidden := sum(panel.hidden for panel in drawing.panels):
        yield [(DIM if colour else "", f"and {hidden} more rows")]
    if drawing.notes:
        text = f"every note: {', '.join(drawing.notes)}"
        yield [(DIM if colour else "", _cut(text, width, glyphs))]


def _cut(text: str, width: int, glyphs: Glyphs) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + glyphs.more


class _Column(NamedTuple):
    """What is the same in every row of a column.

    Attributes:
        bar: a cycle begins here, and it is not the first column.
        beat: a beat begins here, inside a cycle.
        step: a step of the grid begins here.
        unknown: nobody knows yet what happens here.
    """

    bar: bool
    beat: bool
    step: bool
    unknown: bool


@dataclass(frozen=True)
class _Page:
    """One system: all rows of some cycles."""

    drawing: Drawing
    glyphs: Glyphs
    colour: bool
    label: int
    columns: int
    steps: int
    begin: Rational
    end: Rational

    def lines(self) -> Iterator[Line]:
        yield self._line("", self._ruler(), plain=True)
        for panel in self.drawing.panels:
            for index, row in enumerate(panel.rows):
                marks = [mark for mark in panel.marks if mark.row == index]
                yield self._line(row.name, self._row(panel, row, marks))
        for curve in self.drawing.curves:
            yield from self._curve(curve)
        for lane in self.drawing.lanes:
            yield self._line(lane.name, self._lane(lane), dim=True)
        if not (self.drawing.panels or self.drawing.curves):
            yield self._line("~", self._empty(Row("~", 0), grid=True))

    @cached_property
    def _marked(self) -> tuple[_Column, ...]:
        beats = max(1, round(self.drawing.beats))
        steps = self.steps or beats
        columns = []
        for index in range(max(1, ceil((self.end - self.begin) * self.columns))):
            time = self.begin + Rational(index, self.columns)
            begins = time.denominator == 1
            beat = (time * beats).denominator == 1 and not begins
            step = (time * steps).denominator == 1
            unknown = floor(time) in self.drawing.missing
            columns.append(_Column(begins and index > 0, beat, step, unknown))
        return tuple(columns)

    @property
    def _count(self) -> int:
        return len(self._marked)

    def _at(self, time: Rational) -> int:
        return floor((time - self.begin) * self.columns + _HALF)

    def _styled(self, front: str, ground: str = "") -> str:
        if not self.colour:
            return ""
        return f"{front} bg:{ground}" if ground else front

    def _line(self, name: str, cells: Cells, *, dim: bool = False, plain: bool = False) -> Line:
        name = _cut(name, self.label, self.glyphs)
        pieces: Line = [(self._styled(DIM if dim else INK), f"{name:>{self.label}} ")]
        separator = (self._styled(BAR), " " if plain else self.glyphs.bar)
        pieces.append(separator)
        for column, cell in zip(self._marked, cells, strict=True):
            if column.bar:
                pieces.append(separator)
            pieces.append(cell)
        if not plain:
            pieces.append(separator)
        joined = [
            (style, "".join(text for _, text in group))
            for style, group in groupby(pieces, key=itemgetter(0))
        ]
        if not self.colour:
            joined[-1] = (joined[-1][0], joined[-1][1].rstrip())
        return joined

    def with_playhead(self, lines: tuple[Line, ...], at: float | None) -> Iterator[Line]:
        """Yield the lines of the page with the column lit that sounds."""
        if at is None or not self.begin <= at < self.end:
            yield from lines
            return
        column = int((at - float(self.begin)) * self.columns)
        place = self.label + 2 + column + sum(held.bar for held in self._marked[: column + 1])
        ruler, *rows = lines
        yield _changed(ruler, place, lambda _: (self._styled(PLAYHEAD), self.glyphs.playhead))
        for row in rows:
            lit = _changed(row, place, lambda cell: (_lit(cell[0]), cell[1]))
            yield lit if self.colour else row

    def _ruler(self) -> Cells:
        text = [" "] * self._count
        beats = max(1, round(self.drawing.beats))
        room = self.columns / beats
        for cycle in range(floor(self.begin), ceil(self.end)):
            for beat in range(beats):
                name = str(cycle + 1) if beat == 0 else f".{beat + 1}" if room >= 4 else ""
                at = self._at(cycle + Rational(beat, beats))
                for offset, letter in enumerate(name):
                    if 0 <= at + offset < len(text):
                        text[at + offset] = letter
        return [(self._styled(DIM), letter) for letter in text]

    def _empty(self, row: Row, *, grid: bool) -> Cells:
        ground = BLACK_ROW if row.dark else ROW
        marked, empty = self._styled(BAR, ground), self._styled(BEAT, ground)
        cells: Cells = []
        for column in self._marked:
            on = column.step if grid else column.beat
            glyph = self.glyphs.step if on else " "
            cells.append(
                (marked if on else empty, self.glyphs.unknown if column.unknown else glyph)
            )
        return cells

    def _row(self, panel: Panel, row: Row, marks: list[Mark]) -> Cells:
        cells = self._empty(row, grid=panel.kind != "roll")
        for mark in sorted(marks, key=lambda mark: mark.head):
            if mark.end <= self.begin or mark.begin >= self.end:
                continue
            first, last = self._at(mark.begin), self._at(mark.end)
            for index in range(max(0, first), min(max(last, first + 1), len(cells))):
                struck = index == first and mark.head
                cells[index] = self._cell(panel, row, mark, struck=struck)
        return cells

    def _cell(self, panel: Panel, row: Row, mark: Mark, *, struck: bool) -> tuple[str, str]:
        roll = panel.kind == "roll"
        glyphs = self.glyphs
        body = glyphs.level(glyphs.bodies, mark.level) if panel.kind != "grid" else glyphs.tail
        glyph = glyphs.level(glyphs.heads, mark.level) if struck else body
        if not self.colour:
            return "", glyph
        tone = row.tone if mark.tone is None else mark.tone
        scale = HEAT if roll and mark.tone is None else ACCENTS
        full = colour_of(tone, scale, mark.colour)
        shade = mixed(full, GROUND, 0.35 + 0.65 * mark.level)
        if panel.kind == "grid":
            return self._styled(shade if struck else mixed(shade, ROW, 0.4), ROW), (
                glyphs.heads[-1] if struck else body
            )
        held = mixed(shade, GROUND, 0.72)
        bright = mixed("#ffffff", shade, 0.45)
        return self._styled(bright, held), glyphs.bright if struck else " "

    def _curve(self, curve: Curve) -> Iterator[Line]:
        heights = self._heights(curve)
        full = len(self.glyphs.levels) - 1
        for line in range(_CURVE_HEIGHT):
            floor_of = _CURVE_HEIGHT - 1 - line
            cells: Cells = []
            tint = mixed(HEAT[min(4, floor_of)], GROUND, 0.9)
            for height in heights:
                filled = 0 if height is None else round(height * _CURVE_HEIGHT * full)
                eighths = max(0, min(full, filled - floor_of * full))
                if height is not None and floor_of == 0:
                    eighths = max(1, eighths)
                cells.append((self._styled(tint, ROW), self.glyphs.levels[eighths]))
            name = {0: written(curve.high), _CURVE_HEIGHT - 1: written(curve.low)}.get(line, "")
            if curve.name and line == _CURVE_HEIGHT // 2:
                name = curve.name
            yield self._line(name, cells)

    def _heights(self, curve: Curve) -> list[float | None]:
        """Return how high a curve is in each column, 0.0 to 1.0; None where it has no value."""
        heights: list[float | None] = [None] * self._count
        for begin, end, value in curve.points:
            height = (value - curve.low) / (curve.high - curve.low)
            # The columns whose middle lies in the stretch.
            first, last = (ceil((at - self.begin) * self.columns - _HALF) for at in (begin, end))
            for index in range(max(0, first), min(last, self._count)):
                held = heights[index]
                heights[index] = height if held is None else max(held, height)
        return heights

    def _lane(self, lane: Lane) -> Cells:
        cells: Cells = [(self._styled(DIM, GROUND), " ")] * self._count
        places = [(self._at(begin), self._at(end)) for begin, end, *_ in lane.values]
        nexts = [begin for begin, _ in places[1:]] + [len(cells)]
        told = [
            (first, max(last, first + 1), following - first - 1, level, text)
            for (first, last), following, (_, _, level, text) in zip(
                places, nexts, lane.values, strict=True
            )
            if 0 <= first < len(cells)
        ]
        numeric = all(text[-1:].isdigit() for *_, text in told)
        fits = all(len(text) <= room for _, _, room, _, text in told)
        for first, last, room, level, text in told:
            full = len(self.glyphs.levels) - 1
            bars = self.glyphs.levels[1 + round(level * (full - 1))] * (last - first)
            shown = bars if numeric and not fits else text[: max(1, room)]
            for offset, letter in enumerate(shown):
                if first + offset < len(cells):
                    cells[first + offset] = (self._styled(DIM, GROUND), letter)
        return cells


def _changed(line: Line, place: int, change: Callable[[Piece], Piece]) -> Line:
    """Return a line with the character at a place changed; a shorter line gets it at its end."""
    changed: Line = []
    at = 0
    for style, text in line:
        inside = place - at
        at += len(text)
        if not 0 <= inside < len(text):
            changed.append((style, text))
            continue
        pieces = (
            (style, text[:inside]),
            change((style, text[inside])),
            (style, text[inside + 1 :]),
        )
        changed += [piece for piece in pieces if piece[1]]
    if place >= at:
        changed += [("", " " * (place - at)), change(("", " "))]
    return changed


def _lit(style: str) -> str:
    """Return a cell's style under the playhead."""
    front, _, ground = style.partition(" bg:")
    return f"{front} bg:{mixed(PLAYHEAD, ground or GROUND, 0.28)}"
