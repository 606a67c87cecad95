"""Chord progressions: known ones by name, and new ones by a grammar of functions.

A progression is Roman numerals in mini-notation, one bar a step of `<...>`, so that it can be
typed, changed and played in any key. The grammar: a phrase leaves the tonic (T), goes to a
subdominant (S), from there to a dominant (D), and home; half of a longer phrase may end on the
dominant. Which chord does a function's work is drawn from a seed.

Sources: M. Levine, "The Jazz Theory Book" (1995), ch. 10 to 14; H. Riemann, "Vereinfachte
Harmonielehre" (1893) for the functions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from livecoder.core.errors import RangeError, UnknownNameError

__all__ = ["PROGRESSIONS", "Progression", "functional", "named"]


class Progression(NamedTuple):
    """A progression by name.

    Attributes:
        numerals: of its bars; two in a bar in brackets.
        mode: `major` or `minor`: of which key its numerals are.
        about: where one meets it.
    """

    numerals: str
    mode: str
    about: str

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return len(_bars(self.numerals))


def _bars(numerals: str) -> list[str]:
    bars: list[str] = []
    for word in numerals.split():
        if bars and bars[-1].startswith("[") and not bars[-1].endswith("]"):
            bars[-1] += f" {word}"
        else:
            bars.append(word)
    return bars


def _major(numerals: str, about: str) -> Progression:
    return Progression(numerals, "major", about)


def _minor(numerals: str, about: str) -> Progression:
    return Progression(numerals, "minor", about)


PROGRESSIONS: Final[Mapping[str, Progression]] = MappingProxyType(
    {
        "ii V I": _major("ii7 V7 I^7 I^7", "the cadence of jazz"),
        "minor ii V i": _minor("iih7 V7b9 i-6 i-6", "the same in minor"),
        "turnaround": _major("[I^7 vi7] [ii7 V7]", "two bars back to the beginning"),
        "12-bar blues": _major("I7 I7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7", "the blues"),
        "quick-change blues": _major(
            "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7", "the blues, with IV in bar 2"
        ),
        "jazz blues": _major(
            "I7 IV7 I7 [v7 I7] IV7 #ivo7 I7 [iii7 VI7b9] ii7 V7 [I7 VI7b9] [ii7 V7]",
            "the blues since bebop",
        ),
        "bird blues": _major(
            "I^7 [viih7 III7] [vi7 II7] [v7 I7] IV7 [iv7 bVII7] [iii7 VI7] [biii7 bVI7] "
            "ii7 V7 [I^7 VI7] [ii7 V7]",
            "the blues by way of Charlie Parker",
        ),
        "minor blues": _minor("i7 i7 i7 i7 iv7 iv7 i7 i7 bVI7 V7 i7 V7", "the blues in minor"),
        "8-bar blues": _major("I7 V7 IV7 IV7 I7 V7 I7 V7", "the short blues"),
        "rhythm changes A": _major(
            "[I6 vi7] [ii7 V7] [iii7 VI7] [ii7 V7] [I I7] [IV6 #ivo7] [I6 V7] I6",
            "the first eight bars of a thousand heads",
        ),
        "rhythm changes B": _major("III7 III7 VI7 VI7 II7 II7 V7 V7", "and their bridge"),
        "coltrane": _major("[I^7 bIII7] [bVI^7 VII7] [III^7 V7] I^7", "the tonic by major thirds"),
        "andalusian": _minor("i bVII bVI V", "down to the dominant; flamenco"),
        "passamezzo antico": _minor("i bVII i V bIII bVII [i V] i", "the Renaissance's blues"),
        "folia": _minor("i V i bVII bIII bVII [i V] i", "and its other one"),
        "canon": _major("I V vi iii IV I IV V", "Pachelbel's bass"),
        "pop": _major("I V vi IV", "four chords that are everywhere"),
        "sensitive": _major("vi IV I V", "the same from the sixth"),
        "fifties": _major("I vi IV V", "doo-wop"),
        "folk": _major("I IV V I", "three chords and the truth"),
        "rock": _major("I bVII IV I", "mixolydian, as guitars like it"),
        "epic": _minor("i bVI bIII bVII", "minor and heroic"),
        "circle": _minor("i7 iv7 bVII7 bIII^7 bVI^7 iih7 V7 i7", "falling fifths"),
        "royal road": _major("IV^7 V7 iii7 vi7", "Japanese pop"),
        "creep": _major("I III IV iv", "a major third, and a minor fourth"),
        "backdoor": _major("ii7 V7 iv7 bVII7 I^7 I^7", "home from a tone below"),
        "tritone": _major("ii7 bII7 I^7 I^7", "the cadence by half steps"),
        "plagal": _major("I IV I I", "amen"),
        "lament": _minor("i V7/iv iv V", "grief with a tonic that leans on"),
        "modal": _minor("i7 i7 i7 i7", "one chord to play over"),
    }
)
"""Progressions by name: `progression("jazz blues", "f")`."""

# What does the work of each function, the likelier ones more than once; L leads to another chord.
_WORK: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "major": {
            "T": "I I vi iii",
            "S": "IV ii ii IV iv V7/V",
            "D": "V7 V7 viio bII7",
            "L": "V7/vi V7/IV V7/ii",
        },
        "minor": {
            "T": "i i bVI bIII",
            "S": "iv iio iv bVI bII",
            "D": "V7 V7 viio7 bVII7",
            "L": "V7/iv V7/bIII V7/bVI",
        },
    }
)
_LED: Final = MappingProxyType({"V7/V": "V7"})
_SEVENTHS: Final = MappingProxyType(
    {"I": "I^7", "IV": "IV^7", "ii": "ii7", "iii": "iii7", "vi": "vi7", "iv": "iv7", "i": "i7",
     "viio": "viih7", "iio": "iih7", "bVI": "bVI^7", "bIII": "bIII^7", "bII": "bII^7"}
)  # fmt: skip
_PHRASES: Final = ("TTSD", "TSSD", "TLSD", "TSDT", "TSTD")
_ENDINGS: Final = MappingProxyType(
    {
        1: ("T",),
        2: ("DT",),
        3: ("SDT",),
        4: ("TSDT", "SSDT", "LSDT", "TDDT"),
        5: ("TTSDT", "TSSDT", "TLSDT"),
    }
)
_MOST_BARS: Final = 64


def named(name: str) -> Progression:
    """Return a progression by its name, in capitals or not, with or without its hyphens.

    >>> named("Pop").numerals, named("12 bar blues").bars
    ('I V vi IV', 12)

    Raises:
        UnknownNameError: no such progression; says which is near.
    """
    for known, progression in PROGRESSIONS.items():
        if isinstance(name, str) and _plain(name) == _plain(known):
            return progression
    listing = 'help("progressions")'
    raise UnknownNameError("progression", str(name), PROGRESSIONS, listing=listing)


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign not in " -_")


def functional(
    bars: int = 8, mode: str = "major", *, seed: int | str = 0, sevenths: bool = False
) -> tuple[str, ...]:
    """Return the Roman numerals of a new progression that sets out, strays and comes home.

    >>> functional(4, seed=1)
    ('I', 'iv', 'viio', 'I')

    Args:
        bars: how many, 1 to 64, in phrases of four; one chord each.
        mode: `major` or `minor`.
        seed: another one, another progression; the same one, the same.
        sevenths: whether chords have their sevenths; dominants always do.

    Raises:
        RangeError: `bars` or `mode` is none of these.
    """
    if isinstance(bars, bool) or not isinstance(bars, int) or not 1 <= bars <= _MOST_BARS:
        raise RangeError("bars", bars, "from 1 to 64", fix="try bars=8")
    if mode not in _WORK:
        raise RangeError("mode", mode, "major or minor", fix='try mode="minor"')
    work = {function: words.split() for function, words in _WORK[mode].items()}
    chords: list[str] = []
    functions = _functions(bars, seed)
    for bar, function in enumerate(functions):
        chords.append(_chord(work, function, chords, at_end=bar == bars - 1, seed=f"{seed}:{bar}"))
    return tuple(_SEVENTHS.get(chord, chord) if sevenths else chord for chord in chords)


def _functions(bars: int, seed: int | str) -> str:
    ending = 1 if bars == 1 else (bars - 2) % 4 + 2
    phrases = [
        _drawn(_PHRASES, f"{seed}:phrase:{number}") for number in range((bars - ending) // 4)
    ]
    return "".join([*phrases, _drawn(_ENDINGS[ending], f"{seed}:ending")])


def _chord(
    work: Mapping[str, Sequence[str]], function: str, before: list[str], *, at_end: bool, seed: str
) -> str:
    last = before[-1] if before else ""
    if "/" in last:  # a dominant of another chord goes there
        return _LED.get(last, last.partition("/")[2])
    if function == "T" and (at_end or not before):
        return work["T"][0]
    if function == "D" and last in work["D"]:
        return "V7"
    others = [chord for chord in work[function] if chord != last]
    return _drawn(others, seed)


def _drawn(options: Sequence[str], seed: str) -> str:
    number = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big")
    return options[number % len(options)]
