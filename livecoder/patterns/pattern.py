"""The pattern: a pure function from a span of cycles to the haps that meet it.

Source of the model: A. McLean, "Making Programming Languages to Dance to: Live Coding with
Tidal", FARM 2014. The functions that make and change patterns live beside this module, one family
to a file, and become methods through `livecoder.patterns.verbs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Location, Span
from livecoder.core.rational import ONE, Rational, RationalLike, rational
from livecoder.patterns.spans import Ask, cycles_of, new, split_cycles

__all__ = [
    "VARIES",
    "Pattern",
    "clip_label",
    "mapped",
    "pure",
    "reify",
    "relabel",
    "sequence_of",
    "silence",
]


class _Varies:
    def __repr__(self) -> str:
        return "VARIES"


VARIES: Final[Any] = _Varies()
"""What `Pattern.constant` holds for a pattern that is not one value for ever."""

_LONGEST_LABEL = 72


class Pattern:
    """Something to play: ask it for a span of cycles and it answers with haps.

    >>> from livecoder.patterns.vocabulary import s
    >>> [str(hap.whole.begin) for hap in s("bd*2 sn").query(0, 1)]
    ['0', '1/4', '1/2']

    Immutable: every method returns another pattern.

    Attributes:
        ask: the query: a span, at least as wide as nothing, to haps; pure, and never waiting.
        label: how it was typed.
        steps: steps in a cycle, where it was counted out in steps; None otherwise.
        constant: its one value, when it is one value for every cycle; else `VARIES`.
        atoms: every value it can have, where that is known before it plays; else None.
    """

    __slots__ = ("ask", "atoms", "constant", "context", "label", "steps")

    ask: Ask
    label: str
    steps: Rational | None
    constant: Any
    atoms: tuple[Any, ...] | None
    context: tuple[Location, ...]

    def __init__(
        self,
        ask: Ask,
        label: str = "pattern",
        *,
        steps: Rational | None = None,
        constant: Any = VARIES,
        atoms: tuple[Any, ...] | None = None,
        context: tuple[Location, ...] = (),
    ) -> None:
        _put_ask(self, ask)
        _put_label(self, label)
        _put_steps(self, steps)
        _put_constant(self, constant)
        _put_atoms(self, atoms)
        _put_context(self, context)

    def __setattr__(self, name: str, value: object) -> None:
        if name in Pattern.__slots__:
            message = f"a pattern never changes; make another: {self.label}.fast(2)"
            raise PatternError(message)
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return clip_label(self.label)

    def __iter__(self) -> Any:
        message = f"{self!r} goes on for ever; ask for a piece of it: .query(0, 4)"
        raise PatternError(message)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]: ...

    else:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            known = [word for word in dir(type(self)) if not word.startswith("_")]
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean .{close[0]}?" if close else "help() lists them"
            message = f"patterns have no .{name}; {hint} .ctrl({name!r}, value) sets a new control"
            raise AttributeError(message)

    def query(self, begin: RationalLike, end: RationalLike) -> list[Hap]:
        """Return the haps that meet `[begin, end)` cycles.

        >>> pure("bd").query(0, "1/2")[0].part
        Span(begin=mpq(0,1), end=mpq(1,2))

        Raises:
            RangeError: `end` is before `begin`.
            NotReadyError: a network has not yet composed what is asked for.
        """
        first, last = rational(begin), rational(end)
        if last < first:
            raise RangeError("end", str(last), f"at or after begin ({first})", fix="swap the two")
        return self.ask(new(Span, (first, last)))

    def with_value(self, function: Callable[[Any], Any]) -> Pattern:
        """The same haps, each with `function` done to its value, each time it is asked."""
        ask = self.ask

        def changed(span: Span) -> list[Hap]:
            return [
                new(Hap, (whole, part, function(value), context))
                for whole, part, value, context in ask(span)
            ]

        return Pattern(changed, f"{self.label}.fmap(...)", steps=self.steps)

    def fmap(self, function: Callable[[Any], Any]) -> Pattern:
        """The same haps, each with `function` done to its value; another name of `with_value`."""
        return self.with_value(function)

    def filter_haps(self, keep: Callable[[Hap], bool]) -> Pattern:
        """Only the haps for which `keep` is true."""
        ask = self.ask
        return Pattern(
            lambda span: [hap for hap in ask(span) if keep(hap)], self.label, steps=self.steps
        )

    def filter_values(self, keep: Callable[[Any], bool]) -> Pattern:
        """Only the haps for whose value `keep` is true."""
        ask = self.ask
        return Pattern(
            lambda span: [hap for hap in ask(span) if keep(hap[2])], self.label, steps=self.steps
        )

    def split_queries(self) -> Pattern:
        """The same pattern, asked for at most one cycle at a time, so haps are cut at cycles."""
        cut: Callable[[], Ask] | None = getattr(self.ask, "cut", None)
        ask = split_cycles(self.ask) if cut is None else cut()
        return Pattern(ask, self.label, steps=self.steps, atoms=self.atoms)

    def discrete_only(self) -> Pattern:
        """The haps that have a whole: no samples of signals."""
        return self.filter_haps(lambda hap: hap.whole is not None)

    def onsets_only(self) -> Pattern:
        """The haps whose beginning is in the query."""
        return self.filter_haps(lambda hap: hap.has_onset)


# Past `__setattr__`, which refuses; and a notation of a line is built of dozens of patterns.
_put_ask, _put_label, _put_steps, _put_constant, _put_atoms, _put_context = (
    Pattern.__dict__[slot].__set__
    for slot in ("ask", "label", "steps", "constant", "atoms", "context")
)


def mapped(
    pattern: Pattern,
    function: Callable[[Any], Any],
    context: tuple[Location, ...] = (),
    label: str | None = None,
) -> Pattern:
    """Return the haps with a function *of nothing but the value* done to each.

    So it is done once where that is enough: to a value that never changes, and to the rows of a
    tabulated notation. What a performer wrote goes through `with_value`.
    """
    name = pattern.label if label is None else label
    if pattern.constant is not VARIES:
        return pure(function(pattern.constant), label=name, context=pattern.context + context)
    ask = pattern.ask
    table: Any = getattr(ask, "mapped", None)
    if table is not None:
        return Pattern(table(function, context), name, steps=pattern.steps)

    def changed(span: Span) -> list[Hap]:
        return [
            new(Hap, (whole, part, function(value), places + context))
            for whole, part, value, places in ask(span)
        ]

    return Pattern(changed, name, steps=pattern.steps)


def clip_label(label: str) -> str:
    """Return a label short enough to read at a glance."""
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 3] + "..."


def relabel(pattern: Pattern, label: str, *, steps: Any = VARIES) -> Pattern:
    """Return the same pattern under another label, and another count of steps if given."""
    return Pattern(
        pattern.ask,
        label,
        steps=pattern.steps if steps is VARIES else steps,
        constant=pattern.constant,
        atoms=pattern.atoms,
        context=pattern.context,
    )


def pure(value: Any, *, label: str | None = None, context: tuple[Location, ...] = ()) -> Pattern:
    """One value, once a cycle, filling it.

    >>> pure("bd").query(0, 2)[1].whole
    Span(begin=mpq(1,1), end=mpq(2,1))
    """

    def ask(span: Span) -> list[Hap]:
        return [
            new(Hap, (new(Span, (cycle, cycle + 1)), piece, value, context))
            if piece[0] != cycle or piece[1] != cycle + 1
            else new(Hap, (piece, piece, value, context))
            for cycle, piece in cycles_of(span)
        ]

    name = f"pure({value!r})" if label is None else label
    return Pattern(ask, name, steps=ONE, constant=value, atoms=(value,), context=context)


silence: Final = Pattern(lambda _: [], "silence", steps=ONE, atoms=())
"""Nothing at all, for ever."""


def sequence_of(items: Sequence[Any]) -> Pattern:
    """Return a cycle of the items, one after the other; what a list stands for."""
    make: Callable[..., Pattern] = import_module("livecoder.patterns.factories").fastcat
    return make(*items)


def reify(thing: Any) -> Pattern:
    """Return what a performer wrote as a pattern.

    >>> reify("bd sn"), reify(3), reify([1, 2])
    (mini("bd sn"), 3, fastcat(1, 2))

    Text is mini-notation, a number itself, a list a sequence, and whatever answers
    `query(begin, end)` is asked.

    Raises:
        PatternError: it cannot be a pattern.
        NotationError: the text cannot be read.
    """
    if isinstance(thing, Pattern):
        return thing
    if isinstance(thing, str):
        # By name, because the notation is built of patterns and imports this module.
        read: Callable[[str], Pattern] = import_module("livecoder.patterns.mini").mini
        return read(thing)
    if isinstance(thing, (bool, int, float, Rational, Fraction)):
        return pure(thing, label=str(thing))
    if isinstance(thing, dict):
        return pure(thing, label=repr(thing))
    if isinstance(thing, (list, tuple)):
        return sequence_of(thing)
    ask = getattr(thing, "query", None)
    if callable(ask) and not isinstance(thing, type):
        return Pattern(lambda span: list(ask(span[0], span[1])), repr(thing))
    given = getattr(thing, "__name__", None) if callable(thing) else None
    what = f"the function {given}" if given else repr(thing)
    hint = "call it first" if callable(thing) else 'try s("bd sn")'
    message = f"{what} is no pattern; a pattern is text, a number, a list or s(...): {hint}"
    raise PatternError(message)
