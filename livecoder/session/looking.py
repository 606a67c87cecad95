"""Seeing a track: what it plays from the bar that sounds on, and where the music is in it.

Looking changes nothing. A network's bars are shown as far as they are composed: a picture never
asks for one, since which bars are asked for decides which notes they have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from livecoder.core.errors import RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import ZERO, Rational, RationalLike, floor, rational
from livecoder.patterns.drawing.model import Drawing
from livecoder.patterns.drawing.picture import LivePicture, Picture, drawn
from livecoder.patterns.pattern import Pattern, silence
from livecoder.session.feel import Feel

__all__ = ["Look", "described", "live_picture", "still_picture"]

_MOST_CYCLES = 16


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to see of a track at one moment.

    Attributes:
        title: what the track does, in a line.
        pattern: what it plays from `since` on; None for nothing.
        before: what it plays until then.
        since: cycle of its last edit.
        now: cycle that is heard.
        beats: beats of a cycle.
    """

    title: str
    pattern: Pattern | None
    before: Pattern | None
    since: Rational
    now: Rational
    beats: float


class _Setting(Protocol):
    """What a track is set to: `tracks.TrackState`, which imports this module."""

    @property
    def pattern(self) -> Pattern | None: ...
    @property
    def muted(self) -> bool: ...
    @property
    def soloed(self) -> bool: ...
    @property
    def mix(self) -> Mapping[str, float]: ...
    @property
    def feel(self) -> Feel: ...


def described(name: str, state: _Setting, *, frozen: bool) -> str:
    """Say in a line what a track does."""
    flags = [word for word, on in (("muted", state.muted), ("solo", state.soloed)) if on]
    flags += ["frozen"] if frozen else []
    flags += [f"{control} {value:g}" for control, value in state.mix.items()]
    flags += state.feel.words()
    what = "plays nothing" if state.pattern is None else f"plays {state.pattern!r}"
    return f"{name} {what}" + (f" ({', '.join(flags)})" if flags else "")


def still_picture(look: Look, cycles: RationalLike) -> Picture:
    """Return a picture that begins with the bar that sounds.

    Raises:
        RangeError: so many cycles cannot be shown.
    """
    begin = floor(max(ZERO, look.now))
    return Picture(_drawing(look, begin, _checked(cycles)))


def live_picture(name: str, ask: Callable[[], Look], cycles: RationalLike) -> LivePicture:
    """Return a picture that is new each time it is looked at.

    The playhead goes over a page of so many bars, then the page is turned.

    Raises:
        RangeError: so many cycles cannot be shown.
    """
    span = _checked(cycles)
    page = max(1, int(span))
    kept: dict[tuple[object, ...], Drawing] = {}

    def look() -> Picture:
        seen = ask()
        now = floor(max(ZERO, seen.now))
        begin = now - now % page
        # Haps are asked again only when they may be others: edited, or composed meanwhile.
        key = (begin, seen.pattern, seen.before if seen.since > begin else None, seen.title)
        if key not in kept or kept[key].missing:
            kept.clear()
            kept[key] = _drawing(seen, begin, Rational(page))
        return Picture(replace(kept[key], playhead=float(seen.now)))

    return LivePicture(name, look)


def _checked(cycles: RationalLike) -> Rational:
    span = rational(cycles)
    if not 0 < span <= _MOST_CYCLES:
        allowed = f"more than 0, at most {_MOST_CYCLES}"
        raise RangeError("cycles", cycles, allowed, fix="try d1.show(4)")
    return span


def _drawing(look: Look, begin: int, cycles: Rational) -> Drawing:
    about: Mapping[str, object] = {
        "title": look.title, "beats": look.beats, "playhead": float(look.now),
    }  # fmt: skip
    return drawn(_played(look), begin, cycles, **about)


def _played(look: Look) -> Pattern:
    """Return what is heard: what was played before, until the edit takes effect."""
    before, after, since = look.before or silence, look.pattern or silence, look.since

    def ask(span: Span) -> list[Hap]:
        begin, end = span
        if end <= since:
            return before.query(begin, end)
        if begin >= since:
            return after.query(begin, end)
        return [*before.query(begin, since), *after.query(since, end)]

    return Pattern(ask)
