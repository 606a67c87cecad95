"""Give Magenta an environment of its own: `python benchmarks/oracle/install.py build/engine`.

Magenta 2.1.4 asks for TensorFlow 2.9 and numpy of 2021, which no Python of today has; it runs with
those of `requirements.txt` on Python 3.11, installed as they stand. About 1.5 GB.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["install"]

_LIST = Path(__file__).with_name("requirements.txt")


def install(folder: Path) -> None:
    """Make the environment, unless it is there; raises `CalledProcessError` if it cannot be."""
    done = folder / "installed"
    if done.exists() and done.read_text() == _LIST.read_text():
        return
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "pip<25", "setuptools<75", "wheel"], check=True)
    subprocess.run([*pip, "--no-deps", "-r", _LIST], check=True)
    done.write_text(_LIST.read_text())


if __name__ == "__main__":
    install(Path(sys.argv[1]).absolute())
