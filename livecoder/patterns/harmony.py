"""Chords, their voicings, progressions, and the key of what is played."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from livecoder.core.errors import NotationError, PatternError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import RationalLike, rational
from livecoder.patterns.controls import ControlSpec, ControlWord
from livecoder.patterns.pattern import Pattern, mapped, reify, relabel
from livecoder.patterns.spans import new
from livecoder.patterns.tonal import SCALE
from livecoder.patterns.verbs import INTEGER, attach, describe_argument, number_in, verb
from livecoder.theory.chords import is_rest, parse_chord
from livecoder.theory.keyfinding import KeyFound, rank_keys
from livecoder.theory.progressions import functional, named
from livecoder.theory.roman import chord_of, spelled_on
from livecoder.theory.scales import Key, note_number, parse_key
from livecoder.theory.voicings import DICTIONARIES, MODES, inverted, tone, voice

__all__ = [
    "anchor",
    "chord",
    "chord_grammar",
    "dictionary",
    "find_key",
    "inversion",
    "mode",
    "octaves",
    "offset",
    "progression",
    "roman",
    "root_notes",
    "voicing",
]

# The notation has other uses for these signs; each has a stand-in that it takes for a letter, one
# for one, so that places in the text stay where they are.
_STAND_INS: Final = {"/": "ǀ", "(": "ǁ", ")": "ǂ", ",": "ǃ", "°": "º", "△": "Δ"}
_BACK: Final = str.maketrans(
    {there: here for here, there in _STAND_INS.items() if here in "/(),"} | {"º": "o"}
)
_SLASH: Final = re.compile(r"(?<=[\w#+^)\-])/(?=[A-G]|[#b♯♭]?[iIvV])")
_BRACKET: Final = re.compile(r"\([#b♯♭]\d+(?:,[#b♯♭]\d+)*\)")
_MOST_CYCLES: Final = 1000


def _readable(thing: Any) -> Any:
    """Return chords as typed with stand-ins for what the notation would take as its own."""
    if isinstance(thing, (list, tuple)):
        return [_readable(each) for each in thing]
    if not isinstance(thing, str):
        return thing
    text = thing.replace("°", _STAND_INS["°"]).replace("△", _STAND_INS["△"])
    text = _SLASH.sub(_STAND_INS["/"], text)
    return _BRACKET.sub(
        lambda found: "".join(_STAND_INS.get(sign, sign) for sign in found[0]), text
    )


def _typed(value: Any) -> str:
    """Return a chord or a numeral out of the notation as it was typed."""
    if isinstance(value, list):
        value = "".join(map(str, value))
    if not isinstance(value, str):
        message = f"{value!r} is no chord; chords are text: chord('C^7 Am7b5')"
        raise PatternError(message)
    return value.translate(_BACK)


class _ChordWord(ControlWord):
    """The control `chord`: its values are checked when it is built."""

    def wrap(self, value: Any) -> dict[str, Any]:
        return super().wrap(value) if isinstance(value, dict) else {self.name: _typed(value)}

    def _wrapped(self, values: Sequence[Any]) -> Pattern:
        return super()._wrapped([_readable(value) for value in values])

    def _check(self, pattern: Pattern) -> None:
        for atom in pattern.atoms or ():
            if not isinstance(atom, dict) and not is_rest(symbol := _typed(atom)):
                parse_chord(symbol)


class _NoteWord(ControlWord):
    """A control that is a note, or what `note` makes of one."""

    def wrap(self, value: Any) -> dict[str, Any]:
        if isinstance(value, dict) and "note" in value:
            return super().wrap(value["note"])
        return super().wrap(value)


def _setting(name: str, unit: str, meaning: str, example: str, *more: str) -> ControlWord:
    kind = {"chord": _ChordWord, "anchor": _NoteWord}.get(name, ControlWord)
    aliases = ("dict",) if name == "dictionary" else ()
    word = kind(ControlSpec(name, aliases, unit, None, None, meaning, (), more))
    word.example = example
    word.__doc__ = f"{meaning}. Try {example}."
    attach(name, word, *aliases)
    return word


chord: Final = _setting(
    "chord", "name", "Chords by symbol, to be given notes by .voicing(): C^7 Am7b5 F#o7 D/F#",
    'chord("<C^7 A7 D-7 G7>").voicing()',
)  # fmt: skip
dictionary: Final = _setting(
    "dictionary", "name", f"Which voicings: {', '.join(DICTIONARIES)}",
    'chord("C^7").dict("lefthand").voicing()',
)  # fmt: skip
anchor: Final = _setting(
    "anchor", "note", "The note a voicing is put next to, c5 when none is named",
    'chord("C^7").anchor("c4").voicing()',
)  # fmt: skip
mode: Final = _setting(
    "mode", "name", f"Where a voicing stands to its anchor: {', '.join(MODES)}",
    'chord("C^7").mode("above:c4").voicing()', "anchor",
)  # fmt: skip
offset: Final = _setting(
    "offset", "number", "How many voicings further up or down",
    'chord("C").offset("<0 1>").voicing()',
)  # fmt: skip
octaves: Final = _setting(
    "octaves", "number", "How much higher a voicing is repeated, for n past its end",
    'n("0 .. 7").chord("C").octaves(2).voicing()',
)  # fmt: skip
inversion: Final = _setting(
    "inversion", "number", "Close position, so many of the lowest notes moved up an octave",
    'chord("C").inversion("<0 1 2>").voicing()',
)  # fmt: skip

_SETTINGS: Final = ("dictionary", "anchor", "mode", "offset", "octaves", "inversion", "dict")


@verb(example='chord("<C^7 A7 D-7 G7>").voicing()')
def voicing(pattern: Pattern) -> Pattern:
    """Gives chords their notes, close to an anchor, so that they lead smoothly to each other.

    `dict` says which kind of voicing, `anchor` and `mode` where it stands, `offset` takes the next
    ones; with `n`, one note of the voicing sounds, counted from 0.

    >>> from livecoder.patterns import chord, n
    >>> [hap.value["note"] for hap in chord("C^7").voicing().query(0, 1)]
    [59, 64, 67, 72]
    >>> [hap.value["note"] for hap in n("0 2").chord("C").dict("triads").voicing().query(0, 1)]
    [64, 72]

    Raises:
        PatternError: a hap has no chord.
        UnknownNameError: no such chord, dictionary or mode; says which is near.
    """
    ask = pattern.ask

    def voiced(span: Span) -> list[Hap]:
        return [
            new(Hap, (whole, part, controls, context))
            for whole, part, value, context in ask(span)
            for controls in _voiced(value)
        ]

    return Pattern(voiced, pattern.label)


def _split(value: Any, word: str) -> tuple[str, dict[str, Any]]:
    """Return the chord of a hap and its other controls.

    Raises:
        PatternError: it has none.
    """
    controls = dict(value) if isinstance(value, dict) else {"chord": value}
    if "chord" not in controls:
        message = f'{value!r} has no chord for {word}; try chord("C^7 A-7").{word}()'
        raise PatternError(message)
    controls.pop("value", None)
    return _typed(controls.pop("chord")), controls


def _voiced(value: Any) -> list[dict[str, Any]]:
    symbol, controls = _split(value, "voicing")
    settings = {name: controls.pop(name) for name in _SETTINGS if name in controls}
    index = controls.pop("n", None)
    if is_rest(symbol):
        return []
    held = parse_chord(symbol)
    if "inversion" in settings:
        notes = inverted(held, math.floor(settings["inversion"]))
    else:
        notes = voice(
            held,
            dictionary=settings.get("dictionary", settings.get("dict", "open")),
            anchor=note_number(settings.get("anchor", "c5")),
            mode=settings.get("mode", "below"),
            offset=math.floor(settings.get("offset", 0)),
        )
    if index is not None:
        notes = (tone(notes, index, math.floor(settings.get("octaves", 1))),)
    return [{"note": note, **controls} for note in notes]


@verb(INTEGER, example='chord("<C^7 A-7>").root_notes(2).s("bass")')
def root_notes(pattern: Pattern, octave: int = 2) -> Pattern:
    """The roots of chords, in an octave, for the bass; the bass of a chord that has its own.

    >>> from livecoder.patterns import chord
    >>> [hap.value for hap in chord("C^7 D/F#").root_notes(2).query(0, 1)]
    [{'note': 36}, {'note': 42}]

    Raises:
        PatternError: a hap has no chord.
    """
    ask = pattern.ask

    def rooted(span: Span) -> list[Hap]:
        return [
            new(Hap, (whole, part, low, context))
            for whole, part, value, context in ask(span)
            for low in _rooted(value, octave)
        ]

    return Pattern(rooted, pattern.label, steps=pattern.steps)


def _rooted(value: Any, octave: int) -> list[Any]:
    symbol, controls = _split(value, "root_notes")
    if is_rest(symbol):
        return []
    held = parse_chord(symbol)
    if not isinstance(value, dict):
        return [f"{held.root_name}{octave}"]
    low = held.root if held.bass is None else held.bass
    return [{"note": 12 * (octave + 1) + low, **controls}]


@verb(SCALE, example='roman("ii7 V7 I^7", key="c:major")', name="roman")
def _roman(pattern: Pattern, key: Key = parse_key("c:major")) -> Pattern:  # noqa: B008 (frozen)
    """Chords by Roman numeral in a key: `ii7 V7 I^7`, `bVII7`, `viio7`, `V7/ii`."""
    for atom in pattern.atoms or ():
        chord_of(_typed(atom), key)
    return mapped(pattern, lambda value: {"chord": chord_of(_typed(value), key)})


def roman(numerals: Any, key: Any = "c:major") -> Pattern:
    """Chords by Roman numeral in a key: `ii7 V7 I^7`, `bVII7`, `viio7`, `V7/ii`.

    >>> [hap.value["chord"] for hap in roman("ii7 V7", key="g:major").query(0, 1)]
    ['A-7', 'D7']
    >>> len(roman("<ii7 V7 I^7>", "<c:major d:minor>").voicing().query(0, 1))
    4

    Args:
        numerals: capitals are major, small letters minor; text is mini-notation.
        key: a tonic and a scale, or a pattern of them.

    Raises:
        NotationError: one is no numeral.
        UnknownNameError: a chord has no such quality, or there is no such scale.
    """
    inside = f"{describe_argument(numerals)}, {describe_argument(key)}"
    return relabel(_roman.apply(reify(_readable(numerals)), key), f"roman({inside})")


def progression(name: str, key: str = "c") -> Pattern:
    """A progression by its name, one bar a cycle, in a key: `progression("jazz blues", "f")`.

    >>> from livecoder.patterns import progression
    >>> [hap.value["chord"] for hap in progression("pop", "g").query(0, 4)]
    ['G', 'D', 'E-', 'C']

    Args:
        name: of `help("progressions")`.
        key: a tonic; with a scale, the numerals are of that one.

    Raises:
        UnknownNameError: no such progression; says which is near.
        NotationError: the key does not begin with a note.
    """
    found = named(name)
    label = f"progression({describe_argument(name)}, {describe_argument(key)})"
    return relabel(roman(f"<{found.numerals}>", _with_mode(key, found.mode)), label)


def _with_mode(key: Any, scale: str) -> Any:
    """Return a key: of the mode given where only a tonic was named."""
    if not isinstance(key, str) or re.search(r"[\s:_]", key.strip()):
        return key
    return f"{key.strip()}:{scale}"


def chord_grammar(
    bars: int = 8, key: str = "c:major", *, seed: int | str = 0, sevenths: bool = False
) -> Pattern:
    """New chords that set out, stray and come home, one a cycle; another seed, other chords.

    >>> from livecoder.patterns import chord_grammar
    >>> [hap.value["chord"] for hap in chord_grammar(4, "d:minor", seed=3).query(0, 4)]
    ['Eo', 'G-', 'A7', 'D-']

    Args:
        bars: how many before they begin again, 1 to 64.
        key: major or minor; of any other scale its third says which.
        seed: the same one gives the same chords for ever.
        sevenths: whether all chords have their sevenths.

    Raises:
        RangeError: `bars` is none of these.
    """
    held = parse_key(key)
    scale = "minor" if 3.0 in held.offsets and 4.0 not in held.offsets else "major"
    numerals = " ".join(functional(bars, scale, seed=seed, sevenths=sevenths))
    tonic = spelled_on(held.tonic, "CDEFGAB".index(held.name[0].upper()))
    label = f"chord_grammar({bars}, {describe_argument(key)}, seed={seed!r})"
    return relabel(roman(f"<{numerals}>", f"{tonic}:{scale}"), label)


def find_key(pattern: Any, cycles: RationalLike = 8) -> KeyFound:
    """The key of what is played, by how long each note sounds: its name, how sure, the runners-up.

    >>> from livecoder.patterns import find_key, n
    >>> find_key(n("0 2 4 2 0 4 7 4").scale("d:dorian"), cycles=1).key
    'd:minor'

    Args:
        pattern: notes by name or number, or chords; what has no pitch does not count.
        cycles: how much of it is listened to, from cycle 0.

    Raises:
        RangeError: no notes, or all twelve the same; or the cycles are not 1/64 to 1000.
    """
    durations = [0.0] * 12
    length = rational(number_in(cycles, "find_key", "find_key(pattern, cycles=8)"))
    if not 0 < length <= _MOST_CYCLES:
        message = f"find_key listens to 1 to {_MOST_CYCLES} cycles, got {cycles!r}; try cycles=8"
        raise PatternError(message)
    for hap in reify(pattern).query(0, length):
        for pitch in _pitches(hap.value):
            durations[math.floor(pitch + 0.5) % 12] += float(hap.part.end - hap.part.begin)
    return rank_keys(durations)


def _pitches(value: Any) -> tuple[float, ...]:
    if isinstance(value, dict):
        if "chord" in value and not is_rest(value["chord"]):
            return parse_chord(value["chord"]).notes
        value = value.get("note")
    if isinstance(value, bool) or value is None:
        return ()
    try:
        return (note_number(value),)
    except NotationError:  # a drum, a word
        return ()


attach("find_key", find_key)
