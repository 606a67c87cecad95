"""A drawing as lines of text: for a terminal, in colour where it has them, and for documents.

A line is a list of `(style, text)` pieces; styles are written as prompt_toolkit reads them
(`"#rrggbb bg:#rrggbb"`), and are empty where no colour is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, lcm

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

Line = list[tuple[str, str]]
Cells = list[tuple[str, str]]

_LABEL = 14
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
    names = [row.name for panel in drawing.panels for row in panel.rows]
    names += [lane.name for lane in drawing.lanes]
    for curve in drawing.curves:
        names += [curve.name, written(curve.low), written(curve.high)]
    label = min(_LABEL, width // 3, max((len(name) for name in names), default=1))
    space = max(_NARROW, width - label - 3)
    span = drawing.end - drawing.begin
    times = times_of(drawing)
    needed = lcm(*(int(time.denominator) for time in times)) if times else _WIDE
    least = min(max(needed, _NARROW), _WIDE)
    across = max(1, min(ceil(span), (space + 1) // (least + 1)))
    columns = columns_of(times, (space + 1) // across - 1)
    steps = grid_of(times, columns, drawing.beats)
    lines: list[Line] = []
    if drawing.playhead is not None:
        lines.append([(INK if colour else "", _cut(drawing.title, width, glyphs))])
    begin = drawing.begin
    while begin < drawing.end:
        end = min(begin + across, drawing.end)
        page = _Page(drawing, glyphs, colour, label, columns, steps, begin, end)
        lines += page.lines()
        begin = end
    lines += _legend(drawing, width, glyphs, colour)
    return lines


def _legend(drawing: Drawing, width: int, glyphs: Glyphs, colour: bool) -> Iterator[Line]:
    for panel in drawing.panels:
        if panel.voices:
            line: Line = []
            for tone, voice in enumerate(panel.voices):
                style = colour_of(tone, ACCENTS) if colour else ""
                line.append((style, f"{glyphs.heads[-1]} {voice or 'no sound'}   "))
            yield line
    if hidden := sum(panel.hidden for panel in drawing.panels):
        yield [(DIM if colour else "", f"and {hidden} more rows")]
    if drawing.notes:
        text = f"every note: {', '.join(drawing.notes)}"
        yield [(DIM if colour else "", _cut(text, width, glyphs))]


def _cut(text: str, width: int, glyphs: Glyphs) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + glyphs.more


@dataclass(frozen=True, slots=True)
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

    @property
    def _count(self) -> int:
        return max(1, ceil((self.end - self.begin) * self.columns))

    def _at(self, time: Rational) -> int:
        return floor((time - self.begin) * self.columns + Rational(1, 2))

    def _styled(self, front: str, ground: str = "") -> str:
        if not self.colour:
            return ""
        return f"{front} bg:{ground}" if ground else front

    def _line(self, name: str, cells: Cells, *, dim: bool = False, plain: bool = False) -> Line:
        name = _cut(name, self.label, self.glyphs)
        pieces: Line = [(self._styled(DIM if dim else INK), f"{name:>{self.label}} ")]
        separator = (self._styled(BAR), " " if plain else self.glyphs.bar)
        playhead = self._playhead()
        pieces.append(separator)
        for index, cell in enumerate(cells):
            time = self.begin + Rational(index, self.columns)
            if index and time.denominator == 1:
                pieces.append(separator)
            style, text = cell
            if self.colour and index == playhead:
                style = _lit(style)
            pieces.append((style, text))
        if not plain:
            pieces.append(separator)
        joined = [
            (style, "".join(text for _, text in group))
            for style, group in groupby(pieces, key=lambda piece: piece[0])
        ]
        if not self.colour:
            joined[-1] = (joined[-1][0], joined[-1][1].rstrip())
        return joined

    def _playhead(self) -> int:
        at = self.drawing.playhead
        if at is None or not self.begin <= at < self.end:
            return -1
        return int((at - float(self.begin)) * self.columns)

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
        cells = [(self._styled(DIM), letter) for letter in text]
        if (at := self._playhead()) >= 0:
            cells[at] = (self._styled(PLAYHEAD), self.glyphs.playhead)
        return cells

    def _empty(self, row: Row, *, grid: bool) -> Cells:
        ground = BLACK_ROW if row.dark else ROW
        marked = self.steps if grid and self.steps else max(1, round(self.drawing.beats))
        cells: Cells = []
        for index in range(self._count):
            time = self.begin + Rational(index, self.columns)
            on = (time * marked).denominator == 1 and (grid or time.denominator != 1)
            glyph = self.glyphs.step if on else " "
            if floor(time) in self.drawing.missing:
                glyph = self.glyphs.unknown
            cells.append((self._styled(BAR if on else BEAT, ground), glyph))
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
        heights = [self._height(curve, index) for index in range(self._count)]
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

    def _height(self, curve: Curve, index: int) -> float | None:
        """Return how high a curve is in a column, 0.0 to 1.0; None where it has no value."""
        at = self.begin + (index + Rational(1, 2)) / self.columns
        values = [value for begin, end, value in curve.points if begin <= at < end]
        return (max(values) - curve.low) / (curve.high - curve.low) if values else None

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


def _lit(style: str) -> str:
    """Return a cell's style under the playhead."""
    front, _, ground = style.partition(" bg:")
    return f"{front} bg:{mixed(PLAYHEAD, ground or GROUND, 0.28)}"
