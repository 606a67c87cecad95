"""Events that sound beside their beat: each is heard once, and edits go by the beat."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.events import Event, Revoke, Schedule
from livecoder.core.rational import Rational
from livecoder.outputs.horizon import Horizon
from livecoder.outputs.offsets import Offsets

_BAR = Rational(4)
_shifts = st.lists(st.integers(-60, 60), min_size=1, max_size=32)


def _horizon() -> Horizon:
    return Horizon(lambda _beat: 2 * _BAR)


def _events(shifts: list[int], begin: int, name: str) -> tuple[Event, ...]:
    return tuple(
        Event(begin + Rational(k, 4), Rational(1, 8), {"s": f"{name}{k}"}, Rational(shift, 100))
        for k, shift in enumerate(shifts)
    )


def _windows(events: tuple[Event, ...], begin: int, end: int, generation: int) -> list[Schedule]:
    """Cut into windows of a beat, as a scheduler does; each event is in that of its beat."""
    return [
        Schedule(
            "d1",
            generation,
            Rational(at),
            Rational(at + 1),
            tuple(event for event in events if at <= event.beat < at + 1),
        )
        for at in range(begin, end)
    ]


@given(_shifts, st.lists(st.integers(1, 90), min_size=1, max_size=60))
def test_each_is_taken_once_when_it_sounds(shifts: list[int], steps: list[int]) -> None:
    horizon, events = _horizon(), _events(shifts, 2, "a")
    waiting = _windows(events, 0, 12, 1)
    for window in (waiting.pop(0) for _ in range(4)):
        horizon.schedule(window)
    now, heard = Rational(0), []
    for step in [*steps, *[50] * 40]:
        now += Rational(step, 100)
        heard += [(taken.event, now) for taken in horizon.take(now)]
        while waiting and waiting[0].begin < now + 3:
            horizon.schedule(waiting.pop(0))
    assert sorted(event.controls["s"] for event, _ in heard) == sorted(
        event.controls["s"] for event in events
    )
    assert [event.sounds for event, _ in heard] == sorted(event.sounds for event in events)
    assert all(event.sounds < at for event, at in heard)


@given(_shifts, _shifts, st.integers(0, 4))
def test_an_edit_replaces_by_the_beat_whatever_sounds_when(
    before: list[int], after: list[int], boundary: int
) -> None:
    """Far enough ahead, as the front sees to: nothing is lost or doubled at the boundary."""
    horizon, at = _horizon(), 4 + boundary
    old, new = _events(before, 2, "a"), _events(after, at, "b")
    for window in _windows(old, 0, 12, 1):
        horizon.schedule(window)
    heard = horizon.take(at - Rational(61, 100))
    horizon.revoke(Revoke("d1", Rational(at)))
    for window in _windows(new, at, 14, 2):
        horizon.schedule(window)
    heard += horizon.take(Rational(20))
    expected = [e for e in old if e.beat < at] + [e for e in new if e.beat < 14]
    assert sorted(t.event.controls["s"] for t in heard) == sorted(e.controls["s"] for e in expected)


@given(_shifts)
def test_a_loop_repeats_what_was_heard_two_bars_later(shifts: list[int]) -> None:
    horizon, events = _horizon(), _events(shifts, 0, "a")
    for window in _windows(events, 0, 8, 1):
        horizon.schedule(window)
    horizon.start_loops()
    heard: list[Rational] = []
    for k in range(1, 320):
        heard += [taken.event.sounds for taken in horizon.take(Rational(k, 10))]
    assert heard == sorted(heard)
    third = [beat - 24 for beat in heard if 24 <= beat < 31]
    second = [beat - 16 for beat in heard if 16 <= beat < 23]
    assert second == third
    assert len([beat for beat in heard if 16 <= beat < 24]) == len(events)


@given(
    st.dictionaries(st.sampled_from(["", "a", "b"]), st.integers(0, 500)), st.integers(-500, 500)
)
def test_no_event_is_due_earlier_than_an_output_looks_ahead(
    delays: dict[str, int], nudge: int
) -> None:
    offsets = Offsets().changed({"delays": delays, "nudge": nudge})
    for port in ("a", "b", "c"):
        offset = offsets.of("midi", {"midiport": port})
        assert offset == (delays.get(port, delays.get("", 0)) + nudge) * 1_000_000
        assert offset >= -offsets.early_ns
    assert offsets.early_ns >= 0
