"""Roman numerals: chords named by where they stand in a key.

`ii`, `V7`, `bVII`, `viio7`, `IV^7`, `V7/ii`: capitals are major, small letters minor, and what
follows is a quality as in `theory.chords`. A numeral alone is the key's own degree; a flat lowers
the degree of the *major* scale on the same tonic (so `bVII` and `bVI` are the same in major and
minor), a sharp raises the key's own. A diminished `viio` in minor stands on the leading note. After
a slash comes the degree that is the tonic for a moment.

Source: W. Piston, "Harmony" (1941), ch. 2 and 15, in the spelling of jazz lead sheets.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from livecoder.core.errors import NotationError
from livecoder.theory.chords import is_rest, parse_chord
from livecoder.theory.scales import Key, parse_key

__all__ = ["chord_of", "spelled_on"]

_NUMERALS: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_NUMERAL = re.compile(r"([#b♯♭]?)(iii|ii|iv|i|vii|vi|v|III|II|IV|I|VII|VI|V)(?![iIvV])(.*)")
_LETTERS: Final = "CDEFGAB"
_NATURAL: Final = (0, 2, 4, 5, 7, 9, 11)
# A small letter is minor already: only these say something else about the third.
_OWN_THIRD = ("-", "m", "o", "h", "°", "º", "ø", "Ø", "d")


def spelled_on(pitch_class: int, letter: int) -> str:
    """Return the name of a pitch class on a letter, counted from C, or on the nearest that can.

    >>> spelled_on(10, 6), spelled_on(6, 3), spelled_on(9, 6)
    ('Bb', 'F#', 'A')

    Args:
        pitch_class: 0 (C) to 11 (B).
        letter: 0 (C) to 6 (B); with it the name has at most one sharp or flat, else another does.
    """
    ways = ((letter + way) % 7 for way in (0, 1, -1, 2, -2, 3, -3))
    bends = ((near, (pitch_class - _NATURAL[near] + 6) % 12 - 6) for near in ways)
    near, bend = next((near, bend) for near, bend in bends if -1 <= bend <= 1)
    return _LETTERS[near] + ("b" if bend < 0 else "#" * bend)


def chord_of(numeral: str, key: Key | str) -> str:
    """Return the symbol of the chord a Roman numeral names in a key.

    >>> [chord_of(numeral, "c:major") for numeral in ("ii7", "V7", "I^7", "bVII7", "V7/ii")]
    ['D-7', 'G7', 'C^7', 'Bb7', 'A7']
    >>> [chord_of(numeral, "a:minor") for numeral in ("i", "iv", "VI", "V7", "viio7")]
    ['A-', 'D-', 'F', 'E7', 'G#o7']

    Args:
        numeral: a Roman numeral; `N.C.` stays as it is.
        key: a `Key`, or its name. Of a scale that has not seven notes, the major or minor scale
            it is nearest to counts, by its third.

    Raises:
        NotationError: it is no numeral; says where it goes wrong.
        UnknownNameError: a chord has no such quality, or the key no such scale.
    """
    key = parse_key(key) if isinstance(key, str) else key
    text = numeral.strip() if isinstance(numeral, str) else repr(numeral)
    return text if is_rest(text) else _chord_of(text, key)


@lru_cache(maxsize=2048)
def _chord_of(text: str, key: Key) -> str:
    head, slash, tail = text.rpartition("/")
    if slash and not tail.isdigit():
        target = _read(text, len(head) + 1, tail)
        root, letter, minor = _degree(target, key)
        scale = "minor" if minor else "major"
        return _chord_of(head, parse_key(f"{spelled_on(root, letter)}:{scale}"))
    numeral = _read(text, 0, text)
    root, letter, minor = _degree(numeral, key)
    quality = numeral[3]
    # `imaj7` is a minor chord with a major seventh: what follows the m tells.
    own = quality.startswith(_OWN_THIRD) and not quality.startswith("maj")
    if minor and not own:
        quality = f"-{quality}"
    symbol = spelled_on(root, letter) + quality
    parse_chord(symbol)
    return symbol


def _read(text: str, at: int, numeral: str) -> re.Match[str]:
    found = _NUMERAL.fullmatch(numeral)
    if found is None:
        problem = f"{text!r:.60} is no Roman numeral; they are like ii7, V7, bVII, viio7, V7/ii"
        raise NotationError(text[:60], min(at, 60), problem)
    return found


def _degree(found: re.Match[str], key: Key) -> tuple[int, int, bool]:
    """Return the root of a numeral, the letter it is written on, and whether it is minor."""
    accidental, numeral, quality = found[1], found[2], found[3]
    index = _NUMERALS.index(numeral.lower())
    scale = key.offsets if len(key.offsets) == 7 else _seven(key)
    above = round(scale[index])
    if accidental in ("b", "♭") and accidental:
        above = _NATURAL[index] - 1
    elif accidental or (numeral == "vii" and above == 10 and quality[:1] in _OWN_THIRD[2:]):
        above += 1
    tonic = _LETTERS.index(key.name[0].upper())
    return (key.tonic + above) % 12, (tonic + index) % 7, numeral.islower()


def _seven(key: Key) -> tuple[float, ...]:
    minor = 3.0 in key.offsets and 4.0 not in key.offsets
    return parse_key("c:minor" if minor else "c:major").offsets
