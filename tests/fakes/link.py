"""A peer of Ableton Link that knows no network, and breaks when it is told to."""

from __future__ import annotations

import time

from livecoder.inputs.link import LinkMoment

__all__ = ["BreakingPeer"]


class BreakingPeer:
    """Has the methods of `livecoder.inputs.link.LinkPeer`, and one other peer beside it.

    Attributes:
        bpm: tempo of the session.
        broken: what each of its methods raises, if anything.
        reads: how often it was asked where Link is.
        closed: whether it has left.
    """

    def __init__(self, bpm: float, *, quantum: float, start_stop: bool) -> None:
        self.bpm, self.quantum, self.start_stop = bpm, quantum, start_stop
        self.broken: Exception | None = None
        self.reads = 0
        self.closed = False
        self._playing = False

    def read(self) -> LinkMoment:
        self.reads += 1
        self._break()
        ns = time.monotonic_ns()
        return LinkMoment(ns, ns * self.bpm / 60e9, self.bpm, self._playing, 1)

    def set_tempo(self, bpm: float) -> None:
        self._break()
        self.bpm = bpm

    def set_quantum(self, beats: float) -> None:
        self._break()
        self.quantum = beats

    def set_playing(self, playing: bool) -> None:
        self._break()
        self._playing = playing

    def force_beat(self, beat: float) -> None:
        self._break()

    def close(self) -> None:
        self.closed = True
        self._break()

    def _break(self) -> None:
        if self.broken is not None:
            raise self.broken
