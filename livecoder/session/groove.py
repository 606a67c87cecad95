"""Groove templates: how far each step of a bar is off the grid, and how loud it is.

Conventions
-----------
A step is a sixteenth, a quarter of a beat, unless a template says otherwise. Offsets are in steps,
positive is later; velocities are factors. The table is laid from each bar line on and repeats.
Between two steps the offset is in between, so that no two notes ever change places.

Source of the percentages: an MPC's swing is the share of two steps that the first one gets; 50 is
straight, 66.7 a triplet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from livecoder.core.errors import PatternError, RangeError, UnknownNameError
from livecoder.core.rational import ONE, ZERO, Rational, floor, rational
from livecoder.patterns.pattern import Pattern, reify

__all__ = ["GROOVES", "Groove", "groove_template"]

_SIXTEENTH = Rational(1, 4)
_HALF = Rational(1, 2)
_MOST_STEPS = 256
_MPC = re.compile(r"mpc\s*(\d{2}(?:\.\d+)?)%?(?:\s+(8|16)(?:ths?)?)?", re.IGNORECASE)
_FIX = 'try groove_template("mpc 58") or groove_template([0, .1, 0, .2])'


@dataclass(frozen=True, slots=True)
class Groove:
    """A table of steps.

    >>> shuffled = Groove("shuffled", (ZERO, Rational(1, 3)))
    >>> shuffled.at(Rational(1, 4))
    (mpq(1,12), 1.0)

    Attributes:
        name: as it was asked for.
        offsets: of each step, in steps, more than -1/2 and less than 1/2.
        velocities: of each step, a factor; none at all for 1 everywhere.
        step: its length, beats.
    """

    name: str
    offsets: tuple[Rational, ...]
    velocities: tuple[float, ...] = ()
    step: Rational = _SIXTEENTH

    def at(self, place: Rational) -> tuple[Rational, float]:
        """Return how many beats later than its place a note sounds, and its factor of loudness.

        Args:
            place: beats from the bar line.
        """
        steps = place / self.step
        index = floor(steps)
        part, count = steps - index, len(self.offsets)
        here, after = self.offsets[index % count], self.offsets[(index + 1) % count]
        nearest = floor(steps + _HALF)
        loudness = self.velocities[nearest % len(self.velocities)] if self.velocities else 1.0
        return (here * (ONE - part) + after * part) * self.step, loudness

    def __repr__(self) -> str:
        return f'groove_template("{self.name}")'


def _table(name: str, offsets: str, velocities: str = "") -> Groove:
    return Groove(
        name, tuple(map(rational, offsets.split())), tuple(map(float, velocities.split()))
    )


GROOVES: Mapping[str, Groove] = MappingProxyType(
    {
        groove.name: groove
        for groove in (
            _table("straight", "0"),
            _table("accents", "0", "1 .7 .85 .7"),
            _table("shuffle", "0 1/3", "1 .8"),
            _table("quintuplet", "0 1/5", "1 .85"),
            # Kick on time, backbeat behind, what lies between dragging a little.
            _table("laid back", "0 .08 .05 .08 .12 .08 .05 .08", "1 .75 .9 .75 1 .75 .9 .75"),
            _table("pushed", "0 -.06 -.1 -.06", "1 .8 .95 .8"),
            # Tresillo and its answer, a little ahead where samba players are.
            _table("samba", "0 -.12 -.16 -.05", "1 .6 .7 .95"),
        )
    }
)
"""The templates there are, besides `"mpc 50"` to `"mpc 75"`."""


def groove_template(what: Any, velocities: Any = None, *, step: Any = _SIXTEENTH) -> Groove:
    """Make a groove: how late and how loud each sixteenth of the bar is.

    `d1.groove(groove_template("mpc 58"))`, or with a table of your own,
    `groove_template([0, .1, 0, .2], [1, .7, .9, .7])`.

    >>> groove_template("mpc 58").offsets
    (mpq(0,1), mpq(4,25))
    >>> groove_template("0 .1 0 .2", velocities="1 .5").velocities
    (1.0, 0.5)

    Args:
        what: a name (`"laid back"`, `"mpc 62"`, `"mpc 58 8"` for eighths), offsets in steps as a
            list or a pattern of numbers, or a pattern that is played: then its groove is taken.
        velocities: factors of loudness, a list or a pattern of numbers.
        step: length of a step, beats.

    Raises:
        UnknownNameError: no template is called so.
        RangeError: an offset is half a step or more, or a velocity outside 0 to 2.
    """
    if isinstance(what, Groove):
        return what
    if isinstance(what, str):
        if (named := _named(what)) is not None:
            return named
        if any(letter.isalpha() for letter in what):
            known = [*GROOVES, "mpc 58", "mpc 62"]
            raise UnknownNameError("groove", what, known, listing="help(groove_template)")
    length = rational(step)
    if not 0 < length <= 4:
        raise RangeError("step", step, "more than 0 and at most 4 beats", fix="try step=1/4")
    if isinstance(what, Pattern) and (played := _played(what)):
        return played
    offsets = tuple(map(_offset, _numbers(what)))
    given = () if velocities is None else tuple(map(_velocity, _numbers(velocities)))
    return Groove(_label(what), offsets, given, length)


def _named(name: str) -> Groove | None:
    """Return the template of a name, None if none is called so."""
    plain = " ".join(name.lower().split())
    if (found := _MPC.fullmatch(plain)) is None:
        return GROOVES.get(plain)
    share = rational(found[1])
    if not 50 <= share <= 75:
        raise RangeError("swing of an MPC", name, "from mpc 50 to mpc 75", fix='try "mpc 58"')
    length = _HALF if found[2] == "8" else _SIXTEENTH
    return Groove(plain, (ZERO, share / 50 - 1), (), length)


def _numbers(what: Any) -> list[Any]:
    if isinstance(what, (str, Pattern)):
        values = [hap.value for hap in reify(what).query(0, 1) if hap.has_onset]
    elif isinstance(what, Sequence):
        values = list(what)
    else:
        message = f"a groove is a name, a list or a pattern, got {what!r}; {_FIX}"
        raise PatternError(message)
    if not 1 <= len(values) <= _MOST_STEPS:
        raise RangeError("groove", what, f"1 to {_MOST_STEPS} steps", fix=_FIX)
    return values


def _offset(value: Any) -> Rational:
    number = _number(value)
    if not -_HALF < number < _HALF:
        allowed = "more than -0.5 and less than 0.5 of a step"
        raise RangeError("offset", value, allowed, fix=_FIX)
    return number


def _velocity(value: Any) -> float:
    number = float(_number(value))
    if not 0.0 <= number <= 2.0:
        raise RangeError("velocity of a groove", value, "from 0 to 2", fix=_FIX)
    return number


def _number(value: Any) -> Rational:
    if isinstance(value, bool) or not isinstance(value, (int, float, Rational)):
        raise RangeError("step of a groove", value, "a number", fix=_FIX)
    return rational(value)


def _played(pattern: Pattern) -> Groove | None:
    """Return the groove in which a pattern of notes plays its first bar; None if it has numbers.

    Each onset belongs to the nearest of 16 steps; a step without one is on the grid.
    """
    haps = [hap for hap in pattern.query(0, 1) if hap.has_onset and hap.whole is not None]
    if not haps or not all(isinstance(hap.value, Mapping) for hap in haps):
        return None
    offsets, velocities = [ZERO] * 16, [1.0] * 16
    for hap in haps:
        place = hap.whole.begin * 16 if hap.whole is not None else ZERO
        step = floor(place + _HALF)
        # Exactly between two steps is as far as a note can be from either.
        offsets[step % 16] = max(place - step, Rational(-499, 1000))
        loud = [hap.value.get(name) for name in ("gain", "velocity")]
        for factor in loud:
            if isinstance(factor, (int, float)):
                velocities[step % 16] *= min(max(float(factor), 0.0), 2.0)
    return Groove(pattern.label, tuple(offsets), tuple(velocities))


def _label(what: Any) -> str:
    return what if isinstance(what, str) else getattr(what, "label", None) or str(what)
