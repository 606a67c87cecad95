"""A way out for machines without any: messages are counted, and it is said that none is heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from livecoder.outputs.midi.arrivals import Arrivals

__all__ = ["SilentPorts"]


class SilentPorts:
    """Implements `Backend`; ports open, and nothing comes out."""

    name = "none"
    ahead_ns = 40_000_000
    slack_ns = 20_000_000

    def __init__(self) -> None:
        self.lost = 0
        self.latencies: Mapping[str, float] = {}
        self.arrivals = Arrivals()
        self.newcomers: set[str] = set()

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:  # noqa: ARG002
        """See `Backend`."""
        self.lost += 1

    def cancel(self) -> None:
        """See `Backend`."""

    def open(self, names: Iterable[str]) -> None:
        """See `Backend`."""

    def listen(self, names: Iterable[str]) -> None:
        """See `Backend`; nothing comes in."""

    def maintain(self) -> None:
        """See `Backend`."""

    def ports(self) -> tuple[str, ...]:
        """See `Backend`."""
        return ()

    def close(self) -> None:
        """See `Backend`."""
