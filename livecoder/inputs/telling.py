"""What came in as text, for journals and scripts, and back.

A controller's line holds `TICK:VALUE`, a keyboard's
`ONSET:SOUNDS:LENGTH:HEARD:KEY:VELOCITY:CHANNEL`, one after the other with spaces between; times
are counted in the steps of `inputs.traces` and `inputs.strokes`, velocities from 1 to 127.
"""

from __future__ import annotations

from collections.abc import Iterator

from livecoder.core.rational import Rational
from livecoder.inputs.strokes import FINEST, Stroke

__all__ = ["moves_of", "strokes_of", "tell_move", "tell_stroke"]

_LATEST = 2**40
# A controller stands between -1 and 1; what comes by OSC may be hertz.
_FARTHEST = 1e9


def tell_move(tick: int, value: float) -> str:
    """Return one movement as text.

    >>> tell_move(192, 0.5), list(moves_of("192:0.5"))
    ('192:0.5', [(192, 0.5)])
    """
    return f"{tick}:{value:.6g}"


def moves_of(text: str) -> Iterator[tuple[int, float]]:
    """Give the movements of a text; what is none is passed over."""
    for word in text.split():
        tick, _, value = word.partition(":")
        try:
            move = int(tick), float(value)
        except ValueError:
            continue
        if 0 <= move[0] < _LATEST and abs(move[1]) <= _FARTHEST:
            yield move


def tell_stroke(stroke: Stroke) -> str:
    """Return a note that has ended as text.

    >>> note = Stroke(Rational(1), Rational(2), 60, 1.0, 1, Rational(1, 4), Rational(1, 4))
    >>> tell_stroke(note), list(strokes_of(tell_stroke(note))) == [note]
    ('30720:61440:7680:7680:60:127:1', True)
    """
    length = stroke.length or Rational(1, 4)
    times = (stroke.onset, stroke.sounds, length, stroke.heard or length)
    numbers = (*(int(time * FINEST) for time in times), stroke.key, round(stroke.velocity * 127))
    return ":".join(map(str, (*numbers, stroke.channel)))


def strokes_of(text: str) -> Iterator[Stroke]:
    """Give the notes of a text; what is none is passed over."""
    for word in text.split():
        try:
            onset, sounds, length, heard, key, velocity, channel = map(int, word.split(":"))
        except ValueError:
            continue
        times = (onset, sounds, length, heard)
        sound = 0 <= key < 128 and 1 <= velocity <= 127 and 1 <= channel <= 16
        if sound and all(-_LATEST < time < _LATEST for time in times) and length > 0 < heard:
            begin, due, lasts, plays = (Rational(time, FINEST) for time in times)
            yield Stroke(begin, due, key, velocity / 127, channel, lasts, plays)
