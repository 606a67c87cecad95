"""The settings of networks as a performer types them: what each may be, and what it does.

One table: what is checked, what help says, and what completion offers are all read from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from livecoder.core.errors import LivecoderError, PatternError, RangeError
from livecoder.core.rational import Rational
from livecoder.patterns.harmony import chord
from livecoder.patterns.pattern import Pattern, reify
from livecoder.studio.requests import melody_in, symbols_in, temperatures_in
from livecoder.theory.chords import is_rest, parse_chord
from livecoder.theory.scales import note_number, parse_key

__all__ = [
    "HANDLES",
    "Handle",
    "checked",
    "chords_of",
    "melody_of",
    "temperature_of",
    "weights_of",
]

# How many bars of a pattern are looked at when it is typed, to hear of mistakes then.
_LOOK = 8
_WEIGHTS = 'pitches="c:major" or twelve numbers from C'


@dataclass(frozen=True, slots=True)
class Handle:
    """One setting.

    Attributes:
        name: as it is typed.
        meaning: what it does, one line.
        example: how it is typed.
        low: lowest number; None where it is no number.
        high: highest number.
        whole: whether only whole numbers will do.
        optional: whether `None` takes it away.
    """

    name: str
    meaning: str
    example: str
    low: float | None = None
    high: float = math.inf
    whole: bool = False
    optional: bool = True


_TABLE = (
    Handle(
        "temperature",
        "1 as it learned, below calmer, above wilder, 0.1 to 4; or a pattern of time: "
        "sine.range(.8, 1.3).slow(8).",
        "temperature=1.1",
        0.1,
        4.0,
        optional=False,
    ),
    Handle(
        "key",
        'one of its own ("d:dorian"); without, it keeps to the key of the set.',
        'key="a:minor"',
    ),
    Handle("seed", "another number, another melody.", "seed=3", 0, 2**31, True, False),
    Handle(
        "prime",
        "what it goes on from: a pattern or mini-notation, a MIDI file, a track (d1); or "
        'listen("keyboard"), whose phrases it answers.',
        "prime='a4 c5 e5 c5'",
    ),
    Handle("lowest", "lowest MIDI note it may play.", "lowest=48", 0, 116, True, False),
    Handle("highest", "highest MIDI note it may play.", "highest=84", 11, 127, True, False),
    Handle("top_k", "choose among so many likeliest events only.", "top_k=8", 1, 512, True),
    Handle(
        "top_p",
        "choose among the likeliest events that have this share of the chances, up to 1.",
        "top_p=0.9",
        0.01,
        1.0,
    ),
    Handle(
        "density",
        "notes a second at 120 beats a minute (2 is one a beat), at most, or about where the "
        "network has learnt it.",
        "density=4",
        0.1,
        64.0,
    ),
    Handle("polyphony", "notes that sound at once, at most.", "polyphony=4", 1, 32, True),
    Handle(
        "chords",
        'chords it plays over, in mini-notation ("<Am7 D7>" is one a bar) or as a pattern.',
        'chords="<Am7 D7>"',
    ),
    Handle("strong", "only notes of the chord on strong beats.", "strong=True", optional=False),
    Handle(
        "ending",
        "comes to rest on the tonic of its key at the end of every so many bars.",
        "ending=8",
        1,
        1024,
        True,
    ),
    Handle(
        "pitches",
        'which pitch classes it plays how much: a key ("c:major"), notes ("c e g"), or twelve '
        "weights from C.",
        'pitches="c:major"',
    ),
    Handle(
        "melody",
        "what it accompanies: a pattern, or a track (d1), of whose network the last four bars go "
        "round; it hears each note as it sounds, and plays others.",
        "melody=note('c4 e4 g4')",
    ),
)

HANDLES: Mapping[str, Handle] = MappingProxyType({handle.name: handle for handle in _TABLE})


def checked(name: str, value: Any) -> Any:
    """Return a number or a truth as it was given, if it may be.

    >>> checked("top_k", 8), checked("top_k", None)
    (8, None)

    Raises:
        RangeError: it is none, or out of its range; says what is allowed and what to type.
    """
    handle = HANDLES[name]
    if value is None and handle.optional:
        return None
    if name == "strong":
        if not isinstance(value, bool):
            raise RangeError(name, value, "True or False", fix=f"try {handle.example}")
        return value
    low, high = handle.low, handle.high
    wanted = int if handle.whole else (int, float)
    fits = isinstance(value, wanted) and not isinstance(value, bool)
    if low is None or not fits or not low <= value <= high:
        kind = "a whole number " if handle.whole else ""
        allowed = f"{kind}from {low:g} to {high:g}"
        raise RangeError(name, value, allowed, fix=f"try {handle.example}")
    return value


def temperature_of(given: Any) -> float | Pattern:
    """Return a temperature: a number, or a pattern of them that was tried for its first bars.

    Raises:
        RangeError: a number is out of its range.
        PatternError: it is no pattern of numbers.
    """
    if isinstance(given, str):
        given = reify(given)
    if not isinstance(given, Pattern):
        return float(checked("temperature", given))
    handle = HANDLES["temperature"]
    low, high = handle.low or 0.0, handle.high
    for bar in range(_LOOK):
        for number in temperatures_in(given, bar, 16):
            if not low <= number <= high:
                allowed = f"from {low:g} to {high:g} at every moment"
                fix = "try temperature=sine.range(.8, 1.3).slow(8)"
                raise RangeError("temperature", round(number, 3), allowed, fix=fix)
    return given


def chords_of(given: Any) -> Pattern | None:
    """Return chords as a pattern of symbols, each of its first bars read.

    >>> chords_of("<Am7 D7>").query(1, 2)[0].value["chord"]
    'D7'

    Raises:
        NotationError: one cannot be read as a chord.
        UnknownNameError: a chord has no such quality.
        PatternError: it is no pattern of chords.
    """
    if given is None:
        return None
    made = given if isinstance(given, Pattern) else chord(given)
    for bar in range(_LOOK):
        for _, symbol in symbols_in(made, bar, Rational(4)):
            if not is_rest(symbol):
                parse_chord(symbol)
    return made


def melody_of(given: Any) -> Pattern | None:
    """Return a melody to accompany, as a pattern whose first bars were read.

    >>> len(melody_of("c4 e4 g4").query(0, 1))
    3

    Raises:
        NotationError: it cannot be read.
        PatternError: there is no note in it, or it follows a knob or a network.
    """
    if given is None:
        return None
    made = given if isinstance(given, Pattern) else reify(given)
    heard = [melody_in(made, bar, Rational(4)) for bar in range(_LOOK)]
    if not any(heard):
        message = f"{given!r} has no notes to accompany; try melody=note('c4 e4 g4')"
        raise PatternError(message)
    return made


def weights_of(given: Any) -> tuple[float, ...] | None:
    """Return twelve weights of pitch classes, from C.

    >>> weights_of("c e g")
    (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    >>> sum(weights_of("a:minor:pentatonic"))
    5.0

    Raises:
        RangeError: there are not twelve, one is negative, or all are 0.
        UnknownNameError: no such key.
    """
    if given is None:
        return None
    if isinstance(given, str):
        classes = _classes(given)
        return tuple(float(pitch in classes) for pitch in range(12))
    numbers = list(given) if isinstance(given, Sequence) else [given]
    try:
        weights = tuple(float(number) for number in numbers)
    except (TypeError, ValueError):
        weights = ()
    fine = len(weights) == 12 and all(math.isfinite(w) and w >= 0 for w in weights)
    if not fine or not any(weights):
        allowed = "a key, notes, or twelve weights from 0, not all 0"
        raise RangeError("pitches", given, allowed, fix=f"try {_WEIGHTS}")
    return weights


def _classes(text: str) -> frozenset[int]:
    if ":" in text:
        return parse_key(text).pitch_classes
    try:
        return frozenset(round(note_number(word)) % 12 for word in text.split()) or _none(text)
    except LivecoderError:
        return _none(text)


def _none(text: str) -> frozenset[int]:
    raise RangeError("pitches", text, "a key or notes", fix=f"try {_WEIGHTS}")
