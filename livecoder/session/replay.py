"""Perform a script live: its blocks act at their bars, on real outputs.

A block is run up to one bar before its edge, told which edge that is, so its patterns are queued
in time; what acts at once (tempo, mixer) waits for the edge itself.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from livecoder.core.rational import ONE, ZERO, Rational
from livecoder.session.explain import explain
from livecoder.session.live import LiveSession
from livecoder.session.perform import perform_block
from livecoder.session.script import Block, Script

__all__ = ["Progress", "replay"]

_AFTER = 8
# Bars that are composed before the clock starts.
_HEAD = 1
_TURN = 0.004


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a replay is.

    Attributes:
        cycle: bars from the start, from 0.0.
        bars: how many there will be.
        beats_per_cycle: of the bar that sounds.
        bpm: tempo.
        playing: what each audible track plays, `(name, description)`.
        messages: news since the last call.
    """

    cycle: float
    bars: int
    beats_per_cycle: float
    bpm: float
    playing: tuple[tuple[str, str], ...]
    messages: tuple[str, ...]


def replay(
    session: LiveSession,
    script: Script,
    *,
    bars: int | None = None,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    patience: float = 30.0,
) -> None:
    """Play a script to its end.

    Args:
        session: not started yet, with the script's seed.
        script: what to play.
        bars: how far; without, to where the script falls silent, or 8 bars after its last block.
        on_progress: told about ten times a second.
        patience: seconds to wait for outputs and networks before the first note.

    Raises:
        DeviceError: an output or a network did not answer in time.
        KeyboardInterrupt: Ctrl-C; the music is left to `session.shutdown`.
    """
    _Replay(session, script, bars, on_progress).run(patience)


class _Replay:
    def __init__(
        self,
        session: LiveSession,
        script: Script,
        bars: int | None,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._session = session
        self._blocks = deque(script.blocks)
        last = script.blocks[-1].at if script.blocks else ZERO
        self._ends = bars is not None
        self._bars = -int(-last // 1) if bars is None else bars
        self._on_progress = on_progress
        self._waiting: deque[tuple[Rational, Callable[[], None]]] = deque()
        self._edge = ZERO

    def run(self, patience: float) -> None:
        session = self._session
        session.sync.alone = session.midi_in.alone = True
        while self._blocks and self._blocks[0].at <= 0:
            self._perform(self._blocks.popleft())
        session.prepare(Rational(_HEAD), patience)
        session.set_deferral(lambda act: self._waiting.append((self._edge, act)))
        session.scheduler.start()
        turn = threading.Event()
        shown = -1.0
        while True:
            cycle = session.scheduler.cycle_now()
            while self._blocks and self._blocks[0].at - ONE <= cycle:
                self._perform(self._blocks.popleft())
            while self._waiting and self._waiting[0][0] <= cycle:
                self._waiting.popleft()[1]()
            if not self._blocks and not self._ends:
                self._ends = True
                if any(map(session.stage.audible, session.stage.tracks)):
                    self._bars += _AFTER
            if self._ends and cycle >= self._bars:
                return
            if not (self._blocks or self._waiting or session.scheduler.playing):
                return  # the set ends in a stop()
            if float(cycle) - shown >= 0.05:
                shown = float(cycle)
                self._on_progress(self._progress())
            turn.wait(_TURN)

    def _perform(self, block: Block) -> None:
        session = self._session
        self._edge = block.at
        session.begin(block.source, block.at)
        error = perform_block(block.source, session.namespace, f"<line {block.line}>")
        session.end(ok=error is None)
        if error is not None:
            session.say(f"bar {float(block.at) + 1:g}: {explain(error, block.source)}")

    def _progress(self) -> Progress:
        session, status = self._session, self._session.status()
        return Progress(
            float(session.scheduler.cycle_now()),
            self._bars,
            status.beats_per_cycle,
            status.bpm,
            tuple((name, session.stage.describe(name)) for name in status.sounding),
            tuple(session.poll_messages()),
        )
