"""A delay-locked loop over the pulses of a MIDI clock: from where they came, where they truly are.

Conventions
-----------
Times are nanoseconds; pulses are numbered from 0, and there are 24 to a beat. Pure: it knows no
clock, only the times it is given.

Each pulse that comes is held against where it was expected. A part of the difference moves the
phase, a smaller part the period: so jitter is averaged away and nothing drifts. How large the parts
are follows from what is known: with few pulses heard they are those of a straight line through all
of them, so the loop is locked as soon as it can be; later they stay above a floor that the jitter
sets, so a steady master is followed closely and a shaking one calmly. A second, quick loop runs
beside it; where the two part by more than jitter explains, the tempo has changed, and the calm one
begins again from the quick one.

Source: F. Adriaensen, "Using a DLL to filter time", Linux Audio Conference 2005. The gains of few
pulses are those of the expanding-memory (least squares) filter, the floor's those of Benedict and
Bordner, "Synthesis of an optimal set of radar track-while-scan smoothing equations", 1962.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from livecoder.clock.tempo import FASTEST, SLOWEST

__all__ = ["PPQ", "PulseLoop", "bpm_of"]

PPQ = 24
"""Pulses per quarter note."""

_NS_PER_MINUTE = 60e9
# A little beyond what a tempo may be, so that a jittered 999 is not refused.
_SHORTEST = 0.95 * _NS_PER_MINUTE / FASTEST / PPQ
_LONGEST = 1.05 * _NS_PER_MINUTE / SLOWEST / PPQ
_QUICK = 0.35
_LEAST, _MOST = 0.05, 0.4
# What of the jitter may be left in the phase, its standard deviation.
_LEFT_NS = 200_000.0
# Where the loops are farther apart than so many deviations of jitter, it is not jitter.
_APART = 2.4
_APART_NS = 250_000.0
_SMALLEST_JITTER = 20_000.0
_JITTER_MEMORY = 1 / 32
# From here on the standard deviation of the period is well below a percent.
_LOCKED = 24
# So many gaps in a row that are too long or too short are no lost or doubled pulses.
_GAPS = 4
# One that comes after this part of a period is the last one again.
_DOUBLED = 0.4
# Between one pulse and two: steps of tempo to two thirds are more common than lost pulses.
_NEARER = 0.35
_AFTER_CHANGE = 4


def bpm_of(period_ns: float) -> float:
    """Return the tempo of pulses so far apart, beats per minute, kept within what a tempo may be.

    >>> bpm_of(20_833_333.333333332)
    120.0
    """
    return min(max(_NS_PER_MINUTE / (PPQ * period_ns), SLOWEST), FASTEST)


@dataclass(slots=True)
class _Line:
    """Where a pulse is, and how far the next."""

    time: float
    period: float

    def go_on(self, pulses: int) -> None:
        self.time += pulses * self.period

    def correct(self, error: float, phase: float, speed: float) -> None:
        self.time += phase * error
        self.period = min(max(self.period + speed * error, _SHORTEST), _LONGEST)


class PulseLoop:
    """Follows one clock.

    Attributes:
        index: number of the latest pulse; one that was lost is counted.
        count: pulses heard since the tempo is what it is; few of them say little.
        error_ns: how far the latest pulse came from where it was expected.
        lost: pulses that did not come.
        doubled: pulses that came too often.
    """

    def __init__(self) -> None:
        self.index = -1
        self.count = 0
        self.error_ns = 0.0
        self.lost = self.doubled = 0
        self._calm = self._quick = _Line(0.0, 0.0)
        self._variance = _SMALLEST_JITTER**2
        # The latest times, also of what did not count, and the number each was given.
        self._arrived: list[tuple[int, int]] = []
        self._counted = 0

    @property
    def time_ns(self) -> float:
        """Where the latest pulse truly is."""
        return self._calm.time

    @property
    def period_ns(self) -> float:
        """From pulse to pulse; 0 before two were heard."""
        return self._calm.period

    @property
    def jitter_ns(self) -> float:
        """Standard deviation of what comes around where it should."""
        return math.sqrt(self._variance)

    @property
    def locked(self) -> bool:
        """Whether tempo and phase are known well."""
        return self.count >= _LOCKED

    def begin_again(self) -> None:
        """Forget where the pulses were: the next one is the first of a new row."""
        self.count = 0
        self._arrived.clear()

    def pulse(self, ns: int) -> bool:
        """Take in a pulse; return whether it counts: one that was doubled does not."""
        if self._arrived:
            ns = max(ns, self._arrived[-1][0])
        if self.count < 2:
            return self._first(ns)
        gap = self._gap(ns)
        self._arrived = [*self._arrived[-_GAPS:], (ns, self.index + gap)]
        if self._is_other_tempo():
            self._counted = ns
            return True
        if gap == 0:
            self.doubled += 1
            return False
        self._counted = ns
        self.lost += gap - 1
        self._follow(ns, gap)
        return True

    def _first(self, ns: int) -> bool:
        if self.count == 1:
            period = ns - self._arrived[0][0]
            if period < _SHORTEST:
                self.doubled += 1
                return False
            if period > _LONGEST:
                self.begin_again()
            else:
                self._quick = _Line(ns, period)
                self._calm = _Line(ns, period)
        self.count += 1
        self.index += 1
        self._arrived.append((ns, self.index))
        self._counted = ns
        if self.count == 1:
            self._calm = _Line(ns, self._calm.period)
        return True

    def _gap(self, ns: int) -> int:
        """Return how many pulses lie between the last that counted and this: 0 for one doubled.

        Held against the last alone, not against where the loop is: while a change of tempo is
        being learnt the loop lags, and what lags far enough would seem to have lost a pulse.
        """
        since = (ns - self._counted) / self._quick.period
        return 0 if since < _DOUBLED else max(1, math.floor(since + _NEARER))

    def _is_other_tempo(self) -> bool:
        """Begin again where several gaps in a row are even, but of another length.

        What was taken for lost was not then, nor was what was taken for doubled.
        """
        if len(self._arrived) <= _GAPS:
            return False
        first, index = self._arrived[0]
        times = [ns for ns, _ in self._arrived]
        steps = [later - earlier for earlier, later in pairwise(times)]
        mean = (times[-1] - first) / _GAPS
        if max(steps) > 1.6 * min(steps) or not _SHORTEST <= mean <= _LONGEST:
            return False
        if 0.6 < mean / self._quick.period < 1.6:
            return False
        self.index, self.count = index + _GAPS, _GAPS + 1
        self._calm, self._quick = _Line(times[-1], mean), _Line(times[-1], mean)
        self._arrived = [(ns, index + i) for i, ns in enumerate(times)]
        return True

    def _follow(self, ns: int, gap: int) -> None:
        calm, quick = self._calm, self._quick
        calm.go_on(gap)
        quick.go_on(gap)
        self.index += gap
        self.count += 1
        self.error_ns = ns - calm.time
        quick_error = ns - quick.time
        self._learn_jitter(quick_error)
        calm.correct(self.error_ns, *self._gains())
        quick.correct(quick_error, *_gains(max(_QUICK, _expanding(self.count)), self.count))
        if self.count > _AFTER_CHANGE and abs(calm.time - quick.time) > max(
            _APART * self.jitter_ns, _APART_NS
        ):
            self._calm = _Line(quick.time, quick.period)
            self.count = _AFTER_CHANGE

    def _learn_jitter(self, error: float) -> None:
        """Keep a running variance; of what the quick loop did not foresee a part is its own."""
        if self.count <= _AFTER_CHANGE:
            return
        # One that is far out is a change of tempo, or a pulse that was held up.
        square = min((error * 0.8) ** 2, 9 * self._variance + _SMALLEST_JITTER**2)
        weight = max(_JITTER_MEMORY, 1 / self.count)
        self._variance += weight * (square - self._variance)

    def _gains(self) -> tuple[float, float]:
        floor = (_LEFT_NS / max(self.jitter_ns, 1.0)) ** 2 / 0.75
        return _gains(max(min(max(floor, _LEAST), _MOST), _expanding(self.count)), self.count)


def _expanding(count: int) -> float:
    """Return the gain in phase of a straight line through so many pulses."""
    return 2 * (2 * count - 1) / (count * (count + 1))


def _gains(phase: float, count: int) -> tuple[float, float]:
    """Return the gains in phase and in period, each of its best filter."""
    if phase <= _expanding(count):
        return phase, 6 / (count * (count + 1))
    return phase, phase * phase / (2 - phase)
