"""Where a running session keeps what its processes share: sockets, the timeline, a key.

One directory a session, readable by its owner alone. It outlives the front on purpose: a front
that dies leaves the outputs playing, and the next one finds them here.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

from livecoder.core.errors import DeviceError

__all__ = ["alive", "create", "end_outputs", "orphans", "remove", "runtime_root", "state_root"]


def runtime_root() -> Path:
    """Return the folder that holds every session's directory on this machine for this user."""
    user = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    for folder in (os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm", tempfile.gettempdir()):  # noqa: S108
        # A socket's path must stay under about 100 characters; a long folder is passed over.
        if folder and len(folder) < 50 and os.access(folder, os.W_OK):
            return Path(folder) / f"livecoder-{user}"
    message = "no folder for temporary files is writable; set XDG_RUNTIME_DIR to one that is"
    raise DeviceError(message)


def state_root() -> Path:
    """Return the folder for what outlives a session: journals and the prompt's history."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "livecoder"


def create(name: str) -> Path:
    """Make the directory of a new session, with the key its processes prove themselves by.

    Raises:
        DeviceError: it cannot be made, or belongs to somebody else.
    """
    root = runtime_root()
    try:
        root.mkdir(mode=0o700, exist_ok=True)
        if root.is_symlink() or (hasattr(os, "getuid") and root.stat().st_uid != os.getuid()):
            message = f"{root} belongs to somebody else; set XDG_RUNTIME_DIR to a folder of yours"
            raise DeviceError(message)
        folder = root / name
        folder.mkdir(mode=0o700)
        key = folder / "key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(32))
    except OSError as error:
        message = f"cannot make {root / name} ({error.strerror}); set XDG_RUNTIME_DIR"
        raise DeviceError(message) from error
    return folder


def remove(folder: Path) -> None:
    """Forget a session that ended well."""
    shutil.rmtree(folder, ignore_errors=True)


def alive(pid: int) -> bool:
    """Whether a process of that number runs; one that is dead but not buried does not."""
    with contextlib.suppress(OSError, IndexError):
        # Linux: the state stands after the name, which may hold anything but ends the brackets.
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def orphans(front: int | None = None) -> list[Path]:
    """Return the directories of sessions whose front is dead, newest first.

    A session whose outputs are gone as well has nothing to take over: its directory is removed.

    Args:
        front: only the session of this front, by the number of its process.
    """
    root = runtime_root()
    found: list[tuple[float, Path]] = []
    for folder in root.iterdir() if root.is_dir() else ():
        with contextlib.suppress(OSError, ValueError):
            led = int((folder / "front.pid").read_text())
            if alive(led) or front not in (None, led):
                continue
            pids = [int(p.read_text()) for p in folder.glob("*.pid") if p.name != "front.pid"]
            if any(alive(pid) for pid in pids):
                found.append((folder.stat().st_mtime, folder))
            else:
                remove(folder)
    return [folder for _, folder in sorted(found, reverse=True)]


def end_outputs(folder: Path, *, seconds: float = 3.0) -> None:
    """End the outputs of a session whose front is dead: sounding notes first, then they exit."""
    pids: list[int] = []
    for file in folder.glob("*.pid"):
        with contextlib.suppress(OSError, ValueError):
            pid = int(file.read_text())
            if file.name != "front.pid":
                os.kill(pid, signal.SIGTERM)
                pids.append(pid)
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    remove(folder)
