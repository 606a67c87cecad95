"""Time shared with others, as a performer says it: `sync.midi_clock_out("port")` and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from livecoder.clock.follower import Lock
from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.core.events import Configure, Mix, Report
from livecoder.core.protocols import Output

__all__ = ["Leads", "Links", "Sync", "sync_text"]

_LONGEST_NAME = 200
# A tempo of the master's that differs less is not worth a line in the journal.
_SAME = 0.005
_WORDS = {
    Lock.WAITING: "waiting",
    Lock.SETTLING: "locking",
    Lock.LOCKED: "locked",
    Lock.LOST: "lost",
    Lock.STANDING: "stopped",
}


class Leads(Protocol):
    """Who may lead time: the scheduler."""

    def follow(self) -> int:
        """Let a follower lead time; return the number it is to bear."""

    def free(self) -> None:
        """Lead time again."""

    def look(self) -> None:
        """See at once what the follower says."""


class Links(Protocol):
    """What shares time with Ableton Link."""

    def turn(self, on: bool, *, start_stop: bool) -> None:
        """Join or leave."""

    def text(self) -> str:
        """Return what the toolbar shows."""


class Sync:
    """`sync`: MIDI clock out, and following somebody else's.

    Attributes:
        following: name of the port that is followed; empty for none.
        alone: follow nobody, as in a replay, which has its own time.
        links: shares time with Ableton Link; None where it is not shared.
        bpm: the clock's tempo, once it was locked; 0.0 while it was not.
        adrift: whether the clock that is followed is not locked.
    """

    def __init__(
        self,
        leads: Leads | None = None,
        midi: Output | None = None,
        audio: Output | None = None,
        *,
        keep: Callable[[str], object] = lambda _source: None,
    ) -> None:
        """Share with nobody yet.

        Args:
            leads: who leads time; None in a render, where every word is checked and does nothing.
            midi: the process that has the ports.
            audio: is told the tempo, for its echo.
            keep: keeps a line for the journal, of what somebody else did to the music.
        """
        self.following = ""
        self.alone = False
        self.links: Links | None = None
        self.bpm = 0.0
        self.adrift = False
        self._leads, self._midi, self._audio, self._keep = leads, midi, audio, keep
        self._out: tuple[str, ...] = ()
        self._kept = 0.0

    def midi_clock_out(self, port: str) -> None:
        """Send the clock to a MIDI port: 24 pulses a quarter, start, stop, song position."""
        name = _checked(port, "midi_clock_out")
        self._out = (*(held for held in self._out if held != name), name)
        self._configure({"clock_out": self._out})

    def midi_clock_off(self, port: str | None = None) -> None:
        """Send the clock to a port no more; without a name, to none."""
        if port is not None and port not in self._out:
            listing = "sync"
            raise UnknownNameError("port with a clock", str(port), self._out, listing=listing)
        self._out = tuple(held for held in self._out if port not in (None, held))
        self._configure({"clock_out": self._out})

    def follow(self, port: str) -> None:
        """Follow the clock of a MIDI port: its tempo, its phase, and where its song is.

        A name that no port bears opens one, `livecoder:NAME in`, for the master to be connected to.
        A replay keeps its own time: it follows nobody.
        """
        name = _checked(port, "follow")
        if self._leads is None or self.alone:
            return
        if self.links is not None:
            self.links.turn(False, start_stop=False)
        self.following = name
        self._configure({"follow": (name, self._leads.follow())})

    def link(self, on: bool = True, *, start_stop: bool = False) -> None:
        """Share tempo and place in the bar with Ableton Link; `sync.link(False)` leaves it.

        A change of tempo, yours or a peer's, is one for all. A replay keeps its own time.

        Args:
            on: whether to take part.
            start_stop: share starting and stopping too.
        """
        if self.links is not None and not self.alone:
            self.links.turn(bool(on), start_stop=bool(start_stop))

    def free(self) -> None:
        """Follow nobody: the tempo is yours again, and the music goes on as it goes."""
        if self._leads is not None and self.following:
            self.following, self.adrift, self.bpm, self._kept = "", False, 0.0, 0.0
            self._leads.free()
            self._configure({"follow": None})

    def heard(self, report: Report) -> None:
        """Take in what the MIDI process reports: a new place, a new tempo."""
        if not self.following or self._leads is None:
            return
        self._leads.look()
        lock, bpm = report.figures.get("lock"), report.figures.get("clock_bpm", 0.0)
        self.adrift = lock != Lock.LOCKED
        if self.adrift:
            return
        self.bpm = bpm
        if abs(bpm - self._kept) > _SAME * bpm:
            self._kept = bpm
            self._keep(f"tempo({bpm:.4g})")
            if self._audio is not None:
                self._audio.send(Mix("", {"bpm": bpm}))

    def _configure(self, settings: dict[str, Any]) -> None:
        if self._midi is not None:
            self._midi.send(Configure(settings))

    def __repr__(self) -> str:
        out = ", ".join(self._out) or "no port"
        master = f'follows "{self.following}"' if self.following else "follows nobody"
        linked = "" if self.links is None else self.links.text()
        return f"sync: MIDI clock to {out}; {master}" + (linked and f"; {linked}")


def sync_text(name: str, report: Report | None) -> str:
    """Return what the toolbar shows of the clock that is followed.

    >>> figures = {"lock": 2.0, "clock_bpm": 120.04, "phase_ms": -0.21}
    >>> sync_text("Live", Report("midi", figures))
    'Live locked 120.0 -0.2 ms'
    """
    figures = {} if report is None else report.figures
    lock = Lock(int(figures.get("lock", 0)))
    if lock is Lock.WAITING or not name:
        return f"{name} waiting" if name else ""
    text = f"{name} {_WORDS[lock]} {figures['clock_bpm']:.1f}"
    return f"{text} {figures['phase_ms']:+.1f} ms" if lock is Lock.LOCKED else text


def _checked(port: Any, word: str) -> str:
    if not isinstance(port, str) or not port.strip() or len(port) > _LONGEST_NAME:
        raise RangeError("port", port, "a name", fix=f'try sync.{word}("Ableton")')
    return port.strip()
