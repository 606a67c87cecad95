"""The published page: every figure beside its target, who measured it and how.

Pure: figures in, Markdown out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

__all__ = ["misses", "render"]

_ENOUGH = 2000
_STATES = ("quiet", "load")


class Target(NamedTuple):
    """What was aimed at.

    Attributes:
        what: in words.
        measured: a figure.
        allowed: it is to be at most (`least`: at least) this.
        unit: of both.
        least: whether more is better.
        why: what is known to make it miss.
        runs: the figure in each run, of several; `measured` is the one in the middle.
    """

    what: str
    measured: float
    allowed: float
    unit: str
    least: bool = False
    why: str = ""
    runs: Sequence[float] = ()

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.measured >= self.allowed if self.least else self.measured <= self.allowed


def render(figures: Mapping[str, Any]) -> str:
    """Return the page of what was measured; what was not is not mentioned, but for peers."""
    parts: list[Callable[[Mapping[str, Any]], Iterator[str]]] = [
        _head, _sixteenths, _jack, _clock_out, _follow, _drift, _cpu, _runs, _targets, _how,
    ]  # fmt: skip
    return "\n".join(line for part in parts for line in part(figures)).rstrip() + "\n"


def misses(figures: Mapping[str, Any]) -> list[Target]:
    """Return the targets that were not reached."""
    return [target for target in _all_targets(figures) if not target.met]


def _head(figures: Mapping[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{name} {v}" for name, v in figures["versions"].items())
    yield "# Timing, measured"
    yield ""
    yield "Milliseconds unless said otherwise; p50, p99 and max are of the error's magnitude."
    yield "Written by the commands below; do not edit."
    yield ""
    runs: dict[tuple[str, str], list[str]] = {}
    for part, run in figures["measured"].items():
        runs.setdefault((run["date"], run["command"]), []).append(part)
    for (date, command), names in sorted(runs.items()):
        yield f"- {', '.join(names)}: {date}, `{command}`"
    yield f"- machine: {figures['machine']}"
    yield f"- versions: Python {figures['python']}, {versions}"
    yield ""


def _sixteenths(figures: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    for state in _STATES:
        if (ours := figures.get("sink", {}).get(state)) is not None:
            cpu = ours["cpu_percent"]["together"]
            rows.append(_interval_row("**livecoder**", state, ours, cpu))
            if (floor := ours.get("floor", {})).get("n"):
                cells = [*_cells(floor), floor["skipped"], "", ""]
                rows.append(["(a bare loop beside it)", state, 1, *cells])
        for name, peer in figures.get("peers", {}).items():
            if (theirs := peer.get(state)) is not None and "missing" not in theirs:
                version = next(iter(theirs["versions"].values()))
                rows.append(
                    _interval_row(f"{name} {version}", state, theirs, theirs["cpu_percent"])
                )
    if not rows:
        return
    yield "## 16ths at 120 bpm into a sink, error of intervals"
    yield ""
    if figures.get("samples_drawn", True):
        yield "![How many notes are off by how much](timing.png)"
        yield ""
    yield from _table(
        ("", "state", "tracks", "n", "sd", "p50", "p99", "max", "skipped", "drift ppm", "CPU %"),
        rows,
    )
    for name, peer in figures.get("peers", {}).items():
        for state, theirs in peer.items():
            if "missing" in theirs:
                yield f"{name} is not measured ({state}): {theirs['missing']}"
                yield ""


def _interval_row(name: str, state: str, of: Mapping[str, Any], cpu: float) -> list[Any]:
    spread = of["intervals"]
    return [name, state, of["tracks"], *_cells(spread), spread["skipped"], of["drift"]["ppm"], cpu]


def _jack(figures: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        [period, state, of["sent"], of["lost"], of["doubled"], *_frames(of["frames"])]
        for period, states in figures.get("jack", {}).items()
        for state, run in states.items()
        for of in [run["notes"]]
    ]
    if rows:
        yield "## MIDI notes through JACK, frames from their stamp"
        yield ""
        head = ("period", "state", "sent", "lost", "doubled", "n", "p50", "p99", "max", "within 1")
        yield from _table(head, rows)


def _clock_out(figures: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    runs = [("sink", figures.get("sink", {}))]
    runs += [
        (f"JACK, {period} frames", states) for period, states in figures.get("jack", {}).items()
    ]
    for where, states in runs:
        for state, run in states.items():
            of = run["clock_out"]
            if of["intervals"]["n"]:
                rows.append([where, state, of["lost"], of["doubled"], *_cells(of["intervals"])])
    if rows:
        yield "## MIDI clock out at 120 bpm, error of intervals of 24 a quarter"
        yield ""
        yield from _table(("", "state", "lost", "doubled", "n", "sd", "p50", "p99", "max"), rows)


def _follow(figures: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    for state, run in figures.get("follow", {}).items():
        if "missing" not in run:
            steps, notes = run["steps"], run["notes"]
            relocked = [steps["n"], steps["beats_p50"], steps["beats_max"]]
            cells = [*_cells(run["phase"]), run["lock_beats"], *relocked]
            rows.append([state, *cells, notes["lost"], notes["doubled"]])
    if rows:
        jitter = next(run["jitter_ms"] for run in figures["follow"].values() if "phase" in run)
        yield f"## Following a MIDI clock with {jitter:g} ms of jitter, phase error once locked"
        yield ""
        head = (
            "state", "n", "sd", "p50", "p99", "max", "locked in beats", "steps 120/140",
            "back in beats p50", "max", "notes lost", "doubled",
        )  # fmt: skip
        yield from _table(head, rows)


def _drift(figures: Mapping[str, Any]) -> Iterator[str]:
    if (of := _drift_of(figures)) is not None:
        yield "## Drift against CLOCK_MONOTONIC"
        yield ""
        yield f"{of['ms']} ms in {of['seconds']:g} s ({of['ppm']} millionths)."
        yield ""


def _cpu(figures: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        [state, run["tracks"], of["scheduler"], of["midi"], of["together"]]
        for state, run in figures.get("sink", {}).items()
        for of in [run["cpu_percent"]]
    ]
    if rows:
        yield "## CPU, percent of a core"
        yield ""
        head = ("state", "tracks", "all threads of the front but the prompt's", "MIDI", "together")
        yield from _table(head, rows)


def _runs(figures: Mapping[str, Any]) -> Iterator[str]:
    runs = [(state, run) for state, of in figures.get("sink", {}).items() for run in of["runs"]]
    if runs:
        yield "## Each run into the sink"
        yield ""
        rows = [[state, *run.values()] for state, run in runs]
        yield from _table(("state", *runs[0][1]), rows)


def _targets(figures: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        [
            t.what,
            f"{t.measured:g} {t.unit}",
            f"{min(t.runs):g} to {max(t.runs):g}" if len(t.runs) > 1 else "",
            f"{t.allowed:g} {t.unit}",
            "yes" if t.met else "**no**",
        ]
        for t in _all_targets(figures)
    ]
    if rows:
        yield "## Targets"
        yield ""
        yield from _table(("", "measured", "of several runs", "target", "met"), rows)
    for target in misses(figures):
        yield f"- {target.what} misses its target: {target.why}."
    yield ""


def _how(_figures: Mapping[str, Any]) -> Iterator[str]:
    yield "## How"
    yield ""
    yield from _WORDS.strip().splitlines()


def _all_targets(figures: Mapping[str, Any]) -> Iterator[Target]:
    for state in _STATES:
        sd, most = (0.05, 0.5) if state == "quiet" else (0.1, 1.0)
        if (run := figures.get("sink", {}).get(state)) is not None and run["intervals"]["n"]:
            why, runs = _why(run), run["runs"]
            for figure, allowed in (("16ths, sd", sd), ("16ths, max", most)):
                yield _of_runs(figure, runs, state, allowed, "ms", why)
            if run["clock_out"]["intervals"]["n"]:
                for figure, allowed in (("clock out, sd", 0.05), ("clock out, max", 0.5)):
                    yield _of_runs(figure, runs, state, allowed, "ms", why)
        for period, states in figures.get("jack", {}).items():
            if state in states and (off := states[state]["notes"]["frames"])["n"]:
                what = f"JACK at {period}, {state}: within a frame"
                yield Target(what, 100 * off["within_one"], 100.0, "%", least=True, why=_JACK_WHY)
        run = figures.get("follow", {}).get(state, {})
        if run.get("phase", {}).get("n"):
            off, lock = run["phase"]["p99"], run["lock_beats"]
            yield Target(f"clock in, {state}: phase p99", off, 1.0, "ms", why=_FOLLOW_WHY)
            yield Target(f"clock in, {state}: locked", lock, 2.0, "beats", why=_FOLLOW_WHY)
            if run["steps"]["n"]:
                back = run["steps"]["beats_max"]
                what = f"clock in, {state}: back after a step"
                yield Target(what, back, 4.0, "beats", why=_FOLLOW_WHY)
    if (of := _drift_of(figures)) is not None:
        yield Target("drift", abs(of["ms"]), 0.05, "ms", why=_DRIFT_WHY)
    if (run := figures.get("sink", {}).get("quiet")) is not None:
        yield _of_runs(
            "CPU %", run["runs"], f"{run['tracks']} tracks", 4.0, "% of a core", _CPU_WHY
        )


def _of_runs(
    figure: str,
    runs: Sequence[Mapping[str, float]],
    state: str,
    allowed: float,
    unit: str,
    why: str,
) -> Target:
    each = [run[figure] for run in runs]
    return Target(f"{figure}, {state}", median(each), allowed, unit, why=why, runs=each)


def _drift_of(figures: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = figures.get("drift") or figures.get("sink", {}).get("quiet", {}).get("drift")
    return found if isinstance(found, Mapping) else None


def _why(run: Mapping[str, Any]) -> str:
    off = [one["bare loop, max"] for one in run["runs"] if "bare loop, max" in one]
    if not off:
        return "and what the machine adds by itself was not measured"
    return (
        f"a bare loop at the same priority, which does nothing else, was off by up to "
        f"{median(off):g} ms in the same seconds (in the worst run {max(off):g}); the rest is ours"
    )


def _cells(spread: Mapping[str, Any]) -> list[Any]:
    few = "" if spread["n"] >= _ENOUGH else " (few)"
    values = [spread.get(name, "") for name in ("sd", "p50", "p99", "max")]
    return [f"{spread['n']}{few}", *values]


def _frames(of: Mapping[str, Any]) -> list[Any]:
    few = "" if of["n"] >= _ENOUGH else " (few)"
    shown = [of.get(name, "") for name in ("p50", "p99", "max")]
    return [f"{of['n']}{few}", *shown, f"{100 * of.get('within_one', 0):.3f} %"]


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield (
            "| "
            + " | ".join(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row)
            + " |"
        )
    yield ""


_CPU_WHY = (
    "each second brings 256 messages, a deadline in exact rationals for each, and a look at the "
    "timeline 30 times, all in Python"
)
_DRIFT_WHY = "beats are exact, so this is the error of a straight line through late notes"
_FOLLOW_WHY = "the loop heard some pulses late, as the server that brings them was kept waiting"
_JACK_WHY = (
    "the server, which has no real-time rights here, was kept waiting, and a note due between two "
    "of its cycles is written at the beginning of the later one"
)
_WORDS = """
- **16ths into a sink**: a real session, scheduler and MIDI process; in the port's place a sink
  stamps each message as it leaves. An interval is from a note to the next of its track.
  It is played as often as the table of runs says, quiet and under load in turn: a figure held
  against a target is the one in the middle, and the tables above show the run
  whose 16ths are in the middle by sd.
- **A bare loop** beside it waits in the same way at the same priority, as often as there are pulses
  of the clock, and does nothing else: what it is off by, the machine adds.
- **Peers** play as many tracks of 16ths by their public interface, unmodified, each in its own
  process and environment (`make peers`); isobar and Sardine into a stamping port of mido,
  clockblocks and aalink by the function or coroutine they call on the beat. CPU is of all they do.
- **Load**: a network composes, another process burns a core, and a busy loop runs in the front's
  main thread. Peers have the first two; a busy loop in their own process they are spared.
- **JACK**: a server without a sound card; another client compares the frame each note arrives on
  with the frame its beat lies on, both by the server's own times of its cycles.
- **Clock in**: a master of ours sends pulses at known times, off by up to half the jitter either
  way, and steps between 120 and 140. The session's timeline is held against the master's beat.
- `skipped` are notes that were not played at all; `(few)` marks fewer than 2000.
"""
