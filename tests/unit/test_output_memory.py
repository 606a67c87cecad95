"""What a new process is told after the last one died."""

from __future__ import annotations

import pytest

from livecoder.core.events import Configure, Event, Mix, Panic, Revoke, Schedule
from livecoder.core.rational import Rational
from livecoder.outputs.checking import checked
from livecoder.outputs.memory import Memory


def window(begin: int, end: int, generation: int = 0, track: str = "d1") -> Schedule:
    events = tuple(Event(Rational(i), Rational(1), {"note": 60.0}) for i in range(begin, end))
    return Schedule(track, generation, Rational(begin), Rational(end), events)


def beats(memory: Memory, track: str = "d1") -> list[tuple[int, int]]:
    return [
        (int(event.beat), order.generation)
        for order in memory.replay()
        if isinstance(order, Schedule) and order.track == track
        for event in order.events
    ]


def test_windows_that_were_revoked_or_replaced_are_not_told_again() -> None:
    memory = Memory()
    memory.remember(window(0, 4))
    memory.remember(window(4, 8))
    memory.remember(window(0, 8, track="d2"))
    memory.remember(Revoke("d1", Rational(3)))
    memory.remember(window(3, 6, generation=1))
    assert beats(memory) == [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1)]
    assert len(beats(memory, "d2")) == 8
    memory.forget(Rational(3))
    assert beats(memory) == [(3, 1), (4, 1), (5, 1)]


def test_settings_are_told_as_they_stand_and_first() -> None:
    memory = Memory()
    memory.remember(window(0, 1))
    memory.remember(Mix("d1", {"gain": 0.5, "pan": 0.1}))
    memory.remember(Mix("d1", {"gain": 0.7}))
    memory.remember(Configure({"latency": 3, "orphan": False}))
    assert memory.replay()[:2] == [
        Configure({"latency": 3}),
        Mix("d1", {"gain": 0.7, "pan": 0.1}),
    ]


def test_panic_forgets_the_windows_and_keeps_the_settings() -> None:
    memory = Memory()
    memory.remember(window(0, 4))
    memory.remember(Mix("d1", {"gain": 0.5}))
    memory.remember(Panic())
    assert memory.replay() == [Mix("d1", {"gain": 0.5})]


def test_it_says_when_it_is_time_to_forget() -> None:
    memory = Memory()
    for beat in range(100):
        memory.remember(window(beat, beat + 1))
    assert memory.full
    memory.forget(Rational(95))
    assert not memory.full


@pytest.mark.parametrize(
    "order",
    [
        None,
        "quit",
        ("d1", 0),
        Schedule("d1", 0, 0.5, Rational(1), ()),  # type: ignore[arg-type]
        Schedule("d1", 0, Rational(0), Rational(1), [1]),  # type: ignore[arg-type]
        Schedule("d1", 0, Rational(0), Rational(1), (1,)),  # type: ignore[arg-type]
        Schedule("d1", 0, Rational(0), Rational(1), (Event("x", Rational(1), {}),)),  # type: ignore[arg-type]
        Schedule("d1", 0, Rational(0), Rational(1), (Event(Rational(0), Rational(-1), {}),)),
        Schedule("d1", 0, Rational(0), Rational(1), (Event(Rational(0), Rational(1), 3),)),  # type: ignore[arg-type]
        Schedule("d1", 0, Rational(0), Rational(10) ** 40, ()),
        Schedule("d" * 999, 0, Rational(0), Rational(1), ()),
        Revoke("d1", None),  # type: ignore[arg-type]
        Mix("d1", 3),  # type: ignore[arg-type]
        Configure({"beat": "soon"}),
    ],
)
def test_an_order_that_is_none_is_refused(order: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        checked(order)


def test_an_order_that_is_one_is_handed_on() -> None:
    for order in (window(0, 2), Revoke("d1", Rational(1)), Panic(), Mix("d1", {"gain": 1.0})):
        assert checked(order) is order
