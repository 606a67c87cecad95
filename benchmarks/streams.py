"""How fast MelodyRNN composes on one thread: `livecoder bench streams`.

Bars of 4/4 are composed one after the other in one stream, in a key, as a session asks for them,
in this process and on one thread. The real-time factor is against 120 bpm, where a bar lasts two
seconds. Freezing a state, which a worker does after each bar, is measured apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational

BAR_SECONDS = 2.0
A_MINOR = frozenset({0, 2, 4, 5, 7, 9, 11})
WARM_UP = 20


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and, last, one JSON object."""
    parser = argparse.ArgumentParser(prog="livecoder bench streams", description=__doc__)
    parser.add_argument("--bars", type=int, default=1000, help="bars to compose")
    parser.add_argument("--weights", type=Path, default=None, help="other weights")
    parser.add_argument("--json", action="store_true", help="the last line alone")
    options = parser.parse_args(argv)
    if options.bars < 1:
        parser.error("--bars must be at least 1; try --bars 1000")
    figures = measure(options.bars, options.weights)
    if not options.json:
        for name, value in figures.items():
            print(f"{name:26} {value}")
    print(json.dumps(figures))
    return 0


def measure(bars: int, weights: Path | None) -> dict[str, float | int | str]:
    """Return the figures."""
    begun = time.perf_counter()
    import torch

    from livecoder.models.melody_rnn.model import load

    imported = time.perf_counter()
    torch.set_num_threads(1)
    model = load(weights)
    loaded = time.perf_counter()
    state = model.initial((), beats=rational(4))
    took: list[float] = []
    freezing: list[float] = []
    notes_composed = state_bytes = 0
    for bar in range(WARM_UP + bars):
        request = BarRequest(bar, bar, rational(4), 0.9, A_MINOR)
        start = time.perf_counter()
        notes, state = model.compose(state, request)
        composed = time.perf_counter()
        frozen = model.freeze(state)
        done = time.perf_counter()
        if bar < WARM_UP:
            continue
        took.append(composed - start)
        freezing.append(done - composed)
        notes_composed += len(notes)
        state_bytes = max(state_bytes, len(frozen))
    seconds = sum(took)
    cuts = statistics.quantiles(took, n=100, method="inclusive") if bars > 1 else took * 99
    return {
        "benchmark": "streams",
        "model": "melody_rnn",
        "threads": torch.get_num_threads(),
        "bars": bars,
        "bars_per_second": round(bars / seconds, 1),
        "steps_per_second": round(16 * bars / seconds),
        "real_time_factor_120bpm": round(bars * BAR_SECONDS / seconds, 1),
        "bar_ms_p50": round(1e3 * statistics.median(took), 3),
        "bar_ms_p99": round(1e3 * cuts[98], 3),
        "bar_ms_max": round(1e3 * max(took), 3),
        "freeze_ms_p50": round(1e3 * statistics.median(freezing), 3),
        "state_bytes": state_bytes,
        "import_torch_s": round(imported - begun, 3),
        "load_s": round(loaded - imported, 4),
        "notes_per_bar": round(notes_composed / bars, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
