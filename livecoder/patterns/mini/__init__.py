"""Mini-notation: rhythms as text, `"bd*2 <sn cp>(3,8)"`."""

from __future__ import annotations

from typing import Any

from livecoder.core.errors import PatternError
from livecoder.patterns.mini.build import build as build_pattern
from livecoder.patterns.mini.reader import read
from livecoder.patterns.pattern import Pattern

__all__ = ["mini"]


def mini(text: Any, source: int = 0) -> Pattern:
    """What a text of mini-notation plays.

    >>> [hap.value for hap in mini("bd*2 <sn cp>").query(1, 2)]
    ['bd', 'bd', 'cp']

    Args:
        text: the notation.
        source: which text of many it is; haps carry it in their context beside the characters.

    Raises:
        NotationError: it cannot be read; a caret points at the character.
        PatternError: it is no text.
    """
    if not isinstance(text, str):
        message = f'mini takes a text of notation, got {text!r}; try mini("bd*2 sn")'
        raise PatternError(message)
    return build_pattern(read(text), text, source)
