"""A peer of an Ableton Link session, asked and told from any thread.

Conventions
-----------
Beats are Link's, floats, on its own timeline; what peers share is the tempo and the place in the
quantum. Times are `CLOCK_MONOTONIC` nanoseconds: a reading is taken between two of that clock.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, NamedTuple

from livecoder.core.errors import DeviceError

__all__ = ["LinkMoment", "LinkPeer"]

_STARTS_IN = 5.0
# A reading that took longer than the others was interrupted; the shortest of so many is taken.
_READINGS = 3


class LinkMoment(NamedTuple):
    """What Link says at one moment.

    Attributes:
        ns: when.
        beat: where it is.
        bpm: beats a minute.
        playing: whether the peers play, where they share that.
        peers: how many others there are.
    """

    ns: int
    beat: float
    bpm: float
    playing: bool
    peers: int


class LinkPeer:
    """One peer. Found by others on the network, and by those on this machine.

    Raises:
        DeviceError: the library is not there, or does not start.
    """

    def __init__(self, bpm: float, *, quantum: float, start_stop: bool) -> None:
        """Join, or begin, the session.

        Args:
            bpm: the tempo, if nobody is there to say another.
            quantum: beats that peers agree on the place in: those of a bar.
            start_stop: share whether the music plays.
        """
        self._link: Any = None
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._why = "it does not start"
        self._thread = threading.Thread(
            target=self._run, args=(bpm, quantum, start_stop), name="link", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(_STARTS_IN) or self._link is None:
            message = f"Ableton Link is not there ({self._why}); pip install aalink brings it"
            raise DeviceError(message)

    def read(self) -> LinkMoment:
        """Return where Link is now."""
        link, best, moment = self._link, 1 << 62, (0, 0.0)
        for _ in range(_READINGS):
            before = time.monotonic_ns()
            beat = float(link.beat)
            after = time.monotonic_ns()
            if after - before < best:
                best, moment = after - before, ((before + after) // 2, beat)
        return LinkMoment(*moment, float(link.tempo), bool(link.playing), int(link.num_peers))

    def set_tempo(self, bpm: float) -> None:
        """Change the tempo of the session, for every peer."""
        self._link.tempo = bpm

    def set_quantum(self, beats: float) -> None:
        """Agree on the place in another length of bar."""
        self._link.quantum = beats

    def set_playing(self, playing: bool) -> None:
        """Tell the peers that the music starts or stops."""
        self._link.playing = playing

    def force_beat(self, beat: float) -> None:
        """Let this moment be a beat, for every peer: only where there is none to mind."""
        self._link.force_beat(beat)

    def close(self) -> None:
        """Leave the session."""
        self._link.enabled = False
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(1.0)
        if not self._thread.is_alive():
            self._loop.close()

    def _run(self, bpm: float, quantum: float, start_stop: bool) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._join(bpm, quantum, start_stop))
        except Exception as error:  # whatever the library says, it is told to who asked
            self._why = str(error) or type(error).__name__
            self._ready.set()
            return
        self._ready.set()
        self._loop.run_forever()

    async def _join(self, bpm: float, quantum: float, start_stop: bool) -> None:
        from aalink import Link

        link = Link(bpm)
        link.quantum = quantum
        link.start_stop_sync_enabled = start_stop
        link.enabled = True
        self._link = link
