"""Laws of the horizon: whatever is sent and revoked, a beat sounds once, and alone it loops."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.events import Event, Revoke, Schedule
from livecoder.core.rational import Rational
from livecoder.outputs.horizon import Horizon

_STEP = Rational(1, 4)
_LOOP = Rational(4)
_LAST = 40

places = st.integers(0, _LAST)
orders = st.one_of(
    st.tuples(st.just("schedule"), places, places, st.integers(0, 3)),
    st.tuples(st.just("revoke"), places),
    st.tuples(st.just("take"), places),
)


def a_horizon() -> Horizon:
    return Horizon(lambda _beat: _LOOP)


def a_window(begin: int, end: int, generation: int) -> Schedule:
    events = tuple(Event(i * _STEP, _STEP, {"generation": generation}) for i in range(begin, end))
    return Schedule("d1", generation, begin * _STEP, end * _STEP, events)


@given(st.lists(orders, max_size=30))
def test_it_holds_what_a_plain_table_of_beats_would_hold(given_orders: list[tuple]) -> None:
    held = a_horizon()
    table: dict[int, int] = {}  # generation by place, of what is provided
    played: dict[int, int] = {}
    heard: dict[int, list[int]] = {}
    now = 0
    for kind, *rest in given_orders:
        if kind == "schedule":
            begin, end, generation = rest
            held.schedule(a_window(begin, end, generation))
            for place in range(begin, end):
                if place < now:
                    if place not in played:
                        played[place] = generation
                elif table.get(place, -1) <= generation:
                    table[place] = generation
        elif kind == "revoke":
            held.revoke(Revoke("d1", rest[0] * _STEP))
            table = {p: g for p, g in table.items() if p < max(rest[0], now)}
        else:
            if rest[0] < now:
                continue
            for taken in held.take(rest[0] * _STEP):
                place = int(taken.event.beat / _STEP)
                heard.setdefault(place, []).append(taken.event.controls["generation"])
            for place in range(now, rest[0]):
                if place in table:
                    played[place] = table.pop(place)
            now = rest[0]
    for taken in held.take(_LAST * _STEP):
        place = int(taken.event.beat / _STEP)
        heard.setdefault(place, []).append(taken.event.controls["generation"])
    assert heard == {place: [g] for place, g in {**table, **played}.items()}


@given(
    length=st.integers(1, 48),
    silent=st.sets(st.integers(0, 47)),
    died_at=st.integers(0, 60),
    came_at=st.integers(0, 60),
    ahead=st.integers(0, 20),
    turns=st.lists(st.integers(0, 150), max_size=20),
)
def test_alone_every_beat_is_that_of_a_loop_before_until_a_front_takes_over(
    length: int, silent: set[int], died_at: int, came_at: int, ahead: int, turns: list[int]
) -> None:
    held = a_horizon()
    events = tuple(Event(i * _STEP, _STEP, {"place": i}) for i in range(length) if i not in silent)
    held.schedule(Schedule("d1", 0, Rational(0), length * _STEP, events))
    came_at = max(came_at, died_at)
    boundary = came_at + ahead
    heard = []
    heard += held.take(died_at * _STEP)
    held.start_loops()
    for turn in sorted(turn for turn in turns if died_at <= turn <= came_at):
        heard += held.take(turn * _STEP)
    heard += held.take(came_at * _STEP)
    held.revoke(Revoke("d1", boundary * _STEP))
    after = tuple(Event(i * _STEP, _STEP, {"place": -i}) for i in range(boundary, boundary + 8))
    held.schedule(Schedule("d1", 0, boundary * _STEP, (boundary + 8) * _STEP, after))
    for turn in sorted(turn for turn in turns if turn >= came_at):
        heard += held.take(turn * _STEP)
    heard += held.take(Rational(1000))

    laps = int(_LOOP / _STEP)
    expected = [(i, i) for i in range(min(length, boundary)) if i not in silent]
    # Beats that went by before the front died, and that nobody had provided, stay silent.
    for place in range(max(length, died_at), boundary):
        source = place
        while source >= length:
            source -= laps
        if source >= 0 and source not in silent:
            expected.append((place, source))
    expected += [(i, -i) for i in range(boundary, boundary + 8)]
    assert [(int(one.event.beat / _STEP), one.event.controls["place"]) for one in heard] == expected
