"""How a track is played: swing, groove and nudge, put on when its haps become events.

Patterns stay on the grid: edits, loops, pictures and `struct` see the beat a note belongs to, and
only what is heard moves. A track's feel goes with the version of it that the scheduler asks, so a
change of feel takes effect at a boundary like any edit, and a replay has it in the same place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import RangeError
from livecoder.core.haps import Hap
from livecoder.core.protocols import Source
from livecoder.core.rational import ONE, ZERO, Rational, RationalLike, rational
from livecoder.session.groove import Groove, groove_template

__all__ = [
    "PLAIN",
    "Feel",
    "Feels",
    "Felt",
    "FeltValue",
    "beats_of_ms",
    "changed_feel",
    "earliest_cycles",
    "nudge_of",
]

_HALF = Rational(1, 2)
_DIVISIONS = (2, 4, 8, 16, 32)
_FARTHEST_MS = 500.0
_FARTHEST_S = 1.0
# Milliseconds become beats on this grid, half a microsecond; so fractions stay small.
_GRID = 1 << 20
_FINEST = 1 << 31


@dataclass(frozen=True, slots=True)
class Feel:
    """How a track is played.

    Attributes:
        swing: 0 straight, 1/3 triplets: how much longer the first of two notes is than written.
        division: which notes swing: 8 for eighths.
        groove: a template; None for none.
        strength: how much of it, 0 to 1, or 2 for twice as much.
        nudge_ms: all of it later, or earlier if negative.
    """

    swing: Rational = ZERO
    division: int = 8
    groove: Groove | None = None
    strength: Rational = ONE
    nudge_ms: float = 0.0

    def at(self, place: Rational) -> tuple[Rational, float]:
        """Return how many beats later a note sounds, but for the nudge, and its loudness factor.

        >>> Feel(swing=Rational(1, 3)).at(Rational(1, 2))
        (mpq(1,6), 1.0)

        Args:
            place: beats from the bar line.
        """
        shift, loudness = ZERO, 1.0
        if self.groove is not None:
            moved, factor = self.groove.at(place)
            shift += moved * self.strength
            loudness = max(0.0, 1.0 + (factor - 1.0) * float(self.strength))
        if self.swing:
            pair = Rational(8, self.division)
            part = place / pair % 1
            # The first half is stretched and the second shortened, so their order stays.
            shift += (part if part < _HALF else 1 - part) * self.swing * pair
        if shift.denominator > _FINEST:
            shift = Rational(math.floor(shift * _GRID + _HALF), _GRID)
        return shift, loudness

    def earliest(self, bpm: float) -> float:
        """Return the most that a note may sound before its place, seconds, 0 or more."""
        beats = 0.0
        if self.groove is not None:
            offsets = (float(offset * self.groove.step) for offset in self.groove.offsets)
            beats += max(0.0, -min(offsets) * float(self.strength))
        beats += max(0.0, -float(self.swing) * 4 / self.division)
        return beats * 60.0 / bpm + max(0.0, -self.nudge_ms / 1000.0)

    def words(self) -> list[str]:
        """Return what there is to say of it.

        >>> Feel(swing=Rational(1, 10), nudge_ms=-8.0).words()
        ['swing 0.1', 'nudge -8 ms']
        """
        said = []
        if self.swing:
            of = "" if self.division == 8 else f" of {self.division}ths"
            said.append(f"swing {float(self.swing):.3g}{of}")
        if self.groove is not None:
            share = "" if self.strength == ONE else f" at {float(self.strength):g}"
            said.append(f"groove {self.groove.name}{share}")
        return said + ([f"nudge {self.nudge_ms:g} ms"] if self.nudge_ms else [])


PLAIN = Feel()
"""As written."""


class FeltValue(NamedTuple):
    """A hap's value and how it is to be played."""

    value: Any
    feel: Feel


@dataclass(frozen=True, eq=False, slots=True)
class Felt:
    """A source played with a feel: the same haps, each with its feel beside its value."""

    source: Source
    feel: Feel

    def query(self, begin: RationalLike, end: RationalLike) -> Sequence[Hap]:
        """See `core.protocols.Source`."""
        feel = self.feel
        return [
            hap._replace(value=FeltValue(hap.value, feel)) for hap in self.source.query(begin, end)
        ]


class Feels:
    """The source of each track in its feel."""

    def __init__(self) -> None:
        self._held: dict[str, Felt] = {}

    def source(self, name: str, source: Source | None, feel: Feel) -> Source | None:
        """Return a source in a feel; the same again for the same, by which failures are known."""
        if source is None or feel == PLAIN:
            return source
        held = self._held.get(name)
        if held is None or held.source is not source or held.feel != feel:
            held = self._held[name] = Felt(source, feel)
        return held


def beats_of_ms(ms: float, bpm: float) -> Rational:
    """Return how many beats so many milliseconds are, to half a microsecond.

    >>> beats_of_ms(250, 120)
    mpq(1,2)
    """
    return Rational(round(ms * bpm / 60_000.0 * _GRID), _GRID)


def earliest_cycles(feels: Iterable[Feel], nudge_ms: float, tempo: TempoMap) -> Rational:
    """Return how far before its place anything may be heard, cycles: what edits must leave."""
    felt = max((feel.earliest(tempo.bpm) for feel in feels if feel != PLAIN), default=0.0)
    seconds = felt + max(0.0, -nudge_ms / 1000.0)
    return beats_of_ms(1000.0 * seconds, tempo.bpm) / tempo.beats_per_cycle


def nudge_of(ms: Any, example: str) -> float:
    """Return a nudge that is one, milliseconds.

    Raises:
        RangeError: it is no number, or more than half a second.
    """
    number = isinstance(ms, (int, float, Rational)) and not isinstance(ms, bool)
    if not number or not abs(ms) <= _FARTHEST_MS:
        allowed = f"from {-_FARTHEST_MS:g} to {_FARTHEST_MS:g} ms"
        raise RangeError("nudge", ms, allowed, fix=f"try {example}")
    return float(ms)


def changed_feel(feel: Feel, given: dict[str, Any]) -> dict[str, Any]:
    """Return what a performer gave for a feel as fields of one, checked.

    Raises:
        LivecoderError: it is none; says what is allowed.
    """
    made: dict[str, Any] = {}
    for name, value in given.items():
        match name:
            case "nudge_ms":
                made[name] = nudge_of(value, "d1.nudge(10)")
            case "groove":
                made[name] = None if value is None else groove_template(value)
            case "swing":
                made[name] = _between(name, value, -0.9, 0.9, "d1.swing(0.1)")
            case "strength":
                made[name] = _between(name, value, 0.0, 2.0, 'd1.groove("mpc 58", 0.5)')
            case "division":
                if value not in _DIVISIONS:
                    fix = "try d1.swing(0.1, 16)"
                    raise RangeError(name, value, "2, 4, 8, 16 or 32", fix=fix)
                made[name] = value
    groove = made.get("groove", feel.groove)
    strength = made.get("strength", feel.strength)
    if groove is not None and any(abs(offset) * strength >= 1 for offset in groove.offsets):
        raise RangeError("strength", float(strength), "less, for so wide a groove", fix="try 1")
    return made


def _between(name: str, value: Any, low: float, high: float, example: str) -> Rational:
    number = isinstance(value, (int, float, Rational)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise RangeError(name, value, f"from {low:g} to {high:g}", fix=f"try {example}")
    return rational(value)
