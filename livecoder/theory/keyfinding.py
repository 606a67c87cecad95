"""Which key music is in, from how long each pitch class sounds.

Listeners' ratings of how well each pitch class fits a key, the *profiles*, are correlated with the
durations of the twelve pitch classes in the music; the key whose profile correlates best is it.

Source: C. L. Krumhansl, "Cognitive Foundations of Musical Pitch" (1990), ch. 2 and 4, whose
profiles are those of C. L. Krumhansl and E. J. Kessler, Psychological Review 89 (1982).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from livecoder.core.errors import RangeError

__all__ = ["KeyFound", "Ranked", "rank_keys"]

_MAJOR: Final = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR: Final = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
# Keys as they are most often written: no more than six sharps or flats.
_MAJOR_TONICS: Final = ("c", "db", "d", "eb", "e", "f", "f#", "g", "ab", "a", "bb", "b")
_MINOR_TONICS: Final = ("c", "c#", "d", "eb", "e", "f", "f#", "g", "g#", "a", "bb", "b")


class Ranked(NamedTuple):
    """One key and how well it fits."""

    key: str
    correlation: float


class KeyFound(NamedTuple):
    """The key of some music.

    Attributes:
        key: as `parse_key` and `.scale` read it: `"a:minor"`.
        correlation: Pearson's, of the music's durations with the key's profile, -1 to 1.
        ranking: all 24 major and minor keys, best first.
    """

    key: str
    correlation: float
    ranking: tuple[Ranked, ...]

    def __repr__(self) -> str:
        best, *others = (f"{one.key} ({one.correlation:.2f})" for one in self.ranking[:3])
        return f"{best}, then {', '.join(others)}"


def rank_keys(durations: Sequence[float]) -> KeyFound:
    """Return the key that twelve durations are in, and how well each key fits.

    >>> found = rank_keys([4, 0, 2, 0, 3, 2, 0, 4, 0, 2, 0, 1])
    >>> found
    c:major (0.97), then g:major (0.72), a:minor (0.65)
    >>> found.key, len(found.ranking)
    ('c:major', 24)

    Args:
        durations: how long each pitch class sounds, from C up, in any unit; twelve numbers.

    Raises:
        RangeError: there are not twelve, one is negative, or all are the same (no key fits).
    """
    fix = "try find_key(note('c e g c5'))"
    if len(durations) != 12 or min(durations) < 0 or not all(map(math.isfinite, durations)):
        raise RangeError("durations", list(durations), "twelve numbers from 0 up", fix=fix)
    if max(durations) == min(durations):
        what = "notes that sound differently long or often"
        raise RangeError("the music", "every note alike, or none", what, fix=fix)
    ranked = [
        Ranked(f"{name}:{mode}", _correlation(durations, profile, tonic))
        for mode, profile, names in (
            ("major", _MAJOR, _MAJOR_TONICS),
            ("minor", _MINOR, _MINOR_TONICS),
        )
        for tonic, name in enumerate(names)
    ]
    ranking = tuple(sorted(ranked, key=lambda one: -one.correlation))
    return KeyFound(*ranking[0], ranking)


def _correlation(durations: Sequence[float], profile: Sequence[float], tonic: int) -> float:
    fits = [profile[(pitch_class - tonic) % 12] for pitch_class in range(12)]
    mean, centre = sum(durations) / 12, sum(fits) / 12
    both = sum((d - mean) * (f - centre) for d, f in zip(durations, fits, strict=True))
    spread = sum((d - mean) ** 2 for d in durations) * sum((f - centre) ** 2 for f in fits)
    return both / math.sqrt(spread)
