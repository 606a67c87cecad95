"""The tempi of a performance as steps, which is how files of notes know them."""

from __future__ import annotations

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import ZERO, Rational

__all__ = ["Tempi"]

# A ramp is cut into steps of this many beats, each of the tempo that takes exactly its time.
_STEP = Rational(1, 4)
_NS_PER_MINUTE = 60e9


class Tempi:
    """Tempo maps, each from a beat on."""

    def __init__(self, first: TempoMap) -> None:
        """Begin with a map at beat 0."""
        self._maps: list[tuple[Rational, TempoMap]] = [(ZERO, first)]

    def note(self, beat: Rational, tempo_map: TempoMap) -> None:
        """Take in the map that holds from a beat on, if it goes another way than the last."""
        last = self._maps[-1][1]
        if (tempo_map.bpm, tempo_map.ramp_bpm, tempo_map.anchor_beat) != (
            last.bpm,
            last.ramp_bpm,
            last.anchor_beat,
        ):
            self._maps = [*(held for held in self._maps if held[0] < beat), (beat, tempo_map)]

    def steps(self, end: Rational) -> tuple[tuple[Rational, float], ...]:
        """Return `(beat, beats per minute)` up to a beat, each where it differs from the last.

        >>> from livecoder.core.rational import ONE
        >>> made = Tempi(TempoMap().with_ramp(180, ZERO, ONE))
        >>> [(str(beat), round(bpm, 1)) for beat, bpm in made.steps(Rational(2))]
        [('0', 127.4), ('1/4', 142.4), ('1/2', 157.4), ('3/4', 172.4), ('1', 180.0)]
        """
        steps: list[tuple[Rational, float]] = []
        ends = [*(beat for beat, _ in self._maps[1:]), end]
        for (begin, tempo_map), stop in zip(self._maps, ends, strict=True):
            for beat, bpm in _steps_of(tempo_map, begin, max(begin, stop)):
                if not steps or steps[-1][1] != bpm:
                    steps.append((beat, bpm))
        return tuple(steps)


def _steps_of(tempo_map: TempoMap, begin: Rational, end: Rational) -> list[tuple[Rational, float]]:
    steps, beat = [], begin
    over = tempo_map.anchor_beat + tempo_map.ramp_beats
    while beat < min(over, end):
        to = min(beat + _STEP, over)
        took = tempo_map.ns_at(to) - tempo_map.ns_at(beat)
        steps.append((beat, float(to - beat) * _NS_PER_MINUTE / took))
        beat = to
    if beat < end or not steps:
        steps.append((beat, tempo_map.bpm_at(beat)))
    return steps
