"""A way out into a file: what was sent, as a Standard MIDI File, written when the process ends."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from livecoder.outputs.midi.arrivals import Arrivals

__all__ = ["FilePorts"]

# 120 beats a minute, so that a second has 1920 ticks.
_TICKS_PER_BEAT = 960
_TICKS_PER_SECOND = 2 * _TICKS_PER_BEAT


class FilePorts:
    """Implements `Backend`; each port becomes a track."""

    name = "file"
    ahead_ns = 40_000_000
    slack_ns = 20_000_000
    lost = 0

    def __init__(self, path: Path) -> None:
        self._path = path
        self.arrivals = Arrivals()
        self.newcomers: set[str] = set()
        self.latencies: Mapping[str, float] = {}
        self._sent: dict[str, list[tuple[int, bytes]]] = {}

    def send(self, deadline_ns: int, port: str, data: bytes) -> None:
        """See `Backend`."""
        self._sent.setdefault(port, []).append((deadline_ns, data))

    def cancel(self) -> None:
        """See `Backend`; what was sent counts as played."""

    def open(self, names: Iterable[str]) -> None:
        """See `Backend`."""

    def listen(self, names: Iterable[str]) -> None:
        """See `Backend`; nothing comes in."""

    def maintain(self) -> None:
        """See `Backend`."""

    def ports(self) -> tuple[str, ...]:
        """See `Backend`."""
        return tuple(self._sent)

    def close(self) -> None:
        """Write the file; the first message is at its beginning."""
        import mido

        file = mido.MidiFile(type=1, ticks_per_beat=_TICKS_PER_BEAT)
        begin = min((sent[0][0] for sent in self._sent.values()), default=0)
        for port, sent in sorted(self._sent.items()):
            track = file.add_track(port.encode("latin-1", "replace").decode("latin-1"))
            at = 0
            for deadline, data in sorted(sent, key=_deadline):
                tick = round((deadline - begin) * _TICKS_PER_SECOND / 1e9)
                track.append(mido.Message.from_bytes(data, time=tick - at))
                at = tick
        try:
            file.save(str(self._path))
        except OSError as error:
            sys.stderr.write(f"{self._path} cannot be written: {error.strerror}\n")


def _deadline(sent: tuple[int, bytes]) -> int:
    return sent[0]
