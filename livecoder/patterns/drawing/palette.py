"""The colours of pictures: bright on dark, as they are seen behind a performer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = [
    "ACCENTS", "BAR", "BEAT", "BLACK_ROW", "DIM", "GROUND", "HEAT", "INK", "NAMED", "PLAYHEAD",
    "ROW", "colour_of", "mixed",
]  # fmt: skip

GROUND = "#0e1016"
ROW = "#181b24"
BLACK_ROW = "#12141b"
BEAT = "#262b38"
BAR = "#454d63"
DIM = "#8089a0"
INK = "#dfe4ee"
PLAYHEAD = "#ffffff"

ACCENTS = ("#ff6b8b", "#ffb454", "#59d6c4", "#7aa2f7", "#c792ea", "#e8dc6a", "#7ddc7a", "#f09ae0")
"""One for each row of a grid, or each voice of a roll, in turn."""

HEAT = ("#3fb8f0", "#6f95f8", "#a57df2", "#e070c8", "#ff6b8b")
"""From the lowest pitch of a roll to the highest."""

NAMED = {
    "red": "#ff5f6d", "orange": "#ffa94d", "yellow": "#f5e05e", "green": "#6fdc7d",
    "cyan": "#4fd6dc", "blue": "#6f9bff", "purple": "#b48aff", "magenta": "#f27de0",
    "pink": "#ff8fc0", "white": "#f4f6fb", "black": "#3a4052", "gray": "#8089a0",
    "grey": "#8089a0", "brown": "#b98a5e",
}  # fmt: skip
"""What `.color("red")` may say, besides `#rrggbb`."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def colour_of(tone: int, scale: Sequence[str], asked: str = "") -> str:
    """Return a colour: the one asked for, where it is one, else that of the tone.

    >>> colour_of(0, ACCENTS), colour_of(0, ACCENTS, "#123456"), colour_of(9, ACCENTS, "no such")
    ('#ff6b8b', '#123456', '#ffb454')
    """
    if asked:
        if _HEX.fullmatch(asked):
            return asked
        if asked.lower() in NAMED:
            return NAMED[asked.lower()]
    return scale[tone % len(scale)]


@lru_cache(maxsize=4096)
def mixed(colour: str, ground: str, part: float) -> str:
    """Return a colour thinned on a ground: part 1.0 is the colour, 0.0 the ground.

    >>> mixed("#ffffff", "#000000", 0.5)
    '#808080'
    """
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(over * part + under * (1 - part)):02x}" for over, under in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
