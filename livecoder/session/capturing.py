"""What was played becomes a pattern that goes round."""

from __future__ import annotations

from typing import Any

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, floor, rational
from livecoder.inputs.naming import place_of
from livecoder.inputs.quantising import Placed, last_bars, placed
from livecoder.session.loops import Loop
from livecoder.session.midi_in import MidiIn

__all__ = ["captured", "loop_of"]

_MOST_BARS = 64
_FINEST_GRID = 192


def captured(
    desk: MidiIn,
    port: str | None,
    channel: int | None,
    bars: Any,
    grid: Any,
    strength: Any,
    edge: Rational,
) -> Loop:
    """Return the last bars played, as a pattern; see `midi_words.MidiWords.capture`.

    Args:
        desk: what came in.
        port: the input; None for all of them.
        channel: from 1; None for any.
        bars: how many.
        grid: steps of a bar, None for none.
        strength: 0 to 1.
        edge: nothing that is heard after this cycle counts, so that a replay captures the same.

    Raises:
        PatternError: nothing was played.
        RangeError: a setting makes no sense.
    """
    _check(bars, grid, strength, channel)
    hands = desk.hands() if port is None else [desk.hand(port)]
    strokes = [s for hand in hands for s in hand.before(edge) if channel in (None, s.channel)]
    if not strokes:
        how = 'listen("keyboard") first, and play' if not hands else "play something first"
        message = f"nothing has been played to capture; {how}, then capture(4)"
        raise PatternError(message)
    strokes.sort(key=lambda stroke: stroke.onset)
    first = last_bars(strokes, bars)
    notes = placed(strokes, first, bars, grid=grid, strength=rational(strength), now=edge)
    return loop_of(notes, first + desk.song_is_ahead(edge), bars, _label(bars, grid, strength))


def loop_of(notes: tuple[Placed, ...], first: int, bars: int, label: str) -> Loop:
    """Return notes as a pattern that repeats every so many bars; they stand as from bar `first`."""

    def ask(span: Span) -> list[Hap]:
        haps = []
        # A note may reach over the end of the loop, by a whole turn at most.
        turn = floor((span.begin - first) / bars) - 1
        while first + turn * bars < span.end:
            start = Rational(first + turn * bars)
            for note in notes:
                whole = Span(start + note.onset, start + note.onset + note.length)
                if whole.begin < span.end and whole.end > span.begin:
                    part = Span(max(whole.begin, span.begin), min(whole.end, span.end))
                    value = {"note": float(note.key), "velocity": note.velocity}
                    haps.append(Hap(whole, part, value))
            turn += 1
        return haps

    return Loop(ask, label, first, bars)


def _check(bars: Any, grid: Any, strength: Any, channel: Any) -> None:
    if isinstance(bars, bool) or not isinstance(bars, int) or not 1 <= bars <= _MOST_BARS:
        raise RangeError("bars", bars, f"from 1 to {_MOST_BARS}", fix="try capture(4)")
    whole = isinstance(grid, int) and not isinstance(grid, bool)
    if grid is not None and not (whole and 1 <= grid <= _FINEST_GRID):
        allowed = f"from 1 to {_FINEST_GRID} steps of a bar, or None"
        raise RangeError("grid", grid, allowed, fix="try capture(4, grid=16)")
    number = isinstance(strength, (int, float)) and not isinstance(strength, bool)
    if not number or not 0 <= strength <= 1:
        raise RangeError("strength", strength, "from 0 to 1", fix="try strength=0.5")
    place_of("touch", None, channel)


def _label(bars: int, grid: int | None, strength: float) -> str:
    drawn = "" if grid is None else f", grid={grid}"
    return f"capture({bars}{drawn}" + (")" if strength == 1 else f", strength={strength:g})")
