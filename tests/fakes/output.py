"""An output that only remembers, and knows what a real one would have queued."""

from __future__ import annotations

from livecoder.core.events import Event, Order, Panic, Revoke, Schedule
from livecoder.core.rational import Rational


class RecordingOutput:
    """Keeps every order in `orders`, and each track's queue as orders have left it in `queues`."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.queues: dict[str, list[Event]] = {}
        self.horizons: dict[str, Rational] = {}

    def send(self, order: Order) -> None:
        self.orders.append(order)
        match order:
            case Schedule():
                self.queues.setdefault(order.track, []).extend(order.events)
                self.horizons[order.track] = order.end
            case Revoke():
                kept = [e for e in self.queues.get(order.track, []) if e.beat < order.beat]
                self.queues[order.track] = kept
            case Panic():
                self.queues.clear()

    def schedules(self, track: str) -> list[Schedule]:
        return [o for o in self.orders if isinstance(o, Schedule) and o.track == track]

    def revokes(self, track: str) -> list[Revoke]:
        return [o for o in self.orders if isinstance(o, Revoke) and o.track == track]

    def onsets(self, track: str) -> list[Rational]:
        return [event.beat for event in self.queues.get(track, [])]
