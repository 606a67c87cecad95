"""What `doctor` says of priority: whether outputs get what they ask for, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["LIMITS", "granted_to", "mend"]

LIMITS = (Path("/etc/security/limits.conf"), Path("/etc/security/limits.d"))
_GRANT = re.compile(r"^\s*@(\S+)\s+(?:-|hard|soft)\s+rtprio\s+(\d+|unlimited)", re.MULTILINE)
_OURS = "/etc/security/limits.d/95-livecoder.conf"
_LINES = r"@audio - rtprio 95\n@audio - nice -11\n"
_LATER = "then log in again"


def granted_to(places: Iterable[Path] = LIMITS) -> tuple[str, ...]:
    """Return the groups that may have real-time priority, as the system's limits are written.

    Args:
        places: files, and folders of `*.conf`, in the order they are read.
    """
    found: dict[str, None] = {}
    for place in places:
        for path in sorted(place.glob("*.conf")) if place.is_dir() else [place]:
            try:
                text = path.read_text(errors="replace")
            except OSError:
                continue
            found.update(dict.fromkeys(group for group, _ in _GRANT.findall(text)))
    return tuple(found)


def mend(answer: Mapping[str, Any], *, root: bool, groups: tuple[str, ...]) -> str:
    """Return the one thing to type that gives outputs their priority.

    >>> mend({"system": "linux"}, root=False, groups=("audio",))
    'type: sudo usermod -aG audio $USER, then log in again'

    Args:
        answer: of `survey("priority")`.
        root: whether this is the superuser, whom only a container refuses.
        groups: that are granted real-time priority.
    """
    if answer.get("system") != "linux":
        return "nothing needs to be typed: close what else computes while you play"
    if root:
        return "start the container with: --cap-add=sys_nice --ulimit rtprio=95"
    if groups:
        return f"type: sudo usermod -aG {groups[0]} $USER, {_LATER}"
    grant = f"printf '{_LINES}' | sudo tee {_OURS}"
    return f"type: {grant} && sudo usermod -aG audio $USER, {_LATER}"
