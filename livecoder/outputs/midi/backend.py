"""What a way to MIDI ports, out and in, must offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from livecoder.outputs.midi.arrivals import Arrivals

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
    def slack_ns(self) -> int:
        """How much less than `ahead_ns` will do."""

    @property
    def arrivals(self) -> Arrivals:
        """What came in on the ports that were asked for with `listen`."""

    @property
    def latencies(self) -> Mapping[str, float]:
        """How long a message takes from each open port to the ear, ms, where that is known."""

    @property
    def newcomers(self) -> set[str]:
        """Ports that somebody new listens to, who has not heard what was sent before; to empty."""

    @property
    def lost(self) -> int:
        """Messages that found no way out."""

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:
        """Hand over a message; deadlines never decrease. Never waits."""

    def cancel(self) -> None:
        """Forget the messages that are not out yet."""

    def open(self, names: Iterable[str]) -> None:
        """Have ports of these names soon; those that are open stay."""

    def listen(self, names: Iterable[str]) -> None:
        """Have inputs of exactly these names soon; an input of another name is closed.

        A name that no port bears opens one of our own, `livecoder:NAME in`, to be connected to.
        """

    def maintain(self) -> None:
        """Look after the ports: called a few times a second, may wait."""

    def ports(self) -> tuple[str, ...]:
        """Return the names of the ports that are open."""

    def close(self) -> None:
        """Let what was sent go out, then let the ports go."""
