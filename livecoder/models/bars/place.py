"""Where a performance stands at a bar line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livecoder.models.encodings.performance import LONGEST_SHIFT

__all__ = ["LONGEST_NOTE", "USUAL_BIN", "PerformancePlace", "place_of"]

LONGEST_NOTE = 500
"""Steps after which a note is over whatever the network thinks: five seconds, as in Magenta."""
USUAL_BIN = 20
"""Of loudness, where nothing was played yet."""

_PITCHES = 128


@dataclass(frozen=True, slots=True)
class PerformancePlace:
    """Where a performance stands at a bar line.

    Attributes:
        past: steps by which the last pause ran past the bar line.
        velocity: bin of loudness, 1 to 32.
        sounding: notes that sound, and the steps before the bar line they began.
    """

    past: int = 0
    velocity: int = USUAL_BIN
    sounding: tuple[tuple[int, int], ...] = ()

    def numbers(self) -> tuple[int, ...]:
        """Return it as numbers, which `place_of` reads.

        >>> PerformancePlace(sounding=((60, 5),)).numbers()
        (0, 20, 60, 5)
        """
        return (self.past, self.velocity, *(number for pair in self.sounding for number in pair))


def place_of(numbers: Sequence[int]) -> PerformancePlace:
    """Return the place that has these numbers.

    Raises:
        ValueError: no performance leads there.
    """
    past, velocity, *flat = numbers
    sounding = tuple(zip(flat[::2], flat[1::2], strict=True))
    pitches = [pitch for pitch, _ in sounding]
    sound = (
        0 <= past <= LONGEST_SHIFT
        and 1 <= velocity <= 32
        and pitches == sorted(set(pitches))
        and all(0 <= pitch < _PITCHES for pitch in pitches)
        and all(0 <= age <= LONGEST_NOTE for _, age in sounding)
    )
    if not sound:
        message = "no performance leads to these numbers"
        raise ValueError(message)
    return PerformancePlace(past, velocity, sounding)
