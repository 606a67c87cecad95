"""Magenta's own generation beside ours, on the same weights: events a second, and the ratio.

The weights are random, in the sizes of Magenta's configurations, and were written by Magenta itself
(`benchmarks/oracle/record.py`). Ours compose on one thread, freely (no key, no range, temperature
1), a bar after the other; Magenta generates in its own environment, with as many threads as
TensorFlow takes. The two take turns, so that what else the machine does hits both. Music
Transformer is not here: Magenta generates with it through Tensor2Tensor, which its environment here
does not have.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.registry import find
from livecoder.models.wire import load_model
from networks.alone import CHORDS
from networks.counting import Counted

__all__ = ["CASES", "measure", "ratio"]

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "build" / "engine" / "bin" / "python"
RECORDED = ROOT / "build" / "oracle"
INSTALL = "python benchmarks/oracle/install.py build/engine"
CASES: Mapping[str, str] = {
    "attention_rnn": "melody_rnn",
    "basic_rnn": "melody_rnn",
    "lookback_rnn": "melody_rnn",
    "drum_kit": "drums_rnn",
    "chord_pitches_improv": "improv_rnn",
    "polyphony": "polyphony_rnn",
    "multiconditioned_performance_with_dynamics": "performance_rnn",
}
"""Which configurations are measured, and whose they are."""
_EVENTS, _REPEATS = 400, 3
_FEW_EVENTS, _FEW_REPEATS = 40, 1
_PATIENCE = 3600.0


def measure(
    *, quick: bool, say: Callable[[str], None], cases: Sequence[str] = tuple(CASES)
) -> dict[str, Any]:
    """Return the figures by configuration; only `missing` where there is no Magenta.

    Args:
        quick: few events, once.
        say: told what is being measured.
        cases: configurations, of `CASES`.
    """
    if not ENGINE.exists():
        return {"missing": f"there is no Magenta here; type {INSTALL}"}
    if wanted := [case for case in cases if not (RECORDED / case / "case.json").exists()]:
        say("Magenta writes its networks")
        script = ROOT / "benchmarks" / "oracle" / "record.py"
        command = [str(ENGINE), str(script), str(RECORDED), *wanted]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    events, repeats = (_FEW_EVENTS, _FEW_REPEATS) if quick else (_EVENTS, _REPEATS)
    found = {}
    for case in cases:
        say(f"beside Magenta: {case}")
        before = _ours(case, events, repeats)
        theirs = _theirs(case, events, repeats)
        found[case] = ratio([*before, *_ours(case, events, repeats)], theirs)
    return found


def ratio(ours: Sequence[tuple[int, float]], theirs: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """Return events a second of both, the median of their runs, and how many times ours is theirs.

    >>> ratio([(100, 0.1), (100, 0.1)], [(50, 1.0)])
    {'ours_per_second': 1000.0, 'magenta_per_second': 50.0, 'times': 20.0}

    Args:
        ours: events and seconds of each run.
        theirs: the same.
    """
    rates = [
        statistics.median(events / seconds for events, seconds in runs) for runs in (ours, theirs)
    ]
    return {
        "ours_per_second": round(rates[0], 1),
        "magenta_per_second": round(rates[1], 1),
        "times": round(rates[0] / rates[1], 2),
    }


def _ours(case: str, events: int, repeats: int) -> list[tuple[int, float]]:
    import torch

    spec = find(CASES[case])
    path = str(RECORDED / case / "weights.mag")
    counting = Counted(load_model(spec.loader, {"checkpoint": path}))
    torch.set_num_threads(1)
    runs = []
    for repeat in range(-1, repeats):  # the first only warms up
        state, done, bar, begun = counting.model.initial((), beats=rational(0)), 0, 0, _now()
        while done < events:
            chords = CHORDS if "chords" in spec.settings else ()
            request = BarRequest(bar, bar, rational(4), chords=chords)
            _, state, played = counting.bar(state, request)
            done, bar = done + played, bar + 1
        if repeat >= 0:
            runs.append((done, _now() - begun))
    return runs


def _theirs(case: str, events: int, repeats: int) -> list[tuple[int, float]]:
    script = Path(__file__).with_name("theirs.py")
    done = subprocess.run(
        [str(ENGINE), str(script), str(events), str(repeats), str(RECORDED / case)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode:
        message = f"Magenta did not generate {case}: {done.stderr.strip()[-400:]}"
        raise RuntimeError(message)
    runs: list[tuple[int, float]] = [
        (int(made), float(seconds))
        for made, seconds in json.loads(done.stdout.splitlines()[-1])["runs"]
    ]
    return runs


def _now() -> float:
    return time.perf_counter()
