"""The click and the count-in of a live session, by what the outputs are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livecoder.core.rational import Rational
from livecoder.session.journal import read_journal
from livecoder.session.saving import script_of
from tests.integration.live import Live, a_session
from tests.integration.rig import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with a_session(tmp_path) as made:
        yield made


def _sent(live: Live) -> float:
    report = live.session._reports.get("audio")
    return 0.0 if report is None else report.figures.get("sent", 0.0)


def test_a_count_in_clicks_a_bar_before_bar_1(live: Live) -> None:
    session = live.session
    assert live.type("tempo(240); count_in(2)") == ""
    assert live.type("d1 >> note('c4').midi('nobody')") == ""
    until(lambda: session.scheduler.playing, why="time runs")
    assert session.scheduler.cycle_now() < Rational(-3, 2)
    until(lambda: session.scheduler.cycle_now() > Rational(1, 4), why="bar 1")
    # Only clicks are for the audio: eight beats of them, and none after bar 1 began.
    until(lambda: _sent(live) == 8.0, why="eight clicks")
    until(lambda: session.scheduler.cycle_now() > 2, why="bar 3")
    assert _sent(live) == 8.0
    assert "time runs already" in live.type("count_in()")


def test_the_metronome_clicks_until_it_is_told_not_to(live: Live) -> None:
    session = live.session
    assert live.type("tempo(240); metronome(gain=.3); d1 >> note('c4').midi('nobody')") == ""
    until(lambda: _sent(live) >= 4.0, why="it clicks")
    assert live.type("panic()") == ""
    after, here = _sent(live), session.scheduler.cycle_now()
    until(lambda: session.scheduler.cycle_now() > here + 1, why="a bar")
    until(lambda: _sent(live) > after + 1, seconds=1, why="it clicks on after a panic")
    assert live.type("hush(); metronome(False)") == ""
    here = session.scheduler.cycle_now()
    until(lambda: session.scheduler.cycle_now() > here + 1, why="a bar")
    quiet = _sent(live)
    until(lambda: session.scheduler.cycle_now() > here + 3, why="two more")
    assert _sent(live) == quiet
    assert "from 0 to 2" in live.type("metronome(gain=9)")


def test_a_saved_script_has_no_click(live: Live) -> None:
    assert live.type("metronome(); d1 >> s('hh'); latency()") == ""
    script = script_of(read_journal(live.session.journal.path))
    assert script.blocks[-1].source == "d1 >> s('hh')"
