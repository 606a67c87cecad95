"""Which peers there are, what each is installed from, and how it is played.

Each is used through its public interface, as its own documentation shows, and runs unmodified: its
notes go where they would go, and the time is taken there.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PEERS", "Peer"]


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer.

    Attributes:
        package: as its registry calls it.
        pins: what is installed, by the oldest Python it is for, newest first; every dependency
            that takes part in its timing is pinned too.
        licence: of the peer.
        sink: where its notes are stamped.
    """

    package: str
    pins: tuple[tuple[tuple[int, int], tuple[str, ...]], ...]
    licence: str
    sink: str


PEERS: dict[str, Peer] = {
    "isobar": Peer(
        "isobar",
        (((3, 11), ("isobar==0.2.1", "mido==1.3.3", "python-rtmidi==1.5.8", "numpy==2.4.6")),),
        "MIT",
        "its MIDI output, in mido's port",
    ),
    "clockblocks": Peer(
        "clockblocks",
        (
            ((3, 12), ("clockblocks==1.3.0", "expenvelope==0.8.2")),
            ((3, 11), ("clockblocks==0.6.9.post1", "expenvelope==0.7.2.post2", "numpy==2.4.6")),
        ),
        "GPL-3.0",
        "the function each of its clocks calls",
    ),
    "sardine": Peer(
        "sardine-system",
        (((3, 11), ("sardine-system==0.4.0", "mido==1.3.3", "uvloop==0.23.0", "click==8.5.1")),),
        "GPL-3.0",
        "its MIDI output, in mido's port",
    ),
    "aalink": Peer(
        "aalink",
        (((3, 11), ("aalink==0.2.3",)),),
        "GPL-3.0",
        "the coroutine that awaits the beat",
    ),
}
