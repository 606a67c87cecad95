"""Chords into notes: which tones of a chord sound, in which order, and where.

A *shape* is degrees of a chord from the bottom up, each as near above the one before as it can be:
`37195` on `C9` is E Bb C D G. The degrees are those of `theory.chords`, so one shape serves every
chord that has them: `15735` is a major seventh on `^7` and a minor one on `-7`. Of the shapes of a
chord the one sounds whose top (or bottom) is nearest below an *anchor*, so that chords in a row
have tops next to each other and lead smoothly.

Source: M. Levine, "The Jazz Piano Book" (1989), ch. 3 to 7, for the rootless, guide tone and spread
voicings, each by a rule from the degrees a chord has. No dictionary of voicings is in here.
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

# Which tones tell a chord, the most telling first.
_TELLING: Final = "37962451"

Shape = tuple[int, ...]
Steps = Mapping[str, int]


def _open(steps: Steps, _: str) -> tuple[str, ...]:
    """Return a chord's spread shapes, one with each of its tones on top.

    Three tones are spread by moving the middle one an octave up; four by moving the second from
    the top an octave down ("drop 2"). Of more than four the four that tell the chord are so spread,
    third, seventh, ninth and thirteenth before the fifth, over the root.
    """
    tones = sorted(steps, key=lambda degree: steps[degree] % 12)
    if len(tones) <= 2:
        return tuple("".join((*turn, turn[0])) for turn in _turns(tones))
    if len(tones) == 3:
        return tuple(low + high + middle for low, middle, high in _turns(tones))
    over = ""
    if len(tones) > 4:
        told = [degree for degree in _TELLING if degree in steps][:4]
        tones, over = sorted(told, key=lambda degree: steps[degree] % 12), "1"
    return tuple(
        f"{over}{third}{first}{second}{top}" for first, second, third, top in _turns(tones)
    )


def _turns(degrees: list[str]) -> list[list[str]]:
    return [degrees[at:] + degrees[:at] for at in range(len(degrees))]


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
    return tuple(map("".join, _turns(sorted(steps, key=lambda degree: steps[degree]))))


_MAKERS: Final[Mapping[str, Callable[[Steps, str], tuple[str, ...]]]] = MappingProxyType(
    {
        "open": _open,
        "ireal": _open,
        "lefthand": _rootless,
        "guidetones": _guides,
        "triads": _inversions,
        "legacy": _rootless,
        "close": _close,
    }
)
DICTIONARIES: Final = tuple(_MAKERS)
"""Kinds of voicings by name. `open` is full chords, which answer to Strudel's `ireal` as well,
`lefthand` rootless ones, `close` inversions of all the chord's notes."""


@lru_cache(maxsize=1024)
def shapes(chord: Chord, dictionary: str = "open") -> tuple[Shape, ...]:
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
    for degree in text:
        above = steps.get(degree, 0) % 12
        if found:
            above = found[-1] + ((above - found[-1]) % 12 or 12)
        found.append(above)
    return tuple(found)


def voice(
    chord: Chord,
    *,
    dictionary: str = "open",
    anchor: float = 72,
    mode: str = "below",
    offset: int = 0,
) -> tuple[int, ...]:
    """Return the notes of a chord, ascending, near an anchor.

    >>> from livecoder.theory.chords import parse_chord
    >>> voice(parse_chord("C^7")), voice(parse_chord("F7"))
    ((59, 64, 67, 72), (57, 63, 65, 72))

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
