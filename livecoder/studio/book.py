"""What the desk keeps of one stream, and how its bars become haps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.models.registry import MODELS, ModelSpec, read_choice
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.spans import sect
from livecoder.studio.ledger import Entry, Ledger, Past
from livecoder.studio.settings import Settings

__all__ = ["Book", "Figures", "Stream", "before", "cut", "labelled", "notes_of", "whole_bar"]


class Stream(Pattern):
    """A network that plays: `d3 >> melody_rnn().s("pluck")`. A pattern like any other.

    Attributes:
        name: of this stream, unlike any other of the session.
        model: as `models.registry.spelled` writes it.
    """

    name: str
    model: str

    def __init__(self, name: str, model: str, label: str, ask: Callable[[Span], list[Hap]]) -> None:
        super().__init__(ask, label)
        self.name = name
        self.model = model

    @property
    def spec(self) -> ModelSpec | None:
        """The model's entry in the registry; None for one that is not there."""
        return MODELS.get(self.model.partition(":")[0])

    @property
    def probe(self) -> float:
        """The note it answers with when it is only asked who it is: middle C, or a bass drum."""
        return 36.0 if self.spec is not None and self.spec.drums else 60.0

    @property
    def slow(self) -> bool:
        """Whether a bar of it takes long to compose."""
        return self.spec is not None and read_choice(self.model).slow


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
    """A stream's ledger, and the bars kept for it that the ledger does not hold.

    Attributes:
        ledger: which bar goes on from which.
        reserve: whether another take of each bar is composed too, in case it is asked for.
        spare: keys of bars that nobody has asked for (yet, or no more), oldest first.
        following: keys of the bars that are foreseen to be asked for next.
        expected: the same, and some foreseen before that may still come true.
        other: key of another take of the bar asked for last.
    """

    ledger: Ledger
    reserve: bool = False
    spare: OrderedDict[str, None] = field(default_factory=OrderedDict)
    following: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    other: str | None = None

    def hold_another(self, composer: Composer, entry: Entry, deadline: float) -> None:
        """Have another take of a bar composed, after all that is foreseen; the last one is not."""
        task = self.ledger.another_take(entry)
        if self.other is not None and self.other != task.key and self.other in self.spare:
            composer.withdraw((self.other,))
        composer.request(task, deadline)
        self.spare[task.key] = None
        self.spare.move_to_end(task.key)
        self.other = task.key


def labelled(model: str, settings: Settings) -> str:
    """Return a stream as a performer would type it.

    >>> labelled("melody_rnn:basic_rnn", Settings(seed=2))
    "melody_rnn(config='basic_rnn', seed=2)"
    """
    name, *parts = model.split(":", 2)
    said = [f"{key}={part!r}" for key, part in zip(("config", "checkpoint"), parts, strict=False)]
    spec = MODELS.get(name)
    plain = None if spec is None else Settings(lowest=spec.lowest, highest=spec.highest)
    said = [part for part in said if not part.endswith("=''")]
    return f"{name}({', '.join([*said, *filter(None, [settings.describe(plain)])])})"


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


def whole_bar(bar: int, pitch: float = 60.0) -> Iterator[tuple[Span, float, float]]:
    """Yield one note as long as the bar."""
    yield Span(Rational(bar), Rational(bar + 1)), pitch, 0.8


def cut(notes: Iterable[tuple[Span, float, float]], span: Span) -> Iterator[Hap]:
    """Yield the haps that meet a span."""
    for whole, pitch, velocity in notes:
        if (part := sect(whole, span)) is not None:
            yield Hap(whole, part, {"note": pitch, "velocity": velocity})
