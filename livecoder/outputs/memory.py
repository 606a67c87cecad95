"""What a front has told an output, so that another process can be told the same."""

from __future__ import annotations

from typing import Any

from livecoder.core.events import Configure, Mix, Order, Panic, Revoke, Schedule
from livecoder.core.rational import Rational

__all__ = ["Memory"]

# Settings that say what to do once, not how things are.
_PASSING = frozenset({"orphan", "beat"})
_MANY = 64


class Memory:
    """The orders that still matter: windows that are not over, and settings as they stand."""

    def __init__(self) -> None:
        self._windows: dict[str, list[Schedule]] = {}
        self._strips: dict[str, dict[str, float]] = {}
        self._settings: dict[str, Any] = {}

    def remember(self, order: Order) -> None:
        """Take in an order that was given."""
        match order:
            case Schedule():
                kept = self._cut(order.track, order.begin, order.end)
                self._windows[order.track] = [*kept, order]
            case Revoke():
                self._windows[order.track] = self._cut(order.track, order.beat, None)
            case Mix():
                self._strips.setdefault(order.track, {}).update(order.settings)
            case Configure():
                self._settings.update(
                    {k: v for k, v in order.settings.items() if k not in _PASSING}
                )
            case Panic():
                self._windows.clear()
            case _:
                pass

    @property
    def full(self) -> bool:
        """Whether it is time to `forget`."""
        return any(len(windows) > _MANY for windows in self._windows.values())

    def forget(self, before: Rational) -> None:
        """Drop the windows that ended before a beat."""
        for track, windows in self._windows.items():
            self._windows[track] = [window for window in windows if window.end > before]

    def replay(self) -> list[Order]:
        """Return the orders that bring an output to where it would be: settings, then windows."""
        orders: list[Order] = []
        if self._settings:
            orders.append(Configure(dict(self._settings)))
        orders += [Mix(track, dict(strip)) for track, strip in self._strips.items()]
        windows = [window for held in self._windows.values() for window in held]
        return [*orders, *sorted(windows, key=_begin)]

    def _cut(self, track: str, begin: Rational, end: Rational | None) -> list[Schedule]:
        """Return a track's windows without `[begin, end)`."""
        pieces: list[Schedule] = []
        for window in self._windows.get(track, []):
            if window.end <= begin or (end is not None and window.begin >= end):
                pieces.append(window)
                continue
            if window.begin < begin:
                pieces.append(_piece(window, window.begin, begin))
            if end is not None and end < window.end:
                pieces.append(_piece(window, end, window.end))
        return pieces


def _piece(window: Schedule, begin: Rational, end: Rational) -> Schedule:
    events = tuple(event for event in window.events if begin <= event.beat < end)
    return window._replace(begin=begin, end=end, events=events)


def _begin(window: Schedule) -> Rational:
    return window.begin
