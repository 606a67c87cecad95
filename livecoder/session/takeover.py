"""A new front in place of a dead one: its blocks are played again, up to where the music is."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from livecoder.clock.scheduler import Scheduler
from livecoder.clock.timeline import Moment, TimelineReader
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.session.journal import Performance
from livecoder.session.midi_in import MidiIn
from livecoder.session.perform import perform_block
from livecoder.session.saving import FILES, without
from livecoder.session.stage import Stage
from livecoder.studio.stream import StreamDesk

__all__ = ["take_over"]

# How long it waits for a network, and the cycles it then leaves for its first bar.
_NETWORK_S = 10.0
_ROOM = Rational(1, 4)


class Session(Protocol):
    """What taking over asks of a live session."""

    folder: Path
    scheduler: Scheduler
    stage: Stage
    desk: StreamDesk
    composer: Composer
    midi_in: MidiIn
    namespace: dict[str, Any]

    def say(self, message: str) -> None:
        """Queue a line for the performer."""


def take_over(session: Session, taken: Performance) -> bool:
    """Play a dead front's blocks again, and go on from a bar line to come.

    Where time stood, whoever had stopped it, it stands again, at the same place.

    Returns:
        Whether time had begun; if not, it is left before bar 1, for the first pattern.
    """
    stage = session.stage
    session.desk.late |= set(taken.late)
    with session.midi_in.again(taken.heard):
        for index, block in enumerate(taken.blocks):
            if index in taken.failed:
                continue
            # A file is not written again, nor a script played on top of what it was played as.
            source = without(FILES, block.source)
            stage.begin_block(block.at)
            error = perform_block(source, session.namespace, "<journal>")
            stage.end_block(ok=error is None)
            if error is not None:
                session.say(f"a block could not be taken over: {error}")
    # Nobody has written here since the front died, but the follower of a clock.
    moment = _moment(session)
    if not moment.heartbeat_ns:
        return False
    if moment.playing and stage.networks.count:
        # Until the network is there, its last bars go on in the output.
        _wait_for_networks(session)
        moment = _moment(session)
    at = None
    if moment.playing:
        now = moment.tempo_map.cycle_of_beat(moment.tempo_map.beat_at(session.scheduler.now_ns()))
        # From a bar line that leaves a network time for its first bar.
        at = Rational(-int(-(now + _ROOM) // 1))
    else:
        session.say("time stands, as it did: play() goes on, or the clock that is followed")
    session.scheduler.resume(moment.tempo_map, at=at)
    return True


def _moment(session: Session) -> Moment:
    with closing(TimelineReader(session.folder / "timeline")) as reader:
        return reader.read()


def _wait_for_networks(session: Session) -> None:
    deadline, turn = time.monotonic() + _NETWORK_S, threading.Event()
    while session.composer.figures().workers == 0 and time.monotonic() < deadline:
        turn.wait(0.05)
