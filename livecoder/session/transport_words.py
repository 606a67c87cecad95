"""Words for where the music is and whether it runs: `bar`, `goto`, `stop`, `play`, `tap`."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from livecoder.session.timing import Timing

__all__ = ["Taps", "transport_words"]

_REMEMBERED = 8
_ENOUGH = 3
# Two taps farther apart belong to two attempts.
_APART_NS = 3_000_000_000
_CLOSEST_NS = 61_000_000


class Taps:
    """When somebody tapped, and the tempo it comes to."""

    def __init__(self) -> None:
        self._times: tuple[int, ...] = ()

    def tap(self, now_ns: int) -> float | None:
        """Take a tap in; return the tempo of the last few, None while there are too few.

        >>> taps = Taps()
        >>> [taps.tap(ns * 10**6) for ns in (0, 500, 990, 1510, 9000)]
        [None, None, 121.2, 120.0, None]
        """
        if self._times and not _CLOSEST_NS <= now_ns - self._times[-1] <= _APART_NS:
            self._times = ()
        self._times = (*self._times[1 - _REMEMBERED :], now_ns)
        if len(self._times) < _ENOUGH:
            return None
        pairs = zip(self._times, self._times[1:], strict=False)
        return round(60e9 / median(later - earlier for earlier, later in pairs), 1)


class _Words:
    def __init__(
        self, timing: Timing, now_ns: Callable[[], int], resolve: Callable[[str], bool]
    ) -> None:
        self._timing, self._now_ns, self._resolve = timing, now_ns, resolve
        self._taps = Taps()

    def tap(self) -> str:
        """Set the tempo by tapping: call it on each beat, at least three times.

        The median of the last taps counts. What a session keeps of it is the tempo.
        """
        bpm = self._taps.tap(self._now_ns())
        if bpm is None:
            return "tap() again on the next beat"
        if self._resolve(f"tempo({bpm:g})"):
            self._timing.set_tempo(bpm)
        return f"{self._timing.bpm:g} bpm"

    def bar(self) -> float:
        """Tell where the music is: 5.5 in the middle of bar 5."""
        return self._timing.bar()

    def goto(self, bar: int) -> None:
        """Go to a bar of the song at the next bar line; patterns go on from there.

        Who follows our clock is sent the song position. A replay, and a render, go there too.
        """
        self._timing.go_to(bar)

    def stop(self) -> None:
        """Let time stand still where it is; `play()` goes on. `hush()` silences, and time runs."""
        self._timing.pause()

    def play(self) -> None:
        """Let time run again after `stop()`."""
        self._timing.go_on()


def transport_words(
    timing: Timing, now_ns: Callable[[], int], resolve: Callable[[str], bool]
) -> dict[str, Callable[..., Any]]:
    """Return the words by name.

    Args:
        timing: what they drive.
        now_ns: the time, `CLOCK_MONOTONIC` nanoseconds.
        resolve: keeps a line for the journal that does again what came of a word that depends on
            the moment; returns False in a replay, where that line stands already.
    """
    made = _Words(timing, now_ns, resolve)
    return {word: getattr(made, word) for word in ("tap", "bar", "goto", "stop", "play")}
