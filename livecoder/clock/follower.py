"""Following a MIDI clock: from pulses and their transport, a tempo map that others read.

Conventions
-----------
Pure: told the messages with their times, and now and then the time; it knows neither ports nor
clocks. Beats of the **session** only go forward, those of the **song** are the master's (see
`clock.place`).

What is heard never jumps but where the master locates. The loop (`clock.loop`) says where the
pulses truly are; the map is bent towards them, tempo higher or lower for some pulses, so a beat
that is queued moves by what it is off and no beat is passed over or met twice. A master that
vanishes leaves its tempo; when it is back, the pulse that is nearest is taken for the one that was
due, which is half a pulse away at most.

Source: MIDI 1.0 Detailed Specification 4.2.1, System Real Time and Song Position Pointer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum

from livecoder.clock.loop import PPQ, PulseLoop, bpm_of
from livecoder.clock.part import Slot
from livecoder.clock.place import Place, place_at
from livecoder.clock.tempo import FASTEST, SLOWEST
from livecoder.core.rational import ZERO, Rational

__all__ = ["Follower", "Lock"]

_CLOCK, _START, _CONTINUE, _STOP, _POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
_SIXTEENTHS = 4
_NS_PER_MINUTE = 60 * 10**9
# An error is made up for in so many pulses.
_PULSES = 6
# What the map's tempo may differ by from the clock's, to make up for an error.
_SLOWER, _FASTER = -0.5, 1.0
# With fewer pulses the period is a guess.
_SETTLED = 4
# Later than so many pulses, and the clock may have gone; it has after the other.
_OVERDUE, _GONE = 3, 8
_GONE_NS = 500_000_000
_GRACE_NS = 30_000_000
_CLOSE_NS = 2_000_000
# What lies nearer than this outputs have taken already; where we go to must lie beyond.
_TAKEN_NS = 80_000_000


class Lock(IntEnum):
    """How well the clock is known."""

    WAITING = 0
    """No pulse has come yet."""
    SETTLING = 1
    LOCKED = 2
    LOST = 3
    """It came, and comes no more; the music goes on at its last tempo."""
    STANDING = 4
    """The master has stopped."""


class Follower:
    """Leads time as one clock has it.

    Attributes:
        tempo_map: where beats lie in time.
        place: where the song is.
        at: the beat time stands on, or stood on last.
        playing: whether the master lets time run.
        lock: how well the clock is known.
        error_ns: how far the music is from the clock, positive when it is behind.
    """

    def __init__(self, front: Slot, name: str, say: Callable[[str], None]) -> None:
        """Go on as time goes without a master.

        Args:
            front: how the front has had time go until now.
            name: of the port, for messages.
            say: tells the performer a line.
        """
        self.tempo_map, self.place, self.at = front.tempo_map, front.place, front.at
        self.playing = True
        self._front_plays = front.playing
        self.lock = Lock.WAITING
        self.error_ns = 0.0
        self._loop = PulseLoop()
        self._name, self._say = name, say
        self._heard_ns = 0
        # The session's beat of pulse 0; None while it is not known which pulse is which.
        self._zero: Rational | None = None
        # Where the next pulse is to be, after a start or a locate; None goes on.
        self._next: Place | None = None
        self._starting = False
        # Where the music has come to, and the place then, while the master stands.
        self._reached, self._stood = self.at, self.place
        self._knows_song = False
        self._bent = self._fresh = False

    @property
    def bpm(self) -> float:
        """The clock's tempo; the map's while there is none."""
        return bpm_of(self._loop.period_ns) if self._loop.count >= 2 else self.tempo_map.bpm

    @property
    def pulses(self) -> tuple[int, int, int]:
        """Pulses so far, and of them those that seemed lost, and those that came twice."""
        return self._loop.index + 1, self._loop.lost, self._loop.doubled

    def slot(self, number: int) -> Slot:
        """Return what is to be written, as the follower of that number."""
        # Between a Start and its first pulse time still stands.
        playing = self.playing and not self._starting
        return Slot(self.tempo_map, playing, self.place, self.at, number)

    def adopt(self, front: Slot) -> None:
        """The front lets time run from where it stood: go on from there."""
        song = self._song()
        self._front_plays = True
        self.tempo_map, self.at, self._reached = front.tempo_map, front.at, front.at
        self._zero = None
        self._stood = self.place
        if not self._knows_song or song is None:
            return
        if self.playing:
            self._next = self._beyond(front.at, song)
        else:
            self._seek(song, self._heard_ns)

    def learn(self, front: Slot) -> None:
        """Take over the bars that the front has set, and whether it lets time run at all."""
        self.tempo_map = replace(self.tempo_map, meters=front.tempo_map.meters)
        self._front_plays = front.playing

    def message(self, ns: int, data: bytes) -> None:
        """Take in a message of the clock; any other is passed over."""
        match data[0]:
            case 0xF8:
                self._pulse(ns)
            case 0xFA:
                self._knows_song = True
                self._seek(ZERO, ns)
                self._go(ns)
            case 0xFB:
                self._go(ns)
            case 0xFC:
                self._stop(ns)
            case 0xF2:
                self._knows_song = True
                self._seek(Rational(data[1] | data[2] << 7, _SIXTEENTHS), ns)

    def turn(self, now_ns: int) -> None:
        """Bend the map to the clock, and see whether there still is one."""
        loop = self._loop
        if loop.count:
            self._look_for_it(now_ns)
        if not loop.count or not self.playing or self._starting:
            return
        if self._fresh and self._zero is not None and now_ns >= self.tempo_map.anchor_ns:
            self._fresh = False
            if loop.count >= _SETTLED:
                self._bend(now_ns, self._zero)
        if loop.locked and self.lock is not Lock.LOCKED and abs(self.error_ns) < _CLOSE_NS:
            again = "again " if self.lock is Lock.LOST else ""
            self.lock = Lock.LOCKED
            self._say(f'following the clock of "{self._name}" {again}at {self.bpm:.1f} bpm')

    # Messages

    def _pulse(self, ns: int) -> None:
        loop = self._loop
        if loop.count:
            self._look_for_it(ns)
        if not loop.pulse(ns):
            return
        self._heard_ns, self._fresh = ns, True
        if self.lock in (Lock.WAITING, Lock.STANDING) and self.playing:
            self.lock = Lock.SETTLING
        if self.playing and (self._starting or self._next is not None):
            self._begin(loop.index, loop.time_ns)
        elif self._zero is None and self.playing and loop.count >= _SETTLED:
            here = self.tempo_map.beat_at(round(loop.time_ns))
            nearest = Rational(int((here * PPQ + Rational(1, 2)) // 1), PPQ)
            self._zero = nearest - Rational(loop.index, PPQ)

    def _go(self, ns: int) -> None:
        """Start or continue: the next pulse is where the song stands."""
        if self.playing and self._knows_song and self._zero is not None:
            return  # it runs already; a `_next` says where the next pulse is
        if self._loop.count:
            self._look_for_it(ns, standing=True)
        self.playing, self._starting = True, True
        if self._loop.count >= _SETTLED:
            self._begin(self._loop.index + 1, self._loop.time_ns + self._loop.period_ns)

    def _begin(self, index: int, ns: float) -> None:
        """Let the beat where time stands, or is to be next, be that pulse."""
        if self._next is not None:
            self.place, self.at, self._next = self._next, self._next.beat, None
        self._zero = self.at - Rational(index, PPQ)
        self.tempo_map = self.tempo_map.with_tempo(self.bpm, self.at).with_anchor(
            self.at, round(ns)
        )
        self._starting = self._bent = False
        self._knows_song = True
        if self.lock in (Lock.WAITING, Lock.STANDING):
            self.lock = Lock.SETTLING

    def _stop(self, ns: int) -> None:
        """Stand where the next pulse would have been."""
        if not self.playing:
            return
        if self._next is not None:
            self.place, self.at, self._next = self._next, self._next.beat, None
        elif self._starting:
            pass  # it stands still
        elif self._zero is not None:
            self.at = self._zero + Rational(self._loop.index + 1, PPQ)
        else:
            self.at = max(self.at, self.tempo_map.beat_at(ns))
        self._reached, self._stood = self.at, self.place
        self.playing = self._starting = False
        self.lock = Lock.STANDING
        self._say(f'"{self._name}" has stopped; it goes on from there, or with sync.free()')

    def _seek(self, song: Rational, ns: int) -> None:
        """Go to a beat of the song: at once while time stands, else with the next pulse."""
        if self.playing and self._front_plays and not self._starting:
            here = self._reached_now(ns)
            if self.place.song_at(here) != song:
                self._next = self._beyond(here, song)
        elif self._stood.song_at(self._reached) == song:
            self.place, self.at = self._stood, self._reached
        else:
            self.place = self._beyond(self._reached, song)
            self.at = self.place.beat

    def _beyond(self, beat: Rational, song: Rational) -> Place:
        """Return where to go to for a beat of the song, from a beat of the session."""
        taken = Rational(round(_TAKEN_NS * self.tempo_map.bpm), _NS_PER_MINUTE)
        return place_at(song, self.tempo_map, beat + taken)._replace(jumped=True)

    def _reached_now(self, ns: int) -> Rational:
        """Return the beat of the next pulse, or where pulses are unknown, of that time."""
        if self._zero is None:
            return max(self.at, self.tempo_map.beat_at(ns))
        return self._zero + Rational(self._loop.index + 1, PPQ)

    def _song(self) -> Rational | None:
        """Return where the song is at the next pulse; None when that is not known."""
        if not self.playing:
            return self.place.song_at(self.at)
        return None if self._zero is None else self.place.song_at(self._reached_now(self._heard_ns))

    # Time

    def _look_for_it(self, now_ns: int, *, standing: bool = False) -> None:
        """See whether pulses are overdue: first go on evenly, then give the clock up for lost."""
        period = self._loop.period_ns
        since = now_ns - self._heard_ns
        if since > _OVERDUE * period + _GRACE_NS and self._bent:
            self._flatten(now_ns)
        stands = standing or not self.playing
        if since > max(_GONE * period, 0 if stands else _GONE_NS):
            self._loop.begin_again()
            self._zero, self._fresh = None, False
            if self.playing and not standing:
                self.lock = Lock.LOST
                self._say(
                    f'the clock of "{self._name}" comes no more; going on at '
                    f"{self.tempo_map.bpm:.1f} bpm, and with it when it is back"
                )

    def _flatten(self, now_ns: int) -> None:
        beat = self.tempo_map.beat_at(now_ns)
        self.tempo_map = self.tempo_map.with_tempo(self.bpm, beat)
        self._bent = False

    def _bend(self, now_ns: int, zero: Rational) -> None:
        """Have the map meet the clock some pulses from now."""
        loop = self._loop
        since = (now_ns - loop.time_ns) / loop.period_ns
        here = self.tempo_map.beat_at(now_ns)
        # Pulses the music is behind.
        behind = float((zero - here) * PPQ + loop.index) + since
        self.error_ns = behind * loop.period_ns
        pull = min(max(behind / _PULSES, _SLOWER), _FASTER)
        bpm = min(max(self.bpm * (1 + pull), SLOWEST), FASTEST)
        self.tempo_map = self.tempo_map.with_tempo(bpm, here)
        self._bent = True
