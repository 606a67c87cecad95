"""What a request for a bar allows: which pitches may begin when, and how many.

How each setting is kept to, by masking before the draw, so there is always at least one answer:

- **key and range**: only notes of `allowed`, `lowest` and `highest` begin. Where a register lies
  beyond the network's own, it is asked an octave or more away and its answer moved there.
- **strong beats** (`strong`, with `chords`): on the first beat of a bar, and every second after it
  if the bar has an even number of beats, only notes of the chord that are in key begin; if there
  are none, any in key.
- **end on the tonic** (`tonic`): the first 16th of the bar's last beat has the tonic and no other
  note follows in the bar; where voices are several, the tonic is lowest and its triad above it.
  Where key or range leave no tonic, nothing is asked.
- **entry**: nothing begins before a voice comes in, and something does where it comes in, unless
  there is no note it may begin with.
- **density**: at most as many notes begin as the bar has room for, rounded up, and notes are made
  likelier where it lags behind, less likely where it is ahead.
- **polyphony**: when so many sound no other begins.

Beats are those of the bar, exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from livecoder.core.errors import RangeError
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import ONE, ZERO, Rational
from livecoder.models.encodings.chords import read_figure

__all__ = ["LONGEST", "Rules", "check", "chord_at", "octaves", "on_strong_beat"]

LONGEST = 64
"""Beats of a bar, at most."""

_SECONDS_PER_BEAT = 0.5
_PUSH = 1.5  # nats for every note that a bar lags behind
_HARDEST = 4.0  # nats


def check(request: BarRequest) -> None:
    """Refuse what no bar can be.

    Raises:
        RangeError: the bar is empty or over 64 beats long, a temperature is not above 0, `top_k`
            or `polyphony` are below 1, `top_p` is not a share, the density is negative.
    """
    if not 0 < request.beats <= LONGEST:
        allowed = f"more than 0 and at most {LONGEST} beats"
        raise RangeError("a bar", f"{request.beats} beats", allowed, fix="try 4")
    for temperature in (request.temperature, *(request.temperatures or ())):
        if not (math.isfinite(temperature) and temperature > 0):
            raise RangeError("temperature", temperature, "more than 0", fix="try temperature=1.0")
    for name, least in (("top_k", request.top_k), ("polyphony", request.polyphony)):
        if least is not None and least < 1:
            raise RangeError(name, least, "1 or more", fix=f"try {name}=4")
    if request.top_p is not None and not 0 < request.top_p <= 1:
        raise RangeError("top_p", request.top_p, "more than 0 and at most 1", fix="try top_p=0.9")
    if request.density is not None and not 0 <= request.density < math.inf:
        raise RangeError("density", request.density, "0 or more", fix="try density=4")


def octaves(lowest: int, highest: int, own: tuple[int, int]) -> int:
    """Return the octaves to move a network's register by, to meet that of a request.

    The nearest that leave room: an octave and a half, or all there is.

    >>> octaves(0, 127, (48, 83)), octaves(24, 47, (48, 83)), octaves(84, 108, (48, 83))
    (0, -2, 2)

    Args:
        lowest: MIDI note the request begins with.
        highest: MIDI note it ends with.
        own: lowest and highest note of the network.
    """

    def within(up: int) -> tuple[int, int]:
        low, high = max(lowest, own[0] + 12 * up), min(highest, own[1] + 12 * up)
        return min(high - low, 18), -abs(up)

    return max(range(-6, 7), key=within)


def on_strong_beat(beat: Rational, beats: Rational) -> bool:
    """Return whether a bar of `beats` beats is stressed at `beat`.

    >>> [beat for beat in range(4) if on_strong_beat(Rational(beat), Rational(4))]
    [0, 2]
    >>> [beat for beat in range(3) if on_strong_beat(Rational(beat), Rational(3))]
    [0]
    """
    return beat == 0 or (beats % 2 == 0 and beat % 2 == 0)


def chord_at(request: BarRequest, beat: Rational) -> str | None:
    """Return the figure that holds at a beat; None where none is known.

    >>> bar = BarRequest(0, 0, Rational(4), chords=((Rational(0), "C"), (Rational(2), "G7")))
    >>> chord_at(bar, Rational(1)), chord_at(bar, Rational(2))
    ('C', 'G7')
    """
    figure = None
    for begin, name in request.chords:
        if begin > beat:
            break
        figure = name
    return figure


@dataclass(frozen=True)
class Rules:
    """What a request allows, in the network's own pitches.

    Attributes:
        request: what was asked.
        up: octaves the network's notes are moved up by when they are played.
    """

    request: BarRequest
    up: int = 0

    @classmethod
    def of(cls, request: BarRequest, own: tuple[int, int]) -> Rules:
        """Return the rules of a request for a network whose notes go from `own[0]` to `own[1]`.

        Raises:
            RangeError: as of `check`.
        """
        check(request)
        return cls(request, octaves(request.lowest, request.highest, own))

    @cached_property
    def playable(self) -> frozenset[int]:
        """The network's MIDI notes that may sound.

        >>> sorted(Rules(BarRequest(0, 0, ONE, allowed=frozenset({0}), lowest=40)).playable)
        [48, 60, 72, 84, 96, 108, 120]
        """
        moved = 12 * self.up
        low, high = self.request.lowest - moved, self.request.highest - moved
        return frozenset(
            note
            for note in range(max(0, low), min(127, high) + 1)
            if note % 12 in self.request.allowed
        )

    @cached_property
    def tonics(self) -> frozenset[int]:
        """The notes the bar may end on, as far as they may sound; none if it may end on any."""
        tonic = self.request.tonic
        if tonic is None:
            return frozenset()
        return frozenset(note for note in self.playable if (note - tonic) % 12 == 0)

    @cached_property
    def triad(self) -> frozenset[int]:
        """The notes of the tonic's triad, in key, that have a tonic at or below them."""
        tonic = self.request.tonic
        if tonic is None or not self.tonics:
            return frozenset()
        low = min(self.tonics)
        major = (tonic + 4) % 12 in self.request.allowed
        wanted = {0, 4 if major else 3, 7}
        return frozenset(
            note for note in self.playable if note >= low and (note - tonic) % 12 in wanted
        )

    @cached_property
    def ending(self) -> Rational | None:
        """The beat on which the tonic comes; None where nothing is asked."""
        if not self.tonics or self.room(0) < 1:
            return None
        return max(ZERO, self.request.beats - ONE)

    def waits(self, beat: Rational) -> bool:
        """Return whether the voice has not come in yet.

        >>> [Rules(BarRequest(0, 0, ONE, entry=ONE / 2)).waits(ONE * q / 4) for q in range(4)]
        [True, True, False, False]
        """
        entry = self.request.entry
        return entry is not None and beat < entry

    def harmony(self, beat: Rational) -> frozenset[int] | None:
        """Return the notes of the chord at a strong beat; None where any may sound."""
        request = self.request
        if not request.strong or not on_strong_beat(beat, request.beats):
            return None
        figure = chord_at(request, beat)
        chord = None if figure is None else read_figure(figure)
        if chord is None:
            return None
        held = frozenset(note for note in self.playable if note % 12 in chord.pitches)
        return held or None

    def starts(self, beat: Rational) -> frozenset[int]:
        """Return the notes that may begin at a beat; the end on the tonic is not seen to here."""
        held = self.harmony(beat)
        return self.playable if held is None else held

    def temperature(self, step: int) -> float:
        """Return the temperature of a 16th of the bar."""
        several = self.request.temperatures
        return several[min(step, len(several) - 1)] if several else self.request.temperature

    def room(self, begun: int) -> float:
        """Return how many notes may still begin when `begun` have."""
        density = self.request.density
        if density is None:
            return math.inf
        return math.ceil(density * _SECONDS_PER_BEAT * float(self.request.beats) - 1e-9) - begun

    def push(self, beat: Rational, begun: int) -> float:
        """Return what to add to the logits of notes, so that the bar gets as many as asked."""
        density = self.request.density
        if density is None:
            return 0.0
        wanted = density * _SECONDS_PER_BEAT * (float(beat) + 0.25)
        return max(-_HARDEST, min(_HARDEST, _PUSH * (wanted - begun)))
