"""Networks in real sessions, with audio that plays: new takes, and six streams at once.

`take`: a network plays on a track; `again()` is typed 200 ms before a bar line, as a performer
would, several times over. What is heard is read off a MIDI sink that writes down when each message
left. `together`: a stream of each network, in the two workers every session has, while drums play
and 16ths go into the sink; the same without networks beside it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from numpy.typing import NDArray
from timing.figures import Grid, interval_figures, spread
from timing.floor import beside
from timing.performance import Performance, performance

from livecoder.core.errors import DeviceError
from livecoder.core.rational import Rational, floor
from livecoder.models.registry import ModelSpec
from livecoder.outputs.midi.stamping import read_stamps

__all__ = ["BEFORE", "Asked", "first_notes", "take", "together"]

BEFORE = 0.2
"""Seconds before a bar line that a new take is asked for."""
PORT = "sink"
AUDIO = 's("bd*4, hh*8").gain(.4)'
STREAMS = 6
STEPS = 16
LOWEST = 40
# From where on a note belongs to the bar: what is due on the line may leave a little earlier.
_EARLY_NS = 5_000_000
_PATIENCE = 180.0
_LOOK = 0.02
_OPENED = {
    "improv_rnn": 'improv_rnn(chords="<Am7 D7 G^7>")',
    "performance_rnn": "performance_rnn(density=4)",
}
_SOUNDS = {"drums_rnn": "kit808", "melody_rnn": "pluck", "polyphony_rnn": "pad"}
_SOUND = "keys"


class Asked(NamedTuple):
    """A new take that was asked for.

    Attributes:
        at: when, `CLOCK_MONOTONIC` nanoseconds.
        line: when the bar begins from which it is heard, the same.
        in_force: whether it was to be heard from the bar line 200 ms after.
        late: bars of it that were not there in time, and repeated the one before.
    """

    at: int
    line: int
    in_force: bool
    late: int

    @property
    def on_next(self) -> bool:
        """Whether it is heard from the bar line 200 ms after."""
        return self.in_force and not self.late


def take(spec: ModelSpec, times: int) -> dict[str, Any]:
    """Return how soon a new take of a network is heard, and what its worker takes.

    Args:
        spec: its entry in the registry; its weights must be there.
        times: how often to ask.
    """
    blocks = [f"net = {_opened(spec)}", f'd1 >> net.midi("{PORT}", 1)', f"d2 >> {AUDIO}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stamps"
        with performance(blocks, load=False, midi=f"stamps:{path}") as playing:
            _settle(playing, 1)
            asked = [_ask(playing) for _ in range(times)]
            time.sleep(2.5)
            memory = _memory(playing.session.composer.pid_of(spec.name))
        stamps = read_stamps(path)
    ons = [ns for ns, port, data in stamps if port == PORT and data[0] & 0xF0 == 0x90 and data[2]]
    waits = first_notes(asked, ons)
    return {
        "asked": len(asked),
        "on_next_bar_line": sum(one.on_next for one in asked),
        "asked_too_late": sum(not one.in_force for one in asked),
        "late_bars": sum(one.late for one in asked),
        "first_note_ms_p50": round(float(np.median(waits)), 1) if waits else None,
        "first_note_ms_max": round(max(waits), 1) if waits else None,
        "worker_mb": memory,
    }


def first_notes(asked: Sequence[Asked], ons: Sequence[int]) -> list[float]:
    """Return the milliseconds from each ask to the first note of its take.

    >>> first_notes([Asked(800, 1000, True, 0)], [900, 1_500_000])
    [1.4992]

    Args:
        asked: what was asked for, in order.
        ons: when notes began, `CLOCK_MONOTONIC` nanoseconds, ascending.
    """
    found = []
    for one in asked:
        line = one.line - _EARLY_NS if one.line > _EARLY_NS else one.line
        first = next((ns for ns in ons if ns >= line), None)
        if first is not None:
            found.append((first - one.at) / 1e6)
    return found


def _ask(playing: Performance) -> Asked:
    """Type `again()` 200 ms before a bar line, and see which bar it plays from."""
    session, stream = playing.session, playing.session.namespace["net"]
    tempo = session.scheduler.tempo_map
    bar = floor(session.scheduler.cycle_now()) + 2
    _sleep_until(_line(tempo, bar) - int(BEFORE * 1e9))
    before = session.desk.settings(stream, Rational(bar - 1)).take
    late, at = playing.late_bars(), time.monotonic_ns()
    playing.play(["d1.again()"])
    first = bar
    while session.desk.settings(stream, Rational(first)).take == before:
        first += 1
    heard = first
    while True:
        _sleep_until(_line(tempo, heard) + int(BEFORE * 1e9))
        if (now := playing.late_bars()) == late:
            break
        late, heard = now, heard + 1  # that bar repeated the one before
    return Asked(at, _line(tempo, heard), first == bar, heard - first)


def together(
    specs: Sequence[ModelSpec], seconds: float, quiet: float, say: Callable[[str], None]
) -> dict[str, Any]:
    """Return how six streams do, all at once: one of each network, where some are missing several.

    Args:
        specs: the networks, one at least, whose weights must be there.
        seconds: how long is measured, after all of them play.
        quiet: how long the same is measured without networks, half of it before and half after:
            what else the machine does comes and goes.
        say: told what is being measured.
    """
    played = [specs[number % len(specs)] for number in range(max(STREAMS, len(specs)))]
    streams = [
        f'd{number} >> {_opened(spec)}.s("{_SOUNDS.get(spec.name, _SOUND)}").gain(.3)'
        for number, spec in enumerate(played, start=3)
    ]
    say(f"16ths without networks, {quiet / 2:g} s")
    first, before = _sixteenths([], quiet / 2, 0)
    say(f"{len(streams)} streams at once of {len(specs)} networks, {seconds:g} s")
    busy, during = _sixteenths(streams, seconds, len(streams))
    say("the same without networks again")
    last, after = _sixteenths([], quiet / 2, 0)
    counts = {"streams": len(streams), "networks": len(specs), "seconds": seconds}
    alone = {
        **_figures([before, after]),
        "floors": [first["floor"], last["floor"]],
        "stolen_percent": [first["stolen_percent"], last["stolen_percent"]],
    }
    return {**counts, **busy, "midi": _figures([during]), "without_networks": alone}


class _Left(NamedTuple):
    """When 16ths left, and when they should have, nanoseconds."""

    ons: NDArray[np.int64]
    due: NDArray[np.int64]
    spacing: float
    lost: int


def _figures(runs: Sequence[_Left]) -> dict[str, Any]:
    """Return how far they were off, all runs together."""
    intervals, _ = interval_figures([run.ons for run in runs], ideal_ns=runs[0].spacing)
    off = np.concatenate([run.ons - run.due for run in runs])
    lost = sum(run.lost for run in runs)
    return {"lost": lost, "intervals": intervals, "errors": spread(off.astype(np.float64))}


def _sixteenths(
    blocks: Sequence[str], seconds: float, networks: int
) -> tuple[dict[str, Any], _Left]:
    """Play, with 16ths into the sink beside it; return what happened, and when those left."""
    notes = " ".join(str(LOWEST + step) for step in range(STEPS))
    own = [f'd1 >> note("{notes}").midi("{PORT}", 1)', f"d2 >> {AUDIO}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stamps"
        with performance([*own, *blocks], load=False, midi=f"stamps:{path}") as playing:
            _settle(playing, networks)
            composer, scheduler = playing.session.composer, playing.session.scheduler
            loading, before = playing.late_bars(), composer.figures()
            late = scheduler.statistics().late
            begun = _processors()
            with beside() as floor:
                window = playing.measure(seconds)
            total, gone = (now - then for now, then in zip(_processors(), begun, strict=True))
            after = composer.figures()
            found = {
                "late_bars": playing.late_bars() - loading,
                "late_bars_while_loading": loading,
                "late_events": scheduler.statistics().late - late,
                "workers": after.workers,
                "restarts": after.restarts,
                "bars_composed": after.composed - before.composed,
                "longest_bar_ms": {
                    model: round(1e3 * took, 1) for model, took in after.longest.items()
                },
                "workers_mb": round(sum(map(_memory, after.pids)), 1),
                "audio_load": playing.reports().get("audio", {}).get("load"),
                "cpu_percent": window.cpu,
                "floor": floor,
                "stolen_percent": round(100 * gone / total, 2),
            }
            tempo = scheduler.tempo_map
        stamps = read_stamps(path)
    grid = Grid(tempo, window.begin, window.end)
    ons = np.array(
        [ns for ns, port, data in stamps if port == PORT and data[0] == 0x90 and data[2]], np.int64
    )
    inside, index = grid.match(ons.astype(np.float64))
    ons = ons[inside]
    lost = len(grid.ns) - len(np.unique(index))
    return found, _Left(ons, grid.ns[index], grid.spacing, lost)


def _processors() -> tuple[float, float]:
    """Return the seconds that all processors have had, and those a host took from them."""
    times = psutil.cpu_times()
    return sum(times), getattr(times, "steal", 0.0)


def _opened(spec: ModelSpec) -> str:
    return _OPENED.get(spec.name, f"{spec.name}()")


def _settle(playing: Performance, networks: int) -> None:
    """Wait until every network has bars ahead, and what was late for loading is behind us.

    Raises:
        DeviceError: they do not come.
    """
    desk, deadline = playing.session.desk, time.monotonic() + _PATIENCE
    while networks:
        ahead = desk.figures().ahead
        if len(ahead) >= networks and all(bars >= 1 for bars in ahead.values()):
            break
        if time.monotonic() > deadline:
            said = "; ".join(playing.session.poll_messages()[-3:])
            message = f"the networks do not compose ahead; livecoder doctor says why ({said})"
            raise DeviceError(message)
        time.sleep(0.1)
    time.sleep(2.5)


def _line(tempo: Any, bar: int) -> int:
    return int(tempo.ns_at(tempo.beat_of_cycle(Rational(bar))))


def _sleep_until(ns: int) -> None:
    while (left := ns - time.monotonic_ns()) > 0:
        time.sleep(min(_LOOK, left / 1e9))


def _memory(pid: int) -> float:
    """Return what a process has for itself (USS), MB."""
    return round(float(psutil.Process(pid).memory_full_info().uss) / 1e6, 1)
