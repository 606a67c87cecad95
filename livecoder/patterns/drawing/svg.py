"""Shapes as SVG, written by hand: no fonts, scripts or files of its own, safe in any document."""

from __future__ import annotations

from xml.sax.saxutils import escape

from livecoder.patterns.drawing.shapes import Box, Label, Outline, Shape, Sheet

__all__ = ["svg"]

_FONT = "ui-sans-serif, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


def svg(sheet: Sheet, *, title: str = "") -> str:
    """Return a sheet as an SVG document.

    >>> svg(Sheet(10, 5, (Box(1, 1, 8, 3, "#ff0000", 1),))).count("<rect")
    1

    Args:
        sheet: what to draw.
        title: what readers that cannot see it are told.
    """
    size = f'width="{_plain(sheet.width)}" height="{_plain(sheet.height)}"'
    box = f'viewBox="0 0 {_plain(sheet.width)} {_plain(sheet.height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img" font-family="{_FONT}">'
    lines = [head, f"<title>{escape(title)}</title>", *map(_element, sheet.shapes), "</svg>"]
    return "\n".join(lines) + "\n"


def _plain(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _element(shape: Shape) -> str:
    match shape:
        case Box(x, y, width, height, fill, radius):
            place = f'x="{_plain(x)}" y="{_plain(y)}"'
            size = f'width="{_plain(width)}" height="{_plain(height)}"'
            corner = f' rx="{_plain(radius)}"' if radius else ""
            return f'<rect {place} {size}{corner} fill="{fill}"/>'
        case Outline(points, colour, width):
            path = " ".join(f"{_plain(x)},{_plain(y)}" for x, y in points)
            if width:
                return (
                    f'<polyline points="{path}" fill="none" stroke="{colour}" '
                    f'stroke-width="{_plain(width)}" stroke-linejoin="round"/>'
                )
            return f'<polygon points="{path}" fill="{colour}"/>'
        case Label(x, y, text, size, colour, anchor):
            place = f'x="{_plain(x)}" y="{_plain(y)}"'
            look = f'font-size="{_plain(size)}" fill="{colour}" text-anchor="{anchor}"'
            return f"<text {place} {look}>{escape(text)}</text>"
