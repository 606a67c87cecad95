"""Hold our networks against Magenta's own, on the same weights: the largest difference in logits.

`.venv/bin/python benchmarks/oracle/models.py [--json]` has Magenta save every configuration with
random weights in its own files (`record.py`, in the environment that `install.py` makes in
`build/engine`), loads each of them with `livecoder.models.load_model`, feeds both the same events
and prints by how much they differ. Every difference must be below 1e-5.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from livecoder.models import load_model

__all__ = ["Compared", "compare", "main"]

ROOT = Path(__file__).parents[2]
LIMIT = 1e-5


class Compared(NamedTuple):
    """One file of Magenta's, beside what we make of it."""

    case: str
    file: str
    layers: str
    steps: int
    difference: float


def compare(folder: Path) -> list[Compared]:
    """Return the differences of a case, for each file of it that we can read."""
    case = json.loads((folder / "case.json").read_text())
    theirs = np.load(folder / "logits.npy", allow_pickle=False)
    layers = "x".join(map(str, case["layers"]))
    found = []
    for name in ("weights.mag", "model.ckpt", "browser"):
        path = folder / name
        if not path.exists() and not path.with_name(f"{name}.index").exists():
            continue
        # A bundle says itself which it is.
        config = None if name == "weights.mag" else case["config"]
        ours = load_model(case["model"], path, config).logits(
            case["events"], chords=case["chords"], controls=case["controls"]
        )
        difference = float(np.abs(ours - theirs).max())
        found.append(Compared(folder.name, name, layers, len(ours), difference))
    return found


def main(argv: list[str] | None = None) -> int:
    """Print the table; 1 if any difference is too large, 2 if there is no engine."""
    words = sys.argv[1:] if argv is None else argv
    engine = ROOT / "build" / "engine" / "bin" / "python"
    if not engine.exists():
        print("no Magenta here; type: python benchmarks/oracle/install.py build/engine")
        return 2
    folder = ROOT / "build" / "oracle"
    script = Path(__file__).with_name("record.py")
    if "--again" in words or not list(folder.glob("*/case.json")):
        subprocess.run([engine, script, folder], check=True)
    rows: list[Compared] = []
    for case in sorted(folder.glob("*/case.json")):
        rows += compare(case.parent)
    if "--json" in words:
        print(json.dumps([row._asdict() for row in rows], indent=2))
    else:
        for row in rows:
            print(_line(row))
    worst = max(row.difference for row in rows)
    print(f"largest difference {worst:.1e}, allowed {LIMIT:.0e}", file=sys.stderr)
    return int(worst >= LIMIT)


def _line(row: Compared) -> str:
    fields: tuple[Any, ...] = (row.case, row.file, row.layers, row.steps, row.difference)
    return "{:52} {:12} {:12} {:5}  {:.1e}".format(*fields)


if __name__ == "__main__":
    sys.exit(main())
