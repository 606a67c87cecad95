"""The published picture: of all notes, how many are off by more than so much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["draw"]

_WIDTH, _HEIGHT, _DPI = 11.0, 5.4, 130
_OURS, _OTHERS = "#d1495b", ("#00798c", "#edae49", "#5c6f7b", "#8e6c8a")
_FLOOR = 1e-3
_TITLES = {"quiet": "quiet", "load": "under load"}


def draw(
    samples: Mapping[str, Sequence[tuple[float, float]]], figures: Mapping[str, Any], path: Path
) -> None:
    """Write a PNG: a panel for quiet and one for load, a curve for each program.

    Args:
        samples: by `"NAME|STATE"`, errors of intervals: pairs of a magnitude in milliseconds,
            ascending, and the share that is off by that or more.
        figures: `machine` and when it was measured are told below.
        path: of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(key.split("|")[0] for key in samples))
    others = [name for name in names if name != "livecoder"]
    colours = {"livecoder": _OURS, **dict(zip(others, _OTHERS, strict=False))}
    figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    for panel, (state, title) in zip(panels, _TITLES.items(), strict=True):
        for name in names:
            _curve(panel, name, samples.get(f"{name}|{state}", ()), colours.get(name, "black"))
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_title(f"16ths at 120 bpm, {title}", loc="left", fontsize=12)
        panel.set_xlabel("an interval is off by more than so many ms")
        panel.set_xlim(_FLOOR, 100)
        panel.set_xticks([0.001, 0.01, 0.1, 1, 10, 100], ["0.001", "0.01", "0.1", "1", "10", "100"])
        panel.set_yticks([1, 0.1, 0.01, 0.001], ["all", "1 in 10", "1 in 100", "1 in 1000"])
        panel.minorticks_off()
        panel.grid(visible=True, color="0.88", linewidth=0.8)
        panel.spines[["top", "right"]].set_visible(False)
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "ncols": 2}
        panel.legend(frameon=False, fontsize=8.5, handlelength=1.4, columnspacing=1.2, **below)
    panels[0].set_ylabel("how many notes")
    dates = sorted({run["date"] for run in figures["measured"].values()})
    figure.supxlabel(f"{figures['machine']}, {', '.join(dates)}", fontsize=8, color="0.4")
    FigureCanvasAgg(figure).print_png(str(path), metadata={"Software": None})


def _curve(panel: Any, name: str, points: Sequence[tuple[float, float]], colour: str) -> None:
    if not points:
        return
    sizes, share = np.asarray(points, np.float64).T
    off = np.maximum(sizes, _FLOOR)
    width = 2.6 if name == "livecoder" else 1.6
    label = f"{name}: max {off[-1]:.2f} ms"
    panel.step(off, share, where="post", color=colour, linewidth=width, label=label)
