"""When time begins: with the first pattern, at bar 1, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livecoder.session.journal import read_journal
from livecoder.session.live import LiveSession
from livecoder.session.perform import perform_block
from tests.integration.rig import until

pytestmark = pytest.mark.integration


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LiveSession]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = LiveSession(seed=1, audio="paced", midi="none")
    try:
        yield session
    finally:
        session.shutdown()


def _play(session: LiveSession, source: str) -> None:
    session.begin(source)
    error = perform_block(source, session.namespace, "<test>")
    session.end(ok=error is None)


def test_bar_one_begins_with_the_first_pattern(session: LiveSession) -> None:
    assert session.wait_ready(30)
    _play(session, "tempo(240)")
    _play(session, "d1 >> s('bd'); d1.mute()")
    assert session.status().cycle == 0
    assert not session.scheduler.playing
    _play(session, "d1.unmute()")
    until(lambda: session.status().cycle > 1, why="time to run")
    _play(session, "d1 >> s('sn')")
    edges = [block.at for block in read_journal(session.journal.path).blocks]
    assert edges[:3] == [0, 0, 0]
    assert edges[3] > 1


def test_a_session_that_ends_before_it_began_begins_no_more(session: LiveSession) -> None:
    _play(session, "d1 >> s('bd')")
    session.shutdown()
    assert not session.scheduler.playing
