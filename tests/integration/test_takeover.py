"""A front that died is taken over where the music was: in mid-play, standing, or before bar 1."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from livecoder.session.journal import read_journal
from livecoder.session.live import LiveSession
from tests.fakes.master import Master
from tests.integration.live import Live
from tests.integration.rig import until
from tests.integration.sender import MidiSender
from tests.integration.server import JackServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


class Fronts:
    """Sessions that follow one another on the same outputs; the last is ended at the end."""

    def __init__(self, midi: str = "none") -> None:
        self._midi = midi
        self.live = Live(LiveSession(seed=1, audio="paced", midi=midi))

    @property
    def session(self) -> LiveSession:
        return self.live.session

    def die(self, after: float = 1.0) -> None:
        """Leave the outputs alone, as a kill does, and take over later, seconds."""
        folder = self.session.folder
        self.session.shutdown(keep=True)
        time.sleep(after)
        self.live = Live(LiveSession(audio="paced", midi=self._midi, resume=folder))

    def close(self) -> None:
        """End the last session, and the outputs with it."""
        self.session.shutdown()


@pytest.fixture
def fronts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Fronts]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with closing(Fronts()) as made:
        yield made


def test_time_that_stood_stands_where_it_stood_and_goes_on_from_there(fronts: Fronts) -> None:
    assert fronts.live.type("tempo(240); d1 >> s('hh*4')") == ""
    until(lambda: fronts.session.scheduler.cycle_now() > 1, why="a bar")
    assert fronts.live.type("stop()") == ""
    stood = fronts.session.scheduler.cycle_now()
    fronts.die(2.0)
    session = fronts.session
    assert not session.scheduler.playing
    assert session.scheduler.cycle_now() == stood
    assert any("play()" in line for line in session.poll_messages())
    before = session.scheduler.statistics().events
    assert fronts.live.type("play()") == ""
    until(lambda: session.scheduler.cycle_now() > stood + 1, why="time goes on")
    assert session.scheduler.cycle_now() < stood + 20, "and not from far ahead"
    until(lambda: session.scheduler.statistics().events > before, why="and events with it")
    assert session.scheduler.statistics().lost == 0


def test_files_are_not_written_and_scripts_not_played_again(fronts: Fronts, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("d2 >> s('bd')\n")
    saved = tmp_path / "set.py"
    assert fronts.live.type(f"d1 >> s('hh*4'); save('{saved}'); load('{tmp_path}/other.py')") == ""
    assert fronts.live.type("d2 >> s('cp')") == ""
    as_it_was = saved.read_text()
    count = len(read_journal(fronts.session.journal.path).blocks)
    fronts.die()
    assert saved.read_text() == as_it_was
    assert "cp" in repr(fronts.session.stage.playing("d2"))
    assert len(read_journal(fronts.session.journal.path).blocks) == count


def test_who_followed_a_master_that_stands_waits_for_it_where_it_stands(
    jack: JackServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert jack
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with MidiSender() as sender, closing(Fronts(midi="jack")) as fronts:
        assert fronts.live.type("sync.follow('master'); d1 >> s('hh*4')") == ""
        until(lambda: sender.listeners, why="the input to connect")
        master = Master()
        master.start()
        master.beats(20, 160)
        master.stop()
        sender.play(((ns / 1e9, data) for ns, data in master.messages), delay=1.0)
        until(lambda: fronts.session.scheduler.cycle_now() > 2, why="it leads")
        until(lambda: not fronts.session.scheduler.playing, why="it stops")
        stood, number = fronts.session.scheduler.cycle_now(), fronts.session.scheduler.follows
        fronts.die(2.0)
        session = fronts.session
        assert session.scheduler.follows == number
        assert not session.scheduler.playing
        assert session.scheduler.cycle_now() == stood
        until(lambda: session.scheduler.statistics().events >= 8, why="two bars ahead of there")
        again = Master()
        again.go_on()
        again.beats(40, 160)
        sender.play(((ns / 1e9, data) for ns, data in again.messages), delay=0.5)
        until(lambda: session.scheduler.cycle_now() > stood + 2, why="its master leads it on")
        assert session.scheduler.cycle_now() < stood + 10, "and not from far ahead"
        until(lambda: session.scheduler.statistics().events >= 14, why="and events with it")
        assert session.scheduler.statistics().lost == 0


def test_who_died_before_bar_1_still_begins_with_the_first_pattern(fronts: Fronts) -> None:
    assert fronts.live.type("tempo(240)") == ""
    fronts.die()
    session = fronts.session
    assert not session.scheduler.playing
    assert session.scheduler.cycle_now() == 0
    assert session.status().bpm == 240
    assert fronts.live.type("d1 >> s('hh*4')") == ""
    until(lambda: session.scheduler.playing, why="bar 1")
    assert session.scheduler.cycle_now() < 4


def test_time_that_ran_runs_on(fronts: Fronts) -> None:
    assert fronts.live.type("tempo(240); d1 >> s('hh*4')") == ""
    until(lambda: fronts.session.scheduler.cycle_now() > 1, why="a bar")
    tempo_map = fronts.session.scheduler.tempo_map
    fronts.die()
    assert fronts.session.scheduler.playing
    assert fronts.session.scheduler.tempo_map == tempo_map, "every beat is when it was to be"
    events = fronts.session.scheduler.statistics().events
    until(lambda: fronts.session.scheduler.statistics().events > events, why="and more come")
