"""Sources that need no pattern room: rhythms of one number, and ways to go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import NotReadyError
from livecoder.core.events import Event
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ZERO, Rational


class Pulse:
    """`per_cycle` haps a cycle, each valued by a name; remembers every window it was asked."""

    def __init__(self, name: str, per_cycle: int = 4) -> None:
        self.name = name
        self.step = Rational(1, per_cycle)
        self.asked: list[Span] = []

    def query(self, begin: Any, end: Any) -> Sequence[Hap]:
        self.asked.append(Span(begin, end))
        haps, index = [], begin // self.step
        while index * self.step < end:
            whole = Span(index * self.step, (index + 1) * self.step)
            part = Span(max(begin, whole.begin), min(end, whole.end))
            haps.append(Hap(whole, part, {"s": self.name}))
            index += 1
        return haps

    def __repr__(self) -> str:
        return f"Pulse({self.name!r})"


class Failing(Pulse):
    """Does something at and after a cycle, before it answers."""

    def __init__(self, name: str, act: Callable[[], None], since: Rational = ZERO) -> None:
        super().__init__(name)
        self._act = act
        self._since = since

    def query(self, begin: Any, end: Any) -> Sequence[Hap]:
        haps = super().query(begin, end)
        if begin >= self._since:
            self._act()
        return haps


class BarError(NotReadyError):
    """A bar that is not composed yet."""

    def __init__(self, network: Network, bar: int) -> None:
        super().__init__(f"bar {bar} is not ready")
        self._network, self._bar = network, bar

    def concede(self) -> None:
        self._network.conceded.append(self._bar)
        self._network.ready.add(self._bar)

    def wait(self, seconds: float) -> None:
        self._network.waited.append(self._bar)
        self._network.ready.add(self._bar)


class Network(Pulse):
    """Plays a bar only when it is in `ready`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.ready: set[int] = set()
        self.conceded: list[int] = []
        self.waited: list[int] = []

    def query(self, begin: Any, end: Any) -> Sequence[Hap]:
        bar = int(begin // 1)
        if bar not in self.ready:
            raise BarError(self, bar)
        return super().query(begin, end)


def event_of(_track: str, hap: Hap, tempo: TempoMap) -> Event | None:
    assert hap.whole is not None
    beat = tempo.beat_of_cycle(hap.whole.begin)
    return Event(beat, tempo.beat_of_cycle(hap.whole.end) - beat, hap.value)
