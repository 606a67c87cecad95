"""`livecoder bench`: run one of the programs behind the figures in the README."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Annotated

import typer

from livecoder.core.errors import DeviceError, UnknownNameError

__all__ = ["CONTEXT", "command", "folder", "programs"]

# Options that are not known here belong to the program.
CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}

_HERE = Path(__file__).resolve().parents[2] / "benchmarks"


def command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="startup, timing, render, soak...")],
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON alone.")] = False,
) -> int:
    """Measure; what follows the name goes to the program. The last line is one JSON object."""
    known = programs()
    if name not in known:
        raise UnknownNameError("benchmark", name, known, listing="ls benchmarks")
    return _run(known[name], [*context.args, *(["--json"] if json else [])])


def programs() -> dict[str, Path]:
    """Return the programs by name: modules, and packages that have a `__main__`.

    Raises:
        DeviceError: livecoder was installed without them.
    """
    here = folder()
    packages = {path.parent.name: path.parent for path in here.glob("*/__main__.py")}
    return packages | {path.stem: path for path in here.glob("*.py") if path.stem != "__init__"}


def folder() -> Path:
    """Return where the programs are.

    Raises:
        DeviceError: livecoder was installed without them.
    """
    for place in (_HERE, Path.cwd() / "benchmarks"):
        if any(place.glob("*.py")):
            return place
    message = (
        "the benchmarks are not installed with livecoder; "
        "type livecoder bench in a checkout of its source"
    )
    raise DeviceError(message)


def _run(path: Path, arguments: list[str]) -> int:
    # The programs share helpers that lie beside them.
    sys.path.insert(0, str(path.parent))
    if path.is_dir():
        return int(importlib.import_module(f"{path.name}.__main__").main(arguments))
    spec = importlib.util.spec_from_file_location(f"livecoder_bench_{path.stem}", path)
    if not isinstance(spec, ModuleSpec) or spec.loader is None:
        message = f"{path} is no program; check the checkout"
        raise DeviceError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return int(module.main(arguments))
