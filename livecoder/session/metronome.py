"""The click: `metronome()` while one plays, `count_in()` before the first bar.

A click is for the performer: it is no track, so `undo`, `solo` and `hush` leave it alone, and it is
in no script and no render.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from livecoder.clock.scheduler import Scheduler
from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ZERO, Rational, RationalLike, floor, rational
from livecoder.session.stage import Stage

__all__ = ["Clicks", "Metronome"]

_TRACK, _COUNT_IN = "metronome", "count in"
_MOST_BARS = 8
_ACCENT, _PLAIN = {"s": "rim", "tune": 12.0}, {"s": "rim", "tune": 0.0}
_SOFTER = 0.6


@dataclass(frozen=True, slots=True)
class Clicks:
    """A click on every beat, accented on bar lines; a source as the scheduler knows it.

    Attributes:
        gain: how loud, 0 to 2.
        beats_of: how many beats the bar at a cycle has.
    """

    gain: float
    beats_of: Callable[[Rational], Rational]

    def query(self, begin: RationalLike, end: RationalLike) -> Sequence[Hap]:
        """See `core.protocols.Source`."""
        first, last = rational(begin), rational(end)
        haps = []
        for bar in range(floor(first), -floor(-last)):
            beats = self.beats_of(Rational(bar))
            for beat in range(-floor(-beats)):
                at = bar + beat / beats
                if first <= at < last:
                    whole = Span(at, min(at + 1 / beats, Rational(bar + 1)))
                    haps.append(Hap(whole, Span(at, min(whole.end, last)), self._click(beat)))
        return haps

    def _click(self, beat: int) -> dict[str, Any]:
        if beat == 0:
            return {**_ACCENT, "gain": self.gain}
        return {**_PLAIN, "gain": self.gain * _SOFTER}


class Metronome:
    """The prompt's `metronome` and `count_in`."""

    def __init__(self, stage: Stage, scheduler: Scheduler) -> None:
        """Be silent."""
        self._stage, self._scheduler = stage, scheduler
        # A panic makes outputs forget the clicks that are queued, too.
        stage.after_panic = lambda: scheduler.resend(_TRACK)
        self._gain = 0.5
        self._bars = 0

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        return {"metronome": self.metronome, "count_in": self.count_in}

    def metronome(self, on: bool = True, gain: float | None = None) -> None:
        """Hear a click on every beat, accented on the bar line; `metronome(False)` ends it.

        It is in no render and no saved script.

        Args:
            on: whether it clicks.
            gain: how loud, 0 to 2; as it was, if not given.

        Raises:
            RangeError: the gain is none.
        """
        if gain is not None:
            if isinstance(gain, bool) or not isinstance(gain, (int, float)) or not 0 <= gain <= 2:
                raise RangeError("gain", gain, "from 0 to 2", fix="try metronome(gain=0.5)")
            self._gain = float(gain)
        clicks = Clicks(self._gain, self._beats_of) if on else None
        self._scheduler.set(_TRACK, clicks, at=self._stage.boundary(now=True))

    def count_in(self, bars: int = 1) -> None:
        """Hear so many bars of clicks before bar 1, which begins with your first pattern.

        Raises:
            PatternError: time runs already.
            RangeError: the number of bars is none.
        """
        if isinstance(bars, bool) or not isinstance(bars, int) or not 0 <= bars <= _MOST_BARS:
            raise RangeError("bars", bars, f"from 0 to {_MOST_BARS}", fix="try count_in(1)")
        if self._scheduler.playing or self._scheduler.cycle_now() != 0:
            message = "time runs already; count_in() counts in bar 1, metronome() clicks along"
            raise PatternError(message)
        self._bars = bars

    def begin(self) -> int:
        """Have bar 1 counted in, if it was asked for; return how long that takes, ns."""
        if not self._bars:
            return 0
        begin = Rational(-self._bars)
        self._scheduler.set(_COUNT_IN, Clicks(self._gain, self._beats_of), at=begin)
        self._scheduler.set(_COUNT_IN, None, at=ZERO)
        tempo = self._scheduler.tempo_map
        return tempo.ns_at(tempo.beat_of_cycle(ZERO)) - tempo.ns_at(tempo.beat_of_cycle(begin))

    def _beats_of(self, cycle: Rational) -> Rational:
        here = cycle - self._scheduler.ahead(cycle)
        return self._scheduler.tempo_map.meter_at(here).beats_per_cycle
