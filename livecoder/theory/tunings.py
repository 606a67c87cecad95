"""Tunings: which pitches an instrument has, twelve to the octave or not.

Conventions
-----------
Steps are semitones (hundreds of cents) above degree 0, ascending from 0, all below the period,
after which the tuning repeats: 12 for an octave. Degree 0 sounds at the tonic of the key it is
used with.

Source of the file format: M. Op de Coul, "Scala scale file format" (huygens-fokker), as commonly
implemented: a description, a count, then one pitch a line, in cents if it has a point, else as a
ratio; the last one is the period. Lines beginning with `!` are comments.
"""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from livecoder.core.errors import RangeError, SessionFileError, UnknownNameError

__all__ = ["TUNINGS", "TWELVE", "Tuning", "equal", "parse_scl", "read_scl", "tuning_named"]

_LARGEST_FILE = 65_536
_MOST_NOTES = 1024
_LARGEST_PERIOD = 120.0  # ten octaves, more than one hears
_CENTS = re.compile(r"-?(?:\d{1,9}\.\d{0,30}|\.\d{1,30})")
_RATIO = re.compile(r"(\d{1,30})(?:/(\d{1,30}))?")
# Two pitches nearer than this are one: a hundredth of a cent is below hearing and above rounding.
_SAME = 1e-4


@dataclass(frozen=True, slots=True)
class Tuning:
    """The pitches of one period.

    Attributes:
        name: what it is called.
        steps: semitones above degree 0, ascending from 0.0, all below `period`.
        period: semitones after which it repeats.
    """

    name: str
    steps: tuple[float, ...]
    period: float = 12.0


def _from_pitches(name: str, pitches: Iterable[float], period: float) -> Tuning:
    """Fold pitches, in semitones, into one period, sorted, each once, degree 0 among them."""
    kept: list[float] = [0.0]
    for step in sorted(pitch % period for pitch in pitches):
        if step - kept[-1] > _SAME and period - step > _SAME:
            kept.append(step)
    return Tuning(name, tuple(kept), period)


def equal(divisions: int, period: float = 12.0) -> Tuning:
    """Return a tuning of equal steps.

    >>> equal(5).steps
    (0.0, 2.4, 4.8, 7.2, 9.6)

    Args:
        divisions: steps per period, 1 to 1024.
        period: semitones, more than 0 and at most 120.

    Raises:
        RangeError: either is outside its range.
    """
    if isinstance(divisions, bool) or divisions not in range(1, _MOST_NOTES + 1):
        raise RangeError(
            "divisions", divisions, f"a whole number from 1 to {_MOST_NOTES}", fix="try equal(19)"
        )
    if not 0.0 < period <= _LARGEST_PERIOD:
        raise RangeError("period", period, "from 0 to 120 semitones", fix="try equal(19, 12)")
    steps = tuple(index * period / divisions for index in range(divisions))
    return Tuning(f"{divisions} equal steps", steps, float(period))


def _just(name: str, ratios: str, period: float = 12.0) -> Tuning:
    pitches = []
    for ratio in ratios.split():
        above, below = ratio.split("/")
        pitches.append(12.0 * math.log2(int(above) / int(below)))
    return _from_pitches(name, pitches, period)


TWELVE = equal(12)
"""Twelve equal steps to the octave: a piano."""

TUNINGS: Mapping[str, Tuning] = MappingProxyType(
    {
        "12edo": TWELVE,
        "17edo": equal(17),
        "19edo": equal(19),
        "22edo": equal(22),
        "24edo": equal(24),
        "31edo": equal(31),
        "53edo": equal(53),
        "just": _just("just", "16/15 9/8 6/5 5/4 4/3 45/32 3/2 8/5 5/3 9/5 15/8"),
        "pythagorean": _just(
            "pythagorean",
            "256/243 9/8 32/27 81/64 4/3 729/512 3/2 128/81 27/16 16/9 243/128",
        ),
        "bohlen-pierce": equal(13, 12.0 * math.log2(3.0)),
    }
)
"""Tunings by name."""


def tuning_named(name: str) -> Tuning:
    """Return a tuning by its name, or from the `.scl` file the name is a path to.

    >>> len(tuning_named("19edo").steps)
    19

    Raises:
        UnknownNameError: no tuning of that name; says which is near.
        SessionFileError: the file is missing, or no Scala file.
    """
    if name.lower().endswith(".scl"):
        return read_scl(Path(name))
    if name.lower() not in TUNINGS:
        raise UnknownNameError("tuning", name, TUNINGS, listing='help("tunings")')
    return TUNINGS[name.lower()]


def read_scl(path: Path) -> Tuning:
    """Read a Scala file.

    Raises:
        SessionFileError: missing, not a file, larger than 64 KiB, or not Scala's format; says in
            which line and what belongs there.
    """
    path = path.expanduser()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            message = f"{path} is not a file; give the path of a Scala file, tunings/my.scl"
            raise SessionFileError(message)
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        message = f"{path} cannot be read ({why}); give the path of a Scala file, tunings/my.scl"
        raise SessionFileError(message) from error
    if len(data) > _LARGEST_FILE:
        message = f"{path} is larger than any tuning ({_LARGEST_FILE} bytes); is it a Scala file?"
        raise SessionFileError(message)
    # The format says ISO 8859-1, in which every byte is a character: decoding cannot fail.
    return parse_scl(data.decode("latin-1"), path.name)


def parse_scl(text: str, name: str) -> Tuning:
    r"""Return the tuning a Scala text describes.

    >>> parse_scl("! a comment\nfifths\n 2\n3/2\n1200.0 octave", "fifths.scl").period
    12.0

    Args:
        text: of the file.
        name: of the file, for messages.

    Returns:
        A tuning whose pitches are folded into one period, sorted, each once.

    Raises:
        SessionFileError: it is not Scala's format; says in which line and what belongs there.
    """
    lines = [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.startswith("!")
    ]
    if len(lines) < 3:
        message = (
            f"{name} is no Scala file: it needs a description, a count, and one pitch a line "
            "(3/2 or 701.955)"
        )
        raise SessionFileError(message)
    number, given = lines[1]
    first = given.split()[0] if given else ""
    if not re.fullmatch(r"\d{1,4}", first) or not 1 <= int(first) <= _MOST_NOTES:
        message = (
            f"{name}, line {number}: here belongs the number of pitches, 1 to {_MOST_NOTES}, "
            f"not {given[:40]!r}"
        )
        raise SessionFileError(message)
    count = int(first)
    found = [(at, line) for at, line in lines[2:] if line][:count]
    if len(found) < count:
        message = (
            f"{name} says {count} pitches and has {len(found)}; "
            f"write the count that is there in line {number}"
        )
        raise SessionFileError(message)
    pitches = [_pitch(line, f"{name}, line {at}") for at, line in found]
    period = pitches[-1]
    if not 0.0 < period <= _LARGEST_PERIOD:
        message = (
            f"{name}, line {found[-1][0]}: the last pitch is where the tuning repeats, "
            "above 1/1 and at most ten octaves; 2/1 is an octave"
        )
        raise SessionFileError(message)
    return _from_pitches(name, pitches[:-1], period)


def _pitch(line: str, where: str) -> float:
    """Return semitones above 1/1 of a line of a Scala file."""
    word = line.split()[0]
    if _CENTS.fullmatch(word):
        cents = float(word)
        if abs(cents) <= 100.0 * _LARGEST_PERIOD:
            return cents / 100.0
    elif found := _RATIO.fullmatch(word):
        above, below = int(found[1]), int(found[2] or 1)
        if above and below:
            # Two logarithms, because the quotient of two long numbers may not fit a float.
            semitones = 12.0 * (math.log2(above) - math.log2(below))
            if abs(semitones) <= _LARGEST_PERIOD:
                return semitones
    message = (
        f"{where}: {line[:40]!r} is no pitch; write a ratio (3/2) or cents with a point (701.955)"
    )
    raise SessionFileError(message)
