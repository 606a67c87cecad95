"""What the host of an output process asks of the thing that sounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import Moment
from livecoder.core.events import Event, Incoming, Mix, Report, Schedule

__all__ = ["Due", "Instrument", "Listener"]


class Due(NamedTuple):
    """An event to be played.

    Attributes:
        track: name of its track.
        event: what to play; `event.beat` is the beat it sounds on.
        deadline_ns: when, `CLOCK_MONOTONIC` nanoseconds.
        lasts_ns: how long, as the tempo stands.
    """

    track: str
    event: Event
    deadline_ns: int
    lasts_ns: int


class Instrument(Protocol):
    """Ports or an engine. All but `report` is called from one thread; nothing may wait long."""

    @property
    def backend(self) -> str:
        """What it plays through, for the toolbar: `"jack"`."""

    @property
    def dispatch_ahead_ns(self) -> int:
        """How long before its deadline an event is wanted; below 80 ms, which edits rely on."""

    @property
    def slack_ns(self) -> int:
        """How much less than `dispatch_ahead_ns` will do, so that fewer turns hand over more."""

    def calm_ns(self, wanted_ns: int) -> int:
        """Return when a turn that is wanted then disturbs nothing: then, or a moment later."""

    def expect(self, order: Schedule) -> None:
        """Learn what was queued, to get ready for it; it may yet be revoked."""

    def play(self, due: Sequence[Due], tempo_map: TempoMap, until_ns: int) -> int | None:
        """Play events, earliest first; called at every turn of the host, often with none.

        Args:
            due: every event due before `until_ns` that was not handed over yet.
            tempo_map: the tempo as it stands.
            until_ns: now and `dispatch_ahead_ns`.

        Returns:
            When it has something to do by itself (a note to end), so that the host comes back
            `dispatch_ahead_ns` before; None for nothing.
        """

    def rest(self) -> None:
        """Time stands still: end what sounds, as its end will not come."""

    def mix(self, order: Mix) -> None:
        """Move a track's strip of the mixer."""

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Change what it has to change: recorder, ports."""

    def panic(self) -> None:
        """Silence everything at once."""

    def report(self) -> Report:
        """Return figures, and names in use; called from another thread."""

    def close(self) -> None:
        """End what sounds and let the devices go."""


@runtime_checkable
class Listener(Protocol):
    """An instrument that also hears: what comes in may lead time, or is handed on to the front."""

    def wake_by(self, wake: Callable[[], None]) -> None:
        """Learn what makes the host's next turn come at once; to be called from any thread."""

    def hear(self, now_ns: int) -> bool:
        """Take what came in, before the timeline is read; return whether the front is to know."""

    def see(self, moment: Moment) -> None:
        """Learn what the timeline says in this turn, before `play`."""

    def incoming(self) -> list[Incoming]:
        """Return what the front is to know, and forget it; called from another thread."""
