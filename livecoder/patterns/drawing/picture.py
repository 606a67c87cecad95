"""`show`: what a pattern plays, as a picture."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livecoder.core.errors import NotReadyError, RangeError, SessionFileError
from livecoder.core.haps import Hap
from livecoder.core.rational import Rational, RationalLike, floor, rational
from livecoder.patterns.drawing.glyphs import ASCII, UNICODE, Glyphs
from livecoder.patterns.drawing.model import Drawing
from livecoder.patterns.drawing.reading import draw
from livecoder.patterns.drawing.text import Line, lines_of
from livecoder.patterns.pattern import Pattern, clip_label, reify
from livecoder.patterns.verbs import attach

__all__ = ["LivePicture", "Picture", "drawn", "show"]

# A picture is to be looked at: more than this nobody sees at once.
_MOST_CYCLES = 64
_MOST_HAPS = 20_000
_SAMPLES = 64


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture of a pattern: the prompt shows it, `print` prints it, `svg` and `png` keep it.

    Attributes:
        drawing: what is in it.
    """

    drawing: Drawing

    def lines(
        self, width: int | None = None, *, glyphs: Glyphs | None = None, colour: bool = False
    ) -> list[Line]:
        """Return it as lines of `(style, text)` pieces.

        Args:
            width: columns; those of the terminal.
            glyphs: `ASCII` or `UNICODE`; what the terminal has.
            colour: whether styles are wanted.
        """
        columns = shutil.get_terminal_size().columns if width is None else width
        chosen = _glyphs() if glyphs is None else glyphs
        return lines_of(self.drawing, max(20, columns), glyphs=chosen, colour=colour)

    def text(self, width: int | None = None, *, ascii: bool | None = None) -> str:  # noqa: A002
        """Return it as plain text.

        >>> print(show("a b", cycles=1).text(24))
           1    .2   .3   .4
        a │█━━━━━━━━━·    ·    │
        b │·    ·    █━━━━━━━━━│

        Args:
            width: columns; those of the terminal.
            ascii: only characters that every terminal has; without, what this one has.
        """
        glyphs = None if ascii is None else ASCII if ascii else UNICODE
        lines = self.lines(width, glyphs=glyphs)
        return "\n".join("".join(text for _, text in line) for line in lines)

    def svg(self, file: str | Path = "") -> Picture:
        """Write it to an SVG file, and return the picture.

        Raises:
            SessionFileError: the file cannot be written.
        """
        _write(file, ".svg", self.svg_markup().encode())
        return self

    def png(self, file: str | Path = "", *, scale: float = 2.0) -> Picture:
        """Write it to a PNG file, and return the picture.

        Args:
            file: where.
            scale: 1.0 for 1200 pixels across, 2.0 for 2400.

        Raises:
            SessionFileError: the file cannot be written.
            RangeError: the scale is not 0.25 to 8.
        """
        if not 0.25 <= scale <= 8:
            raise RangeError("scale", scale, "from 0.25 to 8", fix='try show(p).png("p.png")')
        from livecoder.patterns.drawing.png import png
        from livecoder.patterns.drawing.shapes import laid_out

        _write(file, ".png", png(laid_out(self.drawing), scale=scale))
        return self

    def __repr__(self) -> str:
        return self.text()

    def svg_markup(self) -> str:
        """Return it as SVG."""
        from livecoder.patterns.drawing.shapes import laid_out
        from livecoder.patterns.drawing.svg import svg

        return svg(laid_out(self.drawing), title=self.drawing.title)

    # What a notebook asks for.
    _repr_svg_ = svg_markup


@dataclass(frozen=True, repr=False)
class LivePicture:
    """A picture that moves: the prompt keeps it above the line being typed.

    Attributes:
        name: of the track.
        look: returns the picture as it is at the moment.
    """

    name: str
    look: Callable[[], Picture]

    def __repr__(self) -> str:
        return repr(self.look())


def _glyphs() -> Glyphs:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "█░▁│·━▼".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def _write(file: str | Path, ending: str, data: bytes) -> None:
    if not str(file).strip():
        message = f'a picture needs a file; try .{ending[1:]}("pattern{ending}")'
        raise SessionFileError(message)
    path = Path(file).expanduser()
    try:
        path.write_bytes(data)
    except OSError as error:
        message = f'cannot write {path} ({error.strerror}); try .{ending[1:]}("pattern{ending}")'
        raise SessionFileError(message) from error


def drawn(pattern: Pattern, begin: RationalLike, cycles: RationalLike, **about: Any) -> Drawing:
    """Return the drawing of a stretch of a pattern; cycles a network has not composed stay empty.

    Args:
        pattern: what to ask.
        begin: first cycle.
        cycles: how many.
        about: `title`, `beats`, `playhead` of the drawing.

    Raises:
        RangeError: the pattern is too dense to be drawn.
    """
    first, span = rational(begin), rational(cycles)
    end = first + span
    haps: list[Hap] = []
    missing: list[int] = []
    for cycle in range(floor(first), math.ceil(end)):
        left, right = max(first, Rational(cycle)), min(end, Rational(cycle + 1))
        try:
            asked = pattern.query(left, right)
            if any(hap.whole is None for hap in asked):
                asked = [hap for hap in asked if hap.whole is not None]
                asked += _samples(pattern, left, right)
        except NotReadyError:
            missing.append(cycle)
            continue
        haps += asked
        if len(haps) > _MOST_HAPS:
            fix = "try show(p.slow(16), cycles=1)"
            raise RangeError("haps to draw", len(haps), f"at most {_MOST_HAPS}", fix=fix)
    title = about.pop("title", None) or clip_label(pattern.label)
    return draw(haps, first, end, title=title, missing=missing, **about)


def _samples(pattern: Pattern, begin: Rational, end: Rational) -> list[Hap]:
    step = Rational(1, _SAMPLES)
    found = []
    at = begin
    while at < end:
        following = min(at + step, end)
        found += [hap for hap in pattern.query(at, following) if hap.whole is None]
        at = following
    return found


def show(pattern: Any, cycles: RationalLike = 2, *, begin: RationalLike = 0, file: str = "") -> Any:
    """What a pattern plays, as a picture: notes as a piano roll, sounds as a drum grid.

    >>> print(show("a b", cycles=1).text(32))
       1      .2     .3     .4
    a │█━━━━━━━━━━━━━·      ·      │
    b │·      ·      █━━━━━━━━━━━━━│

    Signals are curves; what a control is told stands below the notes; `gain` and `velocity` are
    shades. `show(p).svg("p.svg")` and `.png("p.png")` write it for a document or a screen.

    Args:
        pattern: a pattern, text in mini-notation, or a track.
        cycles: how many, more than 0, at most 64.
        begin: the first of them, counted from 0.
        file: where to write it as well: `"p.svg"` or `"p.png"`.

    Raises:
        RangeError: the cycles are not to be drawn, or the file is neither SVG nor PNG.
        SessionFileError: the file cannot be written.
    """
    span = rational(cycles)
    if not 0 < span <= _MOST_CYCLES:
        allowed = f"more than 0, at most {_MOST_CYCLES}"
        raise RangeError("cycles", cycles, allowed, fix="try show(p, cycles=4)")
    looks = getattr(type(pattern), "show", None)
    if looks is not None and not isinstance(pattern, (Pattern, type)):
        picture: Picture = pattern.show(cycles)  # a track: it knows where the music is
    else:
        picture = Picture(drawn(reify(pattern), begin, span))
    if not file:
        return picture
    if file.endswith(".svg"):
        return picture.svg(file)
    if file.endswith(".png"):
        return picture.png(file)
    raise RangeError("file", file, "a name that ends in .svg or .png", fix='try file="p.svg"')


attach("show", show)
