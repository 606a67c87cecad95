"""Which part of a picture each value belongs to, and what it is called there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeGuard

from livecoder.core.errors import LivecoderError
from livecoder.core.rational import Rational
from livecoder.theory.scales import note_number

__all__ = [
    "Place", "is_number", "level_of", "one_line", "pitch_name", "place_of", "rank_of", "written",
]  # fmt: skip

_PITCHES = ("c", "c#", "d", "eb", "e", "f", "f#", "g", "ab", "a", "bb", "b")
_PITCHED = re.compile(r"[a-gA-G][#b]{0,2}-?\d{1,2}")
# Drums as a player counts them, from the bottom of the kit up.
_KIT = ("bd", "kick", "sd", "sn", "snare", "rim", "rs", "cp", "lt", "mt", "ht", "hh", "ch", "oh",
        "cb", "cy", "cr", "rd")  # fmt: skip
_LONGEST = 24


class Place(NamedTuple):
    """Where a value is drawn.

    Attributes:
        kind: `roll`, `degrees`, `grid`, `rows` or `curve`.
        row: a pitch or number, or the name of a row; of a curve, the name of the control.
        voice: the sound that plays a pitch, the control a row is of; empty without one.
    """

    kind: str
    row: Any
    voice: str = ""


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a finite number (a bool is none)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Rational, Fraction)):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def written(value: Any) -> str:
    """Return a value as short as it can be read.

    >>> written(0.25), written(440.0), written("sn"), written([1, 2]), written(-0.5)
    ('.25', '440', 'sn', '1:2', '-.5')
    """
    if isinstance(value, (list, tuple)):
        return ":".join(written(each) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if not is_number(value):
        text = one_line(str(value))
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    number = float(value)
    digits = f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"
    return re.sub(r"^(-?)0\.", r"\1.", digits)


def one_line(text: str) -> str:
    r"""Return a text on one line, without anything a terminal or a document would obey.

    >>> one_line("a\n  b\x1b[2J")
    'a b?[2J'
    """
    spaced = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "?" for letter in spaced)


def pitch_name(number: float) -> str:
    """Return the name of a MIDI note; a microtone with its cents.

    >>> pitch_name(60), pitch_name(61), pitch_name(63.5)
    ('c4', 'c#4', 'eb4+50')
    """
    whole = math.floor(number)
    cents = round((number - whole) * 100)
    return f"{_PITCHES[whole % 12]}{whole // 12 - 1}" + (f"+{cents}" if cents else "")


def place_of(value: Any) -> Place:
    """Return where a value is drawn.

    >>> place_of({"note": "c4", "s": "bass"}), place_of({"s": "hh", "n": 2})
    (Place(kind='roll', row=60.0, voice='bass'), Place(kind='grid', row='hh:2', voice=''))
    >>> place_of({"n": 3}).kind, place_of({"cutoff": 800}).kind, place_of("bd").kind
    ('degrees', 'curve', 'rows')
    """
    if isinstance(value, Mapping):
        return _controls(value)
    if is_number(value):
        return Place("degrees" if float(value).is_integer() else "curve", _number(value))
    if isinstance(value, str) and _PITCHED.fullmatch(value):
        return Place("roll", note_number(value))
    return Place("rows", written(value))


def _controls(value: Mapping[str, Any]) -> Place:
    sound = written(value["s"]) if "s" in value else ""
    if (pitch := _pitch(value)) is not None:
        return Place("roll", pitch, sound)
    variant = value.get("n")
    if sound:
        return Place("grid", sound if variant is None else f"{sound}:{written(variant)}")
    if variant is not None:
        return Place("degrees" if is_number(variant) else "rows", _number(variant))
    for name, held in value.items():
        if name == "value":
            return place_of(held)
        return (
            Place("curve", str(name))
            if is_number(held)
            else Place("rows", written(held), str(name))
        )
    return Place("rows", "{}")


def _pitch(value: Mapping[str, Any]) -> float | None:
    try:
        if "note" in value:
            return float(note_number(value["note"]))
        if is_number(value.get("freq")) and value["freq"] > 0:
            return round(69 + 12 * math.log2(float(value["freq"]) / 440), 2)
    except LivecoderError:
        pass  # drawn under its own name instead: a picture never refuses what might be a mistake
    return None


def _number(value: Any) -> Any:
    return float(value) if is_number(value) else written(value)


def rank_of(name: str) -> int:
    """Return the place of a sound in a kit; what is no drum comes after."""
    head = name.partition(":")[0].split(" ")[0]
    return _KIT.index(head) if head in _KIT else len(_KIT) + (head == "false")


def level_of(value: Any) -> float:
    """Return how loud a value is played, 0.0 to 1.0.

    >>> level_of({"s": "bd", "gain": 0.5}), level_of("bd")
    (0.5, 1.0)
    """
    if not isinstance(value, Mapping):
        return 1.0
    level = 1.0
    for name in ("gain", "velocity"):
        held = value.get(name)
        if is_number(held):
            level *= float(held)
    return min(1.0, max(0.0, level))
