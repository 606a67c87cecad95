"""What Strudel answers, written into the golden files: `python benchmarks/oracle.py FILE...`.

Each file is a JSON list of cases, one a line; `haps` of every case is made anew, so a new case is
a line without them. Strudel runs as a program of its own, fetched into `build/strudel` (see
`support/strudel.py`); facts come back, no code. A case it cannot answer is named, and left out.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.javascript import javascript
from support.strudel import FOLDER, VERSION, fetch

_RUNNER = Path(__file__).resolve().parent / "support" / "answers.mjs"


def ask(cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return Strudel's answer to each case.

    Raises:
        DeviceError: it could not be fetched.
    """
    fetch()
    shutil.copy(_RUNNER, FOLDER / _RUNNER.name)
    asked = [
        {**case, "haps": None, **({"js": javascript(case["expr"])} if "expr" in case else {})}
        for case in cases
    ]
    done = subprocess.run(
        ["node", _RUNNER.name],
        cwd=FOLDER,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout.rpartition("\n")[2])
    return answers


def rewrite(path: Path) -> None:
    """Make the answers of a file anew."""
    cases = json.loads(path.read_text(encoding="utf-8"))
    lines = []
    for case, answer in zip(cases, ask(cases), strict=True):
        name = case.get("mini", case.get("expr"))
        if "error" in answer:
            print(f"{path.name}: left out {name!r}: {answer['error']}")
            continue
        made = {**case, "haps": answer["haps"]}
        lines.append(json.dumps(made, ensure_ascii=False, separators=(",", ":")))
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    print(f"{path.name}: {len(lines)} answers of Strudel {VERSION}")


def main(argv: Sequence[str] | None = None) -> int:
    """Rewrite the files that are named.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args(argv).files:
        rewrite(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
