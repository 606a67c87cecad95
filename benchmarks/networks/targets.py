"""What is aimed at, and whether a run got there: one line for each figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from livecoder.models.registry import MODELS
from networks.likeness import NEAR, apart, draw_of

__all__ = ["FREE", "Line", "held", "lines"]

FREE = frozenset({"performance_rnn", "music_transformer"})
"""Networks that play freely: their real-time factor is at 15 notes a second."""
REAL_TIME, TIMES, STREAMS, MINUTES = 20.0, 10.0, 6, 10.0
SD_MS, MAX_MS = 0.1, 1.0


class Line(NamedTuple):
    """A figure beside its target.

    Attributes:
        what: is measured.
        figure: what it was, with its unit.
        target: what it should be.
        met: whether it is; None if the run does not tell.
    """

    what: str
    figure: str
    target: str
    met: bool | None


def lines(figures: Mapping[str, Any]) -> list[Line]:
    """Return every figure that has a target, beside it.

    >>> found = lines({"alone": {"melody_rnn": {"real_time_120bpm": 19.0}}})
    >>> found[0].what, found[0].met
    ('melody_rnn: real-time factor at 120 bpm', False)

    Args:
        figures: by part: `alone`, `take`, `together`, `likeness`, `beside`.
    """
    found: list[Line] = []
    for name, measured in figures.get("alone", {}).items():
        found.append(_real_time(name, measured))
    for name, measured in figures.get("take", {}).items():
        found.append(_take(name, measured))
    for name, measured in figures.get("likeness", {}).items():
        found += _likeness(name, measured)
    together = figures.get("together", {})
    if "late_bars" in together:
        found += _together(together)
    for case, measured in _cases(figures.get("beside", {})).items():
        times = measured["times"]
        what = f"{case}: events a second, to Magenta's"
        found.append(Line(what, f"{times:g} times", f"at least {TIMES:g}", times >= TIMES))
    return found


def held(figures: Mapping[str, Any]) -> bool:
    """Whether no target that the run tells of was missed."""
    return all(line.met is not False for line in lines(figures))


def _cases(beside: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: case for name, case in beside.items() if isinstance(case, Mapping)}


def _real_time(name: str, measured: Mapping[str, Any]) -> Line:
    free = name in FREE
    what = f"{name}: real-time factor {'at 15 notes a second' if free else 'at 120 bpm'}"
    target = f"at least {REAL_TIME:g}"
    if "missing" in measured:
        return Line(what, "not trained yet", target, None)
    factor = measured["real_time_15_notes" if free else "real_time_120bpm"]
    if factor is None:
        return Line(what, "it played no notes", target, None)
    return Line(what, f"{factor:g}", target, factor >= REAL_TIME)


def _take(name: str, measured: Mapping[str, Any]) -> Line:
    what = f"{name}: a new take asked for 200 ms before a bar line is on it"
    if "missing" in measured:
        return Line(what, "not trained yet", "every time", None)
    there, asked = measured["on_next_bar_line"], measured["asked"]
    return Line(what, f"{there} of {asked}", "every time", there == asked)


def _likeness(name: str, measured: Mapping[str, Any]) -> list[Line]:
    if "missing" in measured:
        return []
    learnt, near = measured["training_set"], measured["nearest"]
    found = []
    for figure, words in (("notes_per_bar", "notes a bar"), ("alike", "likeness of bars")):
        off = apart(learnt, near)[figure]
        told = f"{off:+.0%} at {draw_of(near)}"
        what = f"{name}: {words}, to the training set's {learnt[figure]:.3g}"
        found.append(Line(what, told, f"within {NEAR:.0%}", abs(off) <= NEAR))
    if "in_key" in measured:
        share = measured["in_key"]
        found.append(Line(f"{name}: notes in key", f"{share:.4%}", "100 %", share == 1))
    return found


def _together(measured: Mapping[str, Any]) -> list[Line]:
    streams, networks = measured["streams"], measured["networks"]
    late, seconds = measured["late_bars"], measured["seconds"]
    figure = f"{late}: {streams} streams of {networks} networks, {seconds / 60:.2g} minutes"
    # A run that is shorter, or of fewer networks, can miss the target and cannot meet it.
    whole = networks == len(MODELS) and streams >= STREAMS and seconds >= MINUTES * 60
    met = False if late else True if whole else None
    found = [Line("late bars, six streams, audio playing", figure, "0 in 10 minutes", met)]
    for key, most in (("sd", SD_MS), ("max", MAX_MS)):
        # What `bench timing` aims at under load.
        off, alone = (measured[part]["intervals"].get(key) for part in ("midi", "without_networks"))
        if off is not None:
            what = f"16ths while they compose, intervals off by ({key})"
            told = f"{off:.3f} ms; without them {alone:.3f} ms"
            found.append(Line(what, told, f"at most {most:g} ms", off <= most))
    return found
