"""Strudel under node, to be measured beside us in the same run; fetched, never copied.

Strudel is under the AGPL: it is installed into `build/`, run as a program of its own, and nothing
of it is in this repository.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from livecoder.core.errors import DeviceError

__all__ = ["FETCH", "Strudel", "fetch", "fetched"]

VERSION = "1.2.6"
# A day after which nothing may have been published: the same packages each time.
_NPM = ("npm", "install", "--no-audit", "--no-fund", "--before=2026-09-01")
_PACKAGES = tuple(f"@strudel/{name}@{VERSION}" for name in ("core", "mini", "tonal"))
FETCH = "livecoder bench patterns --strudel"
_HERE = Path(__file__).resolve().parent
FOLDER = _HERE.parents[1] / "build" / "strudel"
_ANSWER = "ANSWER "


def fetch() -> None:
    """Install Strudel into `build/strudel`, unless it is there.

    Raises:
        DeviceError: there is no npm, or it failed.
    """
    if fetched():
        return
    if shutil.which("npm") is None or shutil.which("node") is None:
        message = "Strudel runs under node; type sudo apt install nodejs npm"
        raise DeviceError(message)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text('{"private": true, "type": "module"}\n')
    done = subprocess.run([*_NPM, *_PACKAGES], cwd=FOLDER, capture_output=True, text=True)
    if done.returncode:
        message = f"npm could not fetch Strudel: {done.stderr.strip()[-400:]}"
        raise DeviceError(message)
    # It names a main file that node cannot import; its module is the one that works.
    manifest = FOLDER / "node_modules" / "@kabelsalat" / "web" / "package.json"
    if manifest.exists():
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **_MODULE}, indent=2))


_MODULE = {"main": "dist/index.mjs", "type": "module"}


def fetched() -> bool:
    """Whether Strudel, and node to run it, are there."""
    installed = FOLDER / "node_modules" / "@strudel" / "tonal" / "package.json"
    return shutil.which("node") is not None and installed.exists()


class Strudel:
    """A node process that holds patterns and measures them when told to."""

    def __init__(self) -> None:
        shutil.copy(_HERE / "strudel.mjs", FOLDER / "measure.mjs")
        self._node = subprocess.Popen(
            ["node", "measure.mjs"],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> Strudel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._node.kill()
        self._node.communicate()

    def add(self, expression: str) -> list[int]:
        """Make a pattern; return how many haps each of its first eight cycles has."""
        return list(self._ask(js=expression)["haps"])

    def measure(self, case: int, seconds: float) -> float:
        """Return the haps a second of the pattern that was made as number `case`."""
        answer = self._ask(case=case, seconds=seconds)
        return float(answer["haps"] / answer["seconds"])

    def _ask(self, **order: Any) -> dict[str, Any]:
        if self._node.stdin is None or self._node.stdout is None:
            message = "node has no pipes"
            raise DeviceError(message)
        self._node.stdin.write(json.dumps(order) + "\n")
        self._node.stdin.flush()
        for line in self._node.stdout:
            if line.startswith(_ANSWER):
                return dict(json.loads(line.removeprefix(_ANSWER)))
        message = f"Strudel did not answer {order}; run {FETCH} after removing {FOLDER.name}"
        raise DeviceError(message)
