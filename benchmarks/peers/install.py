"""Give each peer an environment of its own: `python benchmarks/peers/install.py build/peers`.

What cannot be installed leaves `NAME/failed.txt` with the reason, which the bench repeats. What is
there is left as it is, if it is what the catalogue asks for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalogue import PEERS, Peer

__all__ = ["install", "main"]

_PATIENCE = 600.0
_SUPPORTED = ("python3.13", "python3.12", "python3.11")
_LAST_LINES = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Install those named, or all; never fails for a peer that does not want to."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or (unknown := set(words[1:]) - set(PEERS)):
        given = f"no peer is called {min(unknown)!r}" if words else "no folder given"
        print(f"{given}; type: install.py FOLDER [{' '.join(PEERS)}]", file=sys.stderr)
        return 2
    folder = Path(words[0]).absolute()
    for name in words[1:] or PEERS:
        why = install(PEERS[name], folder / name)
        print(f"{name:12} {why or 'ready'}", flush=True)
    return 0


def install(peer: Peer, folder: Path) -> str:
    """Make the environment; return why it could not be, or nothing."""
    python, pins = _choose(peer)
    stamp, failed = folder / "pins.txt", folder / "failed.txt"
    wanted = "\n".join([python or "", *pins, ""])
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if python is None:
        oldest = ".".join(map(str, peer.pins[-1][0]))
        why = f"needs Python {oldest} or newer, and none was found"
    else:
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *pins]
        why = _run([python, "-m", "venv", str(folder)]) or _run(pip)
    (failed if why else stamp).write_text(why or wanted)
    return why


def _choose(peer: Peer) -> tuple[str | None, tuple[str, ...]]:
    """Return the interpreter for the newest version that one here can run, and its pins."""
    there = dict(_interpreters())
    for oldest, pins in peer.pins:
        # The oldest that does: it is what most will have, and what wheels are built for.
        for version in sorted(there):
            if version >= oldest:
                return there[version], pins
    return None, ()


def _interpreters() -> Iterator[tuple[tuple[int, int], str]]:
    yield sys.version_info[:2], sys.executable
    kept = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for name in _SUPPORTED:
        places = [
            shutil.which(name),
            *sorted(kept.glob(f"{name.removeprefix('python')}*/bin/python")),
        ]
        for place in filter(None, places):
            tell = "import sys, ensurepip; print(*sys.version_info[:2])"
            asked = subprocess.run(
                [str(place), "-c", tell], capture_output=True, text=True, check=False
            )
            if asked.returncode == 0:
                major, minor = asked.stdout.split()
                yield (int(major), int(minor)), str(place)
                break


def _run(command: Sequence[str]) -> str:
    """Run; return the last lines of what it complained about, or nothing."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return " / ".join(lines[-_LAST_LINES:]) or f"it ended with {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
