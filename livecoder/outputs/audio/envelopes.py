"""How loud and how bright a note is over time, as breakpoints `(seconds from the onset, value)`.

Pure, so that the length of a note is known before it starts: that is when its voice is put to
sleep. Exponential curves are laid down as a few straight pieces, near enough that nobody hears it.
"""

from __future__ import annotations

__all__ = ["Points", "clap", "contour", "end", "hold"]

Points = list[tuple[float, float]]

# An exponential fall from 1 towards 0, in pieces; (share of the time, what is left).
_FALL = ((0.06, 0.68), (0.14, 0.42), (0.26, 0.22), (0.45, 0.083), (0.7, 0.022), (1.0, 0.0))


def _fall(points: Points, begin: float, lasts: float, target: float, until: float) -> float:
    """Append an exponential fall to `target`, cut at `until`; return the value reached."""
    level = points[-1][1]
    drop = level - target
    before_at, before = begin, level
    for share, left in _FALL:
        at, value = begin + share * lasts, target + drop * left
        if at >= until:
            part = (until - before_at) / (at - before_at)
            value = before + (value - before) * part
            points.append((until, value))
            return value
        points.append((at, value))
        before_at, before = at, value
    return before


def contour(held: float, attack: float, decay: float, sustain: float, release: float) -> Points:
    """Return an ADSR contour of a note let go after `held` seconds.

    >>> contour(0.5, 0.1, 0.0, 1.0, 0.0)[:2]
    [(0.0, 0.0), (0.1, 1.0)]

    A note shorter than its attack is let go from where the attack has come to.
    """
    held = max(held, 0.002)
    points: Points = [(0.0, 0.0)]
    if held < attack:
        points.append((held, held / attack))
    else:
        points.append((attack, 1.0))
        if held > attack:
            reached = _fall(points, attack, max(decay, 0.001), sustain, held)
            if points[-1][0] < held:
                points.append((held, reached))
    _fall(points, held, max(release, 0.003), 0.0, float("inf"))
    return points


def hold(points: Points, low: float, high: float) -> Points:
    """Return a contour moved from 0..1 to `low`..`high`."""
    return [(at, low + (high - low) * value) for at, value in points]


def clap(decay: float) -> Points:
    """Return the contour of a clap: three hands a hundredth of a second apart, then the room."""
    points: Points = [(0.0, 0.0)]
    for hand in (0.0, 0.0105, 0.0215):
        points += [(hand + 0.0004, 0.9), (hand + 0.0095, 0.12)]
    points.append((0.0318, 1.0))
    _fall(points, 0.0318, decay, 0.0, float("inf"))
    return points


def end(points: Points) -> float:
    """Return when a contour is over, seconds from the onset."""
    return points[-1][0]
