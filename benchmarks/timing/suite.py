"""Everything that is published, in one run, and where it is published."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timing import follow, peers, plot, sink, table, through_jack

__all__ = ["PARTS", "earlier", "measure", "publish"]

# Long enough for 2000 of what is rarest: pulses at 48 a second, looks at the timeline at 100.
_CLOCK_SECONDS = 43.0
_FOLLOW_SECONDS = 48.0
_PEER_SECONDS = 26.0
# In a single run the machine may do something beside us. Odd, so that one is in the middle.
_SINK_RUNS = 5
_MOST_POINTS = 240
_FIGURES = "figures.json"

Say = Callable[[str], None]
Part = Callable[[dict[str, Any], dict[str, list[tuple[float, float]]], float | None, Say], None]


def measure(
    parts: Iterable[str],
    *,
    seconds: float | None,
    minutes: float | None,
    say: Say,
    before: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Measure parts, one after the other.

    Args:
        parts: names in `PARTS`.
        seconds: how long each; what gives 2000 of each if not given.
        minutes: how long to look for drift, in a run of its own; in the sink's run if not given.
        say: told what is being measured.
        before: what was measured earlier on this machine, and stays where it is not measured now.
    """
    begun = datetime.now(UTC)
    circumstances = _circumstances()
    figures: dict[str, Any] = {**before, "benchmark": "timing", **circumstances}
    samples: dict[str, list[tuple[float, float]]] = dict(before.get("samples", {}))
    measured = dict(before.get("measured", {}))
    when = {"date": begun.strftime("%Y-%m-%d %H:%M UTC"), "command": _command()}
    for name in parts:
        PARTS[name](figures, samples, seconds, say)
        measured[name] = when
    if minutes is not None:
        say(f"drift, {minutes:g} minutes")
        run, _ = sink.measure(minutes * 60, load=False)
        figures["drift"] = {"minutes": minutes, **run["drift"]}
        measured["drift"] = when
    return {**figures, "measured": measured, "samples": samples}


def earlier(folder: Path) -> Mapping[str, Any]:
    """Return what was published last, if it was measured on this machine with these versions."""
    try:
        found = json.loads((folder / _FIGURES).read_text())
    except (OSError, ValueError):
        return {}
    now = _circumstances()
    return found if all(found.get(name) == now[name] for name in now) else {}


def publish(figures: dict[str, Any], folder: Path) -> None:
    """Write figures, table and plot."""
    folder.mkdir(parents=True, exist_ok=True)
    if figures["samples"]:
        plot.draw(figures["samples"], figures, folder / "timing.png")
    (folder / _FIGURES).write_text(json.dumps(figures, indent=1) + "\n")
    (folder / "README.md").write_text(table.render(figures))


def _sink(
    figures: dict[str, Any],
    samples: dict[str, list[tuple[float, float]]],
    s: float | None,
    say: Say,
) -> None:
    count = 1 if s is not None else _SINK_RUNS
    runs: dict[bool, list[tuple[dict[str, Any], NDArray[np.float64]]]] = {False: [], True: []}
    for number in range(count):
        for load, measured in runs.items():
            say(f"16ths into a sink, {_state(load)}, {number + 1} of {count}")
            measured.append(sink.measure(s or _CLOCK_SECONDS, load=load))
    for load, measured in runs.items():
        middle, errors = sorted(measured, key=lambda run: run[0]["intervals"].get("sd", 0.0))[
            count // 2
        ]
        each = [sink.summary(run) for run, _ in measured]
        figures.setdefault("sink", {})[_state(load)] = {**middle, "runs": each}
        samples[f"livecoder|{_state(load)}"] = _curve(errors)


def _jack(
    figures: dict[str, Any],
    samples: dict[str, list[tuple[float, float]]],
    s: float | None,
    say: Say,
) -> None:
    del samples
    for period in (256, 1024):
        for load in (False, True):
            say(f"JACK at {period} frames, {_state(load)}")
            measured, _ = through_jack.measure(s or _CLOCK_SECONDS, period=period, load=load)
            figures.setdefault("jack", {}).setdefault(str(period), {})[_state(load)] = measured


def _follow(
    figures: dict[str, Any],
    samples: dict[str, list[tuple[float, float]]],
    s: float | None,
    say: Say,
) -> None:
    del samples
    for load in (False, True):
        say(f"following a clock, {_state(load)}")
        measured = follow.measure(s or _FOLLOW_SECONDS, load=load)
        figures.setdefault("follow", {})[_state(load)] = measured


def _peers(
    figures: dict[str, Any],
    samples: dict[str, list[tuple[float, float]]],
    s: float | None,
    say: Say,
) -> None:
    for name in peers.PEERS:
        for load in (False, True):
            say(f"{name}, {_state(load)}")
            measured, errors = peers.measure(name, s or _PEER_SECONDS, load=load)
            figures.setdefault("peers", {}).setdefault(name, {})[_state(load)] = measured
            if errors.size:
                samples[f"{name}|{_state(load)}"] = _curve(errors)
            if "missing" in measured:
                break


PARTS: Mapping[str, Part] = MappingProxyType(
    {"sink": _sink, "jack": _jack, "follow": _follow, "peers": _peers}
)
"""What can be measured by itself."""


def _state(load: bool) -> str:
    return "load" if load else "quiet"


def _curve(errors_ns: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return pairs: a magnitude in milliseconds, and the share of intervals off by that or more.

    Of many the largest, and of the others evenly chosen ones.
    """
    size = np.sort(np.abs(errors_ns)) / 1e6
    share = 1.0 - np.arange(size.size) / size.size
    chosen = np.arange(size.size)
    if size.size > _MOST_POINTS:
        tail = _MOST_POINTS // 2
        body = np.linspace(0, size.size - tail - 1, _MOST_POINTS - tail).astype(np.int64)
        chosen = np.concatenate([body, np.arange(size.size - tail, size.size)])
    return [(round(float(size[i]), 4), round(float(share[i]), 6)) for i in chosen]


def _circumstances() -> dict[str, Any]:
    libraries = {}
    for name in ("livecoder", "numpy", "torch", "JACK-Client", "python-rtmidi"):
        try:
            libraries[name] = version(name)
        except PackageNotFoundError:
            libraries[name] = "missing"
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release()}",
        "python": platform.python_version(),
        "versions": libraries,
    }


def _command() -> str:
    return " ".join(["livecoder bench timing", *_arguments()])


def _arguments() -> list[str]:
    words = sys.argv[1:]
    return words[words.index("timing") + 1 :] if "timing" in words else words


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((one.split(":", 1)[1].strip() for one in lines if "model name" in one), "unknown")
