"""What a live session has around its music: clicks, latencies, OSC, Link, and their words.

A render has the same words; there they are checked and do nothing, but for the places OSC goes to,
which a pattern may name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from livecoder.clock.scheduler import Scheduler
from livecoder.core.events import Report
from livecoder.core.protocols import Output
from livecoder.outputs.on_demand import OnDemand
from livecoder.session.heap import Heap
from livecoder.session.latency import Latencies
from livecoder.session.link import LinkSync
from livecoder.session.metronome import Metronome
from livecoder.session.midi_in import MidiIn
from livecoder.session.osc import OscIn, OscOut
from livecoder.session.stage import Stage

__all__ = ["ASIDES", "Around", "commands_offline"]

ASIDES = frozenset({"count_in", "latency", "metronome"})
"""Words that do nothing to the music, and so are in no script."""


class Around:
    """Made last, of a session's own parts."""

    def __init__(
        self,
        stage: Stage,
        scheduler: Scheduler,
        clients: Mapping[str, Output],
        osc: OnDemand,
        midi_in: MidiIn,
        *,
        state: Path,
        say: Callable[[str], None],
        keep: Callable[[str], object],
        follows: Callable[[], bool],
    ) -> None:
        """Wire it.

        Args:
            stage: what plays.
            scheduler: whose time it is.
            clients: the output processes, by name.
            osc: the one for OSC, which is started when it is needed.
            midi_in: keeps what comes in as functions of time.
            state: folder of what outlives a session.
            say: tells the performer a line.
            keep: keeps a line for the journal.
            follows: whether a MIDI clock leads time.
        """
        self.metronome = Metronome(stage, scheduler)
        self.latencies = Latencies(state / "latency.json", clients)
        self.osc_out = OscOut(stage, osc)
        self.osc_in = OscIn(midi_in, say)
        self._heap = Heap()
        self.link = LinkSync(stage, scheduler, say, keep, alone=follows)

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        parts = (self.metronome, self.latencies, self.osc_out, self.osc_in)
        return {word: said for part in parts for word, said in part.commands().items()}

    def on_report(self, report: Report) -> None:
        """Take in what an output reports."""
        self.latencies.on_report(report)

    def begin_at(self, earliest_ns: int) -> int:
        """Return when bar 1 begins: after the count-in, and on Link's bar."""
        return self.link.wait_ns(earliest_ns) + self.metronome.begin()

    def close(self) -> None:
        """Leave Link, listen no more."""
        self.link.close()
        self.osc_in.close()
        self._heap.close()


def commands_offline(stage: Stage, midi_in: MidiIn) -> dict[str, Callable[..., Any]]:
    """Return the same words for a render."""

    def aside(*_args: Any, **_kwargs: Any) -> None:
        """Do nothing: it is for who plays live."""

    words: dict[str, Callable[..., Any]] = dict.fromkeys(sorted(ASIDES), aside)
    return words | OscOut(stage).commands() | OscIn(midi_in, lambda _line: None).commands()
