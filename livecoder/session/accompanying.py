"""What a pianist accompanies: a pattern, what a track plays, or what its network has played."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livecoder.core.errors import PatternError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, floor
from livecoder.patterns.pattern import Pattern, reify
from livecoder.patterns.spans import sect
from livecoder.session.primers import primer_of
from livecoder.session.tracks import Track
from livecoder.studio.handles import melody_of
from livecoder.studio.settings import Primer

__all__ = ["melody_from"]


def melody_from(given: Any, *, asks: Callable[[Pattern], bool], beats: Rational) -> Pattern | None:
    """Return a melody that depends on nothing that is composed later.

    Args:
        given: a pattern or mini-notation; a track, of whose network the last four bars go round;
            None for none.
        asks: whether a pattern contains a network.
        beats: length of a bar.

    Raises:
        PatternError: there is no note in it, or a network composes it bar by bar.
    """
    if given is None:
        return None
    if isinstance(given, Track):
        made = given.pattern
        return (
            _going_round(primer_of(given, drums=False, beats=beats))
            if asks(made)
            else (melody_of(made))
        )
    made = given if isinstance(given, Pattern) else reify(given)
    if asks(made):
        message = f"{made!r} is composed bar by bar; give the track that plays it: melody=d1"
        raise PatternError(message)
    return melody_of(made)


def _going_round(phrase: Primer) -> Pattern:
    notes, cycles = phrase

    def ask(span: Span) -> list[Hap]:
        haps = []
        first = floor(span.begin / cycles)
        for turn in range(first, max(first + 1, -floor(-span.end / cycles))):
            for note in notes:
                begin = turn * cycles + note.onset
                whole = Span(begin, begin + note.duration)
                if (part := sect(whole, span)) is not None:
                    haps.append(Hap(whole, part, {"note": note.pitch, "velocity": note.velocity}))
        return haps

    return Pattern(ask, f"<{len(notes)} notes>")
