"""The tempo map: cycles to beats through every meter, beats to nanoseconds through the tempo.

Conventions
-----------
Beats are quarter notes of the tempo, counted from the start of the session; cycles are bars. Both
are exact `Rational`s. Nanoseconds are `CLOCK_MONOTONIC`, whole numbers. A map is a frozen value:
a change of tempo or meter is a new map, so a reader never sees half of one.

Nothing drifts: a beat's time is one exact multiplication from the anchor, rounded once to the
nearest nanosecond. Only inside a ramp is it a logarithm, in float64, of the beats since the anchor.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple

from livecoder.core.errors import RangeError
from livecoder.core.rational import ZERO, Rational, RationalLike, rational

__all__ = ["FASTEST", "SLOWEST", "Meter", "TempoMap", "checked_bpm"]

SLOWEST = 10.0
FASTEST = 999.0

_NS_PER_MINUTE = 60 * 10**9
# Far more changes of meter than a night holds; a map is copied at each change, so it stays small.
_MOST_METERS = 1024
_MOST_ASKED = 64
_SHORTEST_BAR = Rational(1, 8)
_LONGEST_BAR = Rational(128)
_LONGEST_RAMP = 4096
# An anchor must fit the timeline's 64-bit fraction; a beat finer than this is rounded to 2**-24.
_FINEST = 1 << 31
_GRID = 1 << 24


class Meter(NamedTuple):
    """How long the bars are, from one cycle on.

    Attributes:
        cycle: the first cycle of this meter.
        beat: the beat that cycle begins on.
        beats_per_cycle: length of each bar in quarter-note beats.
    """

    cycle: Rational
    beat: Rational
    beats_per_cycle: Rational


_COMMON_TIME = (Meter(ZERO, ZERO, Rational(4)),)


def checked_bpm(value: Any) -> float:
    """Return a tempo that is one.

    >>> checked_bpm(124)
    124.0

    Args:
        value: beats per minute.

    Raises:
        RangeError: it is no number, or outside 10 to 999.
    """
    number = isinstance(value, (int, float, Rational, Fraction)) and not isinstance(value, bool)
    if not number or not SLOWEST <= value <= FASTEST:
        raise RangeError(
            "tempo", value, f"from {SLOWEST:g} to {FASTEST:g} beats a minute", fix="try tempo(120)"
        )
    return float(value)


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Where every cycle and beat lies in time.

    >>> waltz = TempoMap(bpm=120.0).with_meter(3, at_cycle=2)
    >>> waltz.beat_of_cycle(Rational(3)), waltz.ns_at(Rational(1))
    (mpq(11,1), 500000000)

    Attributes:
        bpm: beats per minute at the anchor.
        anchor_beat: a beat whose time is known.
        anchor_ns: that time, `CLOCK_MONOTONIC` nanoseconds.
        ramp_bpm: tempo that a ramp beginning at the anchor arrives at; equal to `bpm` for none.
        ramp_beats: beats the ramp takes; 0 for none. The tempo is linear in beats.
        meters: earliest first, at least one, at most 1024; the first also holds before its cycle.
    """

    bpm: float = 120.0
    anchor_beat: Rational = ZERO
    anchor_ns: int = 0
    ramp_bpm: float = 120.0
    ramp_beats: Rational = ZERO
    meters: tuple[Meter, ...] = _COMMON_TIME
    # How long a beat lasts at the anchor, exactly: asked for at every event.
    _beat_ns: Rational = field(init=False, repr=False, compare=False, default=ZERO)
    # What was asked last: a chord is one beat.
    _asked: dict[Rational, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        checked_bpm(self.bpm)
        object.__setattr__(self, "_beat_ns", _NS_PER_MINUTE / Rational(self.bpm))
        if self.ramp_beats == 0:
            object.__setattr__(self, "ramp_bpm", self.bpm)
        checked_bpm(self.ramp_bpm)
        if self.ramp_bpm == self.bpm:
            object.__setattr__(self, "ramp_beats", ZERO)

    # Beats and time

    def ns_at(self, beat: Rational) -> int:
        """Return when a beat is, in `CLOCK_MONOTONIC` nanoseconds; exact to half of one."""
        asked = self._asked
        if (known := asked.get(beat)) is not None:
            return known
        if len(asked) >= _MOST_ASKED:
            asked.clear()
        found = asked[beat] = self._ns_at(beat)
        return found

    def _ns_at(self, beat: Rational) -> int:
        since = beat - self.anchor_beat
        if not self.ramp_beats or since <= 0:
            return self.anchor_ns + _nearest(since * self._beat_ns)
        if since <= self.ramp_beats:
            return self.anchor_ns + self._ramp_ns(float(since))
        after = (since - self.ramp_beats) * _NS_PER_MINUTE / Rational(self.ramp_bpm)
        return self.anchor_ns + self._ramp_ns(float(self.ramp_beats)) + _nearest(after)

    def beat_at(self, ns: int) -> Rational:
        """Return the beat at a time; outside a ramp exact, so `ns_at(beat_at(ns)) == ns`."""
        since = ns - self.anchor_ns
        if not self.ramp_beats or since <= 0:
            return self.anchor_beat + since / self._beat_ns
        ramp_ns = self._ramp_ns(float(self.ramp_beats))
        if since < ramp_ns:
            slope = self._slope
            beats = self.bpm / slope * math.expm1(slope * since / _NS_PER_MINUTE)
            return self.anchor_beat + min(Rational(beats), self.ramp_beats)
        after = (since - ramp_ns) * Rational(self.ramp_bpm) / _NS_PER_MINUTE
        return self.anchor_beat + self.ramp_beats + after

    def beat_after(self, beat: Rational, ns: int) -> Rational:
        """Return the beat that is so many nanoseconds after another, or before if negative.

        >>> TempoMap(bpm=120.0).beat_after(Rational(4), 250_000_000)
        mpq(9,2)
        """
        return self.beat_at(self.ns_at(beat) + ns) if self.ramp_beats else beat + ns / self._beat_ns

    def bpm_at(self, beat: Rational) -> float:
        """Return the tempo at a beat, in beats per minute; it differs from `bpm` in a ramp."""
        since = beat - self.anchor_beat
        if not self.ramp_beats or since <= 0:
            return self.bpm
        return self.ramp_bpm if since >= self.ramp_beats else self.bpm + self._slope * float(since)

    @property
    def _slope(self) -> float:
        return (self.ramp_bpm - self.bpm) / float(self.ramp_beats)

    def _ramp_ns(self, beats: float) -> int:
        """Return how long the first `beats` of the ramp take: the integral of 60e9 / bpm."""
        slope = self._slope
        return round(_NS_PER_MINUTE / slope * math.log1p(slope * beats / self.bpm))

    # Cycles and beats

    def beat_of_cycle(self, cycle: Rational) -> Rational:
        """Return the beat a cycle is on, exactly."""
        meter = self.meter_at(cycle)
        return meter.beat + (cycle - meter.cycle) * meter.beats_per_cycle

    def cycle_of_beat(self, beat: Rational) -> Rational:
        """Return the cycle a beat lies in, exactly."""
        after = bisect_right(self.meters, beat, key=_beat)
        meter = self.meters[max(0, after - 1)]
        return meter.cycle + (beat - meter.beat) / meter.beats_per_cycle

    def meter_at(self, cycle: Rational) -> Meter:
        """Return the meter that holds at a cycle."""
        if len(self.meters) == 1:
            return self.meters[0]
        return self.meters[max(0, bisect_right(self.meters, cycle, key=_cycle) - 1)]

    @property
    def beats_per_cycle(self) -> Rational:
        """Length of a bar in beats, in the last meter that was set."""
        return self.meters[-1].beats_per_cycle

    # Changes

    def with_tempo(self, bpm: float, at_beat: Rational) -> TempoMap:
        """Go at another tempo from a beat on, which keeps its time; ends a ramp.

        Raises:
            RangeError: `bpm` is no tempo; see `checked_bpm`.
        """
        return self.with_ramp(bpm, at_beat, beats=0, start=bpm)

    def with_ramp(
        self, bpm: float, at_beat: Rational, beats: RationalLike, *, start: float | None = None
    ) -> TempoMap:
        """Go evenly to another tempo in so many beats, from a beat on, which keeps its time.

        Args:
            bpm: tempo to arrive at.
            at_beat: where the ramp begins.
            beats: how long it takes, 0 to 4096.
            start: tempo to begin with; the tempo at that beat if not given.

        Raises:
            RangeError: a tempo is none, or `beats` is outside 0 to 4096.
        """
        target = checked_bpm(bpm)
        length = rational(beats)
        if not 0 <= length <= _LONGEST_RAMP:
            raise RangeError("ramp", beats, f"from 0 to {_LONGEST_RAMP} beats", fix="try 16 beats")
        if at_beat.denominator > _FINEST:
            at_beat = Rational(int(at_beat * _GRID // 1), _GRID)
        first = self.bpm_at(at_beat) if start is None else checked_bpm(start)
        return replace(
            self,
            bpm=first if length else target,
            anchor_beat=at_beat,
            anchor_ns=self.ns_at(at_beat),
            ramp_bpm=target,
            ramp_beats=length,
        )

    def with_anchor(self, beat: Rational, ns: int) -> TempoMap:
        """Move the whole map in time so that a beat is at `ns`."""
        return replace(self, anchor_ns=self.anchor_ns + ns - self.ns_at(beat))

    def with_meter(self, beats_per_cycle: RationalLike, at_cycle: RationalLike) -> TempoMap:
        """Let the bars be of another length from a cycle on; meters set after it are forgotten.

        Raises:
            RangeError: a bar would be shorter than 1/8 or longer than 128 beats.
        """
        length, cycle = rational(beats_per_cycle), rational(at_cycle)
        if not _SHORTEST_BAR <= length <= _LONGEST_BAR:
            raise RangeError(
                "meter", beats_per_cycle, "from 1/8 to 128 beats a bar", fix="try meter(3, 4)"
            )
        meter = Meter(cycle, self.beat_of_cycle(cycle), length)
        earlier = tuple(held for held in self.meters if held.cycle < cycle)
        return replace(self, meters=(*earlier, meter)[-_MOST_METERS:])


def _beat(meter: Meter) -> Rational:
    return meter.beat


def _cycle(meter: Meter) -> Rational:
    return meter.cycle


def _nearest(value: Rational) -> int:
    # In whole numbers, as a fraction would be cut down to its lowest terms on the way.
    divisor = value.denominator
    return int((2 * value.numerator + divisor) // (2 * divisor))
