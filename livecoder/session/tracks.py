"""Tracks as the performer holds them: `d1 >> pattern`, and the handles on each.

A `Track` is only a name and a way to the stage; what it plays is a frozen `TrackState` there, so
that undo is putting an older value back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from livecoder.core.errors import RangeError
from livecoder.patterns import harmony
from livecoder.session.feel import PLAIN, Feel
from livecoder.session.looking import live_picture, still_picture

if TYPE_CHECKING:
    from livecoder.core.rational import RationalLike
    from livecoder.patterns.drawing.picture import LivePicture, Picture
    from livecoder.patterns.pattern import Pattern
    from livecoder.session.looking import Look
    from livecoder.theory.keyfinding import KeyFound

__all__ = ["Handles", "Track", "TrackState"]

_MOST_LAST = 64
_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TrackState:
    """What a track is set to.

    Attributes:
        pattern: what it plays; None for nothing.
        muted: silent, but remembers its pattern.
        soloed: while any track is, only those sound.
        mix: its strip of the mixer: `gain`, `pan`, `lpf`, `delay`, `room`.
        feel: its swing, groove and nudge.
    """

    pattern: Pattern | None = None
    muted: bool = False
    soloed: bool = False
    mix: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    feel: Feel = PLAIN


class Handles(Protocol):
    """What a track asks of the stage; each method is described there."""

    def assign(self, name: str, pattern: Any, *, now: bool = False) -> None:
        """Give a track a pattern."""

    def change(self, name: str, *, muted: bool | None = None, soloed: bool | None = None) -> None:
        """Mute or solo a track."""

    def undo_track(self, name: str) -> None:
        """Put a track's last pattern back."""

    def mix(self, name: str, settings: Mapping[str, float]) -> None:
        """Set a track's strip of the mixer."""

    def feel(self, name: str, **given: Any) -> None:
        """Play a track with another swing, groove or nudge."""

    def retune(self, name: str, **settings: Any) -> None:
        """Change settings of its networks."""

    def again(self, name: str) -> None:
        """Have its networks compose anew."""

    def freeze(self, name: str, bars: int) -> None:
        """Loop its last bars."""

    def thaw(self, name: str) -> None:
        """Let it go on."""

    def last(self, name: str, bars: int) -> Pattern:
        """Return its last bars."""

    def plays(self, name: str) -> Pattern:
        """Return the pattern it was given."""

    def describe(self, name: str) -> str:
        """Say in a line what it does."""

    def look(self, name: str) -> Look:
        """Return what there is to see of it now."""


class Track:
    """One voice of the performance. `d1 >> note("c e g")` plays it from the next bar."""

    __slots__ = ("_stage", "name")

    def __init__(self, stage: Handles, name: str) -> None:
        self._stage = stage
        self.name = name

    def __rshift__(self, pattern: Any) -> Track:
        """Play a pattern from the next boundary of the quantum (`d1 >> s("bd*4")`)."""
        return self.play(pattern)

    def play(self, pattern: Any, *, now: bool = False) -> Track:
        """Play a pattern from the next boundary, or with `now=True` from the next sixteenth."""
        self._stage.assign(self.name, pattern, now=now)
        return self

    def mute(self) -> Track:
        """Fall silent at once, and remember the pattern for `unmute`."""
        self._stage.change(self.name, muted=True)
        return self

    def unmute(self) -> Track:
        """Sound again after `mute`."""
        self._stage.change(self.name, muted=False)
        return self

    def solo(self) -> Track:
        """Let only this track sound, with others that are soloed."""
        self._stage.change(self.name, soloed=True)
        return self

    def unsolo(self) -> Track:
        """End `solo`; when no track is soloed, all sound again."""
        self._stage.change(self.name, soloed=False)
        return self

    def stop(self) -> Track:
        """Stop playing and forget the pattern; `undo` brings it back."""
        self._stage.assign(self.name, None, now=True)
        return self

    def undo(self) -> Track:
        """Go back to the pattern this track played before, from the next boundary."""
        self._stage.undo_track(self.name)
        return self

    def gain(self, level: float) -> Track:
        """Set how loud the track is: 1 as made, 0 silent, at most 2."""
        return self._mix("gain", level, 0.0, 2.0, "d1.gain(0.8)")

    def pan(self, position: float) -> Track:
        """Set where the track is: 0 left, 0.5 centre, 1 right."""
        return self._mix("pan", position, 0.0, 1.0, "d1.pan(0.5)")

    def lpf(self, hertz: float) -> Track:
        """Take the treble off above a frequency in Hz, 20 to 20,000."""
        return self._mix("lpf", hertz, 20.0, 20_000.0, "d1.lpf(2000)")

    def delay(self, level: float) -> Track:
        """Send the track to the echo: 0 none, 1 all."""
        return self._mix("delay", level, 0.0, 1.0, "d1.delay(0.3)")

    def room(self, level: float) -> Track:
        """Send the track to the reverb: 0 none, 1 all."""
        return self._mix("room", level, 0.0, 1.0, "d1.room(0.3)")

    def _mix(self, name: str, value: float, low: float, high: float, example: str) -> Track:
        if not isinstance(value, (int, float)) or not low <= value <= high:
            raise RangeError(name, value, f"from {low:g} to {high:g}", fix=f"try {example}")
        self._stage.mix(self.name, {name: float(value)})
        return self

    def swing(self, amount: float, division: int = 8) -> Track:
        """Play every second eighth late, at once: 1/3 as triplets, 0 straight, below 0 early.

        The pattern stays on the grid; what lies between swings along. `d1.swing(.1, 16)` swings
        sixteenths.
        """
        self._stage.feel(self.name, swing=amount, division=division)
        return self

    def groove(self, template: Any, strength: float = 1.0) -> Track:
        """Play in a groove, at once: `d1.groove("mpc 58", 0.8)`; `None` takes it away.

        Args:
            template: see `groove_template`.
            strength: 0 not at all, 1 as it is, 2 twice as much.
        """
        self._stage.feel(self.name, groove=template, strength=strength)
        return self

    def nudge(self, ms: float) -> Track:
        """Play so many milliseconds later, or earlier below 0, at once; 0 is on the beat."""
        self._stage.feel(self.name, nudge_ms=ms)
        return self

    def temperature(self, value: Any) -> Track:
        """Make the network on this track calmer (0.5) or wilder (1.5) from the next bar.

        `d3.temperature(sine.range(.8, 1.3).slow(8))` follows a pattern of time.
        """
        self._stage.retune(self.name, temperature=value)
        return self

    def key(self, name: str) -> Track:
        """Keep the network on this track in a key (`"d:dorian"`) from the next bar."""
        self._stage.retune(self.name, key=name)
        return self

    def seed(self, number: int) -> Track:
        """Let the network on this track choose by another seed from the next bar."""
        self._stage.retune(self.name, seed=number)
        return self

    def prime(self, pattern: Any) -> Track:
        """Give the network on this track a phrase to go on from, from the next bar.

        A pattern or mini-notation, `"tune.mid"`, a track (`d3.prime(d1)`), `capture(2)`, or
        `listen("keyboard")`, whose phrases it then answers.
        """
        self._stage.retune(self.name, prime=pattern)
        return self

    def density(self, notes: float | None) -> Track:
        """Have the network on this track play so many notes a second, at 120 beats a minute."""
        self._stage.retune(self.name, density=notes)
        return self

    def chords(self, chords: Any) -> Track:
        """Give the network on this track chords to play over (`"<Am7 D7>"`) from the next bar."""
        self._stage.retune(self.name, chords=chords)
        return self

    def tune(self, **settings: Any) -> Track:
        """Set anything else the network on this track heeds: `d3.tune(top_k=8, ending=4)`."""
        self._stage.retune(self.name, **settings)
        return self

    def again(self) -> Track:
        """Have the network on this track compose something else from the next bar."""
        self._stage.again(self.name)
        return self

    def freeze(self, bars: int = 1) -> Track:
        """Loop the last bars this track played until `thaw`."""
        self._stage.freeze(self.name, bars)
        return self

    @property
    def pattern(self) -> Pattern:
        """What it was given to play."""
        return self._stage.plays(self.name)

    def last(self, bars: int = 4) -> Pattern:
        """Return the last bars this track played, as a pattern that goes round."""
        if isinstance(bars, bool) or not isinstance(bars, int) or not 1 <= bars <= _MOST_LAST:
            raise RangeError("bars", bars, f"from 1 to {_MOST_LAST}", fix="try d1.last(4)")
        return self._stage.last(self.name, bars)

    def thaw(self) -> Track:
        """Go on from where `freeze` stopped."""
        self._stage.thaw(self.name)
        return self

    def show(self, cycles: RationalLike = 2, *, live: bool = False) -> Picture | LivePicture:
        """Draw what the track plays from this bar on; `live=True` lets the picture move along.

        A picture that moves stays above the line you type, until `d1.show()` or Ctrl-C takes it
        away. `d1.show().svg("d1.svg")` keeps it.
        """
        if live:
            return live_picture(self.name, lambda: self._stage.look(self.name), cycles)
        return still_picture(self._stage.look(self.name), cycles)

    def find_key(self, cycles: RationalLike = 8) -> KeyFound:
        """Tell the key of what the track plays: `key(d1.find_key().key)` has networks join it."""
        playing = self._stage.look(self.name).pattern
        return harmony.find_key("~" if playing is None else playing, cycles)

    def __repr__(self) -> str:
        return self._stage.describe(self.name)
