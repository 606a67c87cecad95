"""Ableton Link that breaks: it is said once, the music goes on, and Link is looked at again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from livecoder.clock.scheduler import Scheduler
from livecoder.core.errors import DeviceError
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.session.link import LinkSync
from livecoder.session.networks import Networks
from livecoder.session.stage import Stage
from livecoder.studio.stream import StreamDesk
from tests.fakes.clock import FakeClock
from tests.fakes.link import BreakingPeer
from tests.fakes.output import RecordingOutput
from tests.fakes.sources import event_of
from tests.integration.rig import until


class Rig:
    """A stage whose time is shared with a peer that breaks."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.kept: list[str] = []
        self.broken: Exception | None = None
        self.joined: list[BreakingPeer] = []
        self.composer = Composer()
        self.output = RecordingOutput()
        self.scheduler = Scheduler(None, FakeClock(), self.output, event_of)
        desk = StreamDesk(
            self.composer, seed=1, beats_of_bar=lambda _bar: Rational(4), on_late=lambda *_: None
        )
        self.stage = Stage(
            self.scheduler,
            self.output,
            Networks(desk),
            uncommitted=self.scheduler.uncommitted,
            defer=lambda act: act(),
        )
        self.link = LinkSync(
            self.stage, self.scheduler, self.said.append, self.keep, join=self.join
        )

    @property
    def peer(self) -> BreakingPeer:
        return self.joined[-1]

    def join(self, bpm: float, *, quantum: float, start_stop: bool) -> BreakingPeer:
        self.joined.append(BreakingPeer(bpm, quantum=quantum, start_stop=start_stop))
        return self.joined[-1]

    def keep(self, line: str) -> None:
        if self.broken is not None:
            raise self.broken
        self.kept.append(line)

    def look(self, times: int = 4) -> None:
        """Wait until the thread has looked at Link so many times more."""
        already = self.peer.reads
        until(lambda: self.peer.reads >= already + times, why="the thread to look again")


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    if made.joined:
        made.peer.broken = None
    made.link.close()
    made.composer.close()


@pytest.mark.parametrize("error", [RuntimeError("it is gone"), DeviceError("it is gone")])
def test_link_that_breaks_is_said_once_and_followed_again_when_it_is_back(
    rig: Rig, error: Exception
) -> None:
    rig.link.turn(True, start_stop=True)
    rig.look()
    rig.said.clear()
    rig.peer.broken = error
    rig.look(8)
    rig.peer.broken = None
    rig.peer.bpm = 151.0
    until(lambda: rig.stage.timing.bpm == 151.0, why="the tempo of the peer")
    (said,) = rig.said
    assert "it is gone" in said
    assert "sync.link(False)" in said
    assert rig.kept == ["tempo(151)"]
    rig.peer.broken = error
    rig.look()
    rig.peer.broken = None
    assert len(rig.said) == 1, "that it comes and goes is no news"
    rig.look(60)
    rig.peer.broken = error
    until(lambda: len(rig.said) == 2, why="what breaks anew to be said anew")


def test_a_line_that_cannot_be_kept_does_not_end_the_sharing(rig: Rig) -> None:
    rig.link.turn(True, start_stop=False)
    rig.look()
    rig.broken = OSError("no room")
    rig.peer.bpm = 140.0
    until(lambda: any("no room" in line for line in rig.said), why="that it is said")
    rig.broken = None
    rig.peer.bpm = 130.0
    until(lambda: rig.kept == ["tempo(130)"], why="the next tempo")


def test_bar_1_does_not_wait_for_link_that_is_broken(rig: Rig) -> None:
    rig.link.turn(True, start_stop=False)
    rig.peer.broken = RuntimeError("it is gone")
    assert rig.link.wait_ns(7_000_000_000) == 7_000_000_000


def test_link_that_is_broken_can_be_left(rig: Rig) -> None:
    rig.link.turn(True, start_stop=False)
    peer = rig.peer
    peer.broken = RuntimeError("it is gone")
    rig.link.turn(False, start_stop=False)
    assert not rig.link.on
    assert peer.closed
    assert any("it is gone" in line for line in rig.said)
