"""`python -m livecoder.cli.reference docs`: write the reference, redraw the guide's examples."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from livecoder.repl.guide import renewed
from livecoder.repl.reference import pages

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages into `reference/` of a folder, and renew `patterns.md` where it has one.

    Pages that are written no more are removed.

    Returns:
        The exit status: 0 when it wrote them, 2 when it could not.
    """
    parser = argparse.ArgumentParser(prog="livecoder.cli.reference", description=__doc__)
    parser.add_argument("folder", type=Path, help="where documents are: docs")
    docs: Path = parser.parse_args(arguments).folder
    made = pages()
    folder, guide = docs / "reference", docs / "patterns.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for stale in {path.name for path in folder.iterdir()} - made.keys():
            (folder / stale).unlink()
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
        if guide.exists():
            guide.write_text(renewed(guide.read_text(encoding="utf-8")), encoding="utf-8")
    except OSError as error:
        print(f"livecoder.cli.reference: {error}; try docs", file=sys.stderr)
        return 2
    print(f"{len(made)} pages in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
