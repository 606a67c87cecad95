"""Haps per second of six patterns, asked one cycle after the other; and notations built a second.

Usage: python -m benchmarks.patterns [--seconds 0.5] [--repeats 3] [--untabulated]

No cycle is asked twice of one pattern. The last line is one JSON object; `haps_per_second` holds
the best of the repeats, `strudel` what Strudel 1.2.6 gives under node on such a machine.
A notation without chance is tabulated (`livecoder/patterns/mini/table.py`): each cycle of its
period is worked out once. `--untabulated` measures without that.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Sequence
from time import perf_counter

from livecoder.core.haps import Span
from livecoder.core.rational import Rational
from livecoder.patterns import mini, n, rev, s, stack
from livecoder.patterns.mini import build
from livecoder.patterns.pattern import Pattern

STRUDEL = (80_900, 24_200, 71_300, 317_600, 105_000, 23_600)

CASES: dict[str, Callable[[], Pattern]] = {
    "bd*2 sn": lambda: mini("bd*2 sn"),
    "bd*2 <sn cp>(3,8)": lambda: mini("bd*2 <sn cp>(3,8)"),
    's("bd*2 sn").fast(2).every(3, rev)': lambda: s("bd*2 sn").fast(2).every(3, rev),
    "bd*16": lambda: mini("bd*16"),
    "stack of four": lambda: stack(
        s("bd*2, ~ cp"), s("hh*8").gain(".8 .5"), n("0 2 4 7").s("bass"), s("oh*4").late(1 / 8)
    ),
    'n("0 .. 7").scale("c:minor").off(.25, ...).jux(rev)': lambda: (
        n("0 .. 7").scale("c:minor").off(0.25, lambda x: x.add(n(2))).jux(rev)
    ),
}


def haps_per_second(pattern: Pattern, seconds: float) -> float:
    """Return how many haps a second one-cycle queries of successive cycles give."""
    haps, cycle = 0, 0
    ask = pattern.ask
    pattern.query(0, 1)  # what is built on the first ask is not what is measured
    began = now = perf_counter()
    while now - began < seconds:
        for _ in range(20):
            cycle += 1
            haps += len(ask(Span(Rational(cycle), Rational(cycle + 1))))
        now = perf_counter()
    return haps / (now - began)


def notations_per_second(seconds: float) -> float:
    """Return how many different notations a second are read and built."""
    built = 0
    began = now = perf_counter()
    while now - began < seconds:
        for _ in range(20):
            built += 1
            mini(f"bd*2 [sn:{built} cp]? <hh oh>(3,8) ~ {built}@2, a b!2")
        now = perf_counter()
    return built / (now - began)


def load(seconds: float, tracks: int = 64, bpm: float = 140.0) -> float:
    """Return the share of one core that asking for so many tracks in time takes."""
    patterns = [make() for make in list(CASES.values()) * (tracks // len(CASES) + 1)][:tracks]
    cycles_per_second = bpm / 60 / 4
    asked, cycle = 0, 0
    quarter = Rational(1, 4)
    began = now = perf_counter()
    while now - began < seconds:
        at = Rational(cycle) * quarter
        for pattern in patterns:
            pattern.ask(Span(at, at + quarter))
        cycle += 1
        asked += 1
        now = perf_counter()
    return (now - began) / (asked / 4 / cycles_per_second)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="bench patterns", description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each measurement")
    parser.add_argument("--repeats", type=int, default=3, help="the best counts")
    parser.add_argument(
        "--untabulated", action="store_true", help="build notations without their tables"
    )
    parser.add_argument("--json", action="store_true", help="print the last line alone")
    options = parser.parse_args(argv)
    if options.untabulated:
        build.LONGEST_PERIOD = 0
    rates = {}
    for (name, make), strudel in zip(CASES.items(), STRUDEL, strict=True):
        rate = max(haps_per_second(make(), options.seconds) for _ in range(options.repeats))
        rates[name] = round(rate)
        if not options.json:
            print(f"{rate:>12,.0f} haps/s  {rate / strudel:5.2f} x Strudel  {name}")
    ratios = [rate / peer for rate, peer in zip(rates.values(), STRUDEL, strict=True)]
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    built = max(notations_per_second(options.seconds) for _ in range(options.repeats))
    share = min(load(options.seconds) for _ in range(options.repeats))
    if not options.json:
        print(f"{mean:>12.2f} x Strudel in the geometric mean")
        print(f"{built:>12,.0f} notations read and built a second")
        print(f"{share:>12.1%} of a core for 64 tracks at 140 bpm")
    figures = {
        "haps_per_second": rates,
        "strudel": dict(zip(rates, STRUDEL, strict=True)),
        "geometric_mean_ratio": round(mean, 2),
        "notations_per_second": round(built),
        "core_share_64_tracks_140_bpm": round(share, 4),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
