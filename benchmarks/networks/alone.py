"""One network on one thread: how fast it composes bars of 4/4, one after the other.

Every bar is composed as a worker does it: the state is thawed from bytes, a bar is composed, the
new state is frozen. The request is that of a session in A minor, with the range of the network's
entry in the registry, and chords for a network that hears chords.

Conventions
-----------
- `real_time_120bpm`: seconds of music (a bar lasts two) to seconds of computing, as it plays.
- `real_time_15_notes`: notes composed in a second of computing, to fifteen; the figure of a piano
  that plays freely, whose bars take as long as they have notes. None where it composed none.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

from livecoder.core.errors import ModelFileError
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.registry import ModelSpec
from livecoder.models.wire import load_model
from networks.counting import Counted

__all__ = ["CHORDS", "NOTES_A_SECOND", "measure", "request_of"]

BAR_SECONDS = 2.0
NOTES_A_SECOND = 15.0
A_MINOR = frozenset({0, 2, 4, 5, 7, 9, 11})
FOUR = rational(4)
CHORDS = ((rational(0), "Am7"), (rational(2), "D7"), (FOUR, "G"))
_WARM_UP = 4


def measure(spec: ModelSpec, bars: int) -> dict[str, Any]:
    """Return the figures of a network with the weights livecoder ships; only `missing` if none.

    Args:
        spec: its entry in the registry.
        bars: how many count.
    """
    import torch

    begun = time.perf_counter()
    try:
        model: Any = load_model(spec.loader)
    except ModelFileError as error:
        return {"missing": str(error)}
    loaded = time.perf_counter() - begun
    torch.set_num_threads(1)
    counting = Counted(model)
    state = model.freeze(model.initial((), beats=rational(0)))
    took: list[float] = []
    events = notes = size = 0
    for bar in range(_WARM_UP + bars):
        request = request_of(spec, bar)
        start = time.perf_counter()
        played, after, happened = counting.bar(model.thaw(state), request)
        state = model.freeze(after)
        seconds = time.perf_counter() - start
        if bar >= _WARM_UP:
            took.append(seconds)
            events, notes = events + happened, notes + len(played)
            size = max(size, len(state))
    return {
        "bars": bars,
        "threads": torch.get_num_threads(),
        "load_s": round(loaded, 3),
        "state_bytes": size,
        **speeds(took, events, notes),
    }


def request_of(spec: ModelSpec, bar: int) -> BarRequest:
    """Return what is asked of a network for a bar.

    >>> from livecoder.models.registry import find
    >>> request_of(find("drums_rnn"), 3).allowed == frozenset(range(12))
    True
    """
    return BarRequest(
        bar,
        1000 + bar,
        FOUR,
        allowed=A_MINOR if "key" in spec.settings else frozenset(range(12)),
        lowest=spec.lowest,
        highest=spec.highest,
        chords=CHORDS if "chords" in spec.settings else (),
    )


def speeds(took: list[float], events: int, notes: int) -> dict[str, Any]:
    """Return what the seconds of some bars say.

    >>> found = speeds([0.1, 0.1], 32, 6)
    >>> found["events_per_second"], found["real_time_120bpm"], found["real_time_15_notes"]
    (160.0, 20.0, 2.0)

    Args:
        took: seconds of each bar.
        events: of all of them.
        notes: the same.
    """
    seconds, bars = sum(took), len(took)
    cuts = statistics.quantiles(took, n=100, method="inclusive") if bars > 1 else took * 99
    return {
        "events_per_second": round(events / seconds, 1),
        "events_per_bar": round(events / bars, 2),
        "notes_per_bar": round(notes / bars, 2),
        "real_time_120bpm": round(bars * BAR_SECONDS / seconds, 1),
        "real_time_15_notes": round(notes / seconds / NOTES_A_SECOND, 1) if notes else None,
        "bar_ms_p50": round(1e3 * statistics.median(took), 3),
        "bar_ms_p99": round(1e3 * cuts[98], 3),
        "bar_ms_max": round(1e3 * max(took), 3),
    }
