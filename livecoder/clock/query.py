"""One window of one track, asked: haps become events, earliest first."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import DeviceError, NotReadyError, PatternError
from livecoder.core.events import Event
from livecoder.core.haps import Hap, Span
from livecoder.core.protocols import Source

__all__ = ["EventOf", "NotComposedError", "events_in", "wait_for"]

EventOf = Callable[[str, Hap, TempoMap], Event | None]

# A quarter bar of a thousand notes is noise already; a million would stop the outputs.
_MOST_EVENTS = 1000
_WAIT_SECONDS = 60.0


class NotComposedError(Exception):
    """Offline, a network did not compose what was asked for; carries the error to raise."""

    def __init__(self, cause: DeviceError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def events_in(
    track: str, source: Source, span: Span, tempo: TempoMap, event_of: EventOf, ahead: int = 0
) -> tuple[Event, ...]:
    """Return the events whose onset is in `[span.begin, span.end)` cycles, earliest first.

    Args:
        track: its name.
        source: what it plays.
        span: cycles of the session.
        tempo: how long the bars are.
        event_of: makes an event of a hap.
        ahead: bars the song, which the source is asked for, is ahead of the session.

    Raises:
        NotReadyError: a network is still composing what is asked for.
        PatternError: more than 1000 events.
        Exception: whatever the pattern or `event_of` raises.
    """
    events = []
    for asked in source.query(span.begin + ahead, span.end + ahead):
        hap = _moved(asked, -ahead) if ahead else asked
        if hap.whole is None or not hap.has_onset or not span.begin <= hap.whole.begin < span.end:
            continue
        event = event_of(track, hap, tempo)
        if event is not None:
            events.append(event)
        if len(events) > _MOST_EVENTS:
            message = f"more than {_MOST_EVENTS} notes in a quarter bar; try .fast(4), not more"
            raise PatternError(message)
    events.sort(key=attrgetter("beat"))
    return tuple(events)


def _moved(hap: Hap, cycles: int) -> Hap:
    whole, part = hap.whole, hap.part
    if whole is not None:
        whole = Span(whole.begin + cycles, whole.end + cycles)
    return hap._replace(whole=whole, part=Span(part.begin + cycles, part.end + cycles))


def wait_for(error: NotReadyError) -> None:
    """Wait until what was not ready is there: offline only.

    Raises:
        NotComposedError: it did not come in a minute.
    """
    try:
        error.wait(_WAIT_SECONDS)
    except DeviceError as cause:
        raise NotComposedError(cause) from cause
