"""Everything that is published, in one run, and where it is published."""

from __future__ import annotations

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

__all__ = ["PARTS", "measure", "publish"]

# Long enough for 2000 of what is rarest: pulses at 48 a second, notes of 8 channels at 64, and
# looks at the timeline at 100.
_CLOCK_SECONDS = 43.0
_NOTE_SECONDS = 33.0
_FOLLOW_SECONDS = 48.0
_PEER_SECONDS = 26.0
_MOST_POINTS = 20_000

Say = Callable[[str], None]
Part = Callable[[dict[str, Any], dict[str, list[float]], float | None, Say], None]


def measure(
    parts: Iterable[str], *, seconds: float | None, minutes: float | None, say: Say
) -> dict[str, Any]:
    """Measure parts, one after the other.

    Args:
        parts: names in `PARTS`.
        seconds: how long each; what gives 2000 of each if not given.
        minutes: how long to look for drift, in a run of its own; in the sink's run if not given.
        say: told what is being measured.
    """
    begun = datetime.now(UTC)
    figures: dict[str, Any] = {"benchmark": "timing", **_circumstances(begun)}
    samples: dict[str, list[float]] = {}
    for name in parts:
        PARTS[name](figures, samples, seconds, say)
    if minutes is not None:
        say(f"drift, {minutes:g} minutes")
        measured, _ = sink.measure(minutes * 60, load=False)
        figures["drift"] = {"minutes": minutes, **measured["drift"]}
    figures["took_minutes"] = round((datetime.now(UTC) - begun).total_seconds() / 60, 1)
    figures["samples"] = samples
    return figures


def publish(figures: dict[str, Any], folder: Path) -> None:
    """Write the table and the plot, and forget what only the plot needs."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = figures.pop("samples")
    if samples:
        plot.draw(samples, figures, folder / "timing.png")
    (folder / "README.md").write_text(table.render(figures))


def _sink(
    figures: dict[str, Any], samples: dict[str, list[float]], s: float | None, say: Say
) -> None:
    for load in (False, True):
        say(f"16ths into a sink, {_state(load)}")
        measured, errors = sink.measure(s or _CLOCK_SECONDS, load=load)
        figures.setdefault("sink", {})[_state(load)] = measured
        samples[f"livecoder|{_state(load)}"] = _in_ms(errors)


def _jack(
    figures: dict[str, Any], samples: dict[str, list[float]], s: float | None, say: Say
) -> None:
    del samples
    for period in (256, 1024):
        for load in (False, True):
            say(f"JACK at {period} frames, {_state(load)}")
            wanted = s or (_CLOCK_SECONDS if period == 256 else _NOTE_SECONDS)
            measured, _ = through_jack.measure(wanted, period=period, load=load)
            figures.setdefault("jack", {}).setdefault(str(period), {})[_state(load)] = measured


def _follow(
    figures: dict[str, Any], samples: dict[str, list[float]], s: float | None, say: Say
) -> None:
    del samples
    for load in (False, True):
        say(f"following a clock, {_state(load)}")
        measured = follow.measure(s or _FOLLOW_SECONDS, load=load)
        figures.setdefault("follow", {})[_state(load)] = measured


def _peers(
    figures: dict[str, Any], samples: dict[str, list[float]], s: float | None, say: Say
) -> None:
    for name in peers.PEERS:
        for load in (False, True):
            say(f"{name}, {_state(load)}")
            measured, errors = peers.measure(name, s or _PEER_SECONDS, load=load)
            figures.setdefault("peers", {}).setdefault(name, {})[_state(load)] = measured
            if errors.size:
                samples[f"{name}|{_state(load)}"] = _in_ms(errors)
            if "missing" in measured:
                break


PARTS: Mapping[str, Part] = MappingProxyType(
    {"sink": _sink, "jack": _jack, "follow": _follow, "peers": _peers}
)
"""What can be measured by itself."""


def _state(load: bool) -> str:
    return "load" if load else "quiet"


def _in_ms(errors_ns: NDArray[np.float64]) -> list[float]:
    """Return magnitudes in milliseconds, sorted; of very many, evenly chosen ones and the last."""
    size = np.sort(np.abs(errors_ns)) / 1e6
    if size.size > _MOST_POINTS:
        size = size[np.linspace(0, size.size - 1, _MOST_POINTS).astype(np.int64)]
    return [round(float(one), 5) for one in size]


def _circumstances(begun: datetime) -> dict[str, Any]:
    libraries = {}
    for name in ("livecoder", "numpy", "torch", "JACK-Client", "python-rtmidi"):
        try:
            libraries[name] = version(name)
        except PackageNotFoundError:
            libraries[name] = "missing"
    return {
        "command": " ".join(["livecoder bench timing", *_arguments()]),
        "date": begun.strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release()}",
        "python": platform.python_version(),
        "versions": libraries,
    }


def _arguments() -> list[str]:
    words = sys.argv[1:]
    return words[words.index("timing") + 1 :] if "timing" in words else words


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((one.split(":", 1)[1].strip() for one in lines if "model name" in one), "unknown")
