"""Chords, progressions and voicings at the prompt: what they are, and what completes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from livecoder.core.errors import LivecoderError
from livecoder.theory.chords import QUALITIES, parse_chord
from livecoder.theory.progressions import PROGRESSIONS, named
from livecoder.theory.roman import spelled_on
from livecoder.theory.voicings import DICTIONARIES, MODES, voice

__all__ = ["LISTS", "chord_completions", "tell"]

Pieces = list[tuple[str, str]]

LISTS: Final[Mapping[str, Callable[[], Collection[str]]]] = MappingProxyType(
    {
        "chords": lambda: [f"C{quality}" for quality in QUALITIES],
        "progressions": lambda: PROGRESSIONS,
        "voicings": lambda: DICTIONARIES,
        "modes": lambda: MODES,
    }
)
"""What `help("chords")` and the like list."""

_ROOT = re.compile(r"[A-G](?:[#b](?!\d))?")
# Which letter, counted from the root's, a step of a chord is written on.
_LETTER = MappingProxyType(
    {"1": 0, "9": 1, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6},
)


def chord_completions(word: str) -> Iterator[str]:
    """Offer the chords that begin as a word does, once its root stands.

    >>> list(chord_completions("F#h"))
    ['F#h7', 'F#h9']
    """
    found = _ROOT.match(word)
    if found is not None:
        begun = word[found.end() :]
        for quality in QUALITIES:
            for sign, spelled in (("", ""), ("-", "m"), ("^", "maj")):
                # `Am7b5` only when an m stands already: a list of all would say each thing twice.
                symbol = spelled + quality.removeprefix(sign)
                fits = quality.startswith(sign) and bool(begun) >= bool(spelled)
                if fits and symbol.startswith(begun) and symbol != begun:
                    yield found[0] + symbol


def tell(name: str) -> Pieces:
    """Return what there is to say of a chord or a progression; nothing if it names neither."""
    try:
        found = named(name)
    except LivecoderError:
        return _chord(name)
    return [
        ("class:help.name", name),
        ("", f"  {found.about}; {found.bars} bars: {found.numerals}"),
        ("class:help.dim", "\n  try "),
        ("class:help.code", f'd1 >> progression("{name}", "c").voicing()'),
    ]


def _chord(symbol: str) -> Pieces:
    try:
        chord = parse_chord(symbol)
    except LivecoderError:
        return []
    letter = "CDEFGAB".index(chord.root_name[0])
    steps = sorted(chord.steps, key=lambda step: (step[0] in "92", step[0] in "46", step[1]))
    names = [
        spelled_on((chord.root + above) % 12, (letter + _LETTER[step]) % 7) for step, above in steps
    ]
    played = "  ".join(str(note) for note in voice(chord))
    return [
        ("class:help.name", symbol),
        ("", f"  {'  '.join(names)}"),
        ("class:help.dim", f"\n  voiced as {played}\n  try "),
        ("class:help.code", f'd1 >> chord("{symbol}").voicing()'),
    ]
