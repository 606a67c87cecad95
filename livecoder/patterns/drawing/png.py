"""Shapes as a PNG, drawn twice as fine as asked for and made smaller, so that edges are smooth."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from livecoder.patterns.drawing.shapes import Box, Label, Outline, Shape, Sheet

__all__ = ["png"]

_FINER = 2


def png(sheet: Sheet, *, scale: float = 2.0) -> bytes:
    """Return a sheet as the bytes of a PNG file.

    >>> png(Sheet(10, 5, (Box(1, 1, 8, 3, "#ff0000", 1),)))[1:4]
    b'PNG'

    Args:
        sheet: what to draw.
        scale: pixels of the file for each pixel of the sheet; 2 is sharp on a fine screen.
    """
    # Here, because nothing else of the prompt needs it and it takes a tenth of a second.
    from PIL import Image, ImageDraw

    factor = scale * _FINER
    size = round(sheet.width * factor), round(sheet.height * factor)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for shape in sheet.shapes:
        _draw(pen, shape, factor)
    small = image.resize((size[0] // _FINER, size[1] // _FINER), Image.Resampling.LANCZOS)
    held = BytesIO()
    small.save(held, "PNG", optimize=True)
    return held.getvalue()


def _draw(pen: Any, shape: Shape, factor: float) -> None:
    match shape:
        case Box(x, y, width, height, fill, radius):
            corners = (x * factor, y * factor, (x + width) * factor - 1, (y + height) * factor - 1)
            left, top, right, bottom = corners
            box = (left, top, max(left, right), max(top, bottom))
            pen.rounded_rectangle(box, radius=radius * factor, fill=fill)
        case Outline(points, colour, width):
            path = [(x * factor, y * factor) for x, y in points]
            if not width:
                pen.polygon(path, fill=colour)
            elif len(path) > 1:
                pen.line(path, fill=colour, width=round(width * factor), joint="curve")
        case Label(x, y, text, size, colour, anchor):
            from PIL import ImageFont

            font = ImageFont.load_default(size * factor)
            side = {"start": "ls", "end": "rs"}[anchor]
            pen.text((x * factor, y * factor), text, fill=colour, font=font, anchor=side)
