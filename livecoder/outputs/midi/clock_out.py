"""MIDI clock: 24 pulses a quarter on the beats' own deadlines, and where in the song they are.

Pure. Steps are 48ths of a beat of the session: on every second one is a pulse, and half a pulse
before it is what a receiver must know first. So a receiver has time to act on it, and a change of
tempo bends both. A port **joins** on a sixteenth, since song positions are told in sixteenths: with
Start at the beginning of the song, else with the position and Continue. It leaves with Stop where
time stands, and where the song goes elsewhere, to join again there.

Source: MIDI 1.0 Detailed Specification 4.2.1, System Real Time and Song Position Pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from livecoder.clock.place import START, Place
from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import Moment
from livecoder.core.rational import ZERO, Rational
from livecoder.outputs.midi.sounding import Timed

__all__ = ["ClockOut"]

CLOCK, BEGIN, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
_STEPS = 48
_SIXTEENTH = Rational(1, 4)
_LAST_POSITION = (1 << 14) - 1
# A step later than this is not made up for: the ports leave, and join where the music is.
_TOO_LATE_NS = 100_000_000
# A port that has just opened may not be connected yet.
_NEW_NS = 150_000_000


class ClockOut:
    """The clock on any number of ports.

    Attributes:
        wanted: names of the ports.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        """Send on no port yet; `say` tells the performer a line."""
        self.wanted: tuple[str, ...] = ()
        self._say = say
        self._joined: set[str] = set()
        self._opened: dict[str, int] = {}
        self._step: int | None = None
        self._place: Place | None = None
        self._coming: Place | None = None
        self._begin = ZERO
        # The ports that have joined know another place than where the music is.
        self._lost = False

    def want(self, names: Iterable[str], now_ns: int) -> list[Timed]:
        """Send on exactly these ports; return the Stops of those that are left."""
        self.wanted = tuple(dict.fromkeys(names))
        return self._leave(now_ns, self._joined - set(self.wanted))

    def lose_place(self) -> None:
        """Tell every port anew where the song is: what was on its way to it has been cancelled."""
        self._lost = True

    def see(self, moment: Moment) -> None:
        """Learn from which beat on time runs, and where the song is."""
        self._begin = moment.at
        place = moment.place
        if self._place is None:
            self._place = place
        if place == (self._coming or self._place):
            return
        if place.jumped:
            # The music is there already; what lies between is passed over.
            self._place, self._coming, self._lost = place, None, True
        else:
            self._coming = place

    def until(
        self, tempo_map: TempoMap, now_ns: int, until_ns: int, ports: Iterable[str]
    ) -> Iterator[Timed]:
        """Give the messages due before a time, in order.

        Args:
            tempo_map: as it stands.
            now_ns: the time.
            until_ns: how far.
            ports: those that are open.
        """
        for port in ports:
            self._opened.setdefault(port, now_ns)
        if not self.wanted:
            self._step = None
            return
        late = self._step is not None and tempo_map.ns_at(self._beat) < now_ns - _TOO_LATE_NS
        if late or self._lost:
            yield from self._leave(now_ns, self._joined)
            self._step, self._lost = None, False
        if self._step is None:
            self._step = -int(-max(tempo_map.beat_at(now_ns), self._begin) * _STEPS // 1)
            # The first is one that pulses can follow.
            self._step -= self._step % 2 == 0
        while (due := tempo_map.ns_at(self._beat)) < until_ns:
            if self._step % 2:
                yield from self._announce(due, now_ns)
            else:
                yield from (Timed(due, p, CLOCK) for p in self.wanted if p in self._joined)
            self._step += 1

    def next_ns(self, tempo_map: TempoMap) -> int | None:
        """Return when the next message may be due."""
        return tempo_map.ns_at(self._beat) if self.wanted and self._step is not None else None

    def stop(self, now_ns: int) -> list[Timed]:
        """Time stands: every port leaves."""
        self._step = None
        return self._leave(now_ns, self._joined)

    @property
    def _beat(self) -> Rational:
        return Rational(self._step or 0, _STEPS)

    def _announce(self, due: int, now_ns: int) -> Iterator[Timed]:
        """Give what receivers must know before the pulse to come."""
        beat = self._beat + Rational(1, _STEPS)
        place = self._place or START
        if (coming := self._coming) is not None and beat >= coming.beat:
            goes = coming.song_at(beat) != place.song_at(beat)
            self._place, self._coming = coming, None
            place = coming
            if goes:
                yield from self._leave(due, self._joined)
        song = place.song_at(beat)
        if beat < self._begin or song < 0 or song % _SIXTEENTH:
            return
        for port in self.wanted:
            opened = self._opened.get(port)
            if port not in self._joined and opened is not None and now_ns >= opened + _NEW_NS:
                self._joined.add(port)
                yield from (Timed(due, port, data) for data in self._join(int(song * 4)))

    def _join(self, position: int) -> Iterator[bytes]:
        if position == 0:
            yield BEGIN
            return
        # Some read a position only while they stand, and one may have been running all along.
        yield STOP
        if position <= _LAST_POSITION:
            yield bytes((0xF2, position & 0x7F, position >> 7))
        else:
            self._say("MIDI knows no song position beyond bar 1024; receivers of the clock go on")
        yield CONTINUE

    def _leave(self, now_ns: int, ports: Iterable[str]) -> list[Timed]:
        left = sorted(ports)
        self._joined -= set(left)
        return [Timed(now_ns, port, STOP) for port in left]
