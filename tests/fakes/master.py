"""A master of a MIDI clock, as lists of messages with their times: steady, shaking, or spoilt."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from livecoder.core.rational import Rational

__all__ = ["Master"]

CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"


@dataclass
class Master:
    """Plays a song; what it sends is kept, and where it truly was.

    Attributes:
        ns: where its time has come to.
        jitter_ns: each message comes up to so much earlier or later.
        dropped: part of the pulses that do not come.
        doubled: part of the pulses that come twice.
        messages: `(nanoseconds, message)`, as they arrive.
        truth: `(song beat, nanoseconds)` of each pulse that was meant while the song ran.
    """

    ns: float = 0.0
    jitter_ns: float = 0.0
    dropped: float = 0.0
    doubled: float = 0.0
    seed: int = 0
    messages: list[tuple[int, bytes]] = field(default_factory=list)
    truth: list[tuple[Rational, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._position = 0
        self._runs = False
        self._last = 0

    @property
    def song(self) -> Rational:
        """The beat of the song that the next pulse is on."""
        return Rational(self._position, 24)

    def start(self) -> None:
        self._position, self._runs = 0, True
        self._send(START)

    def go_on(self) -> None:
        self._runs = True
        self._send(CONTINUE)

    def stop(self) -> None:
        self._runs = False
        self._send(STOP)

    def seek(self, sixteenths: int) -> None:
        self._position = 6 * sixteenths
        self._send(bytes((0xF2, sixteenths & 0x7F, sixteenths >> 7)))

    def wait(self, seconds: float) -> None:
        """Send nothing for a while, not even pulses."""
        self.ns += seconds * 1e9

    def vanish(self, beats: float, bpm: float) -> None:
        """Go on unheard."""
        pulses = round(beats * 24)
        self.ns += pulses * 60e9 / bpm / 24
        self._position += pulses

    def pulses(self, number: int, bpm: float, to: float | None = None) -> None:
        """Send pulses, at a tempo or evenly from it to another."""
        for index in range(number):
            if self._runs:
                self.truth.append((self.song, round(self.ns)))
                self._position += 1
            if self._random.random() >= self.dropped:
                self._send(CLOCK)
                if self._random.random() < self.doubled:
                    self._send(CLOCK, later=500_000)
            now = bpm if to is None else bpm + (to - bpm) * index / number
            self.ns += 60e9 / now / 24

    def beats(self, number: float, bpm: float, to: float | None = None) -> None:
        """Send the pulses of so many beats."""
        self.pulses(round(number * 24), bpm, to)

    def _send(self, data: bytes, *, later: int = 0) -> None:
        off = self._random.uniform(-self.jitter_ns, self.jitter_ns) + later
        # A cable keeps the order.
        self._last = max(round(self.ns + off), self._last)
        self.messages.append((self._last, data))
