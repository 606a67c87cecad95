"""What arrives on the line is looked at before it is queued: a bad order must not break a turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livecoder.core.events import (
    LONGEST_NOTE,
    Configure,
    Event,
    Mix,
    Order,
    Panic,
    Quit,
    Revoke,
    Schedule,
)
from livecoder.core.rational import ZERO, Rational

__all__ = ["checked"]

_LONGEST_NAME = 200
# No performance lasts as many beats; a number beyond would take for ever to compute with.
_FARTHEST = 10**12
_FINEST = 2**64
_FARTHEST_SHIFT = 64


def checked(order: Any) -> Order:
    """Return an order as it is, if all of it is what it should be.

    Raises:
        TypeError: it is no order, or holds something of another kind.
        ValueError: a time is out of all bounds.
    """
    match order:
        case Schedule():
            _name(order.track)
            _kind(order.generation, int)
            _beat(order.begin)
            _beat(order.end)
            _kind(order.events, tuple)
            for event in order.events:
                _event(event)
        case Revoke():
            _name(order.track)
            _beat(order.beat)
        case Mix():
            _name(order.track)
            _kind(order.settings, Mapping)
        case Configure():
            _kind(order.settings, Mapping)
            if order.settings.get("beat") is not None:
                _beat(order.settings["beat"])
        case Panic() | Quit():
            pass
        case _:
            message = f"{type(order).__name__} is no order"
            raise TypeError(message)
    known: Order = order
    return known


def _event(event: Any) -> None:
    _kind(event, Event)
    _beat(event.beat)
    _beat(event.duration)
    _beat(event.shift)
    if abs(event.shift) > _FARTHEST_SHIFT:
        message = f"an event cannot sound {float(event.shift):g} beats from its place"
        raise ValueError(message)
    if not ZERO <= event.duration <= LONGEST_NOTE:
        message = f"an event cannot last {float(event.duration):g} beats"
        raise ValueError(message)
    _kind(event.controls, Mapping)


def _name(value: Any) -> None:
    _kind(value, str)
    if len(value) > _LONGEST_NAME:
        message = "the name of a track is too long"
        raise ValueError(message)


def _beat(value: Any) -> None:
    _kind(value, Rational)
    if abs(value) > _FARTHEST or value.denominator > _FINEST:
        message = "a beat is out of all bounds"
        raise ValueError(message)


def _kind(value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        message = f"{type(value).__name__} is no {kind.__name__}"
        raise TypeError(message)
