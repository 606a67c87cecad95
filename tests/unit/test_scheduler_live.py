"""Tracks that read live input are asked one lookahead before they sound; no other track is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from livecoder.core.errors import TooEarlyError
from livecoder.core.haps import Hap
from livecoder.core.rational import ZERO, Rational
from tests.fakes.sources import Pulse
from tests.unit.test_scheduler import Rig

LOOKAHEAD = Rational(12, 200)  # 120 ms of a bar of two seconds
TURN = Rational(2, 200)
GRID = Rational(1, 960)


class _EarlyError(TooEarlyError):
    def __init__(self, knob: Knob) -> None:
        super().__init__("the knob")
        self._knob = knob

    def concede(self) -> None:
        self._knob.conceded += 1
        self._knob.granted = True

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.concede()


class Knob(Pulse):
    """A rhythm that answers with where a knob stands, which is known only up to a moment."""

    def __init__(self, rig: Rig, per_cycle: int = 16, since: Rational = ZERO) -> None:
        super().__init__("knob", per_cycle)
        self.rig, self.since = rig, since
        self.known: Rational | None = None
        self.granted = False
        self.conceded = self.refused = 0

    def query(self, begin: Any, end: Any) -> Sequence[Hap]:
        known = self.rig.scheduler.uncommitted() + TURN + GRID if self.known is None else self.known
        granted, self.granted = self.granted, False
        if begin >= self.since and end > known and not granted:
            self.refused += 1
            raise _EarlyError(self)
        return super().query(begin, end)


def test_a_live_track_is_asked_late_in_short_windows_and_nothing_is_missed() -> None:
    rig = Rig()
    knob = Knob(rig)
    rig.set("d1", knob, at=0)
    rig.run(6)
    assert knob.refused == 1
    spans = knob.asked
    assert spans[0].begin == 0
    assert all(a.end == b.begin for a, b in pairwise(spans))
    assert spans[-1].end >= 3
    assert max(span.end - span.begin for span in spans) <= LOOKAHEAD + TURN + GRID
    assert len(rig.names()) == len(set(rig.output.onsets("d1")))
    assert len(rig.names()) >= 48
    assert rig.scheduler.statistics().late == 0
    assert not rig.problems


def test_other_tracks_stay_two_bars_ahead() -> None:
    rig = Rig()
    rig.set("d1", Knob(rig), at=0)
    rig.set("d2", Pulse("a"), at=0)
    rig.scheduler.tick()
    assert rig.output.schedules("d2")[-1].end >= 8
    assert rig.output.schedules("d1")[-1].end <= 1


def test_a_track_is_late_only_from_where_it_reads() -> None:
    rig = Rig()
    knob = Knob(rig, since=Rational(1))
    rig.set("d1", knob, at=0)
    rig.scheduler.tick()
    assert rig.output.schedules("d1")[-1].end == 4


def test_an_edit_makes_it_like_any_other_again() -> None:
    rig = Rig()
    rig.set("d1", Knob(rig), at=0)
    rig.run(1)
    rig.set("d1", Pulse("a"), at=1)
    rig.run(1.5)
    assert rig.names()[-1] == "a"
    assert rig.output.schedules("d1")[-1].end >= 8


def test_a_render_waits_for_nobody() -> None:
    rig = Rig(playing=False)
    knob = Knob(rig)
    rig.set("d1", knob, at=0)
    rig.scheduler.run_until(2)
    assert len(rig.names()) == 32
    assert knob.conceded == knob.refused > 0


def test_what_is_due_is_answered_as_it_stands() -> None:
    rig = Rig()
    knob = Knob(rig)
    knob.known = Rational(-1)
    rig.set("d1", knob, at=0)
    rig.run(0.1)
    assert knob.conceded > 0
    assert rig.names()
