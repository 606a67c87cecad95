"""A drawing laid out in pixels: the shapes that SVG and PNG both draw, in this order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import TypeAlias

from livecoder.core.rational import Rational
from livecoder.patterns.drawing.model import Curve, Drawing, Lane, Mark, Panel
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

__all__ = ["Box", "Label", "Outline", "Shape", "Sheet", "laid_out"]

_EDGE, _GUTTER, _TITLE, _RULER = 28.0, 76.0, 34.0, 24.0
_GAP, _LEGEND, _LANE, _CURVE = 14.0, 26.0, 30.0, 110.0
_HEIGHTS = {"roll": 17.0, "grid": 30.0, "rows": 26.0}
# A cycle is at least so wide, or the picture goes on in another system below.
_CYCLE = 120.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: pixels from the top left corner, and how round its corners are."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon, if it is filled, or a line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """Text whose baseline is at `y`; `anchor` says whether `x` is its start or its end."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: str = "start"


Shape: TypeAlias = Box | Outline | Label


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished layout: its size in pixels, and its shapes from back to front."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def laid_out(drawing: Drawing, width: float = 1200.0) -> Sheet:
    """Return the shapes of a drawing that is `width` pixels wide and as high as it needs.

    >>> from livecoder.patterns.drawing.picture import show
    >>> sheet = laid_out(show("bd sn").drawing)
    >>> sheet.width, sum(isinstance(shape, Label) for shape in sheet.shapes) > 2
    (1200.0, True)
    """
    plot = width - 2 * _EDGE - _GUTTER
    across = max(1, min(ceil(drawing.end - drawing.begin), int(plot // _CYCLE)))
    shapes: list[Shape] = [Label(_EDGE, _EDGE + 16, drawing.title, 17, INK)]
    y = _EDGE + _TITLE
    begin = drawing.begin
    while begin < drawing.end:
        end = min(begin + across, drawing.end)
        system = _System(drawing, begin, end, _EDGE + _GUTTER, y, plot / across)
        shapes += system.shapes()
        y += system.height + _GAP
        begin = end
    legend = list(_legend(drawing, y + 4))
    y += _LEGEND if legend else 0.0
    height = y + _EDGE - _GAP
    return Sheet(width, height, (Box(0, 0, width, height, GROUND, 14), *shapes, *legend))


def _is_c(name: str) -> bool:
    return name[:1] == "c" and name[1:].lstrip("-").isdigit()


def _legend(drawing: Drawing, y: float) -> Iterator[Shape]:
    x = _EDGE + _GUTTER
    for panel in drawing.panels:
        for tone, voice in enumerate(panel.voices):
            yield Box(x, y, 12, 12, colour_of(tone, ACCENTS), 3)
            yield Label(x + 18, y + 11, voice or "no sound", 13, DIM)
            x += 40 + 8 * len(voice or "no sound")
    said = [f"every note: {', '.join(drawing.notes)}"] if drawing.notes else []
    if hidden := sum(panel.hidden for panel in drawing.panels):
        said.append(f"and {hidden} more rows")
    if said:
        yield Label(x, y + 11, "   ".join(said), 13, DIM)


@dataclass(frozen=True, slots=True)
class _System:
    """All rows of some cycles; `x` and `y` are where its plot and its ruler begin."""

    drawing: Drawing
    begin: Rational
    end: Rational
    x: float
    y: float
    cycle: float

    @property
    def height(self) -> float:
        parts = [len(panel.rows) * _HEIGHTS[panel.kind] for panel in self.drawing.panels]
        parts += [_CURVE for _ in self.drawing.curves]
        parts += [_LANE for _ in self.drawing.lanes]
        parts = parts or [_HEIGHTS["grid"]]
        return _RULER + sum(parts) + _GAP * (len(parts) - 1)

    @property
    def right(self) -> float:
        return self._across(self.end)

    def _across(self, time: Rational | float) -> float:
        return self.x + float(time - self.begin) * self.cycle

    def shapes(self) -> Iterator[Shape]:
        yield from self._ruler()
        y = self.y + _RULER
        for panel in self.drawing.panels:
            yield from self._panel(panel, y)
            y += len(panel.rows) * _HEIGHTS[panel.kind] + _GAP
        for curve in self.drawing.curves:
            yield from self._curve(curve, y)
            y += _CURVE + _GAP
        for lane in self.drawing.lanes:
            yield from self._lane(lane, y)
            y += _LANE + _GAP
        if y == self.y + _RULER:
            yield from self._ground(y, _HEIGHTS["grid"])
            yield from self._times(y, _HEIGHTS["grid"])
        at = self.drawing.playhead
        if at is not None and self.begin <= at < self.end:
            x, top = self._across(at), self.y + _RULER - 6
            yield Box(x - 1, top, 2, self.height - _RULER + 6, PLAYHEAD)
            yield Outline(((x - 6, top - 8), (x + 6, top - 8), (x, top)), PLAYHEAD)

    def _ruler(self) -> Iterator[Shape]:
        beats = max(1, round(self.drawing.beats))
        for cycle in range(floor(self.begin), ceil(self.end)):
            for beat in range(beats):
                x = self._across(cycle + beat / beats)
                if not self.x <= x < self.right:
                    continue
                if beat == 0:
                    yield Label(x + 3, self.y + 14, str(cycle + 1), 13, INK)
                elif self.cycle / beats >= 36:
                    yield Label(x + 3, self.y + 14, f"{cycle + 1}.{beat + 1}", 11, BAR)

    def _ground(self, y: float, height: float, fill: str = ROW) -> Iterator[Shape]:
        yield Box(self.x, y, self.right - self.x, height, fill)

    def _times(self, y: float, height: float) -> Iterator[Shape]:
        """Draw the lines of beats and cycles, and what nobody knows yet."""
        beats = max(1, round(self.drawing.beats))
        for cycle in range(floor(self.begin), ceil(self.end)):
            if cycle in self.drawing.missing:
                left, right = self._across(cycle), self._across(cycle + 1)
                yield Box(left, y, right - left, height, BEAT)
                yield Label(left + 8, y + min(height, 18) - 4, "composing", 11, DIM)
            for beat in range(beats):
                x = self._across(cycle + beat / beats)
                if self.x <= x <= self.right:
                    yield Box(x - 0.5, y, 1, height, BEAT if beat else BAR)
        yield Box(self.right - 0.5, y, 1, height, BAR)

    def _panel(self, panel: Panel, y: float) -> Iterator[Shape]:
        height = _HEIGHTS[panel.kind]
        for index, row in enumerate(panel.rows):
            top = y + index * height
            yield from self._ground(top, height - 1, BLACK_ROW if row.dark else ROW)
            ink = INK if panel.kind != "roll" or _is_c(row.name) else DIM
            size = 11 if panel.kind == "roll" else 14
            text = row.name if len(row.name) <= 9 else row.name[:8] + "…"
            yield Label(self.x - 10, top + height / 2 + size * 0.36, text, size, ink, "end")
        yield from self._times(y, len(panel.rows) * height - 1)
        for mark in sorted(panel.marks, key=lambda mark: (mark.begin, mark.row)):
            if mark.begin < self.end and mark.end > self.begin:
                yield from self._mark(panel, mark, y + mark.row * height, height - 1)

    def _mark(self, panel: Panel, mark: Mark, y: float, height: float) -> Iterator[Shape]:
        row = panel.rows[mark.row]
        tone = row.tone if mark.tone is None else mark.tone
        scale = HEAT if panel.kind == "roll" and mark.tone is None else ACCENTS
        ground = BLACK_ROW if row.dark else ROW
        shade = mixed(colour_of(tone, scale, mark.colour), ground, 0.3 + 0.7 * mark.level)
        left = max(self.x, self._across(mark.begin) + 1)
        width = max(3.0, min(self.right, self._across(mark.end)) - left - 1)
        inset = 1.0 if panel.kind == "roll" else 4.0
        tall = height - 2 * inset
        if panel.kind == "grid":
            # A stroke and what rings after it, as on a drum machine.
            yield Box(left, y + height / 2 - 2, width, 4, mixed(shade, ground, 0.35), 2)
            if mark.head:
                yield Box(left, y + inset, min(width, tall), tall, shade, 4)
            return
        yield Box(left, y + inset, width, tall, mixed(shade, ground, 0.82), 3)
        if mark.head:
            bright = mixed("#ffffff", shade, 0.35)
            yield Box(left, y + inset, min(width, 4), tall, bright, 2)

    def _curve(self, curve: Curve, y: float) -> Iterator[Shape]:
        yield from self._ground(y, _CURVE)
        yield from self._times(y, _CURVE)
        names = [
            (y + 11, written(curve.high), 11.0, DIM),
            (y + _CURVE, written(curve.low), 11.0, DIM),
        ]
        for at, text, size, ink in [*names, (y + _CURVE / 2 + 4, curve.name, 13.0, INK)]:
            if text:
                yield Label(self.x - 10, at, text, size, ink, "end")
        for run in self._runs(curve, y):
            base = y + _CURVE - 1
            area = ((run[0][0], base), *run, (run[-1][0], base))
            yield Outline(area, mixed(HEAT[1], ROW, 0.28))
            yield Outline(tuple(run), HEAT[0], 2.5)

    def _runs(self, curve: Curve, y: float) -> Iterator[list[tuple[float, float]]]:
        """Yield the stretches of a curve without a gap, as points."""
        run: list[tuple[float, float]] = []
        last: Rational | None = None
        for begin, end, value in curve.points:
            if begin < self.begin or begin >= self.end:
                continue
            if last is not None and begin != last:
                yield run
                run = []
            height = (value - curve.low) / (curve.high - curve.low)
            level = y + _CURVE - 3 - height * (_CURVE - 8)
            run.append((self._across(begin), level))
            if not curve.smooth:
                run.append((self._across(min(end, self.end)), level))
            last = end
        if run:
            if curve.smooth and last is not None:
                run.append((self._across(min(last, self.end)), run[-1][1]))
            yield run

    def _lane(self, lane: Lane, y: float) -> Iterator[Shape]:
        yield from self._ground(y, _LANE, BLACK_ROW)
        yield from self._times(y, _LANE)
        yield Label(self.x - 10, y + _LANE / 2 + 4, lane.name[:10], 12, DIM, "end")
        seen = [value for value in lane.values if self.begin <= value[0] < self.end]
        fits = all(
            len(text) * 7 + 9 <= float(end - begin) * self.cycle for begin, end, _, text in seen
        )
        if seen and not fits:
            low, high = (each(seen, key=lambda value: value[2])[3] for each in (min, max))
            yield Label(self.x - 10, y + _LANE / 2 + 15, f"{low} to {high}"[:14], 9, BAR, "end")
        for begin, end, level, text in seen:
            left, width = self._across(begin) + 1, self._across(min(end, self.end)) - 2
            tall = 2 + level * (_LANE - 4)
            yield Box(
                left, y + _LANE - tall, width - left + 1, tall, mixed(ACCENTS[4], ROW, 0.4), 2
            )
            if fits:
                yield Label(left + 4, y + _LANE - 9, text, 12, INK)
