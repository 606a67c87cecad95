"""What crosses from the front to an output process: events in beats, and orders about them.

Conventions
-----------
Beats are `Rational`s counted from the start of the session. An output turns beats into its own
deadlines at dispatch, through the shared timeline, so that a tempo change bends what is already
queued. Every message is a frozen tuple of plain values: it is sent over a local socket, whose
other end is one of livecoder's own processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from livecoder.core.rational import ZERO, Rational

__all__ = [
    "LONGEST_NOTE",
    "Configure",
    "Event",
    "Incoming",
    "Mix",
    "Note",
    "Order",
    "Panic",
    "Quit",
    "Report",
    "Revoke",
    "Schedule",
    "Welcome",
]

LONGEST_NOTE = Rational(4096)
"""Beats: no output holds a note for longer."""


class Note(NamedTuple):
    """One note of a bar that a network composed.

    Attributes:
        onset: beats from the start of the bar, in `[0, beats per bar)`.
        duration: beats, more than 0.
        pitch: MIDI note number; 60 is middle C.
        velocity: loudness, 0.0 (silent) to 1.0 (full).
    """

    onset: Rational
    duration: Rational
    pitch: float
    velocity: float = 0.8


class Event(NamedTuple):
    """One sound or MIDI note to come.

    Attributes:
        beat: onset, beats from the start of the session.
        duration: beats, more than 0.
        controls: what to play. `note` is a MIDI number (float), `gain` `pan` `velocity` `cutoff`
            and so on are numbers, `s` names a sound, `midiport` and `midichan` a MIDI port, `osc`
            a place OSC goes to.
        shift: beats it sounds after its beat, before if negative: swing, groove, nudge. Windows,
            edits and loops go by `beat`, its place in the pattern; only what is heard moves.
    """

    beat: Rational
    duration: Rational
    controls: Mapping[str, Any]
    shift: Rational = ZERO

    @property
    def sounds(self) -> Rational:
        """The beat it is heard on."""
        return self.beat + self.shift if self.shift else self.beat


class Schedule(NamedTuple):
    """All events of one track whose onset lies in `[begin, end)` beats; windows are consecutive.

    Attributes:
        track: name of the track, `"d1"`.
        generation: counts the edits of the track; a later one replaces what it revoked.
        begin: first beat of the window.
        end: beat the window stops before.
        events: earliest first.
    """

    track: str
    generation: int
    begin: Rational
    end: Rational
    events: tuple[Event, ...]


class Revoke(NamedTuple):
    """Forget every queued event of a track at or after a beat; what sounds goes on to its end."""

    track: str
    beat: Rational


class Mix(NamedTuple):
    """Set a track's strip of the mixer, now: controls of `Mixer`, by name.

    Attributes:
        track: name of the track.
        settings: `gain` (0 to 2, linear), `pan` (0 left, 0.5 centre, 1 right), `lpf` (Hz),
            `delay` and `room` (send levels, 0 to 1), `mute` (bool); only those that change.
    """

    track: str
    settings: Mapping[str, float]


class Configure(NamedTuple):
    """Change something of the output itself: recorder, ports, latency. Keys differ per output."""

    settings: Mapping[str, Any]


class Panic(NamedTuple):
    """Silence everything at once and forget what is queued."""


class Quit(NamedTuple):
    """End sounding notes, close devices, exit."""


class Welcome(NamedTuple):
    """An output's first word to a front that connects.

    Attributes:
        name: `"midi"` or `"audio"`.
        pid: its process.
        backend: `"jack"`, `"rtmidi"`, `"portaudio"`, `"paced"`.
        horizon: beat up to which it holds events, per track.
        orphaned: whether it has been looping by itself because the last front died.
    """

    name: str
    pid: int
    backend: str
    horizon: Mapping[str, Rational]
    orphaned: bool


class Report(NamedTuple):
    """News from an output, for the toolbar: a few times a second, and at once when one breaks.

    Attributes:
        name: `"midi"` or `"audio"`.
        figures: numbers: `load` (0..1), `late` (events played late), `sent`, `voices`.
        messages: lines for the performer, e.g. `port "synth" has gone; waiting for it`.
        ports: names in use.
    """

    name: str
    figures: Mapping[str, float]
    messages: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()


class Incoming(NamedTuple):
    """MIDI that came in on one port, for the front: all but what only keeps time.

    Attributes:
        port: name of the port, as the performer typed it.
        messages: `(when, message)`, earliest first: `CLOCK_MONOTONIC` nanoseconds, whole messages.
    """

    port: str
    messages: tuple[tuple[int, bytes], ...]


Order = Schedule | Revoke | Mix | Configure | Panic | Quit
