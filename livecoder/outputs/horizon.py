"""What an output holds: queued windows of events, revoked and replaced, and looped when alone.

Pure: beats in, events out, no clock. Each track is a row of **windows**, disjoint and in order.
`played_to` splits them: what lies after it is queued and may be revoked or replaced; what lies
before it stays for a while, so that its last two bars can be played again.

When the front is gone, a track plays what it holds and then repeats its last two bars, in phase,
for ever: a **loop**. The first order of a new front for that track ends its loop at that order's
beat, by writing the loop out as a window up to there: so there is no gap and no doubled note. A
beat is answered for once: what comes for a beat that was played already is not played again.

An event may sound beside its place (`Event.shift`). It belongs to the window of its place, and is
taken when it sounds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from livecoder.core.events import Event, Revoke, Schedule
from livecoder.core.rational import ZERO, Rational

__all__ = ["Horizon", "Taken"]

# More windows than this, and those that nobody will loop any more are dropped.
_MANY = 48
# The generation of a loop that was written out: older than any a front sends.
_LOOPED = -1
# A place in the music this many beats behind is no change of tempo but a jump.
_JUMP = 2
# A count-in is before beat 0.
_BEFORE_ALL = Rational(-(10**6))


class Taken(NamedTuple):
    """An event whose time has come.

    Attributes:
        track: name of its track.
        event: `event.sounds` is the beat it is to sound on; in a loop, moved there.
    """

    track: str
    event: Event


class _Window(NamedTuple):
    begin: Rational
    end: Rational
    generation: int
    events: tuple[Event, ...]

    def cut(self, begin: Rational, end: Rational) -> _Window:
        """Return the piece of this window that lies in `[begin, end)`."""
        begin, end = max(begin, self.begin), min(end, self.end)
        events = tuple(event for event in self.events if begin <= event.beat < end)
        return _Window(begin, end, self.generation, events)


class _Loop:
    """Beats that are repeated for ever; `next` is the event to come."""

    def __init__(
        self, begin: Rational, length: Rational, events: tuple[Event, ...], start: Rational
    ) -> None:
        self.start = start
        self._begin, self._length = begin, length
        self._events = tuple(sorted((self._inside(event) for event in events), key=_sounds))
        self._lap, self._index = 0, 0
        self.next: Event | None = None
        self.seek(start)

    def seek(self, beat: Rational) -> None:
        """Go to the first event at or after a beat."""
        if self._events:
            self._lap = int((beat - self._begin) // self._length)
            place = beat - self._lap * self._length
            self._index = sum(event.sounds < place for event in self._events) - 1
            self.advance()

    def advance(self) -> None:
        """Go to the next event."""
        self._index += 1
        if self._index == len(self._events):
            self._index, self._lap = 0, self._lap + 1
        event = self._events[self._index]
        self.next = event._replace(beat=event.beat + self._lap * self._length)

    def written_out(self, end: Rational, played_to: Rational) -> _Window:
        """Return what the loop plays before `end` as a window; of long ago, only that it played."""
        events: list[Event] = []
        self.seek(max(self.start, played_to - self._length))
        while self.next is not None and self.next.sounds < end:
            events.append(self.next)
            self.advance()
        return _Window(self.start, end, _LOOPED, tuple(events))

    def _inside(self, event: Event) -> Event:
        """Return an event at the lap in which it sounds in `[begin, begin + length)`."""
        laps = (event.sounds - self._begin) // self._length
        return event._replace(beat=event.beat - laps * self._length) if laps else event


class _Track:
    """One track's windows."""

    def __init__(self) -> None:
        self.windows: list[_Window] = []
        self.queue: deque[Event] = deque()
        self.late: list[Event] = []
        self.loop: _Loop | None = None

    @property
    def end(self) -> Rational:
        """The beat up to which it is provided for."""
        return self.windows[-1].end if self.windows else ZERO

    @property
    def next_beat(self) -> Rational | None:
        """The beat of the event to come."""
        if self.late:
            return self.late[0].sounds
        if self.queue:
            return self.queue[0].sounds
        return None if self.loop is None or self.loop.next is None else self.loop.next.sounds

    def take(self, until: Rational) -> list[Event]:
        """Take out every event before a beat, earliest first."""
        taken, self.late = self.late, []
        while self.queue and self.queue[0].sounds < until:
            taken.append(self.queue.popleft())
        if (loop := self.loop) is not None:
            while loop.next is not None and loop.next.sounds < until:
                taken.append(loop.next)
                loop.advance()
        return taken

    def schedule(self, new: _Window, played_to: Rational) -> None:
        """Put a window in, where nothing newer is and nothing was played."""
        if self._follows(new, played_to):
            self.windows.append(new)
            self.queue.extend(sorted(new.events, key=_sounds))
            return
        if self.loop is not None:
            if new.end <= played_to:
                return  # the front has not caught up with the loop yet
            self.end_loop(max(new.begin, played_to), played_to)
        free = [(new.begin, new.end)]
        for held in self.windows:
            # What was played wins over everything, and newer over older.
            taken = held.end if held.generation > new.generation else min(played_to, held.end)
            if taken > held.begin and held.begin < new.end and taken > new.begin:
                free = [
                    span
                    for begin, end in free
                    for span in ((begin, min(end, held.begin)), (max(begin, taken), end))
                    if span[0] < span[1]
                ]
        for begin, end in free:
            piece = new.cut(begin, end)
            self._clear(begin, end)
            self.windows.append(piece)
            self.late.extend(event for event in piece.events if event.sounds < played_to)
        self.late.sort(key=_sounds)
        self.refill(played_to)

    def _follows(self, new: _Window, played_to: Rational) -> bool:
        """Whether a window comes after all that is held, as most do: then nothing else changes."""
        if self.loop is not None or not self.windows or new.begin < self.end:
            return False
        last = max(played_to, self.queue[-1].sounds) if self.queue else played_to
        return all(event.sounds >= last for event in new.events)

    def revoke(self, beat: Rational, played_to: Rational) -> None:
        """Forget what is at or after a beat and not played yet."""
        beat = max(beat, played_to)
        if self.loop is not None:
            self.end_loop(beat, played_to)
        self._clear(beat, max(beat, self.end))
        self.refill(played_to)

    def start_loop(self, length: Rational, played_to: Rational) -> None:
        """Repeat the last `length` beats once everything held is played."""
        if self.loop is None and self.windows and length > 0:
            end = self.end
            events = tuple(
                event
                for window in self.windows
                for event in window.events
                if end - length <= event.beat < end
            )
            self.loop = _Loop(end - length, length, events, max(end, played_to))

    def end_loop(self, beat: Rational, played_to: Rational) -> None:
        """Let the loop, if it has begun by then, go on to a beat and no further."""
        loop, self.loop = self.loop, None
        if loop is not None and beat > loop.start:
            # What it has played is written out too, as a loop to come may need it.
            self.windows.append(loop.written_out(beat, played_to))
            self.refill(played_to)

    def refill(self, played_to: Rational) -> None:
        """Queue what the windows have to come."""
        self.windows.sort()
        coming = [
            event for window in self.windows for event in window.events if event.sounds >= played_to
        ]
        coming.sort(key=_sounds)
        self.queue = deque(coming)

    def trim(self, before: Rational) -> None:
        """Forget windows that ended before a beat; the last one tells where the track is."""
        self.windows = [w for w in self.windows[:-1] if w.end >= before] + self.windows[-1:]

    def _clear(self, begin: Rational, end: Rational) -> None:
        """Leave nothing in `[begin, end)`."""
        if begin < end:
            self.windows = [
                piece
                for window in self.windows
                # Most lie beside it, and stay whole.
                for piece in (
                    (window,)
                    if window.end <= begin or end <= window.begin
                    else (window.cut(window.begin, begin), window.cut(end, window.end))
                )
                if piece.begin < piece.end
            ]


class Horizon:
    """Every track of an output."""

    def __init__(self, loop_beats: Callable[[Rational], Rational]) -> None:
        """Begin empty, at beat 0.

        Args:
            loop_beats: answers how many beats the two bars before a beat have.
        """
        self.played_to = ZERO
        # Beats before this are never played: the music has jumped over them.
        self._floor = _BEFORE_ALL
        self._loop_beats = loop_beats
        self._begun = False
        self._tracks: dict[str, _Track] = {}
        # What `next_beat` found, while nothing has changed since.
        self._next: Rational | None = None
        self._next_known = False

    def schedule(self, order: Schedule) -> None:
        """Queue a window, where nothing newer was queued and nothing played.

        Events before `played_to`, for beats that nothing was known about, are late: they come with
        the next `take`.
        """
        self._next_known = False
        window = _Window(*order[2:4], order.generation, tuple(sorted(order.events, key=_beat)))
        if window.begin < window.end:
            track = self._tracks.setdefault(order.track, _Track())
            if (begin := max(window.begin, self._floor)) < window.end:
                track.schedule(window.cut(begin, window.end), self.played_to)

    def revoke(self, order: Revoke) -> None:
        """Forget a track's queue, or end its loop, from a beat on."""
        self._next_known = False
        if (track := self._tracks.get(order.track)) is not None:
            track.revoke(order.beat, self.played_to)

    def skip_to(self, beat: Rational) -> None:
        """Go to a beat ahead; what lies before it and was not played never is."""
        if beat <= max(self._floor, self.played_to):
            return
        self._floor = self.played_to = beat
        self._next_known = False
        for track in self._tracks.values():
            track.late.clear()
            track.refill(beat)
            if track.loop is not None:
                track.loop.seek(max(beat, track.loop.start))

    def clear(self) -> None:
        """Forget everything, loops and the past too."""
        self._tracks.clear()
        self._next_known = False

    def next_beat(self) -> Rational | None:
        """Return the beat of the event to come, or None while there is none."""
        if not self._next_known:
            tracks = self._tracks.values()
            beats = [beat for track in tracks if (beat := track.next_beat) is not None]
            self._next, self._next_known = min(beats, default=None), True
        return self._next

    def take(self, until: Rational) -> list[Taken]:
        """Take every event before a beat that was not taken yet, earliest first."""
        # The first beat of all may be before 0: a count-in.
        if until < self.played_to - (_JUMP if self._begun else 0):
            self._jump(until)
        self._begun = True
        if (beat := self.next_beat()) is None or until <= beat:
            self.played_to = max(self.played_to, until)
            return []
        self._next_known = False
        taken: list[Taken] = []
        for name, track in self._tracks.items():
            taken.extend(Taken(name, event) for event in track.take(until))
            if len(track.windows) > _MANY:
                track.trim(self.played_to - self._loop_beats(self.played_to))
        self.played_to = max(self.played_to, until)
        if len(taken) > 1:
            taken.sort(key=_beat_of_taken)
        return taken

    def provided(self) -> dict[str, Rational]:
        """Return the beat up to which a front has provided, per track."""
        return {name: track.end for name, track in self._tracks.items()}

    def looping(self) -> frozenset[str]:
        """Return the tracks that loop, or will when what they hold is over."""
        return frozenset(name for name, track in self._tracks.items() if track.loop is not None)

    def start_loops(self, names: frozenset[str] | None = None) -> None:
        """Have tracks (all, if not named) repeat their last two bars when their queue is empty."""
        self._next_known = False
        for name, track in self._tracks.items():
            if names is None or name in names:
                track.start_loop(self._loop_beats(track.end), self.played_to)

    def end_loops(self, beat: Rational | None = None) -> None:
        """Let every loop end at a beat; now, if none is given."""
        self._next_known = False
        at = self.played_to if beat is None else max(beat, self.played_to)
        for track in self._tracks.values():
            track.end_loop(at, self.played_to)

    def _jump(self, beat: Rational) -> None:
        self.played_to = beat
        self._next_known = False
        for track in self._tracks.values():
            track.late.clear()
            track.refill(beat)
            if track.loop is not None:
                track.loop.seek(max(beat, track.loop.start))


def _beat(event: Event) -> Rational:
    return event.beat


def _sounds(event: Event) -> Rational:
    return event.sounds


def _beat_of_taken(taken: Taken) -> Rational:
    return taken.event.sounds
