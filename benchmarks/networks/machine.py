"""On what a run was made: the processor, Python and the libraries that matter to it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["circumstances"]

_LIBRARIES = ("livecoder", "numpy", "torch", "numba")


def circumstances() -> dict[str, Any]:
    """Return `machine`, `python` and `versions`; a run elsewhere has others.

    >>> sorted(circumstances())
    ['machine', 'python', 'versions']
    """
    system = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}"
    return {
        "machine": f"{_processor()}, {system}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in _LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((one.split(":", 1)[1].strip() for one in lines if "model name" in one), "unknown")
