"""What every builder is given, and what it gives back.

A voice is a small pyo graph that sleeps (is not computed at all) until a note wakes it. Its note
starts at an exact frame because `Select` compares a counter of frames, sample by sample, with the
number it was told; everything else of a note is set while the voice is still silent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.outputs.audio import waves
from livecoder.outputs.audio.envelopes import Points, end
from livecoder.outputs.audio.silent import pyo

__all__ = ["FRAMES", "Board", "Graph", "Line", "Strike", "saw_for"]

# The counter of frames starts again after this many (175 s at 48 kHz): all whole numbers below it
# are exact in the float32 that pyo computes in.
FRAMES = 1 << 23

_LOOP = 1 << 17
# Points of a drawn contour: a millisecond's resolution in a note of eight seconds.
_POINTS = 8192
# Read once, not round and round: pyo then needs to know what comes after the last point.
_ONCE = frozenset({"fall", "strike", "click"})


class Strike(NamedTuple):
    """A note as a builder needs it.

    Attributes:
        hertz: its pitch.
        held: how long it is held, seconds.
        velocity: 0 to 1, for what is brighter when played harder; loudness is not its concern.
        values: the parameters of the sound's declaration, by name.
    """

    hertz: float
    held: float
    velocity: float
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Graph:
    """A built voice.

    Attributes:
        outs: one pyo object, or two for a sound that is stereo by itself.
        objects: every pyo object of the voice, in order of computing.
        program: sets the voice for a note; returns the seconds from onset to silence.
    """

    outs: tuple[Any, ...]
    objects: tuple[Any, ...]
    program: Callable[[Strike], float]


class Board:
    """The tables and the frame counter all voices share."""

    def __init__(self, rate: float, seed: int) -> None:
        """Start the counter; the server must be booted.

        Args:
            rate: frames a second.
            seed: of everything that is noise.
        """
        self.rate = rate
        self.seed = seed
        self.counter = pyo.Count(pyo.Trig().play(), 0, FRAMES)
        self.loop_hertz = rate / _LOOP
        self._tables: dict[tuple[Any, ...], Any] = {}

    def table(self, name: str, *key: float) -> Any:
        """Return a table of `waves`, made when it is first asked for."""
        full = (name, *key)
        if full not in self._tables:
            wave = self._wave(name, *key).tolist()
            if name in _ONCE:
                # A DataTable would lead on to its first point: a click at the end of every note.
                self._tables[full] = pyo.LinTable(list(enumerate(wave)), len(wave))
            else:
                self._tables[full] = pyo.DataTable(len(wave), init=wave)
        return self._tables[full]

    def select(self) -> Any:
        """Return a trigger that fires at the frame it is set to, and not before it is set."""
        return pyo.Select(self.counter, -1)

    def _wave(self, name: str, *key: float) -> NDArray[np.float32]:
        if name == "sine":
            return waves.harmonics(np.ones(1))
        if name == "saw":
            return waves.saw(int(key[0]))
        if name == "string":
            return waves.string(int(key[0]))
        if name == "fall":
            return waves.fall()
        if name == "strike":
            return waves.strike(key[0], tuple(zip(key[1::2], key[2::2], strict=True)))
        if name == "click":
            turn = np.linspace(0.0, 2.0 * np.pi, 513)
            return np.asarray(np.sin(turn), dtype=np.float32)
        if name == "noise":
            return waves.noise(self.seed, key[0], key[1], self.rate, slope=key[2], frames=_LOOP)
        if name == "metal":
            return waves.metal(self.seed, key[0], key[1], self.rate, frames=_LOOP)
        if name == "square":
            order = np.arange(1, 40)
            return waves.harmonics(np.where(order % 2, np.sinc(order / 41) / order, 0.0))
        return waves.ensemble(self.seed, key[0], self.rate, frames=_LOOP)


class Line:
    """A contour drawn anew for each note.

    pyo's own `TrigLinseg` adds up increments and ends a little off zero, which clicks; a table
    ends where it was drawn to end.
    """

    def __init__(self, trigger: Any) -> None:
        """Make one that starts when `trigger` fires."""
        self._table = pyo.LinTable([(0, 0.0), (_POINTS - 1, 0.0)], _POINTS)
        self.signal = pyo.TrigEnv(trigger, self._table, 1.0)

    def draw(self, points: Points, scale: float = 1.0) -> float:
        """Draw the contour of the next note; return its length, seconds."""
        lasts = end(points)
        last = _POINTS - 1
        drawn: list[tuple[int, float]] = []
        for at, value in points:
            place = round(at / lasts * last)
            if drawn and place <= drawn[-1][0]:
                place = drawn[-1][0] + 1
            drawn.append((min(place, last), value * scale))
        drawn[-1] = (last, drawn[-1][1])
        self._table.replace(drawn)
        self.signal.dur = lasts
        return lasts


def saw_for(board: Board, hertz: float, name: str = "saw") -> Any:
    """Return the brightest table that does not alias at this pitch.

    Harmonics reach to between 12 and 18 kHz; there is a table for every half octave.
    """
    count = 18_000.0 / max(hertz, 20.0)
    step = 2.0 ** (np.floor(2.0 * np.log2(max(count, 1.0))) / 2.0)
    return board.table(name, min(int(step), 700))
