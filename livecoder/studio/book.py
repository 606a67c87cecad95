"""What the desk keeps of one stream, and how its bars become haps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.spans import sect
from livecoder.studio.ledger import Entry, Ledger, Past

__all__ = ["Book", "Figures", "Stream", "before", "cut", "notes_of", "whole_bar"]


class Stream(Pattern):
    """A network that plays: `d3 >> melody_rnn().s("pluck")`. A pattern like any other.

    Attributes:
        name: of this stream, unlike any other of the session.
        model: name of the model.
    """

    name: str
    model: str

    def __init__(self, name: str, model: str, label: str, ask: Callable[[Span], list[Hap]]) -> None:
        super().__init__(ask, label)
        self.name = name
        self.model = model


@dataclass(frozen=True, slots=True)
class Figures:
    """How the streams do.

    Attributes:
        late: bars that repeated the one before because they were late.
        ahead: by stream, bars that are there beyond the last one asked for.
        restarts: workers that died and were started again.
        composed: bars composed.
    """

    late: int
    ahead: dict[str, int]
    restarts: int
    composed: int


@dataclass(slots=True)
class Book:
    """A stream's ledger, and the bars kept for it that the ledger does not hold."""

    ledger: Ledger
    spare: OrderedDict[str, None] = field(default_factory=OrderedDict)
    following: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()


def before(ledger: Ledger, entry: Entry | Past) -> Entry | Past | None:
    """Return the bar that a bar repeats should it be late; None for one of long ago."""
    if isinstance(entry, Past) or entry.before is None:
        return None
    return ledger.known(entry.before)


def notes_of(entry: Entry | Past) -> Iterator[tuple[Span, float, float]]:
    """Yield a settled bar's notes: cycles, pitch, velocity."""
    beats = entry.beats
    for onset, duration, pitch, velocity in entry.notes or ():
        begin = entry.bar + onset / beats
        end = min(begin + duration / beats, Rational(entry.bar + 1))
        yield Span(begin, end), pitch, velocity


def whole_bar(bar: int) -> Iterator[tuple[Span, float, float]]:
    """Yield one middle C as long as the bar."""
    yield Span(Rational(bar), Rational(bar + 1)), 60.0, 0.8


def cut(notes: Iterable[tuple[Span, float, float]], span: Span) -> Iterator[Hap]:
    """Yield the haps that meet a span."""
    for whole, pitch, velocity in notes:
        if (part := sect(whole, span)) is not None:
            yield Hap(whole, part, {"note": pitch, "velocity": velocity})
