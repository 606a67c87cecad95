"""What an output holds: windows replaced, revoked, looped, and a beat answered for once."""

from __future__ import annotations

from livecoder.core.events import Event, Revoke, Schedule
from livecoder.core.rational import Rational
from livecoder.outputs.horizon import Horizon, Taken


def horizon() -> Horizon:
    return Horizon(lambda _beat: Rational(8))


def window(begin: int, end: int, name: str, *, generation: int = 0, track: str = "d1") -> Schedule:
    """One event a beat, called by its window."""
    events = tuple(Event(Rational(beat), Rational(1, 2), {"s": name}) for beat in range(begin, end))
    return Schedule(track, generation, Rational(begin), Rational(end), events)


def heard(taken: list[Taken]) -> list[tuple[int, str]]:
    return [(int(one.event.beat), one.event.controls["s"]) for one in taken]


def test_events_are_taken_once_when_due() -> None:
    held = horizon()
    held.schedule(window(0, 4, "a"))
    assert held.next_beat() == 0
    assert heard(held.take(Rational(2))) == [(0, "a"), (1, "a")]
    assert held.next_beat() == 2
    assert held.take(Rational(2)) == []
    assert heard(held.take(Rational(99))) == [(2, "a"), (3, "a")]
    assert held.next_beat() is None


def test_a_revoked_beat_is_silent_until_it_is_sent_again() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.revoke(Revoke("d1", Rational(3)))
    assert held.provided() == {"d1": 3}
    held.schedule(window(3, 8, "b", generation=1))
    assert heard(held.take(Rational(5))) == [(0, "a"), (1, "a"), (2, "a"), (3, "b"), (4, "b")]


def test_an_older_generation_that_comes_late_fills_only_what_no_newer_covers() -> None:
    held = horizon()
    held.schedule(window(2, 4, "new", generation=3))
    held.schedule(window(0, 6, "old", generation=2))
    names = [name for _, name in heard(held.take(Rational(9)))]
    assert names == ["old", "old", "new", "new", "old", "old"]


def test_a_newer_generation_replaces_without_a_revoke() -> None:
    held = horizon()
    held.schedule(window(0, 6, "old", generation=2))
    held.schedule(window(2, 4, "new", generation=3))
    names = [name for _, name in heard(held.take(Rational(9)))]
    assert names == ["old", "old", "new", "new", "old", "old"]


def test_what_is_sent_again_is_not_played_again() -> None:
    held = horizon()
    held.schedule(window(0, 4, "a"))
    held.take(Rational(2))
    held.schedule(window(0, 4, "a"))
    assert heard(held.take(Rational(4))) == [(2, "a"), (3, "a")]


def test_what_comes_late_for_beats_nobody_provided_is_handed_over_as_late() -> None:
    held = horizon()
    held.take(Rational(2))
    held.schedule(window(0, 4, "a"))
    assert held.next_beat() == 0
    assert [beat for beat, _ in heard(held.take(Rational(3)))] == [0, 1, 2]


def test_alone_it_plays_what_it_holds_then_the_last_two_bars_for_ever() -> None:
    held = horizon()
    for bar in range(4):
        held.schedule(window(4 * bar, 4 * bar + 4, "abcd"[bar]))
    held.take(Rational(6))
    held.start_loops()
    assert held.looping() == {"d1"}
    played = heard(held.take(Rational(40)))
    assert [beat for beat, _ in played] == list(range(6, 40))
    assert "".join(name for _, name in played) == "bb" + "cccc" + "dddd" + "ccccdddd" * 3


def test_a_new_front_takes_over_at_its_beat_without_a_gap_or_a_double() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.start_loops()
    held.take(Rational(13))
    held.revoke(Revoke("d1", Rational(21)))
    assert not held.looping()
    held.schedule(window(21, 24, "b"))
    played = heard(held.take(Rational(30)))
    assert [beat for beat, _ in played] == list(range(13, 24))
    assert "".join(name for _, name in played) == "a" * 8 + "bbb"


def test_a_loop_ends_before_it_began_when_the_new_front_is_soon_enough() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.take(Rational(2))
    held.start_loops()
    held.revoke(Revoke("d1", Rational(4)))
    held.schedule(window(4, 6, "b"))
    assert "".join(name for _, name in heard(held.take(Rational(20)))) == "aabb"


def test_two_fronts_may_die_one_after_the_other() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.start_loops()
    held.take(Rational(20))
    held.revoke(Revoke("d1", Rational(24)))
    held.schedule(window(24, 28, "b"))
    held.start_loops()
    played = "".join(name for _, name in heard(held.take(Rational(44))))
    # The last two bars are now the loop's last and the new front's only.
    assert played == "aaaa" + "bbbb" + "aaaabbbb" * 2


def test_a_loop_that_ran_for_hours_is_ended_at_once() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.start_loops()
    for beat in range(0, 40_000, 1000):
        held.take(Rational(beat))
    held.revoke(Revoke("d1", Rational(40_010)))
    assert [beat for beat, _ in heard(held.take(Rational(50_000)))][-1] == 40_009


def test_a_front_behind_the_loop_does_not_stop_it() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.start_loops()
    held.take(Rational(12))
    held.schedule(window(8, 11, "b"))
    assert held.looping()
    held.schedule(window(11, 14, "c"))
    played = heard(held.take(Rational(20)))
    assert played == [(12, "c"), (13, "c")]


def test_tracks_are_looped_each_by_itself() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.schedule(window(0, 6, "b", track="d2"))
    held.start_loops()
    held.take(Rational(8))
    held.revoke(Revoke("d1", Rational(8)))
    assert held.looping() == {"d2"}
    held.end_loops(Rational(10))
    assert heard(held.take(Rational(20))) == [(8, "b"), (9, "b")]
    assert not held.looping()


def test_panic_forgets_everything() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.start_loops()
    held.clear()
    assert held.take(Rational(40)) == []


def test_a_place_before_is_played_again_when_the_timeline_jumps_back() -> None:
    held = horizon()
    held.schedule(window(0, 8, "a"))
    held.take(Rational(7))
    assert held.take(Rational(1)) == []
    assert [beat for beat, _ in heard(held.take(Rational(3)))] == [1, 2]


def test_old_windows_are_forgotten() -> None:
    held = horizon()
    for beat in range(2000):
        held.schedule(window(beat, beat + 1, "a"))
        held.take(Rational(beat))
    assert len(held._tracks["d1"].windows) < 100
    held.start_loops()
    assert len(held.take(Rational(2008))) == 9
