"""An hour on stage: `livecoder bench soak --minutes 60`.

A session plays through JACK: MIDI on four instruments, a clock, audio, a network; something is
typed every few seconds. Meanwhile the instruments are plugged in and pulled out, 200 times in all
by default, at instants a seed chooses. At the end everything is hushed. It is passed if notes were
heard, none sounds any more on any instrument, no process has died, and none has grown by more than
5%. The verdict is the last line but one, and says what it was that failed; the last is one JSON
object.

Memory is what a process has for itself and no file holds: its heap, so to say. (Pages of libraries
would come and go with whatever other Python runs on the machine: they are "unique" as soon as it
ends.) It is the median of some looks after the warm-up, and of some before the end. In the warm-up
twice as much is typed as can be undone, and networks compose what they can be taken back to; in
less than ten minutes there is no room for that. What has grown is then told and not judged: a
library that is loaded late is more than all that leaks in so short a time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import psutil
from support.plugs import Plugs
from support.server import jack_server, own_state
from timing.performance import Performance, performance

INSTRUMENTS = ("synth one", "synth two", "drum machine", "sampler")
CLOCK = "drum machine"
GROWTH = 5.0
_TYPED_EVERY = 4.0
_TURN = 0.05
_LOOKS = 7
# Twice what fills all that can be undone: from there on what is typed lets as much go, and the
# holes that are left are of the right size.
_REMEMBERED = 1280
# Of the whole, what counts as warm-up, within bounds, in seconds.
_WARM_UP, _SHORTEST_WARM_UP, _LONGEST_WARM_UP, _MOST_OF_IT = 0.15, 240.0, 420.0, 0.4
_DYING_AWAY = 6.0


class Move(NamedTuple):
    """An instrument comes or goes.

    Attributes:
        at: seconds from the beginning.
        name: of the instrument.
        plugged: whether it is there afterwards.
    """

    at: float
    name: str
    plugged: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Play, print what happened, the verdict and, last, one JSON object; 1 if it is not passed."""
    parser = argparse.ArgumentParser(
        prog="livecoder bench soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="how long to play")
    parser.add_argument("--moves", type=int, default=200, help="times an instrument comes or goes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the last line alone")
    options = parser.parse_args(argv)
    if not 0.5 <= options.minutes <= 24 * 60:
        parser.error("--minutes must be from 0.5 to 1440; try --minutes 60")
    if options.moves < 2:
        parser.error("--moves must be at least 2; try --moves 200")
    moves = plan(options.minutes * 60, options.moves, Random(options.seed))
    with own_state(), jack_server(realtime=True) as server:
        figures = soak(options.minutes * 60, moves, Random(options.seed))
    figures = {"benchmark": "soak", "server": server, "minutes": options.minutes, **figures}
    if not options.json:
        print("\n".join(report(figures)))
    print(json.dumps(figures))
    return 0 if figures["passed"] else 1


def plan(seconds: float, moves: int, draw: Random) -> list[Move]:
    """Return when what comes and goes: each instrument is there at first, and at the end.

    >>> [move.plugged for move in plan(60.0, 4, Random(1)) if move.name == "sampler"][-1:]
    [True]
    """
    there = dict.fromkeys(INSTRUMENTS, True)
    found = []
    for at in sorted(draw.uniform(0.03, 0.93) * seconds for _ in range(moves)):
        name = draw.choice(INSTRUMENTS)
        there[name] = not there[name]
        found.append(Move(at, name, there[name]))
    back = [name for name, plugged in there.items() if not plugged]
    return found + [Move(0.94 * seconds, name, plugged=True) for name in back]


def soak(seconds: float, moves: Sequence[Move], draw: Random) -> dict[str, Any]:
    """Perform, and judge."""
    plugs = Plugs()
    try:
        for name in INSTRUMENTS:
            plugs.plug(name)
        with performance(list(_blocks()), load=False, midi="jack", audio="jack", clock=CLOCK) as p:
            # The network of a performance under load, without the load.
            p.play(['key("a:minor")', 'd6 >> melody_rnn().midi("synth two", 2)'])
            memory, typed, moved = _perform(p, plugs, seconds, moves, draw)
            figures = {
                "late_bars": p.late_bars(),
                "late_events": p.session.scheduler.statistics().late,
                "outputs": p.reports(),
            }
            p.play(["hush()"])
            time.sleep(_DYING_AWAY)
            told = plugs.tell()
        after = plugs.tell()
    finally:
        plugs.close()
    return {
        **_verdict(memory, told, after, warm=warms_up(seconds)),
        "appearances": sum(move.plugged for move in moved),
        "disappearances": sum(not move.plugged for move in moved),
        "typed": typed,
        **figures,
    }


def _blocks() -> Iterator[str]:
    notes = "c3 e3 g3 [b3 d4]*2"
    for number, name in enumerate(INSTRUMENTS, 1):
        # Notes that last: whatever is pulled, something sounds on it.
        yield f'd{number} >> note("{notes}").fast({number}).legato(1.5).midi("{name}", {number})'
    yield 'd5 >> s("bd*4, ~ cp, hh*8").gain(.5)'


def _typed(draw: Random) -> str:
    number = draw.randint(1, len(INSTRUMENTS))
    name = INSTRUMENTS[number - 1]
    degrees = " ".join(str(draw.randint(0, 12)) for _ in range(draw.choice((3, 4, 8))))
    return draw.choice(
        (
            f'd{number} >> n("{degrees}").scale("a:minor").legato(1.5).midi("{name}", {number})',
            f"d{number}.mute()",
            f"d{number}.unmute()",
            f"tempo({draw.randint(100, 140)})",
            "d5 >> s('bd*4, ~ cp, hh*8').every(4, fast(2)).gain(.5)",
            f'd{number} >> note("<c3 a2>(3,8)").off(1/8, add(note(7))).midi("{name}", {number})',
        )
    )


def _perform(
    playing: Performance, plugs: Plugs, seconds: float, moves: Sequence[Move], draw: Random
) -> tuple[dict[str, dict[str, list[float]]], int, list[Move]]:
    """Let it all happen; return what each process had at first and at last, and what was done."""
    begun, typed, coming, moved = time.monotonic(), 0, list(moves), list[Move]()
    warm, last = warm_up(seconds), 0.97 * seconds
    every = min(2.0, 0.02 * seconds / _LOOKS)
    looks: dict[str, list[float]] = {
        "first": [warm + i * every for i in range(_LOOKS)],
        "last": [last + i * every for i in range(_LOOKS)],
    }
    memory: dict[str, dict[str, list[float]]] = {"first": {}, "last": {}}
    while (now := time.monotonic() - begun) < seconds:
        if coming and coming[0].at <= now:
            move = coming.pop(0)
            (plugs.plug if move.plugged else plugs.pull)(move.name)
            moved.append(move)
        elif typed < _due_by(now, warm) and now < last:
            playing.play([_typed(draw)])
            typed += 1
        elif due := [when for when in looks if looks[when] and looks[when][0] <= now]:
            looks[due[0]].pop(0)
            for name, size in _memory(plugs.pid).items():
                memory[due[0]].setdefault(name, []).append(size)
        else:
            time.sleep(_TURN)
    return memory, typed, moved


def warm_up(seconds: float) -> float:
    """Return how long all that is remembered takes to fill.

    >>> warm_up(3600), warm_up(120)
    (420.0, 48.0)
    """
    wanted = min(max(_WARM_UP * seconds, _SHORTEST_WARM_UP), _LONGEST_WARM_UP)
    return min(wanted, _MOST_OF_IT * seconds)


def warms_up(seconds: float) -> bool:
    """Whether there is time for a warm-up, and so for a judgement of what has grown after it.

    >>> warms_up(600), warms_up(599)
    (True, False)
    """
    return warm_up(seconds) >= _SHORTEST_WARM_UP


def _due_by(now: float, warm: float) -> int:
    """Return how many blocks are to be typed by then: fast at first, then as a performer does."""
    hurried = int(min(now, warm) / max(warm / _REMEMBERED, 0.25))
    return hurried + int(max(0.0, now - warm) / _TYPED_EVERY)


def _memory(but: int) -> dict[str, float]:
    """Return what each process of the session has for itself, in MB, by title and number."""
    me = psutil.Process(os.getpid())
    found = {}
    for process in (me, *me.children(recursive=True)):
        try:
            title = process.name() if process.pid == me.pid else " ".join(process.cmdline())
            if process.pid == but or "jackd" in title or not title.strip():
                continue
            name = "front" if process.pid == me.pid else title[:40].strip()
            found[f"{name} ({process.pid})"] = own_memory(process) / 1e6
        except psutil.Error:
            continue
    return found


def own_memory(process: psutil.Process) -> int:
    """Return the bytes of a process that are its own and in no file; USS where that is not told.

    >>> own_memory(psutil.Process()) > 1_000_000
    True
    """
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        words = [line.split() for line in lines]
        return 1024 * sum(int(w[1]) for w in words if w[0] in ("Anonymous:", "Swap:"))
    except OSError:
        return int(process.memory_full_info().uss)


def _verdict(
    memory: dict[str, dict[str, list[float]]],
    told: dict[str, Any],
    after: dict[str, Any],
    *,
    warm: bool = True,
) -> dict[str, Any]:
    """Say whether it is passed, and if not by what; what has grown counts after a warm-up only."""
    first, last = memory["first"], memory["last"]
    grown = {
        name: {
            "first_mb": round(statistics.median(first[name]), 2),
            "last_mb": round(statistics.median(last[name]), 2),
            "percent": round(
                (statistics.median(last[name]) / statistics.median(first[name]) - 1) * 100, 2
            ),
        }
        for name in first
        if name in last
    }
    died = sorted(first.keys() - last.keys())
    fat = [name for name, size in grown.items() if size["percent"] > GROWTH]
    sounding = told["sounding"] or after["sounding"]
    failed = [f"{_keys(keys)} sound on {name}" for name, keys in sounding.items()]
    failed += [f"{name} has died" for name in died]
    failed += [f"{name} has grown by {grown[name]['percent']:.1f}%" for name in fat if warm]
    failed += [] if after["notes"] else ["no note was heard"]
    failed += [] if grown else ["no process was looked at twice"]
    return {
        "passed": not failed,
        "failed": failed,
        "notes": after["notes"],
        "sounding": sounding,
        "died": died,
        "grown_too_much": fat,
        "memory_judged": warm,
        "memory": grown,
    }


def _keys(keys: Sequence[Sequence[int]]) -> str:
    """Say which keys, by channel from 1.

    >>> _keys([[0, 60], [9, 36]])
    'keys 60 (channel 1), 36 (channel 10)'
    """
    return "keys " + ", ".join(f"{key} (channel {channel + 1})" for channel, key in keys)


def report(figures: dict[str, Any]) -> list[str]:
    """Return what happened, to be read; the verdict last."""
    memory = [
        f"  {name:44}{size['first_mb']:8.2f} MB ->{size['last_mb']:8.2f} MB"
        f" {size['percent']:+7.1f}%"
        for name, size in figures["memory"].items()
    ]
    warm = figures["memory_judged"]
    growth = f"none has grown by more than {GROWTH:g}%"
    if not warm:
        growth = "what has grown is not judged in less than ten minutes"
    verdict = (
        f"passed: no note is left sounding, no process has died, {growth}"
        if figures["passed"]
        else "failed: " + "; ".join(figures["failed"])
    )
    return [
        f"played     {figures['minutes']:g} minutes through {figures['server']}",
        f"plugged    in {figures['appearances']} times, out {figures['disappearances']} times",
        f"typed      {figures['typed']} blocks",
        f"heard      {figures['notes']} notes; {sum(map(len, figures['sounding'].values()))} left "
        "sounding",
        f"late       {figures['late_events']} events, {figures['late_bars']} bars of networks",
        f"died       {', '.join(figures['died']) or 'none'}",
        f"memory     of each process, {'after the warm-up' if warm else 'early'} and at the end:",
        *memory,
        f"verdict    {verdict}",
    ]


if __name__ == "__main__":
    sys.exit(main())
