"""From settings to what a bar is asked to be: patterns of time read for that bar.

Conventions
-----------
A setting that is a pattern (temperature, chords) is read at the cycle of the bar that is asked
for, as every pattern is: so it follows the song, and `fast` or `late` around the network carry it
along. What is read depends on that cycle alone, so a replay and a render read the same.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from livecoder.core.errors import LivecoderError, NotReadyError, PatternError, RangeError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import ZERO, Rational, floor
from livecoder.patterns.pattern import Pattern
from livecoder.studio.settings import Settings
from livecoder.theory.scales import note_number

__all__ = [
    "COLDEST",
    "HOTTEST",
    "content_of",
    "melody_in",
    "request_of",
    "symbols_in",
    "temperatures_in",
]

COLDEST, HOTTEST = 0.05, 8.0
"""What a pattern of temperatures is held between."""

_NO_CHORD = "N.C."
_STEPS = 4  # of a beat


def request_of(settings: Settings, *, bar: int, seed: int, beats: Rational) -> BarRequest:
    """Return what a bar is to be.

    >>> request_of(Settings(ending=4), bar=3, seed=1, beats=Rational(4)).tonic is None  # no key
    True

    Args:
        settings: in force.
        bar: its number.
        seed: of this bar alone.
        beats: its length.

    Raises:
        PatternError: a pattern among the settings cannot be read for this bar.
    """
    temperature, temperatures = settings.temperature, None
    if isinstance(temperature, Pattern):
        temperatures = temperatures_in(temperature, bar, math.ceil(beats * _STEPS))
        temperature = sum(temperatures) / len(temperatures)
    ends = settings.ending is not None and (bar + 1) % settings.ending == 0
    entry = settings.entry
    return BarRequest(
        bar=bar,
        seed=seed,
        beats=beats,
        temperature=float(temperature),
        allowed=settings.allowed,
        lowest=settings.lowest,
        highest=settings.highest,
        top_k=settings.top_k,
        top_p=settings.top_p,
        density=settings.density,
        polyphony=settings.polyphony,
        chords=() if settings.chords is None else symbols_in(settings.chords, bar, beats),
        strong=settings.strong,
        tonic=settings.key.tonic if ends and settings.key is not None else None,
        pitches=settings.pitches,
        temperatures=temperatures,
        melody=() if settings.melody is None else melody_in(settings.melody, bar, beats),
        entry=None if entry is None or floor(entry) != bar else (entry - bar) * beats,
    )


def content_of(request: BarRequest) -> tuple[object, ...]:
    """Return everything a bar's notes depend on, in an order that is always the same.

    >>> request = BarRequest(bar=0, seed=1, beats=Rational(4), allowed=frozenset({4, 0}))
    >>> content_of(request)[:5]
    (0, 1, mpq(4,1), 1.0, [0, 4])
    """
    values = (getattr(request, field.name) for field in fields(request))
    return tuple(sorted(value) if isinstance(value, frozenset) else value for value in values)


def temperatures_in(pattern: Pattern, bar: int, steps: int) -> tuple[float, ...]:
    """Return the temperature at each of the equal steps of a bar.

    Args:
        pattern: of numbers; where it is silent the last number holds, at first 1.
        bar: the cycle.
        steps: how many, at least 1.

    Raises:
        PatternError: it does not give numbers, or follows a knob or a network.
    """
    held, read = 1.0, []
    for step in range(steps):
        at = bar + Rational(step, steps)
        for hap in _asked(pattern, at, at + Rational(1, 2 * steps), "temperature"):
            held = _number(hap.value)
            break
        read.append(min(max(held, COLDEST), HOTTEST))
    return tuple(read)


def symbols_in(pattern: Pattern, bar: int, beats: Rational) -> tuple[tuple[Rational, str], ...]:
    """Return the chords of a bar and the first of the next: `(beat, symbol)`, earliest first.

    >>> from livecoder.patterns.harmony import chord
    >>> [(float(at), symbol) for at, symbol in symbols_in(chord("<[Am7 D7] G>"), 0, Rational(4))]
    [(0.0, 'Am7'), (2.0, 'D7'), (4.0, 'G')]

    Args:
        pattern: of chord symbols, as `chord` makes it.
        bar: the cycle.
        beats: length of the bar.

    Raises:
        PatternError: it does not give chords, or follows a knob or a network.
    """
    found: list[tuple[Rational, str]] = [(ZERO, _NO_CHORD)]
    following = _NO_CHORD
    haps = _asked(pattern, Rational(bar), bar + Rational(9, 8), "chords")
    for hap in sorted(haps, key=lambda hap: hap.part.begin):
        at, symbol = (hap.part.begin - bar) * beats, _symbol(hap.value)
        if at >= beats:
            following = symbol if at == beats else following
        elif at == found[-1][0]:
            found[-1] = (at, symbol)
        elif symbol != found[-1][1]:
            found.append((at, symbol))
        if hap.part.begin < bar + 1 < hap.part.end:
            following = symbol
    return (*found, (beats, following))


def melody_in(pattern: Pattern, bar: int, beats: Rational) -> tuple[Note, ...]:
    """Return the notes of a bar, those that began before it with onsets below 0.

    >>> from livecoder.patterns.pattern import reify
    >>> [(float(note.onset), note.pitch) for note in melody_in(reify("c4 e4"), 0, Rational(4))]
    [(0.0, 60.0), (2.0, 64.0)]

    Args:
        pattern: of notes; what has none is passed over.
        bar: the cycle.
        beats: length of the bar.

    Raises:
        PatternError: a note is none of MIDI's, or it follows a knob or a network.
    """
    found = []
    for hap in _asked(pattern, Rational(bar), Rational(bar + 1), "melody"):
        if hap.whole is None or (pitch := _pitch(hap.value)) is None:
            continue
        onset, length = (hap.whole.begin - bar) * beats, (hap.whole.end - hap.whole.begin) * beats
        found.append(Note(onset, length, pitch, _loudness(hap.value)))
    return tuple(sorted(found))


def _pitch(value: Any) -> float | None:
    """Return the MIDI note of a value; None for one that has none."""
    given = value.get("note") if isinstance(value, dict) else value
    if given is None:
        return None
    try:
        pitch = note_number(given) if isinstance(given, str) else float(given)
    except (TypeError, ValueError, LivecoderError):
        pitch = math.nan
    if not 0 <= pitch <= 127:
        message = f"{given!r} is no note of a melody; try melody=note('c4 e4 g4')"
        raise PatternError(message)
    return float(pitch)


def _loudness(value: Any) -> float:
    velocity = value.get("velocity") if isinstance(value, dict) else None
    return min(max(float(velocity), 0.0), 1.0) if isinstance(velocity, (int, float)) else 0.8


def _asked(pattern: Pattern, begin: Rational, end: Rational, name: str) -> list[Any]:
    try:
        return pattern.query(begin, end)
    except NotReadyError as error:
        message = (
            f"{name} cannot follow a knob, a key or a network: bars are composed ahead of them; "
            f"type d1.{name}(...) when you want another"
        )
        raise PatternError(message) from error


def _number(value: Any) -> float:
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        message = f"{value!r} is no temperature; try temperature=sine.range(.8, 1.3).slow(8)"
        raise PatternError(message)
    if number <= 0:
        fix = "try temperature=sine.range(.8, 1.3).slow(8)"
        raise RangeError("temperature", value, "more than 0 at every moment", fix=fix)
    return number


def _symbol(value: Any) -> str:
    symbol = value.get("chord") if isinstance(value, dict) else value
    if not isinstance(symbol, str):
        message = f'{value!r} is no chord; try chords="<Am7 D7>"'
        raise PatternError(message)
    return symbol
