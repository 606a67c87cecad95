"""The timing bench tells true of known errors; its programs are run, its figures not judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
BEAT = 500_000_000
STEP = BEAT // 4


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def grid():
    from timing.figures import Grid

    from livecoder.clock.tempo import TempoMap

    return Grid(TempoMap(bpm=120.0), 0, 40 * BEAT)


def test_a_grid_has_what_lies_within_and_matches_the_nearest(grid):
    assert grid.steps[0] == 1
    assert grid.ns[0] == STEP
    assert grid.spacing == STEP
    inside, index = grid.match(np.array([0.0, STEP + 3e6, 2 * STEP - 3e6, 1e15]))
    assert inside.tolist() == [False, True, True, False]
    assert index.tolist() == [0, 1]


def test_intervals_are_told_to_the_microsecond_and_missing_notes_are_counted_apart():
    from timing.figures import interval_figures

    even = np.arange(100, dtype=np.int64) * STEP
    late = even.copy()
    late[50] += 1_000_000
    figures, errors = interval_figures([even, np.delete(late, 10)], ideal_ns=STEP)
    assert figures["n"] == 99 + 98
    assert figures["max"] == 1.0
    assert figures["p50"] == 0.0
    assert figures["skipped"] == 1
    assert max(errors) == 1e6
    assert min(errors) == -1e6


def test_drift_is_a_slope_and_not_a_few_late_notes():
    from timing.figures import drift

    at = np.arange(0, 60_000_000_000, STEP)
    steady = np.zeros(at.size)
    steady[-3:] = 40e6
    assert abs(drift(steady, at)["ppm"]) < 0.01
    growing = at * 5e-6
    assert drift(growing, at)["ppm"] == pytest.approx(5.0, abs=0.01)
    assert drift(growing, at)["ms"] == pytest.approx(0.3, abs=0.01)


def test_notes_that_are_late_lost_doubled_or_wrong_are_each_told(grid):
    from timing.sink import TRACKS, compare

    def note(channel, i, ns):
        return (int(ns), bytes([0x90 | channel, 40 + int(grid.steps[i]) % 16, 100]))

    stamps = [note(c, i, ns) for c in range(TRACKS) for i, ns in enumerate(grid.ns)]
    figures, _ = compare(stamps, grid)
    assert (figures["lost"], figures["doubled"], figures["wrong"]) == (0, 0, 0)
    assert figures["errors"]["max"] == figures["intervals"]["max"] == 0.0
    stamps[5] = note(0, 5, grid.ns[5] + 2_000_000)
    stamps[7] = (stamps[7][0], b"\x90\x01\x40")
    stamps.append(stamps[9])
    del stamps[20]
    figures, _ = compare(sorted(stamps), grid)
    assert (figures["lost"], figures["doubled"], figures["wrong"]) == (1, 1, 1)
    assert figures["errors"]["max"] == 2.0
    assert figures["intervals"]["skipped"] == 1


def test_pulses_that_were_not_sent_are_lost():
    from timing.clock_out import pulse_figures
    from timing.figures import Grid

    from livecoder.clock.tempo import TempoMap

    pulses = Grid(TempoMap(bpm=120.0), 0, 20 * BEAT, per_beat=24)
    figures = pulse_figures(np.delete(pulses.ns, 17), pulses)
    assert (figures["lost"], figures["doubled"]) == (1, 0)
    assert figures["errors"]["max"] == 0.0


def looks(plan, begun, our_beat, every=0.01):
    seconds = np.arange(0.0, plan.seconds(plan.beats) - 0.1, every)
    return np.array([(begun + s * 1e9, our_beat(s)) for s in seconds])


def test_a_follower_that_is_right_has_no_error_and_one_that_lags_has_its_lag():
    from timing.follow import judge
    from timing.master import Plan

    plan, begun = Plan(120, 140, steady=40, every=16, beats=72), 1_000_000_000
    right = judge(looks(plan, begun, lambda s: plan.beat(s) + 16), plan, begun)
    assert right["phase"]["max"] == pytest.approx(0.0, abs=1e-3)
    assert right["lock_beats"] == 0.0
    assert right["steps"] == {"n": 2, "beats_p50": 0.0, "beats_max": 0.0}
    assert right["beats_apart"] == [16]
    late = judge(looks(plan, begun, lambda s: plan.beat(s - 0.003)), plan, begun)
    assert late["phase"]["p50"] == pytest.approx(3.0, abs=0.01)


def test_a_follower_that_needs_a_while_is_told_how_long():
    from timing.follow import judge
    from timing.master import Plan

    plan, begun = Plan(120, 140, steady=40, every=16, beats=72), 1_000_000_000
    # 10 ms late at the beginning and after a step, for a beat and a half.
    step = plan.seconds(40)

    def ours(s):
        behind = s < 0.75 or step <= s < step + 1.5 * 60 / 140
        return plan.beat(s) - (0.02 if behind else 0.0)

    told = judge(looks(plan, begun, ours), plan, begun)
    assert told["lock_beats"] == pytest.approx(1.5, abs=0.05)
    assert told["steps"]["beats_max"] == pytest.approx(1.5, abs=0.05)
    assert told["phase"]["max"] == pytest.approx(0.0, abs=1e-3)


def test_the_master_is_where_its_plan_says_before_and_after_a_step():
    from timing.master import Plan

    plan = Plan(120, 60, steady=4, every=2, beats=8)
    for beat in (0.0, 3.5, 4.0, 5.0, 6.0, 7.25):
        assert plan.beat(plan.seconds(beat)) == pytest.approx(beat)
    assert plan.seconds(6) == pytest.approx(2.0 + 2.0)


def test_a_peer_that_is_not_there_is_named_with_the_reason(tmp_path):
    from timing import peers

    figures, errors = peers.measure("isobar", 1.0, load=False, build=tmp_path)
    assert figures["missing"] == "not installed; type make peers"
    assert not errors.size
    (tmp_path / "isobar").mkdir()
    (tmp_path / "isobar" / "failed.txt").write_text("no wheel for this machine\n")
    figures, _ = peers.measure("isobar", 1.0, load=False, build=tmp_path)
    assert figures["missing"] == "no wheel for this machine"


def test_a_peer_is_judged_by_its_own_grid():
    from timing.peers import compare

    voice = np.arange(200, dtype=np.int64) * STEP + 123_456_789
    figures, _ = compare([voice, voice + 7])
    assert figures["intervals"]["max"] == 0.0
    assert figures["drift"]["ppm"] == pytest.approx(0.0, abs=1e-3)
    slow, _ = compare([(voice * (1 + 1e-4)).astype(np.int64)])
    assert slow["drift"]["ppm"] == pytest.approx(100.0, abs=1.0)


def test_every_peer_has_a_runner_and_pins_that_name_it():
    from peers.catalogue import PEERS

    for name, peer in PEERS.items():
        assert (BENCHMARKS / "peers" / f"run_{name}.py").exists()
        for _, pins in peer.pins:
            assert pins[0].startswith(f"{peer.package}==")
            assert all(pin.count("==") == 1 for pin in pins)


def test_an_unknown_peer_is_refused_before_anything_is_installed(tmp_path):
    run = subprocess.run(
        [sys.executable, str(BENCHMARKS / "peers" / "install.py"), str(tmp_path), "tidal"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "'tidal'" in run.stderr
    assert not list(tmp_path.iterdir())


def a_spread(**changed):
    return {"n": 4000, "p50": 0.01, "p99": 0.04, "max": 0.09, "sd": 0.02, "skipped": 0, **changed}


def all_figures():
    from timing.sink import summary

    def one_sink(*most):
        runs = [one_run(one) for one in most]
        return {**runs[len(most) // 2], "runs": [summary(run) for run in runs]}

    def one_run(most):
        return {
            "tracks": 16,
            "intervals": a_spread(max=most),
            "drift": {"ppm": 0.1, "ms": 0.004, "seconds": 40.0},
            "clock_out": {"lost": 0, "doubled": 0, "intervals": a_spread()},
            "cpu_percent": {"scheduler": 1.0, "midi": 2.0, "together": 3.0},
            "floor": a_spread(n=0),
        }

    frames = {"n": 4000, "p50": 0.0, "p99": 1.0, "max": 1.0, "within_one": 1.0}
    jack = {
        "notes": {"sent": 4000, "lost": 0, "doubled": 0, "frames": frames},
        "clock_out": {"lost": 0, "doubled": 0, "intervals": a_spread()},
    }
    follow = {
        "jitter_ms": 2.0,
        "phase": a_spread(p99=0.5),
        "lock_beats": 1.0,
        "steps": {"n": 4, "beats_p50": 1.0, "beats_max": 2.0},
        "notes": {"lost": 0, "doubled": 0},
    }
    peer = {
        "tracks": 16,
        "intervals": a_spread(max=12.5),
        "drift": {"ppm": 0.0},
        "cpu_percent": 22.0,
        "versions": {"isobar": "0.2.1"},
    }
    return {
        "measured": {
            "sink": {"date": "today", "command": "livecoder bench timing --only sink"},
            "jack": {"date": "yesterday", "command": "livecoder bench timing --all"},
            "peers": {"date": "yesterday", "command": "livecoder bench timing --all"},
        },
        "machine": "a machine",
        "python": "3.11",
        "versions": {"livecoder": "0"},
        "sink": {"quiet": one_sink(0.09), "load": one_sink(0.1, 1.7, 2.5)},
        "jack": {"256": {"quiet": jack, "load": jack}},
        "follow": {"quiet": follow},
        "peers": {"isobar": {"quiet": peer}, "sardine": {"quiet": {"missing": "no network"}}},
    }


def test_the_page_has_every_figure_and_says_what_is_missed_and_who_is_missing():
    from timing.table import misses, render

    figures = all_figures()
    page = render(figures)
    assert "| isobar 0.2.1 | quiet | 16 | 4000 |" in page
    assert "- sink: today, `livecoder bench timing --only sink`\n" in page
    assert "- jack, peers: yesterday, `livecoder bench timing --all`\n" in page
    assert "sardine is not measured (quiet): no network" in page
    assert [target.what for target in misses(figures)] == ["16ths, max, load"]
    assert "- 16ths, max, load misses its target" in page
    assert "| 16ths, max, load | 1.7 ms | 0.1 to 2.5 | 1 ms | **no** |" in page
    assert "| load | 0.02 | 2.5 | 0.02 | 0.09 | 3 |" in page
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in tables)
    figures["sink"]["load"]["runs"][1]["16ths, max"] = 0.9
    assert "misses its target" not in render(figures)


def test_the_page_of_a_part_is_a_page_too():
    from timing.table import render

    figures = {name: value for name, value in all_figures().items() if name != "sink"}
    page = render({**figures, "peers": {}, "follow": {}})
    assert "16ths" not in page.split("## How")[0]
    assert "| 256 | load | 4000 |" in page


def test_a_picture_is_drawn(tmp_path):
    from timing.plot import draw

    pytest.importorskip("matplotlib")
    ours = [(0.001, 1.0), (0.02, 0.5)]
    samples = {"livecoder|quiet": ours, "isobar|load": [(3.0, 1.0)], "livecoder|load": [(0.1, 1.0)]}
    draw(samples, all_figures(), tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_measured_again_replaces_its_part_of_what_was_published(tmp_path, monkeypatch):
    from timing import suite

    def part(value):
        def measure(figures, samples, _seconds, _say):
            figures["sink" if value > 1 else "jack"] = {"value": value}
            samples[f"livecoder|{value}"] = suite._curve(np.linspace(0, 1e6, 1000))

        return measure

    monkeypatch.setattr(suite.table, "render", lambda figures: str(figures["measured"]))
    monkeypatch.setattr(suite.plot, "draw", lambda *_: None)
    monkeypatch.setattr(suite, "PARTS", {"jack": part(1), "sink": part(2)})
    options = {"seconds": None, "minutes": None, "say": lambda _line: None}
    suite.publish(suite.measure(["jack", "sink"], **options), tmp_path)
    monkeypatch.setattr(suite, "PARTS", {"sink": part(3)})
    before = suite.earlier(tmp_path)
    suite.publish(suite.measure(["sink"], before=before, **options), tmp_path)
    kept = suite.earlier(tmp_path)
    assert (kept["jack"], kept["sink"]) == ({"value": 1}, {"value": 3})
    curve = kept["samples"]["livecoder|3"]
    assert len(curve) < 300
    assert curve[0] == [0.0, 1.0]
    assert curve[-1] == [1.0, 0.001]
    monkeypatch.setattr(suite, "_processor", lambda: "another machine")
    assert suite.earlier(tmp_path) == {}


def test_what_is_asked_wrongly_is_answered_before_anything_is_started():
    for words, said in (
        (["--seconds", "0"], "--seconds 30"),
        (["--minutes", "0"], "--minutes 10"),
        (["--only", "jak"], "'jak'"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "timing", *words],
            cwd=BENCHMARKS,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 2
        assert said in run.stderr


def test_a_soak_moves_every_instrument_back_and_judges_what_it_saw():
    from random import Random

    from soak import INSTRUMENTS, _verdict, plan

    for seed in range(20):
        moves = plan(60.0, 30, Random(seed))
        assert [move.at for move in moves] == sorted(move.at for move in moves)
        there = dict.fromkeys(INSTRUMENTS, True)
        for move in moves:
            assert there[move.name] != move.plugged
            there[move.name] = move.plugged
        assert all(there.values())
    silence = {"sounding": {}, "notes": 9}
    steady = {"first": {"midi": [10.0]}, "last": {"midi": [10.4]}}
    assert _verdict(steady, silence, silence)["passed"]
    stuck = {"sounding": {"synth one": [[0, 60]]}, "notes": 9}
    assert not _verdict(steady, stuck, silence)["passed"]
    assert not _verdict(steady, silence, stuck)["passed"]
    grown = {"first": {"midi": [10.0]}, "last": {"midi": [10.6]}}
    assert _verdict(grown, silence, silence)["grown_too_much"] == ["midi"]
    gone = {"first": {"midi": [10.0], "audio": [1.0]}, "last": {"midi": [10.0]}}
    assert _verdict(gone, silence, silence)["died"] == ["audio"]
    assert not _verdict({"first": {}, "last": {}}, silence, silence)["passed"]


@pytest.mark.integration
def test_a_sink_hears_every_note_and_pulse_of_a_session(tmp_path):
    words = ["bench", "timing", "--only", "sink", "--seconds", "2", "--out", str(tmp_path)]
    run = subprocess.run(
        [sys.executable, "-m", "livecoder", *words, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(run.stdout.splitlines()[-1])
    for state in ("quiet", "load"):
        told = figures["sink"][state]
        assert told["sent"] >= 16 * 14
        assert (told["doubled"], told["wrong"]) == (0, 0)
        assert told["clock_out"]["sent"] >= 90
        assert told["clock_out"]["intervals"]["n"] > 0
    assert "# Timing, measured" in (tmp_path / "README.md").read_text()
    assert (tmp_path / "timing.png").exists()
