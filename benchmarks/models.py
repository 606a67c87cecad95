"""How fast the networks compose: `livecoder bench models --json`.

Five parts, of which `--only` chooses some:

- `alone`: each network on one thread: events a second, real-time factor, p50 and p99 of a bar;
- `take`: in a real session with audio, from `again()` to the first note of the new take, asked for
  200 ms before a bar line; memory of the worker;
- `together`: a stream of each at once in two workers while audio plays, for `--minutes`: late bars,
  and 16ths into a MIDI sink with and without them;
- `likeness`: how dense its music is and how like itself, beside the training set in `--data`, and
  the share of notes in key; slow machines and fast tell the same;
- `beside`: Magenta's own generation on the same weights, where `benchmarks/oracle/install.py` has
  made its environment; events a second of both.

Each figure that has a target stands beside it; a target that was missed is said so, and none is
met by a run too short to tell. A network whose weights are not here is named and left out.
`--out DIR` keeps the figures in DIR/figures.json, of other parts those that were there, and
renews the page that shows them; `--page` only renews docs/models.md, from the cards and those
figures; `--pictures` draws the piano rolls of the page anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from networks import alone, beside, likeness, page, playing, targets
from networks.machine import circumstances
from support.server import own_state

from livecoder.models.registry import MODELS, ModelSpec
from livecoder.models.weights import names

PARTS = ("alone", "take", "together", "likeness", "beside")
DOCS = Path(__file__).resolve().parents[1] / "docs"
FIGURES = "figures.json"
_BARS, _FEW_BARS = 400, 3
_TAKES, _FEW_TAKES = 8, 1
_PIECES, _FEW_PIECES = 24, 1
_QUICK_SECONDS, _QUIET_SECONDS = 4.0, 260.0


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table of targets and, last, one JSON object."""
    parser = _parser()
    options = parser.parse_args(argv)
    if unknown := set(options.models) - set(MODELS):
        parser.error(f"no network is called {min(unknown)!r}; --models takes {list(MODELS)}")
    if not 0.05 <= options.minutes <= 600:
        parser.error("--minutes must be from 0.05 to 600; try --minutes 10")
    if options.pictures:
        page.draw(DOCS / "models", say=_say)
    if options.page or options.pictures:
        page.renew(DOCS / "models.md", DOCS / "models" / FIGURES)
        print(json.dumps({"benchmark": "models", "page": "docs/models.md"}))
        return 0
    figures = measure(options)
    if options.out is not None:
        _keep(figures, options.out)
    if not options.json:
        for line in targets.lines(figures["parts"]):
            met = {True: "met", False: "MISSED", None: "not told by this run"}[line.met]
            print(f"{line.what:70} {line.figure:>24}   target {line.target:16} {met}")
    print(json.dumps(figures))
    return 0


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of the parts that are wanted, and beside each its target."""
    specs = [MODELS[name] for name in options.models or MODELS]
    trained = [spec for spec in specs if spec.name in names()]
    parts: dict[str, Any] = {}
    with own_state():
        for part in options.only or PARTS:
            parts[part] = _part(part, specs, trained, options)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return {
        "benchmark": "models",
        **circumstances(),
        "quick": options.quick,
        "parts": parts,
        "measured": dict.fromkeys(parts, now),
        "targets": [line._asdict() for line in targets.lines(parts)],
    }


def _part(
    part: str, specs: Sequence[ModelSpec], trained: Sequence[ModelSpec], options: argparse.Namespace
) -> dict[str, Any]:
    quick = options.quick
    if part == "beside":
        cases = [case for case, model in beside.CASES.items() if model in {s.name for s in specs}]
        return beside.measure(quick=quick, say=_say, cases=cases[:1] if quick else cases)
    if part == "together" and not trained:
        return {"missing": "none of these networks has weights here"}
    if part == "together":
        seconds = _QUICK_SECONDS if quick else options.minutes * 60
        quiet_seconds = _QUICK_SECONDS if quick else _QUIET_SECONDS
        return playing.together(trained, seconds, quiet_seconds, _say)
    found: dict[str, Any] = {}
    for spec in specs:
        if spec not in trained:
            found[spec.name] = {"missing": f"not trained yet; type livecoder train {spec.name}"}
            continue
        _say(f"{spec.name}: {part}")
        if part == "likeness":
            pieces = _FEW_PIECES if quick else _PIECES
            found[spec.name] = likeness.measure(spec, options.data, pieces)
        elif part == "alone":
            found[spec.name] = alone.measure(spec, _FEW_BARS if quick else _BARS)
        else:
            found[spec.name] = playing.take(spec, _FEW_TAKES if quick else _TAKES)
    return found


def _keep(figures: Mapping[str, Any], folder: Path) -> None:
    """Put figures beside those of other parts, and renew the page where it is that of the docs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FIGURES
    try:
        before = json.loads(path.read_text())
    except (OSError, ValueError):
        before = {}
    same = all(before.get(name) == figures[name] for name in ("machine", "python", "versions"))
    if not same or before.get("quick"):
        before = {"parts": {}, "measured": {}}
    parts = {**before["parts"], **figures["parts"]}
    kept = {
        **figures,
        "parts": parts,
        "measured": {**before["measured"], **figures["measured"]},
        "targets": [line._asdict() for line in targets.lines(parts)],
    }
    path.write_text(json.dumps(kept, indent=1) + "\n")
    if folder.resolve() == DOCS / "models":
        page.renew(DOCS / "models.md", path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="livecoder bench models",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[], metavar="PART")
    parser.add_argument(
        "--models", nargs="+", default=[], metavar="MODEL", help="some of the networks"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("build/training"),
        help="where `livecoder train` built its training sets",
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="how long six streams play")
    parser.add_argument("--quick", action="store_true", help="little of everything, to try it")
    parser.add_argument("--out", type=Path, help="keep figures.json there: --out docs/models")
    parser.add_argument("--page", action="store_true", help="renew docs/models.md, measure nothing")
    parser.add_argument(
        "--pictures", action="store_true", help="draw its piano rolls, and renew it"
    )
    parser.add_argument("--json", action="store_true", help="the last line alone")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
