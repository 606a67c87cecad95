"""The transport: whether time runs, where the music is, and every change of tempo and meter.

It has the only copy of the tempo map that is changed. Each change makes a new map under a short
lock and shows it to all processes at once through the timeline; reading needs no lock.
"""

from __future__ import annotations

import threading

from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineWriter
from livecoder.core.protocols import Clock
from livecoder.core.rational import ZERO, Rational, RationalLike

__all__ = ["Transport"]


class Transport:
    """Live, the place in the music follows the clock; offline, it is moved by hand.

    Attributes:
        tempo_map: where beats and cycles lie in time, as of now.
        playing: whether time runs.
    """

    def __init__(self, timeline: TimelineWriter | None, clock: Clock) -> None:
        """Stand at cycle 0, in the timeline's tempo.

        Args:
            timeline: written whenever time changes, from the first `begin` on; None offline.
            clock: nanoseconds.
        """
        self.tempo_map = TempoMap() if timeline is None else timeline.tempo_map
        self.playing = False
        self._timeline, self._clock = timeline, clock
        self._leads = False
        self._position = ZERO
        self._lock = threading.Lock()

    def now_ns(self) -> int:
        """Return the clock's time."""
        return self._clock.now_ns()

    def cycle_in(self, ns: int) -> Rational:
        """Return the cycle that is heard `ns` from now; offline, the position."""
        return self.tempo_map.cycle_of_beat(self._beat_in(ns)) if self.playing else self._position

    def ns_until(self, beat: Rational) -> int:
        """Return how far away a beat is; negative when it has passed."""
        return self.tempo_map.ns_at(beat) - self.now_ns()

    def alive(self) -> None:
        """Let readers of the timeline know that this process lives."""
        if self._timeline is not None and self._leads:
            self._timeline.beat(self.now_ns())

    def begin(self, at_ns: int | None) -> None:
        """Let time run from the position on, at a time or now."""
        with self._lock:
            start = self.now_ns() if at_ns is None else at_ns
            here = self.tempo_map.beat_of_cycle(self._position)
            self.playing = self._leads = True
            self._publish(self.tempo_map.with_anchor(here, start))

    def take_over(self, tempo_map: TempoMap) -> None:
        """Let time run on as a map has it."""
        with self._lock:
            self.playing = self._leads = True
            self._publish(tempo_map)

    def stop(self, *, keep: bool) -> None:
        """Let time stand still where it is; with `keep`, only for this process."""
        with self._lock:
            self._position = self.cycle_in(0)
            self.playing = False
            self._leads = self._leads and not keep
            self._publish(self.tempo_map)

    def move(self, cycle: Rational) -> None:
        """Offline, go forward to a cycle."""
        self._position = max(self._position, cycle)

    def set_tempo(self, bpm: float) -> None:
        """Go at another tempo from here on.

        Raises:
            RangeError: `bpm` is outside 10 to 999.
        """
        with self._lock:
            self._publish(self.tempo_map.with_tempo(bpm, self._beat_in(0)))

    def set_meter(self, beats_per_cycle: RationalLike, at_cycle: RationalLike) -> None:
        """Let the bars be of another length from a cycle on.

        Raises:
            RangeError: a bar would be shorter than 1/8 or longer than 128 beats.
        """
        with self._lock:
            self._publish(self.tempo_map.with_meter(beats_per_cycle, at_cycle))

    def _beat_in(self, ns: int) -> Rational:
        if self.playing:
            return self.tempo_map.beat_at(self.now_ns() + ns)
        return self.tempo_map.beat_of_cycle(self._position)

    def _publish(self, tempo_map: TempoMap) -> None:
        self.tempo_map = tempo_map
        # Before it leads, another front may be playing on this timeline: see `take_over`.
        if self._timeline is not None and self._leads:
            self._timeline.beat(self.now_ns())
            self._timeline.write(tempo_map, playing=self.playing)
