"""Many words of the vocabulary have several spellings; a list shows each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["spelled_once"]


def spelled_once(things: Mapping[str, Any]) -> list[str]:
    """Return one name for each thing, its own where it is among them, in order.

    >>> spelled_once({"lower": str.lower, "low": str.lower, "upper": str.upper, "a": 1, "b": 1})
    ['a', 'b', 'lower', 'upper']
    """
    spellings: dict[object, list[str]] = {}
    for name, thing in things.items():
        spellings.setdefault(id(thing) if callable(thing) else name, []).append(name)
    chosen: list[str] = []
    for names in spellings.values():
        own = getattr(things[names[0]], "__name__", None)
        chosen.append(own if own in names else min(names, key=lambda name: (len(name), name)))
    return sorted(chosen)
