"""From haps to a drawing: rows found, notes placed, what else is said put into lanes."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.patterns.drawing.model import Curve, Drawing, Lane, Mark, Panel, Row
from livecoder.patterns.drawing.sorting import (
    Place,
    is_number,
    level_of,
    one_line,
    pitch_name,
    place_of,
    rank_of,
    written,
)

__all__ = ["compact", "draw"]

# Beyond so many semitones a roll shows only the pitches that are played.
_SEMITONES = 13
_ROWS = 48
# Shown by place, shade and colour; or of no use to the eye.
_SEEN = frozenset({"s", "n", "note", "freq", "gain", "velocity", "clip", "color", "value"})


class _Placed(NamedTuple):
    hap: Hap
    place: Place


def draw(
    haps: Iterable[Hap],
    begin: Rational,
    end: Rational,
    *,
    title: str = "",
    beats: float = 4.0,
    missing: Sequence[int] = (),
    playhead: float | None = None,
) -> Drawing:
    """Return the drawing of haps: notes as a roll, sounds as a grid, numbers as a curve.

    >>> from livecoder.patterns import s
    >>> draw(s("bd sn").query(0, 1), Rational(0), Rational(1)).panels[0].kind
    'grid'

    Args:
        haps: in any order; those without a whole are samples of a signal.
        begin: first cycle shown.
        end: cycle it stops before.
        title: how the pattern was typed.
        beats: beats of a cycle, for the ruler.
        missing: cycles that cannot be known yet.
        playhead: cycle that sounds now.
    """
    signals, heard = _heard(haps, begin, end)
    notes = [_Placed(hap, place_of(hap.value)) for hap in heard]
    if any(
        each.place.kind == "curve" and not isinstance(each.hap.value, Mapping) for each in notes
    ):
        notes = [_as_curve(each) for each in notes]
    split = _on_both_sides(notes)
    if split:
        notes = [_sided(each) for each in notes]
    beside = [each for each in notes if each.place.kind != "curve"]
    lanes, said = _lanes(beside, _SEEN | {"pan"} if split else _SEEN)
    panels = tuple(_panels(notes))
    return Drawing(
        one_line(title),
        begin,
        end,
        beats,
        panels,
        (*_stepped(notes), *_smooth(signals)),
        lanes,
        said,
        tuple(missing),
        playhead,
    )


def _heard(haps: Iterable[Hap], begin: Rational, end: Rational) -> tuple[list[Hap], list[Hap]]:
    """Return the samples of signals, and the haps that sound, each once and at its full length.

    What is struck sounds to the end of its whole, whatever a query cut off it; a piece without
    its onset is heard only if the onset lies before the picture.
    """
    signals: list[Hap] = []
    struck: list[Hap] = []
    held: dict[tuple[Span, str], Hap] = {}
    for hap in haps:
        if hap.whole is None:
            signals.append(hap)
        elif hap.has_onset and begin <= hap.whole.begin < end:
            whole = hap.whole
            struck.append(hap._replace(part=Span(whole.begin, min(whole.end, end))))
        elif hap.whole.begin < begin < hap.whole.end and hap.part.begin == begin:
            part = Span(begin, min(hap.whole.end, end))
            held[hap.whole, repr(place_of(hap.value))] = hap._replace(part=part)
    heard = [*held.values(), *struck]
    return sorted(signals, key=_when), sorted(heard, key=_when)


def _when(hap: Hap) -> Rational:
    return hap.part.begin


def _panels(notes: list[_Placed]) -> Iterator[Panel]:
    makers = (("roll", _roll), ("degrees", _degrees), ("grid", _named), ("rows", _named))
    for kind, make in makers:
        if chosen := [each for each in notes if each.place.kind == kind]:
            yield make(chosen)


def _as_curve(placed: _Placed) -> _Placed:
    """Let whole numbers go into the curve of those that are none: `.5 1 1.5` is one thing."""
    bare = placed.place.kind == "degrees" and not isinstance(placed.hap.value, Mapping)
    return placed._replace(place=Place("curve", placed.place.row)) if bare else placed


def _mark(placed: _Placed, row: int, tone: int | None = None) -> Mark:
    hap = placed.hap
    whole = hap.whole or hap.part
    value = hap.value if isinstance(hap.value, Mapping) else {}
    end = hap.part.end
    clip = value.get("clip")
    if is_number(clip) and clip >= 0 and hap.has_onset:
        end = whole.begin + (whole.end - whole.begin) * Rational(clip)
    colour = value.get("color")
    return Mark(
        row,
        hap.part.begin,
        end,
        hap.has_onset,
        level_of(hap.value),
        tone,
        colour if isinstance(colour, str) else "",
    )


def _roll(notes: list[_Placed]) -> Panel:
    used = sorted({each.place.row for each in notes})
    low, high = int(used[0] // 1), int(-(-used[-1] // 1))
    between = range(low, high + 1) if high - low < _SEMITONES else ()
    pitches = sorted({*used, *map(float, between)}, reverse=True)
    hidden = max(0, len(pitches) - _ROWS)
    pitches = pitches[:_ROWS]
    voices = tuple(sorted({each.place.voice for each in notes}))
    several = len(voices) > 1
    span = max(1.0, used[-1] - used[0])
    rows = tuple(
        Row(pitch_name(pitch), round((pitch - used[0]) / span * 4), int(pitch) % 12 in _BLACK)
        for pitch in pitches
    )
    places = {pitch: index for index, pitch in enumerate(pitches)}
    marks = tuple(
        _mark(each, places[each.place.row], voices.index(each.place.voice) if several else None)
        for each in notes
        if each.place.row in places
    )
    return Panel("roll", rows, marks, voices if several else (), hidden)


_BLACK = frozenset({1, 3, 6, 8, 10})


def _degrees(notes: list[_Placed]) -> Panel:
    used = sorted({each.place.row for each in notes}, reverse=True)
    low, high = math.floor(used[-1]), math.ceil(used[0])
    between = range(low, high + 1) if high - low < _SEMITONES else ()
    used = sorted({*used, *map(float, between)}, reverse=True)
    hidden = max(0, len(used) - _ROWS)
    used = used[:_ROWS]
    span = max(1.0, used[0] - used[-1])
    rows = tuple(Row(written(step), round((step - used[-1]) / span * 4)) for step in used)
    places = {step: index for index, step in enumerate(used)}
    marks = tuple(_mark(e, places[e.place.row]) for e in notes if e.place.row in places)
    return Panel("roll", rows, marks, hidden=hidden)


def _named(notes: list[_Placed]) -> Panel:
    names = list(dict.fromkeys(written(each.place.row) for each in notes))
    first = list(dict.fromkeys(name.removesuffix(" L").removesuffix(" R") for name in names))
    places = {name: first.index(name.removesuffix(" L").removesuffix(" R")) for name in names}
    names.sort(key=lambda name: (rank_of(name), places[name], name))
    hidden = max(0, len(names) - _ROWS)
    names = names[:_ROWS]
    marks = tuple(
        _mark(each, names.index(written(each.place.row)))
        for each in notes
        if written(each.place.row) in names
    )
    rows = tuple(Row(name, index) for index, name in enumerate(names))
    return Panel(notes[0].place.kind, rows, marks, hidden=hidden)


def _on_both_sides(notes: list[_Placed]) -> bool:
    """Whether sounds are left and right and nowhere else, which two rows each show best."""
    pans = {_pan(each.hap.value) for each in notes if each.place.kind in ("grid", "rows")}
    return len(pans) == 2 and min(pans) < 0.5 < max(pans)


def _sided(placed: _Placed) -> _Placed:
    pan = _pan(placed.hap.value)
    side = " L" if pan < 0.5 else " R" if pan > 0.5 else ""
    if placed.place.kind not in ("grid", "rows") or not side:
        return placed
    return placed._replace(place=placed.place._replace(row=f"{placed.place.row}{side}"))


def _pan(value: Any) -> float:
    pan = value.get("pan", 0.5) if isinstance(value, Mapping) else 0.5
    return float(pan) if is_number(pan) else 0.5


def _lanes(notes: list[_Placed], seen: Collection[str]) -> tuple[tuple[Lane, ...], tuple[str, ...]]:
    """Return what controls other than pitch and loudness say: lanes, and what never changes."""
    told: dict[str, list[tuple[Hap, Any]]] = {}
    for hap, place in notes:
        for name, held in hap.value.items() if isinstance(hap.value, Mapping) else ():
            drawn = name in seen or (place.kind == "rows" and name == place.voice)
            if not drawn and not name.startswith("_"):
                told.setdefault(one_line(str(name)), []).append((hap, held))
    lanes: list[Lane] = []
    said: list[str] = []
    for name, held in told.items():
        kinds = {written(value) for _, value in held}
        if len(kinds) == 1 and len(held) == len(notes):
            said.append(f"{name} {kinds.pop()}")
        else:
            lanes.append(_lane(name, held))
    return tuple(lanes), tuple(said)


def _lane(name: str, held: list[tuple[Hap, Any]]) -> Lane:
    numbers = [float(value) for _, value in held if is_number(value)]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if math.isclose(low, high, abs_tol=1e-9):  # `sine` at 0 and at 1/2, and the like
        low = high - 1.0
    at_once: dict[Rational, tuple[Rational, Rational, float, str]] = {}
    for hap, value in held:
        level = (float(value) - low) / (high - low) if is_number(value) else 1.0
        level = min(1.0, max(0.0, level))
        at_once[hap.part.begin] = (hap.part.begin, hap.part.end, level, written(value))
    return Lane(name, tuple(at_once[begin] for begin in sorted(at_once)))


def _stepped(notes: list[_Placed]) -> list[Curve]:
    """Return numbers that hold for a while, one curve for each control."""
    held: dict[str, list[tuple[Rational, Rational, float]]] = {}
    for hap, place in notes:
        for name, value in _numbers(hap.value) if place.kind == "curve" else ():
            held.setdefault(name, []).append((hap.part.begin, hap.part.end, value))
    return [_curve(name, points, smooth=False) for name, points in held.items()]


def _smooth(signals: list[Hap]) -> list[Curve]:
    held: dict[str, list[tuple[Rational, Rational, float]]] = {}
    for hap in signals:
        for name, value in _numbers(hap.value):
            held.setdefault(name, []).append((hap.part.begin, hap.part.end, value))
    return [_curve(name, points, smooth=True) for name, points in held.items()]


def _numbers(value: Any) -> list[tuple[str, float]]:
    if isinstance(value, Mapping):
        return [(str(name), float(each)) for name, each in value.items() if is_number(each)]
    return [("", float(value))] if is_number(value) else []


def _curve(name: str, points: list[tuple[Rational, Rational, float]], *, smooth: bool) -> Curve:
    values = [value for _, _, value in points]
    low, high = min(values), max(values)
    if low >= 0 and (high == low or not smooth):
        low = 0.0
    if high == low:
        high = low + 1
    low, high = _rounded(low, high)
    return Curve(name, low, high, tuple(points), smooth)


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Return limits a little wider, where that makes them rounder: a saw is sampled below 1."""
    span = high - low
    unit = 10.0 ** math.floor(math.log10(span)) / 2
    under, over = math.floor(low / unit) * unit, math.ceil(high / unit) * unit
    close = span * 0.035
    return (under if low - under < close else low), (over if over - high < close else high)


def compact(drawing: Drawing) -> Drawing:
    """Return a drawing without the rows on which nothing is played, for where room is short."""
    panels = []
    for panel in drawing.panels:
        used = sorted({mark.row for mark in panel.marks})
        places = {row: index for index, row in enumerate(used)}
        marks = tuple(replace(mark, row=places[mark.row]) for mark in panel.marks)
        panels.append(replace(panel, rows=tuple(panel.rows[row] for row in used), marks=marks))
    return replace(drawing, panels=tuple(panels))
