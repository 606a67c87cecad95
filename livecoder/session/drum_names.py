"""Drums by name and by number: what General MIDI calls the sounds of our kits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from livecoder.outputs.audio.sounds import SOUNDS

__all__ = ["drum_numbers"]


@cache
def drum_numbers() -> Mapping[str, int]:
    """Return the General MIDI note of each drum, by every name it has.

    >>> drum_numbers()["bd"], drum_numbers()["kick"]
    (35, 35)
    """
    kits = [spec for spec in SOUNDS.values() if spec.kind == "kit"]
    numbers: dict[str, int] = {}
    for kit in kits:
        for number, piece in kit.pieces.items():
            numbers.setdefault(piece, number)
    return {name: numbers[spec.name] for name, spec in SOUNDS.items() if spec.name in numbers}
