"""Chords into notes: which tones of a chord sound, in which order, and where.

A *shape* is degrees of a chord from the bottom up, each as near above the one before as it can be:
`37195` on `C9` is E Bb C D G. The degrees are those of `theory.chords`, so one shape serves every
chord that has them: `15735` is a major seventh on `^7` and a minor one on `-7`. A `'` moves what
comes after it an octave higher. Of the shapes of a chord the one sounds whose top (or bottom) is
nearest below an *anchor*, so that chords in a row have tops next to each other and lead smoothly.

Sources: M. Levine, "The Jazz Piano Book" (1989), ch. 3 to 7 for rootless and guide tone voicings;
the shapes of `ireal` are checked against what Strudel sounds for the same symbols.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.theory.chords import Chord

__all__ = ["DICTIONARIES", "MODES", "inverted", "shapes", "tone", "voice"]

MODES: Final = ("below", "above", "duck", "root")
"""Where a voicing stands: its top at or below the anchor; its bottom; its top, and the anchor's own
note left out; its bottom, which is the root."""

Shape = tuple[int, ...]
Steps = Mapping[str, int]

_IREAL: Final = """
:1513 15135 35135 31351 51351
-:13513 15135 35135 51351
o:15135 31351 51351
+:13513 15135 35135 31351 51351 53513
sus:1451 14514 5145 51451
5:1515 5151
-add9:19351 1359 35195 51935
add9:15193 15935 31935 31951 51953
6:15613 15136 35136 51356
-6:13561 15613 35613 15136 35136 51356 51361
69:15693 15936 35196 51936
-69:13569 35619 36935 15936 35196 51936 51369
^7:15735 1'357 31357 51357 51373
-7:13573 15735 37135 37137 57137 73571 51373 73513
-^7:13573 15735 37135 57137 51373
7:15713 17135 37135 37137 37351 73571 73513
h7:35713 15735 1735 37135 37157 57137 51357 73571 51373
-7b5:35713 1735 15735 37135 37157 57137 51357 73571 51373
o7:17135 17357 31357 31571 53571 53713 75713 75135
7sus:15714 51457 71457 74574
^9:15793 17935 37195 37159 51379 71359
-9:13579 35719 37195 51937 37951 73519
-^9:13579 17935 37195 51937
h9:17935 37195 51937 73519
9:15793 17935 37195 79371 37159 73519
9#5:17935 37935 37957 73579 73593
9sus:15794 57194 71945 71459
11:15794 57194 71945 71459
-11:13794 37194 14735 5147 37941 51479 73514
^13:16793 17936 37196 37169 71369
13:16793 17936 37196 71936 79361
13sus:14679 17946 57946 79461
^7#11:15734 37134 17347 37147 51347
^9#11:13479 17934 37194 31947
7b9:13793 37193 37197 79371
7#9:1372 37127 72371
13b9:13679 16793 37936 37369 73693
7alt:37195 17236 37126 37951 37261 73512 73612
"""
_WRITTEN: Final = MappingProxyType(
    {
        quality: tuple(shapes.split())
        for quality, _, shapes in (line.partition(":") for line in _IREAL.strip("\n").split("\n"))
    }
)


def _open(steps: Steps, quality: str) -> tuple[str, ...]:
    """Return the shapes of a full chord: those of its quality, or by rule for any other."""
    if quality in _WRITTEN:
        return _WRITTEN[quality]
    third = next((degree for degree in "349" if degree in steps), "1")
    if "7" not in steps:
        colour = next((degree for degree in "649" if degree in steps and degree != third), "")
        if third == "9":
            return ("1519", "15195", "5195")
        if not colour:
            return (f"151{third}", f"151{third}5", f"{third}51{third}5", f"51{third}51")
        return (f"15{colour}1{third}", f"151{third}{colour}", f"{third}51{third}{colour}",
                f"51{third}{colour}1")  # fmt: skip
    # What alters or replaces the fifth sounds in its place.
    fifth = next((degree for degree in "46" if degree in steps and degree != third), "5")
    if third == "4" and "3" not in steps:
        return ("15794", "57194", "71479") if "9" in steps else ("15746", "57146", "74671")
    ninth = "9" if "9" in steps else "2" if "2" in steps else ""
    if not ninth and steps["7"] == 11:
        return (f"157{third}{fifth}", f"{third}71{third}{fifth}", f"{fifth}71{third}{fifth}")
    if not ninth:
        high = (f"{third}71{fifth}7",) if steps.get(fifth, 0) > 7 else ()
        return (f"1{third}7{third}{fifth}", f"{third}71{third}{fifth}", *high,
                f"7{third}{fifth}71")  # fmt: skip
    if ninth == "2":
        return (f"1{third}72{fifth}", f"{third}72{fifth}1", f"7{third}{fifth}12")
    closing = f"79{third}{fifth}1"
    if steps.get(fifth) == 6:
        closing = f"7{third}{fifth}19" if steps["9"] == 2 else f"71{third}{fifth}9"
    return (f"17{ninth}{third}{fifth}", f"{third}71{ninth}{fifth}", closing)


def _rootless(steps: Steps, quality: str) -> tuple[str, ...]:
    """Return the two forms of the left hand, from the third and from the seventh."""
    if "7" not in steps and "6" not in steps:
        return _inversions(steps, quality)
    if "3" not in steps:
        return ("4579", "7945")
    if steps["5"] == 6 and steps.get("7") in (9, 10) and steps["3"] == 3:
        return ("3571", "7135") if steps["7"] == 10 else ("1357", "5713")
    if "7" not in steps:
        return ("3569",) if "9" in steps else ("3569", "6935")
    if steps["3"] != 4 or steps["7"] != 10:
        return ("3579", "7935")
    if steps.get("4") == 6:
        return ("7947",)
    return ("372",) if "2" in steps and "9" not in steps else ("3679", "7936")


def _filled(steps: Steps) -> Steps:
    """Return the steps with the tensions a player adds unasked: ninths, and thirteenths."""
    altered = steps.get("9") == 1 or steps.get("6") == 8 or steps.get("5") == 8
    dominant = steps.get("3") == 4 and steps.get("7") == 10
    added = {"9": 1, "6": 8} if altered and dominant else {"9": 2, "6": 9}
    return {**added, **steps}


def _guides(steps: Steps, quality: str) -> tuple[str, ...]:
    """Return third and seventh, either above the other; a sixth for want of a seventh."""
    third = next((degree for degree in "349" if degree in steps), "1")
    seventh = next((degree for degree in "765" if degree in steps), "1")
    low = (f"{third}{seventh}",)
    return low if quality == "69" else (*low, f"{seventh}{third}")


def _inversions(steps: Steps, _: str) -> tuple[str, ...]:
    third = next((degree for degree in "349" if degree in steps), "1")
    return (f"1{third}5", f"{third}51", f"51{third}")


def _close(steps: Steps, _: str) -> tuple[str, ...]:
    degrees = sorted(steps, key=lambda degree: steps[degree])
    return tuple("".join(degrees[at:] + degrees[:at]) for at in range(len(degrees)))


_MAKERS: Final[Mapping[str, Callable[[Steps, str], tuple[str, ...]]]] = MappingProxyType(
    {
        "ireal": _open,
        "lefthand": _rootless,
        "guidetones": _guides,
        "triads": _inversions,
        "legacy": _rootless,
        "close": _close,
    }
)
DICTIONARIES: Final = tuple(_MAKERS)
"""Kinds of voicings by name. `ireal` is full chords, `lefthand` rootless ones, `close` inversions
of all the chord's notes."""


@lru_cache(maxsize=1024)
def shapes(chord: Chord, dictionary: str = "ireal") -> tuple[Shape, ...]:
    """Return the voicings of a chord, in semitones above its root, each ascending.

    >>> from livecoder.theory.chords import parse_chord
    >>> shapes(parse_chord("C^7"), "lefthand")
    ((4, 7, 11, 14), (11, 14, 16, 19))

    Raises:
        UnknownNameError: no such dictionary; says which is near.
    """
    if dictionary not in _MAKERS:
        listing = 'help("voicings")'
        raise UnknownNameError("voicing dictionary", dictionary, DICTIONARIES, listing=listing)
    steps: Steps = dict(chord.steps)
    texts = _MAKERS[dictionary](steps, chord.quality)
    if dictionary in ("lefthand", "legacy"):
        steps = _filled(steps)
    return tuple(_stacked(text, steps) for text in texts)


def _stacked(text: str, steps: Steps) -> Shape:
    found: list[int] = []
    leap = 0
    for degree in text:
        if degree == "'":
            leap = 12
            continue
        above = steps.get(degree, 0) % 12
        if found:
            above = found[-1] + ((above - found[-1]) % 12 or 12) + leap
        found.append(above)
        leap = 0
    return tuple(found)


def voice(
    chord: Chord,
    *,
    dictionary: str = "ireal",
    anchor: float = 72,
    mode: str = "below",
    offset: int = 0,
) -> tuple[int, ...]:
    """Return the notes of a chord, ascending, near an anchor.

    >>> from livecoder.theory.chords import parse_chord
    >>> voice(parse_chord("C^7")), voice(parse_chord("F7"))
    ((48, 64, 67, 71), (53, 63, 65, 69, 72))

    Args:
        chord: of `parse_chord`; another bass than the root goes below the voicing.
        dictionary: one of `DICTIONARIES`.
        anchor: MIDI note number.
        mode: one of `MODES`.
        offset: how many shapes further up, or below 0 down, the sequence of the chord's shapes.

    Returns:
        MIDI note numbers.

    Raises:
        UnknownNameError: no such dictionary or mode.
        RangeError: the anchor is no number.
    """
    _check(mode, anchor)
    found, goal = shapes(chord, dictionary), math.floor(anchor)
    side = -1 if mode in ("below", "duck") else 0
    usable = [at for at, shape in enumerate(found) if mode != "root" or shape[0] == 0]
    if not usable:
        found, usable = shapes(chord, "close"), [0]
    gaps = [(goal - chord.root - shape[side]) % 12 for shape in found]
    best = min(usable, key=lambda at: gaps[at])
    shape = found[(best + offset) % len(found)]
    top = goal - gaps[(best + offset) % len(found)] + 12 * math.ceil(offset / len(found))
    notes = [top - shape[side] + above for above in shape]
    return _over_bass([note for note in notes if mode != "duck" or note != goal], chord.bass)


def _check(mode: str, anchor: float) -> None:
    if mode not in MODES:
        raise UnknownNameError("voicing mode", mode, MODES, listing='help("modes")')
    if not -1000 < anchor < 1000:
        raise RangeError("anchor", anchor, "a note", fix='try .anchor("c5")')


def _over_bass(notes: list[int], bass: int | None) -> tuple[int, ...]:
    if bass is None or notes[0] % 12 == bass:
        return tuple(notes)
    return (notes[0] - (notes[0] - bass) % 12, *notes)


def tone(notes: tuple[int, ...], index: float, octaves: int = 1) -> int:
    """Return one note of a voicing, counted from 0; past its end it begins again higher.

    >>> tone((60, 64, 67), 4), tone((60, 64, 67), -1)
    (76, 55)

    Args:
        notes: of `voice`.
        index: a fraction means the note below it.
        octaves: how much higher each repetition is.
    """
    turns, at = divmod(math.floor(index), len(notes))
    return notes[at] + 12 * octaves * turns


def inverted(chord: Chord, inversion: int = 0) -> tuple[int, ...]:
    """Return a chord in close position, its lowest notes moved up an octave, one by one.

    >>> from livecoder.theory.chords import parse_chord
    >>> inverted(parse_chord("C")), inverted(parse_chord("C"), 1), inverted(parse_chord("C"), -1)
    ((48, 52, 55), (52, 55, 60), (43, 48, 52))

    Args:
        chord: of `parse_chord`.
        inversion: how many times; below 0 the highest notes move down.
    """
    notes = list(chord.notes)
    for _ in range(inversion % len(notes)):
        notes = [*notes[1:], notes[0] + 12]
    return tuple(note + 12 * (inversion // len(notes)) for note in notes)
