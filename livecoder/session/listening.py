"""Listening to a keyboard for phrases that networks answer, on bar lines.

The rule
--------
A phrase is what is played with no bar of silence inside, up to eight bars of it. It is over when
no key has been down for a sixteenth of a bar. Its answer belongs to the bar after the one the
phrase ends in, and takes as many bars as the phrase took. Who holds the last note up to the bar
line, or a sixteenth over it, is answered a few sixteenths into that bar, as soon as it is certain
that the phrase is over: so an answer is always heard within a bar of the phrase's end. It stops
when a key is struck again.

What was decided is kept with what was played, so a replay and a render decide the same.
"""

from __future__ import annotations

from livecoder.core.events import Note
from livecoder.core.rational import Rational, floor
from livecoder.inputs.naming import EVERY
from livecoder.inputs.strokes import Hand, Stroke
from livecoder.inputs.traces import TICKS
from livecoder.session.midi_in import MidiIn
from livecoder.studio.calls import Call

__all__ = ["Listening"]

# A phrase that is longer has its last bars answered.
_LONGEST = 8
# Of a bar: places an answer may be joined at, and how long no key is down at the end of a phrase.
_GRID = 16
_PAUSE = Rational(1, _GRID)
# A key that is struck so little before a bar line belongs to the bar it opens.
_EARLY = Rational(1, 32)
# How far into its bar an answer may begin.
_JOINED = _GRID // 2
# How long before an answer is heard it must be certain that the phrase is over, to have a bar of it
# composed: by a quick network, and by a slow one. A window is asked for 140 ms ahead.
_LEAD_MS = {False: 260.0, True: 600.0}
# What a message from a keyboard may take to get here.
_LINE_MS = 40.0
# Leads are kept as so many parts of a bar.
_PARTS = 64


class Listening:
    """What `listen("keyboard")` gives: whom a network may answer.

    Attributes:
        port: the input.
    """

    def __init__(self, desk: MidiIn, port: str) -> None:
        """Listen to an input that is open.

        Args:
            desk: what comes in.
            port: the input's name.
        """
        self.port = port
        self._desk = desk
        self._looked: dict[tuple[int, bool], int] = {}

    def __repr__(self) -> str:
        return "listen()" if self.port == EVERY else f"listen({self.port!r})"

    @property
    def hand(self) -> Hand:
        """What was played."""
        return self._desk.hand(self.port)

    def call(self, bar: int, until: Rational, *, slow: bool) -> Call | None:
        """See `studio.calls.Calls.call`."""
        end = self._desk.come_to(until)
        ahead = floor(until - end)
        here = bar - ahead
        for back in range(_LONGEST):
            begins = self._decided(here - back, min(end, Rational(here - back + 1)), slow=slow)
            if begins is not None:
                at, known = begins[0], begins[0] - begins[1]
                phrase = self._phrase(here - back, known, slow=slow)
                made = self._made(phrase, here - back, at, known, ahead)
                return made if made.ends > bar else None
        return None

    def guess(self, bar: int, *, slow: bool) -> Call | None:
        """See `studio.calls.Calls.guess`."""
        desk = self._desk
        if desk.alone or not desk.live:
            return None  # what is known already is asked for soon enough
        now = desk.cycle_now()
        ahead = desk.song_is_ahead(now)
        known = now - desk.cycles_of_ms(_LINE_MS)
        here = bar - ahead
        if here < known - 1 or self._begun(here, slow=slow):
            return None
        phrase = self._phrase(here, known, slow=slow)
        if not _over(phrase, here, known):
            return None
        certain = max(_end(stroke, known) for stroke in phrase) + _PAUSE + self._lead(slow)
        begins = max(Rational(here), Rational(-floor(-certain * _GRID), _GRID))
        if begins > here + Rational(_JOINED, _GRID):
            return None
        return self._made(phrase, here, begins, known, ahead)

    # Deciding

    def _decided(
        self, bar: int, until: Rational, *, slow: bool
    ) -> tuple[Rational, Rational] | None:
        """Return where the answer of a bar of the session begins, and by how much it was known.

        Args:
            bar: of the session.
            until: places from here on are not decided yet.
            slow: whether the network is.
        """
        trace = self._desk.trace(self._name(slow))
        desk = self._desk
        deciding = desk.live and not desk.alone and desk.asked
        for step in range(_JOINED + 1):
            at = Rational(bar) + Rational(step, _GRID)
            if at >= until:
                return None
            if deciding and step >= self._looked.get((bar, slow), 0):
                self._decide(bar, step, slow=slow)
            parts = trace.at(at * TICKS)
            if parts:
                return at, Rational(round(parts), _PARTS)
        return None

    def _decide(self, bar: int, step: int, *, slow: bool) -> None:
        desk, name = self._desk, self._name(slow)
        self._looked[bar, slow] = step + 1
        for old in [key for key in self._looked if key[0] < bar - 2 * _LONGEST]:
            del self._looked[old]
        at = Rational(bar) + Rational(step, _GRID)
        lead = self._lead(slow)
        known = at - lead
        if _over(self._phrase(bar, known, slow=slow), bar, known):
            tick = floor(at * TICKS)
            desk.remember(name, tick, float(lead * _PARTS))
            desk.remember(name, tick + 1, 0.0)

    def _begun(self, bar: int, *, slow: bool) -> tuple[Rational, Rational] | None:
        """Return where it was decided that the answer of a bar begins, and how long before."""
        trace = self._desk.trace(self._name(slow))
        for step in range(_JOINED + 1):
            at = Rational(bar) + Rational(step, _GRID)
            if parts := trace.at(at * TICKS):
                return at, Rational(round(parts), _PARTS)
        return None

    def _phrase(self, bar: int, known: Rational, *, slow: bool) -> list[Stroke]:
        """Return the strokes of the last phrase that began before a time, earliest first.

        Args:
            bar: that is to answer it; what a bar before it answers is no part of it.
            known: the time.
            slow: whether the network is.
        """
        begun = (self._begun(bar - back, slow=slow) for back in range(1, 2 * _LONGEST))
        after = max((at - lead for at, lead in filter(None, begun)), default=known - 2 * _LONGEST)
        recent = [
            stroke
            for stroke in self.hand.sounding(known - 2 * _LONGEST, known + 2)
            if after <= stroke.onset < known
        ]
        recent.sort(key=lambda stroke: stroke.onset)
        begin = 0
        until = Rational(-(2**31))
        for place, stroke in enumerate(recent):
            if stroke.onset - until >= 1:
                begin = place
            until = max(until, _end(stroke, known))
        return recent[begin:]

    def _made(
        self, phrase: list[Stroke], bar: int, begins: Rational, known: Rational, ahead: int
    ) -> Call:
        """Return the call that a bar of the session answers."""
        first = floor(phrase[0].onset + _EARLY) if phrase else bar
        first = min(max(first, bar - _LONGEST), bar - 1)
        bars = bar - first
        notes = tuple(
            sorted(
                Note(
                    max(stroke.onset - first, Rational(0)),
                    _end(stroke, known) - stroke.onset,
                    float(stroke.key),
                    stroke.velocity,
                )
                for stroke in phrase
                if stroke.onset >= first - _EARLY
            )
        )
        again = (s.sounds for s in self.hand.sounding(known, begins + bars) if s.onset >= known)
        ends = min(next(again, begins + bars), Rational(bar + bars))
        return Call(
            bar + ahead, (notes, Rational(bars)), begins + ahead, ends + ahead, Rational(bar)
        )

    def _lead(self, slow: bool) -> Rational:
        """Return how long before an answer is heard it is decided, in whole parts."""
        parts = -floor(-self._desk.cycles_of_ms(_LEAD_MS[slow]) * _PARTS)
        return Rational(min(_PARTS, parts), _PARTS)

    def _name(self, slow: bool) -> str:
        return f"answers to {self.port}" + (", slowly" if slow else "")


def _over(phrase: list[Stroke], bar: int, known: Rational) -> bool:
    """Whether a phrase has ended, as far as is known at a time, where a bar is to answer it."""
    if not phrase:
        return False
    last = max(_end(stroke, known) for stroke in phrase)
    return bar - 1 < last <= min(known - _PAUSE, bar + _PAUSE)


def _end(stroke: Stroke, known: Rational) -> Rational:
    """Return when a key was let go, as far as is known at a time: one that is down, later."""
    return known + 1 if stroke.length is None else stroke.onset + stroke.length
