"""The characters of a text drawing: those of Unicode, and those every terminal has."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ASCII", "UNICODE", "Glyphs"]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Characters, each one column wide.

    Attributes:
        heads: where a note is struck, from soft to loud.
        bodies: where it is held, from soft to loud.
        tail: where a drum rings.
        bar: between cycles.
        step: an empty step of the grid.
        unknown: where nobody knows yet.
        levels: of a curve, an eighth each; the first is empty.
        playhead: above the column that sounds.
        bright: a note's first column where there are colours.
        more: at the end of what was cut.
    """

    heads: str
    bodies: str
    tail: str
    bar: str
    step: str
    unknown: str
    levels: str
    playhead: str
    bright: str
    more: str

    def level(self, scale: str, level: float) -> str:
        """Return the character of a scale for a level from 0.0 to 1.0.

        >>> UNICODE.level(UNICODE.heads, 1.0), UNICODE.level(UNICODE.heads, 0.3)
        ('█', '▒')
        """
        return scale[min(len(scale) - 1, int(level * len(scale)))]


UNICODE = Glyphs("░▒▓█", "╌─━━", "─", "│", "·", "░", " ▁▂▃▄▅▆▇█", "▼", "▌", "…")
ASCII = Glyphs("oo0#", "--==", "-", "|", ".", "?", "  ..::##", "v", "|", "~")
