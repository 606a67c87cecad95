"""Kernels work where nothing can be written: a read-only install, a full disk, no home.

A file where a folder should be stops root as well as anybody, which permissions do not.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import livecoder

USE = """
import warnings
warnings.simplefilter("error")
from livecoder.theory import kernels
{between}
from livecoder.theory.snap import snap, snap_curve, warm
warm()
assert snap([61.1], "c:major")[0] == 62.0
assert snap_curve([61.1], 100, "c:major", glide_ms=5)[0] == 62.0
print(kernels.__file__, kernels.snap_each.compiled.stats.cache_path)
"""


def use_a_copy(folder: Path, *, between: str = "", **environment: str) -> tuple[str, str]:
    """Snap in a fresh process, with an install that cannot be written; say from where it cached."""
    source = Path(livecoder.__file__).parent
    for name in ("core", "theory"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source / name, folder / "livecoder" / name, ignore=ignore)
        (folder / "livecoder" / name / "__pycache__").write_text("no folder")
    shutil.copy(source / "__init__.py", folder / "livecoder")
    (folder / ".cache").write_text("no folder")
    done = subprocess.run(
        [sys.executable, "-c", USE.format(between=between)],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    module, cache = done.stdout.split()
    assert module.startswith(str(folder))
    return module, cache


def test_nowhere_to_write(tmp_path: Path) -> None:
    _, cache = use_a_copy(tmp_path)
    assert cache == "None"
    assert not list(tmp_path.rglob("*.nbi"))


def test_numba_cache_dir_is_used_where_the_install_cannot_be_written(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    _, cache = use_a_copy(tmp_path / "site", NUMBA_CACHE_DIR=str(kept))
    assert cache.startswith(str(kept))
    assert len(list(kept.rglob("*.nbi"))) == 2


def test_the_cache_breaks_after_it_was_found_good(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    between = "import shutil, os; shutil.rmtree({0!r}); open({0!r}, 'w').close()"
    use_a_copy(tmp_path / "site", between=between.format(str(kept)), NUMBA_CACHE_DIR=str(kept))
    assert kept.is_file()
