"""What a picture of a pattern is made of, before anybody draws it.

Conventions
-----------
Times are exact cycles, counted as the pattern counts them. Rows go from the top down. A level is
0.0 (silent) to 1.0 (full). A drawing knows no size: text, SVG and PNG each give it theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from livecoder.core.rational import Rational

__all__ = ["Curve", "Drawing", "Lane", "Mark", "Panel", "Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a panel: a pitch, a sound, a value.

    Attributes:
        name: what stands at its left.
        tone: which colour of the palette its marks have, if they have none of their own.
        dark: a black key, or a row that should stand back.
    """

    name: str
    tone: int
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One note or stroke.

    Attributes:
        row: index of its row.
        begin: cycle it begins in the picture.
        end: cycle it ends there.
        head: whether it is struck there, and not a piece of one that was struck before.
        level: how loud.
        tone: colour of the palette; None for that of its row.
        colour: what `.color(...)` asked for, as it was typed.
    """

    row: int
    begin: Rational
    end: Rational
    head: bool = True
    level: float = 1.0
    tone: int | None = None
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows with marks.

    Attributes:
        kind: `roll` (pitches, every semitone has its row), `grid` (sounds), `rows` (values).
        rows: from the top down.
        marks: earliest first.
        voices: names of the tones, where they mean sounds.
        hidden: how many rows more there would be, past what anybody can take in.
    """

    kind: str
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    voices: tuple[str, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """A value that changes all the time, or is drawn as if it did.

    Attributes:
        name: of the control; empty for a bare value.
        low: the value at the bottom.
        high: the value at the top.
        points: `(begin, end, value)`, earliest first: the value holds from one cycle to the other.
        smooth: whether the points are samples of something continuous.
    """

    name: str
    low: float
    high: float
    points: tuple[tuple[Rational, Rational, float], ...]
    smooth: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """What a control is told at each note, drawn below the notes.

    Attributes:
        name: of the control.
        values: `(begin, end, level, text)`, earliest first; a level is 0.0 to 1.0.
    """

    name: str
    values: tuple[tuple[Rational, Rational, float, str], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A stretch of a pattern, ready to be drawn.

    Attributes:
        title: how it was typed.
        begin: first cycle shown.
        end: cycle it stops before.
        beats: beats of a cycle.
        panels: rolls, grids, rows.
        curves: below them.
        lanes: below those.
        notes: what holds for every note, `speed 2`.
        missing: cycles that a network has not composed yet.
        playhead: cycle that sounds at this moment; None for a still picture.
    """

    title: str
    begin: Rational
    end: Rational
    beats: float = 4.0
    panels: tuple[Panel, ...] = ()
    curves: tuple[Curve, ...] = ()
    lanes: tuple[Lane, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[int, ...] = ()
    playhead: float | None = None
