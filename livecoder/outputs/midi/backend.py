"""What a way out to MIDI ports must offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

__all__ = ["Backend"]


class Backend(Protocol):
    """JACK, rtmidi, a file, or nothing.

    `send` and `cancel` are called from one thread, `open` from any, the others from that of
    `maintain`. Ports are known by the name the performer typed.
    """

    @property
    def name(self) -> str:
        """For the toolbar: `"jack"`."""

    @property
    def ahead_ns(self) -> int:
        """How long before its deadline a message is wanted."""

    @property
    def lost(self) -> int:
        """Messages that found no way out."""

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:
        """Hand over a message; deadlines never decrease. Never waits."""

    def cancel(self) -> None:
        """Forget the messages that are not out yet."""

    def open(self, names: Iterable[str]) -> None:
        """Have ports of these names soon; those that are open stay."""

    def maintain(self) -> None:
        """Look after the ports: called a few times a second, may wait."""

    def ports(self) -> tuple[str, ...]:
        """Return the names of the ports that are open."""

    def close(self) -> None:
        """Let what was sent go out, then let the ports go."""
