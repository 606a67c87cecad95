"""The laws of patterns, each held against deliberate mistakes: `livecoder bench mutants`.

Each mutant is one small change of the source, made in a copy of the package; the tests that should
see it are run there, and the first that fails is the one that kills it. A mutant that lives means
a law nobody checks: exit status 1. First the copy is tested without any change.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from livecoder.core.errors import DeviceError

ROOT = Path(__file__).resolve().parents[1]
LAWS = "tests/property/test_pattern_laws.py"
WORDS = "tests/property/test_pattern_words.py"
BOUNDS = "tests/property/test_pattern_bounds.py"
CHANCE = "tests/unit/test_chance.py"
_PATIENCE = 600


class Mutant(NamedTuple):
    """A mistake in one file of `livecoder/patterns`, and what pytest is to run: who must see it."""

    law: str
    file: str
    before: str
    after: str
    tests: str


MUTANTS = (
    Mutant("split: a value is taken where its hap begins", "joins.py",
           "ask_right(part if whole is None else whole)", "ask_right(part)",
           f"{LAWS}::test_a_signal_is_taken_where_a_note_begins_however_the_query_is_cut"),
    Mutant("split: one part a cycle, also for a long query", "factories.py",
           "Pattern(split_cycles(ask), label", "Pattern(ask, label",
           f"{LAWS}::test_splitting_a_query_changes_nothing_but_the_cuts"),
    Mutant("split: a cycle is turned around by itself", "timing.py",
           "Pattern(split_cycles(backwards)", "Pattern((backwards)",
           f"{WORDS}::test_a_query_split_anywhere_plays_the_same -k rev"),
    Mutant("split: chance holds for a whole cycle", "chance.py",
           "begin = Rational(math.floor(span[0]))", "begin = span[0]",
           f"{LAWS}::test_splitting_a_query_changes_nothing_but_the_cuts"),
    Mutant("split: a shuffle is dealt once a cycle", "choices.py",
           "randoms_at(cycle + 0.5, pieces)", "randoms_at(float(span[0]) + 0.5, pieces)",
           f"{LAWS}::test_chance_is_the_same_however_the_time_is_cut"),
    Mutant("split: every word, here rot", "conditional.py",
           "return Pattern(rotated, pattern.label, steps=pattern.steps).split_queries()",
           "return Pattern(rotated, pattern.label, steps=pattern.steps)",
           f"{WORDS}::test_a_query_split_anywhere_plays_the_same -k rot"),
    Mutant("every word is under the laws", "structure.py",
           "__all__ = [", '@verb(example="")\ndef untold(p):\n    return p\n\n__all__ = [',
           f"{WORDS}::test_every_word_is_under_the_laws"),
    Mutant("rev twice is nothing", "timing.py",
           "around = Rational(2 * floor(begin) + 1)",
           "around = Rational(2 * floor(begin) + 1) + Rational(1, 7)",
           f"{LAWS}::test_backwards_twice_is_forwards"),
    Mutant("fast and slow cancel", "timing.py",
           "quickened(pattern, 1 / factor)", "quickened(pattern, 1 / (factor + 1))",
           f"{LAWS}::test_fast_and_slow_cancel"),
    Mutant("early and late cancel", "timing.py",
           "moved(pattern, -cycles)", "moved(pattern, -cycles - Rational(1, 10**9))",
           f"{LAWS}::test_early_and_late_cancel_however_fine"),
    Mutant("parts lie inside the query", "factories.py",
           "part = new(Span, (max(low, begin), min(high, end)))",
           "part = new(Span, (max(low, begin), high))",
           f"{LAWS}::test_parts_lie_inside_wholes_and_inside_the_query"),
    Mutant("parts lie inside wholes", "spans.py",
           "outer = new(Span, (around - whole[1], around - whole[0]))",
           "outer = new(Span, (around - whole[1], around - whole[1]))",
           f"{LAWS}::test_parts_lie_inside_wholes_and_inside_the_query"),
    Mutant("stack: what comes first does not matter", "factories.py",
           "haps += each(span)",
           "haps += [hap for hap in each(span) if not haps or hap[0] != haps[0][0]]",
           f"{LAWS}::test_what_is_stacked_first_does_not_matter"),
    Mutant("times stay exact", "spans.py",
           "there = new(Span, (part[0] + by, part[1] + by))",
           "there = new(Span, (Rational(float(part[0] + by)), part[1] + by))",
           f"{LAWS}::test_onsets_stay_exact_under_fine_denominators"),
    Mutant("denominators stay small", "joins.py",
           "shrink = ONE / factor", "shrink = Rational(float(ONE / factor))",
           f"{WORDS}::test_a_query_split_anywhere_plays_the_same"),
    Mutant("no word changes what it is called on: controls", "controls.py",
           "return {**value, **controls}", "value.update(controls)\n        return value",
           f"{WORDS}::test_a_word_leaves_what_it_is_called_on_as_it_was"),
    Mutant("no word changes what it is called on: operators", "operators.py",
           "both = {**value, **other}", "both = value\n    both.update(other)",
           f"{WORDS}::test_a_word_leaves_what_it_is_called_on_as_it_was"),
    Mutant("the same in any order: a memory that mixes up its keys", "verbs.py",
           "made = built.get(held)", "made = next(iter(built.values()), None)",
           f"{LAWS}::test_what_a_pattern_makes_of_an_argument_is_not_what_was_asked_last"),
    Mutant("the same in any order: a table that forgets the cycle", "mini/table.py",
           "rows = self._rows.get(number)", "rows = self._rows.get(0)",
           f"{LAWS}::test_a_tabulated_notation_plays_what_the_notation_plays"),
    Mutant("the same whoever asks: hidden state", "chance.py",
           'rand: Final = signal(random_at, "rand")',
           'rand: Final = signal(lambda _: __import__("random").random(), "rand")',
           f"{LAWS}::test_chance_is_the_same_however_the_time_is_cut"),
    Mutant("a pattern of one number is that number", "verbs.py",
           "return reify(self.function(pattern, *filled))",
           "return reify(self.function(pattern.rev(), *filled))",
           f"{LAWS}::test_a_number_may_be_a_pattern_that_is_always_that_number"),
    Mutant("Strudel's numbers", "chance.py",
           "value ^= value >> 17", "value ^= value >> 16", CHANCE),
    Mutant("uniform", "chance.py", "return abs(_unit(_seed_at(time)))",
           "return abs(_unit(_seed_at(time))) ** 1.1",
           f"{CHANCE}::test_numbers_are_uniform"),
    Mutant("seeds differ", "chance.py",
           "-number * 7", "-(number // 2) * 7", CHANCE),
    Mutant("as much is left out as asked", "chance.py",
           "if other[2] > amount", "if other[2] > amount * 0.9",
           f"{CHANCE}::test_as_much_is_left_out_as_was_asked"),
    Mutant("sometimes and the rest are everything", "chance.py",
           "degraded(pattern, 1 - chance, _flipped_like(by))",
           "degraded(pattern, chance, by)", CHANCE),
    Mutant("irand is below its bound", "chance.py",
           "math.trunc(x * bound)", "round(x * bound)", CHANCE),
    Mutant("choose is even", "choices.py",
           "math.floor(number * count)", "math.floor(number * number * count)", CHANCE),
    Mutant("wchoose goes by weight", "choices.py",
           "left -= weight", "left -= sum(weights) / len(weights)", CHANCE),
    Mutant("a shuffle is a permutation", "choices.py",
           "enumerate(ranking)", "enumerate([i // 2 for i in ranking])",
           f"{CHANCE}::test_a_shuffle_is_a_permutation_and_any_of_them"),
    Mutant("dense notations are refused", "mini/density.py", "MOST_HAPS = 1 << 14",
           "MOST_HAPS = 1 << 34",
           f"{BOUNDS}::test_a_notation_of_too_many_notes_is_refused_before_it_plays"),
    Mutant("brackets nest so deep", "mini/reader.py", "_DEEPEST = 60", "_DEEPEST = 6000",
           f"{BOUNDS}::test_a_notation_of_too_many_notes_is_refused_before_it_plays"),
    Mutant("counts have an end", "verbs.py", "1 <= number <= 10_000", "1 <= number",
           f"{BOUNDS}::test_numbers_that_would_stop_the_music_are_refused"),
    Mutant("nonsense is refused in words", "choices.py",
           "if isinstance(given, (list, tuple)) and len(given) == 2:", "if True:",
           f"{BOUNDS}::test_nonsense_is_played_or_refused_and_never_more"),
)  # fmt: skip


def copied(folder: Path) -> None:
    """Put what is tested, and its tests, into a new folder."""
    folder.mkdir()
    unwanted = shutil.ignore_patterns("__pycache__", "*.safetensors")
    for name in ("livecoder", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    shutil.copy(ROOT / "setup.cfg", folder)


def killer(folder: Path, tests: Sequence[str]) -> str:
    """Run tests in a folder; return the first that fails, empty if none does."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header"]
    done = subprocess.run(
        [*command, "--tb=no", "--hypothesis-profile=found", *tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    found = re.search(r"^(?:FAILED|ERROR) (\S+?)(?:\[| |$)", done.stdout, re.MULTILINE)
    if done.returncode == 0:
        return ""
    if found is None:
        message = f"pytest could not run: {(done.stdout + done.stderr)[-400:]}"
        raise DeviceError(message)
    return found[1].rpartition("/")[2]


def tried(folder: Path, mutant: Mutant) -> str:
    """Make the mistake, see which test finds it, and mend it."""
    path = folder / "livecoder" / "patterns" / mutant.file
    source = path.read_text()
    if mutant.before not in source:
        message = f"{mutant.file} has no {mutant.before!r} any more; change this mutant with it"
        raise DeviceError(message)
    path.write_text(source.replace(mutant.before, mutant.after))
    try:
        return killer(folder, mutant.tests.split())
    finally:
        path.write_text(source)


def main(argv: Sequence[str] | None = None) -> int:
    """Try every mutant, print a table and, last, one JSON object."""
    parser = argparse.ArgumentParser(prog="livecoder bench mutants", description=__doc__)
    parser.add_argument("--only", default="", help="those whose law has this text in it")
    parser.add_argument("--jobs", type=int, default=1, help="so many at a time")
    parser.add_argument("--json", action="store_true", help="the last line alone")
    options = parser.parse_args(argv)
    chosen = [mutant for mutant in MUTANTS if options.only in mutant.law]
    killed: dict[str, str] = {}

    def job(folder: Path, mutants: Sequence[Mutant]) -> None:
        copied(folder)
        for mutant in mutants:
            killed[mutant.law] = tried(folder, mutant)
            if not options.json:
                print(f"{killed[mutant.law] or 'LIVES':70} {mutant.law}", flush=True)

    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(options.jobs) as jobs:
        untouched = Path(name) / "untouched"
        copied(untouched)
        failing = killer(untouched, sorted({mutant.tests.partition("::")[0] for mutant in chosen}))
        if failing:
            message = f"{failing} fails without any mutant; mend that first"
            raise DeviceError(message)
        folders = [Path(name) / str(number) for number in range(options.jobs)]
        parts = [chosen[number :: options.jobs] for number in range(options.jobs)]
        list(jobs.map(job, folders, parts))
    alive = [law for law, by in killed.items() if not by]
    print(json.dumps({"benchmark": "mutants", "killed": killed, "alive": alive}))
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
