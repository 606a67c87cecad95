"""Tempo, meter, quantum and the place in the song: what is set for all tracks together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from livecoder.clock.scheduler import Scheduler
from livecoder.core.errors import RangeError
from livecoder.core.events import Mix
from livecoder.core.rational import ONE, ZERO, Rational, RationalLike, rational
from livecoder.session.loops import at_or_after

__all__ = ["Timing", "TimingState"]

_FOUR = Rational(4)
_LAST_BAR = 100_000
_LONGEST_RAMP = 4096


@dataclass(frozen=True, slots=True)
class TimingState:
    """What an undo puts back.

    Attributes:
        bpm: beats a minute.
        meter: beats a bar.
        quantum: the grid edits wait for, cycles.
        ahead: bars the song is ahead of the session; see `clock.place`.
    """

    bpm: float
    meter: Rational = _FOUR
    quantum: Rational = ONE
    ahead: int = 0


class Timing:
    """Drives a scheduler's time as a performer sets it.

    Attributes:
        state: as it is set now; a tempo that waits for its edge counts already.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        *,
        edge: Callable[[], Rational],
        defer: Callable[[Callable[[], None]], None],
        send: Callable[[Mix], None],
        edit_from: Callable[[Rational, Callable[[], None]], None],
    ) -> None:
        """Begin in the scheduler's tempo.

        Args:
            scheduler: what is driven.
            edge: the cycle that edits made now start from.
            defer: runs something when the music reaches that edge.
            send: tells the outputs at once.
            edit_from: runs something that changes what every track plays from a cycle on.
        """
        self.state = TimingState(scheduler.tempo_map.bpm)
        self._scheduler = scheduler
        self._edge, self._defer, self._send, self._edit_from = edge, defer, send, edit_from

    @property
    def bpm(self) -> float:
        """The tempo, beats a minute; while a clock is followed, its own."""
        if self._scheduler.follows:
            return round(self._scheduler.tempo_map.bpm, 1)
        return self.state.bpm

    def set_tempo(self, bpm: float, over: RationalLike | None = None) -> None:
        """Go at another tempo, or evenly towards it in so many bars.

        Raises:
            DeviceError: a clock is followed; the tempo is its own.
            RangeError: it is no tempo, or no number of bars.
        """
        self._scheduler.check_leads()
        bars = ZERO if over is None else _bars(over)
        # Refuses nonsense before it is due.
        self._scheduler.tempo_map.with_ramp(bpm, ZERO, bars * self.state.meter)
        self.state = replace(self.state, bpm=float(bpm))
        self._defer(lambda: self._change_tempo(float(bpm), bars))

    def set_meter(self, beats: Rational) -> None:
        """Let bars be `beats` beats long from the next on."""
        self.state = replace(self.state, meter=beats)
        at = at_or_after(self._edge(), ONE)
        self._edit_from(at, lambda: self._scheduler.set_meter(beats, at))

    def set_quantum(self, cycles: Rational) -> None:
        """Let edits wait for another grid."""
        self.state = replace(self.state, quantum=cycles)

    def go_to(self, bar: Any) -> None:
        """Go to a bar of the song, from the next bar line on.

        Raises:
            DeviceError: a clock is followed, which says where the song is.
            RangeError: it is no bar.
        """
        if isinstance(bar, bool) or not isinstance(bar, int) or not 1 <= bar <= _LAST_BAR:
            allowed = f"a whole number from 1 to {_LAST_BAR}"
            raise RangeError("bar", bar, allowed, fix="try goto(17)")
        at = at_or_after(self._edge(), ONE)
        self._go_to(bar - 1, at)

    def located(self, ahead: int) -> None:
        """Keep that the master of a clock has gone elsewhere."""
        self.state = replace(self.state, ahead=ahead)

    def pause(self) -> None:
        """Let time stand still, in a replay at the edge."""
        self._defer(self._scheduler.pause)

    def go_on(self) -> None:
        """Let time run again.

        Raises:
            DeviceError: the clock that is followed stands.
        """
        self._defer(self._scheduler.go_on)

    def bar(self) -> float:
        """Return where the song is: 5.5 in the middle of bar 5."""
        now = self._scheduler.cycle_now()
        return round(float(now + self._scheduler.ahead(now)) + 1, 3)

    def restore(self, state: TimingState) -> None:
        """Put everything back as it was, each from its next boundary."""
        if state.bpm != self.state.bpm:
            self.set_tempo(state.bpm)
        if state.meter != self.state.meter:
            self.set_meter(state.meter)
        if state.ahead != self.state.ahead:
            at = at_or_after(self._edge(), ONE)
            self._go_to(int(at) + state.ahead, at)
        self.state = state

    def _go_to(self, cycle: int, at: Rational) -> None:
        self._scheduler.check_leads()
        self._edit_from(at, lambda: self._scheduler.go_to(cycle, at))
        self.state = replace(self.state, ahead=cycle - int(at))

    def _change_tempo(self, bpm: float, bars: Rational) -> None:
        tempo_map, now = self._scheduler.tempo_map, self._scheduler.cycle_now()
        beats = tempo_map.beat_of_cycle(now + bars) - tempo_map.beat_of_cycle(now)
        self._scheduler.set_tempo(bpm, beats)
        # The master's echo is a dotted eighth.
        self._send(Mix("", {"bpm": bpm}))


def _bars(over: RationalLike) -> Rational:
    try:
        bars = rational(over)
    except (TypeError, ValueError):
        bars = ZERO
    if not 0 < bars <= _LONGEST_RAMP:
        raise RangeError("over", over, f"from 0 to {_LONGEST_RAMP} bars", fix="try over=8")
    return bars
