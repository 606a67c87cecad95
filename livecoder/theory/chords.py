"""Chords by symbol: `C^7`, `Am7b5`, `F#o7`, `Bb13`, `E7alt`, `D/F#`, `N.C.`.

Conventions
-----------
A symbol is a root, a quality and, after a slash, a bass. Three ways of writing a quality are read
alike: iReal (`^7 -7 h7 o7`), lead sheet (`M7 m7 ø7 °7`) and plain (`maj7 min7 m7b5 dim7`). A
quality is held as *steps*, each a degree of the chord and its semitones above the root:

    1 root, 3 third, 4 fourth or eleventh, 5 fifth, 6 sixth or thirteenth, 7 seventh,
    9 ninth, 2 sharp ninth

so that a voicing can be written in degrees and played on any chord that has them. As a lead sheet
means them: `^` and `maj` alone are a plain major chord, a dominant eleventh has no third.

Source: M. Levine, "The Jazz Theory Book" (1995), ch. 1 to 4; the symbols of iReal Pro.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from livecoder.core.errors import NotationError, UnknownNameError

__all__ = ["QUALITIES", "Chord", "is_rest", "moved_chord", "parse_chord", "quality_steps"]

QUALITIES: Final = (
    "", "-", "o", "+", "sus", "sus2", "2", "5", "add9", "-add9", "6", "-6", "69", "-69", "-b6",
    "-#5", "^7", "^9", "^13", "^7#11", "^9#11", "^7#5", "-7", "-9", "-11", "-13", "-^7", "-^9",
    "-7b5", "h7", "h9", "o7", "7", "9", "11", "13", "7sus", "9sus", "13sus", "7b9sus", "7b13sus",
    "7susadd3", "7b5", "7#5", "7b9", "7#9", "7#11", "7b13", "7b9b5", "7b9#5", "7b9#9", "7b9#11",
    "7b9b13", "7#9b5", "7#9#5", "7#9#11", "9b5", "9#5", "9#11", "13b9", "13#9", "13#11", "7alt",
)  # fmt: skip
"""Qualities one meets, as they are completed and listed; any other that can be read will do."""

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ROOT = re.compile(r"([A-G])([#♯]{1,2}|[b♭]{1,2}|)")
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_NO_CHORD = frozenset({"N.C.", "N.C", "NC", "n.c.", "nc"})
_LONGEST = 40
_QUALITY = re.compile(
    r"([Mm]inor|[Mm]in|[Mm]i|m(?!a(?!dd))|-|[Dd]im|o|°|º|h|ø|Ø|aug|\+)?([Mm]ajor|[Mm]aj|[Mm]a|M|\^|Δ|△)?"
    r"(69|13|11|9|7|6|5|4|2)?((?:sus[24]?|alt|add[#b]?\d+|(?:no|omit)[35]|[#b]\d+|\+)*)"
)
_MORE = re.compile(r"(?:sus|alt|add|no|omit|[#b]|\+)[#b]?\d*")
_STEMS = {"m": "-", "-": "-", "d": "o", "o": "o", "°": "o", "º": "o", "h": "h", "ø": "h",
          "a": "+", "+": "+"}  # fmt: skip
_EXTRAS = {
    "b5": ("5", 6), "#5": ("5", 8), "b6": ("6", 8), "b9": ("9", 1), "#9": ("2", 3),
    "#11": ("4", 6), "b13": ("6", 8), "2": ("9", 2), "9": ("9", 2), "3": ("3", 4),
    "4": ("4", 5), "11": ("4", 5), "6": ("6", 9), "13": ("6", 9),
}  # fmt: skip
# In what order the alterations of a chord are written.
_WRITTEN = ("b9", "#9", "#11", "b5", "#5", "b6", "b13")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord that was read.

    >>> parse_chord("Am7b5").notes
    (57, 60, 63, 67)
    >>> parse_chord("D/F#").bass, parse_chord("Bb13").pitch_classes
    (6, (10, 2, 5, 8, 0, 7))

    Attributes:
        symbol: as it was written.
        root: pitch class of the root, 0 (C) to 11 (B).
        root_name: as it was written: `"F#"`.
        quality: in iReal's spelling: `"^7"`, `"-7b5"`, `"7b9b13"`.
        steps: degrees of the chord and their semitones above the root, ascending as stacked.
        bass: pitch class of the bass, where another one than the root was asked for; else None.
    """

    symbol: str
    root: int
    root_name: str
    quality: str
    steps: tuple[tuple[str, int], ...]
    bass: int | None = None

    @property
    def offsets(self) -> tuple[int, ...]:
        """Semitones above the root in close position, sevenths first and then what is above."""
        held = dict(self.steps)
        # What stands beside a seventh, or where a third is held already, is stacked above it.
        high = {"6": "7" in held, "4": "3" in held}
        high |= dict.fromkeys("92", "3" in held or "7" in held)
        return tuple(sorted(above + 12 * high.get(step, False) for step, above in self.steps))

    @property
    def notes(self) -> tuple[int, ...]:
        """MIDI note numbers in close position, the root in octave 3; the bass below if given."""
        root = 48 + self.root
        close = tuple(root + above for above in self.offsets)
        return close if self.bass is None else (root - (self.root - self.bass) % 12, *close)

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Pitch classes, from the root up; the bass first where it is another."""
        return tuple(dict.fromkeys(note % 12 for note in self.notes))


def is_rest(symbol: str) -> bool:
    """Whether a symbol says that no chord is played.

    >>> is_rest("N.C."), is_rest("C")
    (True, False)
    """
    return symbol.strip() in _NO_CHORD


def parse_chord(symbol: str) -> Chord:
    """Return the chord a symbol names.

    >>> parse_chord("Cmaj7") == parse_chord("C^7"), parse_chord("F#dim7").quality
    (False, 'o7')
    >>> parse_chord("Cmaj7").steps == parse_chord("C^7").steps
    True

    Args:
        symbol: a root (a capital and sharps or flats), a quality, and a bass after `/`.

    Raises:
        NotationError: it does not begin with a root.
        UnknownNameError: no such quality; says which is near.
    """
    return _parsed(symbol if isinstance(symbol, str) else repr(symbol))


def moved_chord(symbol: str, semitones: int) -> str:
    """Return the symbol of the same chord so many semitones higher.

    >>> moved_chord("C^7", 3), moved_chord("D/F#", -2), moved_chord("N.C.", 5)
    ('Eb^7', 'C/E', 'N.C.')

    Raises:
        NotationError, UnknownNameError: as of `parse_chord`.
    """
    if is_rest(symbol):
        return symbol
    chord = parse_chord(symbol)
    quality = chord.symbol[len(chord.root_name) :]
    head, slash, tail = quality.rpartition("/")
    if slash and not tail.isdigit():
        bass = chord.root if chord.bass is None else chord.bass
        quality = f"{head}/{_NAMES[(bass + semitones) % 12]}"
    return _NAMES[(chord.root + semitones) % 12] + quality


@lru_cache(maxsize=2048)
def _parsed(given: str) -> Chord:
    text = given.strip()
    found = _ROOT.match(text) if len(text) <= _LONGEST else None
    if found is None:
        problem = f"{given!r:.60} is no chord; a chord begins with its root: C^7, Am7b5, Bb13"
        raise NotationError(given[:_LONGEST], 0, problem)
    quality, bass = text[found.end() :], None
    head, slash, tail = quality.rpartition("/")
    if slash and not tail[:1].isdigit():
        low = _ROOT.fullmatch(tail)
        if low is None:
            problem = f"after / stands the bass of {given!r}, as in D/F#"
            raise NotationError(given, given.index(text) + len(text) - len(tail), problem)
        quality, bass = head, _pitch_class(low)
    canonical, steps = quality_steps(quality)
    root = _pitch_class(found)
    return Chord(text, root, found[0], canonical, steps, None if bass == root else bass)


def _pitch_class(found: re.Match[str]) -> int:
    sharp = sum(1 if sign in "#♯" else -1 for sign in found[2])
    return (_LETTERS[found[1]] + sharp) % 12


@lru_cache(maxsize=512)
def quality_steps(quality: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Return a quality in iReal's spelling, and its steps.

    >>> quality_steps("maj7")
    ('^7', (('1', 0), ('3', 4), ('5', 7), ('7', 11)))
    >>> quality_steps("m7(b5)")[0], quality_steps("min9")[0], quality_steps("+7")[0]
    ('-7b5', '-9', '7#5')

    Raises:
        UnknownNameError: it cannot be read; says which is near.
    """
    text = re.sub(r"[(),\s]", "", quality.replace("♯", "#").replace("♭", "b").replace("6/9", "69"))
    found = _QUALITY.fullmatch(text)
    if found is None:
        raise _unknown(quality)
    stem = _STEMS[found[1][0].lower()] if found[1] else ""
    major, number = bool(found[2]), found[3] or ""
    if (found[2] in ("Δ", "△") or stem == "h" or found[4] == "alt") and not number:
        number = "7"
    more = [_spelled(piece[0]) for piece in _MORE.finditer(found[4])]
    if number == "4":
        number, more = "", ["sus", *more]
    if stem == "+" and (number or major):
        stem, more = "", [*more, "#5"]
    if not set(more) <= {*_EXTRAS, "sus", "sus2", "alt", "no3", "no5", *_ADDS}:
        raise _unknown(quality)
    canonical = _canonical(stem, major, number, more)
    return canonical, _stacked(stem, major, number, more)


_ADDS = frozenset(f"add{degree}" for degree in _EXTRAS)


def _unknown(quality: str) -> UnknownNameError:
    return UnknownNameError("chord quality", quality, QUALITIES, listing='help("chords")')


def _spelled(word: str) -> str:
    return {"+": "#5", "sus4": "sus"}.get(word, word.replace("omit", "no"))


def _canonical(stem: str, major: bool, number: str, more: list[str]) -> str:
    bends = sorted((word for word in more if word in _WRITTEN), key=_WRITTEN.index)
    words = [word for word in more if word not in _WRITTEN]
    head = f"{stem}{'^' if major and number else ''}{number}"
    # A suspended chord is written last, but for what is added to it: 7b9sus, 7susadd3.
    return head + "".join(bends) + "".join(sorted(words, key=lambda word: word[:3] != "sus"))


def _stacked(stem: str, major: bool, number: str, more: list[str]) -> tuple[tuple[str, int], ...]:
    steps = {
        "1": 0,
        "3": 3 if stem and stem in "-oh" else 4,
        "5": {"o": 6, "h": 6, "+": 8}.get(stem, 7),
    }
    if number in ("7", "9", "11", "13") or "alt" in more:
        steps["7"] = 11 if major else 9 if stem == "o" else 10
    for degree in {"6": "6", "69": "6 9", "9": "9", "11": "9 11", "13": "9 13", "2": "2"}.get(
        number, ""
    ).split():
        steps.update([_EXTRAS[degree]])
    if number in ("2", "5") or (number == "11" and not stem and not major):
        del steps["3"]
    for word in more:
        if word in ("sus", "sus2"):
            steps.pop("3", None)
            steps.update([_EXTRAS["2" if word == "sus2" else "4"]])
        elif word == "alt":
            steps |= {"9": 1, "2": 3, "5": 6, "6": 8}
        elif word in ("no3", "no5"):
            steps.pop(word[2], None)
        else:
            steps.update([_EXTRAS[word.removeprefix("add")]])
    if "#9" in more and "b9" not in more and "alt" not in more:
        steps.pop("9", None)
    return tuple(sorted(steps.items(), key=lambda step: "1345679".find(step[0]) % 9))
