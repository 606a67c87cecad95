"""How fast patterns are asked and notations are built: `livecoder bench patterns [--strudel]`.

Haps a second of the six patterns of the roadmap, and of three more with chance, signals and chains
of functions, over one-cycle queries of successive cycles; no cycle is asked twice of one pattern.
Strudel, where it is there, answers the same queries in the same run: measurements of the two
alternate, and medians are compared. `--strudel` fetches it into `build/strudel` first.

A notation without chance is written out once (`livecoder/patterns/mini/table.py`); `untabulated`
are the figures without that, where every query is worked out anew.

Notations are of mixed length, each is different from all others, and each is read and built.
A machine that is busy with something else gives less of everything; `machine` says how busy it was.

`scheduler` is a whole session: processor time of its scheduler's thread while 64 tracks play.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter, thread_time
from typing import Any, NamedTuple

from support.scheduling import scheduler_share
from support.server import own_state
from support.strudel import FETCH, VERSION, Strudel, fetch, fetched

from livecoder.patterns import mini, n, rand, rev, s, sine, stack
from livecoder.patterns.mini import build
from livecoder.patterns.pattern import Pattern

TRACKS, BPM = 64, 140.0


class Case(NamedTuple):
    """A pattern here, and the same in Strudel's words."""

    name: str
    make: Callable[[], Pattern]
    strudel: str


CASES = (
    Case("bd*2 sn", lambda: mini("bd*2 sn"), 'mini("bd*2 sn")'),
    Case("bd*2 <sn cp>(3,8)", lambda: mini("bd*2 <sn cp>(3,8)"), 'mini("bd*2 <sn cp>(3,8)")'),
    Case(
        's("bd*2 sn").fast(2).every(3, rev)',
        lambda: s("bd*2 sn").fast(2).every(3, rev),
        's("bd*2 sn").fast(2).every(3, rev)',
    ),
    Case("bd*16", lambda: mini("bd*16"), 'mini("bd*16")'),
    Case(
        "stack of four",
        lambda: stack(
            s("bd*2, ~ cp"), s("hh*8").gain(".8 .5"), n("0 2 4 7").s("bass"), s("oh*4").late(1 / 8)
        ),
        'stack(s("bd*2, ~ cp"), s("hh*8").gain(".8 .5"), n("0 2 4 7").s("bass"),'
        ' s("oh*4").late(1/8))',
    ),
    Case(
        'n("0 .. 7").scale("c:minor").off(.25, ...).jux(rev)',
        lambda: n("0 .. 7").scale("c:minor").off(0.25, lambda x: x.add(n(2))).jux(rev),
        'n("0 .. 7").scale("c:minor").off(.25, x => x.add(n(2))).jux(rev)',
    ),
)
MORE = (
    Case(
        "chance",
        lambda: s("hh*16?0.3").degrade_by(0.2).sometimes_by(0.3, lambda x: x.speed(2)).shuffle(4),
        's("hh*16?0.3").degradeBy(.2).sometimesBy(.3, x => x.speed(2)).shuffle(4)',
    ),
    Case(
        "signals",
        lambda: n("0 .. 7").cutoff(sine.range(300, 2000).slow(4)).pan(rand),
        'n("0 .. 7").cutoff(sine.range(300, 2000).slow(4)).pan(rand)',
    ),
    Case(
        "a chain of functions",
        lambda: (
            s("bd*2 <sn cp>(3,8)")
            .every(3, rev)
            .off(1 / 8, lambda x: x.speed(2))
            .ply("<1 2>")
            .iter(4)
        ),
        's("bd*2 <sn cp>(3,8)").every(3, rev).off(1/8, x => x.speed(2)).ply("<1 2>").iter(4)',
    ),
)


def haps_per_second(pattern: Pattern, cycles: Iterator[int], seconds: float) -> float:
    """Return how many haps a second one-cycle queries of successive cycles give."""
    haps = 0
    query = pattern.query
    began = now = perf_counter()
    while now - began < seconds:
        for _ in range(20):
            cycle = next(cycles)
            haps += len(query(cycle, cycle + 1))
        now = perf_counter()
    return haps / (now - began)


def _untabulated(make: Callable[[], Pattern]) -> Pattern:
    held, build.LONGEST_PERIOD = build.LONGEST_PERIOD, 0
    try:
        return make()
    finally:
        build.LONGEST_PERIOD = held


def compare(case: Case, peer: Strudel | None, number: int, options: Any) -> dict[str, Any]:
    """Return medians of the haps a second of one case, measured in turn."""
    ours = [
        (pattern, iter(range(1, 1 << 40))) for pattern in (case.make(), _untabulated(case.make))
    ]
    counts = [[len(pattern.query(i, i + 1)) for i in range(8)] for pattern, _ in ours]
    rates: list[list[float]] = [[], [], []]
    theirs = None if peer is None else peer.add(case.strudel)
    for turn in range(options.repeats + 1):
        for place, (pattern, cycles) in enumerate(ours):
            rates[place].append(haps_per_second(pattern, cycles, options.seconds))
        if peer is not None:
            rates[2].append(peer.measure(number, options.seconds))
        if not turn:
            rates = [[], [], []]  # what is compiled and built on the first ask is not measured
    tabulated, untabulated, strudel = (statistics.median(each) if each else 0.0 for each in rates)
    found: dict[str, Any] = {"livecoder": round(tabulated), "untabulated": round(untabulated)}
    if strudel:
        found["strudel"] = round(strudel)
        found["ratio"] = round(tabulated / strudel, 2)
        found["ratio_untabulated"] = round(untabulated / strudel, 2)
        found["same_number_of_haps"] = counts[0] == counts[1] == theirs
    return found


# As performers type them: words, rhythms, chords, melodies. `{}` makes each a text of its own.
NOTATIONS = (
    "bd sn{}", "bd*2, ~ cp, hh*8 oh{}", "c3 [e3 g3]*2 ~ b3:{}", "bd(3,8) sn(5,8,2) x{}",
    "<c2 a1 f1 g{}>(3,8)", "0 .. 7 {}", "[c3,e3,g3] ~ [d3,f3,a3]/2 {}", "bd? sn?0.3 [hh hh]? x{}",
    "{{bd sn cp, hh oh}}%4 x{}", "1 .5 .25 {}", "~ cp ~ [cp cp{}]", "hh*8 {}",
    "bd*2 [sn:{} cp]? <hh oh>(3,8) ~ 3@2, a b!2", "<[c4 e4] [d4 f4]>*2 x{}", "0 2 4 <7 9 {}>",
    "bd [~ bd] sn . hh*4 oh . x{}", "c4@3 d4 e4 _ x{}", "<Cm7 Fm9 Bb7 Eb{}>", "x ~ x*2 ~ {}",
    "[bd | sn | cp] hh!3 x{}",
)  # fmt: skip


def notations_per_second(seconds: float, first: int) -> tuple[float, int]:
    """Return how many notations a second are read and built, and the number to go on from."""
    number = first
    began = now = perf_counter()
    while now - began < seconds:
        for text in NOTATIONS:
            mini(text.format(number))
            number += 1
        now = perf_counter()
    return (number - first) / (now - began), number


def build_rate(options: Any) -> dict[str, Any]:
    """Return the median and the best rate of reading and building, and that of a core alone."""
    rates, number = [], 0
    used = thread_time()
    for _ in range(2 * options.repeats + 1):
        rate, number = notations_per_second(options.seconds, number)
        rates.append(rate)
    used = thread_time() - used
    characters = [len(text.format(number)) for text in NOTATIONS]
    return {
        "per_second": round(statistics.median(rates)),
        "best": round(max(rates)),
        "per_processor_second": round(number / used) if used else None,
        "different": number,
        "characters": [min(characters), round(statistics.mean(characters)), max(characters)],
    }


def _mean(figures: dict[str, dict[str, Any]], name: str) -> float:
    ratios = [figures[case.name][name] for case in CASES]
    return round(math.exp(sum(map(math.log, ratios)) / len(ratios)), 2)


def measure(options: Any, peer: Strudel | None) -> dict[str, Any]:
    """Return every figure."""
    rates = {
        case.name: compare(case, peer, number, options)
        for number, case in enumerate((*CASES, *MORE))
    }
    cores = os.cpu_count() or 1
    figures: dict[str, Any] = {
        "machine": {"cores": cores, "load": round(os.getloadavg()[0], 1)},
        "haps_per_second": rates,
    }
    if peer is None:
        figures["strudel"] = f"not measured; {FETCH} fetches it"
    else:
        figures["strudel"] = VERSION
        figures["geometric_mean_ratio"] = _mean(rates, "ratio")
        figures["geometric_mean_ratio_untabulated"] = _mean(rates, "ratio_untabulated")
    figures["notations"] = build_rate(options)
    if options.scheduler:
        made = [case.make() for case in (CASES * TRACKS)[:TRACKS]]
        with own_state():
            figures["scheduler"] = scheduler_share(made, bpm=BPM, seconds=options.scheduler)
    return figures


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    print(f"{'livecoder':>12}{'untabulated':>13}{'Strudel':>12}   haps a second")
    for name, found in figures["haps_per_second"].items():
        peer = f"{found['strudel']:,}" if "strudel" in found else "-"
        print(f"{found['livecoder']:>12,}{found['untabulated']:>13,}{peer:>12}   {name}")
    if "geometric_mean_ratio" in figures:
        print(f"{figures['geometric_mean_ratio']:>12} x Strudel in the geometric mean of the six")
        print(f"{figures['geometric_mean_ratio_untabulated']:>12} x untabulated")
    else:
        print(f"Strudel was {figures['strudel']}")
    built = figures["notations"]
    print(f"{built['per_second']:>12,} notations read and built a second")
    print(f"{built['per_processor_second'] or 0:>12,} in a second that a core has for nothing else")
    if "scheduler" in figures:
        share = figures["scheduler"]
        print(f"{share['share']:>12.1%} of a core for {share['tracks']} tracks at {BPM:g} bpm")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and, last, one JSON object."""
    parser = argparse.ArgumentParser(
        prog="livecoder bench patterns",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=0.3, help="of each measurement")
    parser.add_argument("--repeats", type=int, default=5, help="the median counts")
    parser.add_argument("--scheduler", type=float, default=20.0, help="seconds; 0: leave it out")
    parser.add_argument("--strudel", action="store_true", help="fetch Strudel with npm first")
    parser.add_argument("--alone", action="store_true", help="leave Strudel out")
    parser.add_argument("--json", action="store_true", help="print the last line alone")
    options = parser.parse_args(argv)
    if not 0 < options.seconds <= 60 or not 1 <= options.repeats <= 100:
        parser.error("--seconds must be up to 60 and --repeats up to 100; try --seconds 0.3")
    if options.strudel:
        fetch()
    if fetched() and not options.alone:
        with Strudel() as peer:
            figures = measure(options, peer)
    else:
        figures = measure(options, None)
    if not options.json:
        show(figures)
    print(json.dumps({"benchmark": "patterns", **figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
