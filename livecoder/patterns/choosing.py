"""Patterns chosen by patterns: by index or name, squeezed into the rhythm that asks, arpeggios."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

from livecoder.core.errors import PatternError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, rational
from livecoder.patterns.joins import (
    inner_join,
    outer_join,
    reset_join,
    restart_join,
    squeeze_join,
)
from livecoder.patterns.pattern import Pattern, mapped, reify
from livecoder.patterns.spans import new
from livecoder.patterns.timing import zoom
from livecoder.patterns.verbs import (
    COUNT,
    FUNCTION,
    PATTERN,
    RAW,
    Verb,
    applied,
    attach,
    describe_argument,
    number_in,
    verb,
)

__all__ = [
    "arp",
    "arp_with",
    "bite",
    "inhabit",
    "inhabitmod",
    "pick",
    "pick_f",
    "pick_out",
    "pick_reset",
    "pick_restart",
    "pickmod",
    "pickmod_f",
    "pickmod_out",
    "pickmod_reset",
    "pickmod_restart",
    "squeeze",
]

_MOST_BITS = 64

Join: TypeAlias = Callable[[Pattern], Pattern]


def _chosen(pattern: Pattern, lookup: Any, *, wrap: bool) -> Pattern:
    """Return a pattern of the patterns that the values of `pattern` name."""
    if isinstance(lookup, Mapping):
        named = {str(name): reify(thing) for name, thing in lookup.items()}
        return mapped(
            pattern.filter_values(lambda value: str(value) in named),
            lambda value: named[str(value)],
        )
    if not isinstance(lookup, Sequence) or isinstance(lookup, str) or not lookup:
        message = f"pick takes a list or a dictionary of patterns, got {describe_argument(lookup)}"
        raise PatternError(message + '; try mini("<0 1>").pick([s("bd"), s("sn")])')
    things = [reify(thing) for thing in lookup]
    count = len(things)

    def at(value: Any) -> Pattern:
        number = number_in(value, "pick", 'mini("<0 1>").pick(["a", "b"])')
        index: int = math.floor(number + 0.5)
        return things[index % count if wrap else max(0, min(index, count - 1))]

    return mapped(pattern, at)


class _Picker(Verb):
    """A verb that takes its list first or last: `pick([a, b], "<0 1>")` too."""

    def __call__(self, *arguments: Any) -> Any:
        """Pick; without a pattern, return the function that waits for one."""
        if len(arguments) == 2 and isinstance(arguments[1], (list, tuple, Mapping)):
            arguments = arguments[::-1]
        return super().__call__(*arguments)


def _picker(name: str, join: Join, how: str, *aliases: str, wrap: bool = False) -> Verb:
    def pick(pattern: Pattern, lookup: Any) -> Pattern:
        if isinstance(lookup, Pattern):  # the other order: the list first
            message = f"{name} takes the list: mini('<0 1>').{name}([s('bd'), s('sn')])"
            raise PatternError(message)
        return join(_chosen(pattern, lookup, wrap=wrap))

    past = "going round past the end" if wrap else "the last one past the end"
    pick.__doc__ = f"""Plays the pattern of a list or dictionary that a value names, {how}; {past}.

    >>> from livecoder.patterns import mini, s
    >>> [hap.value for hap in mini("<0 1>").{name}([s("bd"), s("sn")]).query(0, 2)]
    [{{'s': 'bd'}}, {{'s': 'sn'}}]
    """
    pick.__name__ = pick.__qualname__ = name
    pick.__module__ = __name__
    example = f'mini("<0 1>").{name}([s("bd"), s("sn")])'
    word = _Picker(pick, (RAW,), example, name=name, many=False, join=inner_join)
    attach(name, word, *aliases)
    return word


pick: Final = _picker("pick", inner_join, "in its own rhythm")
pickmod: Final = _picker("pickmod", inner_join, "in its own rhythm", wrap=True)
pick_out: Final = _picker("pick_out", outer_join, "in the rhythm of the choice", "pickout")
pickmod_out: Final = _picker(
    "pickmod_out", outer_join, "in the rhythm of the choice", "pickmodout", wrap=True
)
pick_reset: Final = _picker("pick_reset", reset_join, "its cycle begun again", "pickreset")
pickmod_reset: Final = _picker(
    "pickmod_reset", reset_join, "its cycle begun again", "pickmodreset", wrap=True
)
pick_restart: Final = _picker("pick_restart", restart_join, "begun from cycle 0", "pickrestart")
pickmod_restart: Final = _picker(
    "pickmod_restart", restart_join, "begun from cycle 0", "pickmodrestart", wrap=True
)
inhabit: Final = _picker(
    "inhabit", squeeze_join, "a cycle of it squeezed into the choice", "pickSqueeze", "picksqueeze"
)
inhabitmod: Final = _picker(
    "inhabitmod", squeeze_join, "a cycle of it squeezed into the choice",
    "pickmodSqueeze", "pickmodsqueeze", wrap=True,
)  # fmt: skip


def _function_picker(name: str, *, wrap: bool) -> Verb:
    def pick(pattern: Pattern, choice: Pattern, functions: Any) -> Pattern:
        if not isinstance(functions, (list, tuple, Mapping)):
            message = f"{name} takes a list of functions, got {describe_argument(functions)}"
            raise PatternError(message + f'; try .{name}("<0 1>", [rev, fast(2)])')
        named = functions if isinstance(functions, Mapping) else dict(enumerate(functions))
        for each in named.values():
            if not callable(each) or isinstance(each, (Pattern, type)):
                message = f"{name} takes functions, got {describe_argument(each)} among them"
                raise PatternError(message + f'; try .{name}("<0 1>", [rev, fast(2)])')
        changed = {key: applied(each, pattern) for key, each in named.items()}
        lookup = changed if isinstance(functions, Mapping) else list(changed.values())
        return inner_join(_chosen(choice, lookup, wrap=wrap))

    past = "going round past the end" if wrap else "the last one past the end"
    pick.__doc__ = f"""Does to the pattern what a function of a list does, by a number; {past}.

    >>> from livecoder.patterns import fast, n, rev
    >>> p = n("0 1").{name}("<0 1>", [rev, fast(2)])
    >>> [hap.value["n"] for hap in sorted(p.query(0, 2))]
    [1, 0, 0, 1, 0, 1]
    """
    pick.__name__ = pick.__qualname__ = name
    pick.__module__ = __name__
    example = f's("bd sn").{name}("<0 1>", [rev, fast(2)])'
    return verb(PATTERN, RAW, example=example, name=name)(pick)


pick_f: Final = _function_picker("pick_f", wrap=False)
pickmod_f: Final = _function_picker("pickmod_f", wrap=True)


def squeeze(choice: Any, things: Sequence[Any]) -> Pattern:
    """Plays the patterns of a list that a pattern of numbers names, each squeezed into its hap.

    >>> [hap.value for hap in squeeze("0 1", ["a", "b c"]).query(0, 1)]
    ['a', 'b', 'c']
    """
    return squeeze_join(_chosen(reify(choice), things, wrap=True))


def _sounding(notes: list[Hap]) -> list[tuple[Span, list[Hap]]]:
    # One note of a chord may come in pieces where another comes whole: cut at every end.
    edges = sorted({time for note in notes for time in note.part})
    if len(edges) == 1:  # a query of no width
        edges *= 2
    found = []
    for low, high in pairwise(edges):
        heard = [note for note in notes if note.part.begin <= low and high <= note.part.end]
        if heard:
            found.append((new(Span, (low, high)), heard))
    return found


def _arpeggio(pattern: Pattern, function: Callable[[list[Any]], Any]) -> Pattern:
    ask = pattern.ask

    def plucked(span: Span) -> list[Hap]:
        chords: dict[Span, list[Hap]] = {}
        for hap in ask(span):
            if hap.whole is not None:
                chords.setdefault(hap.whole, []).append(hap)
        haps: list[Hap] = []
        for together in chords.values():
            for part, notes in _sounding(together):
                context = tuple(place for note in notes for place in note.context)
                plucks = reify(function([note.value for note in notes])).ask(part)
                haps += [hap._replace(context=hap.context + context) for hap in plucks]
        return haps

    return Pattern(plucked, pattern.label)


@verb(FUNCTION, example='note("[c,e,g]").arp_with(lambda notes: notes[0])', aliases=("arpwith",))
def arp_with(pattern: Pattern, function: Callable[[list[Any]], Any]) -> Pattern:
    """Plays what a function makes of the values that sound together.

    >>> from livecoder.patterns import note
    >>> p = note("[c,e,g]").arp_with(lambda notes: notes[-1])
    >>> [hap.value for hap in p.query(0, 1)]
    [{'note': 'g'}]
    """
    return _arpeggio(pattern, function)


@verb(PATTERN, example='note("[c,e,g]").arp("0 1 2 1")')
def arp(pattern: Pattern, order: Pattern) -> Pattern:
    """Plays the notes of a chord one after the other, in an order of numbers from 0.

    >>> from livecoder.patterns import note
    >>> [hap.value["note"] for hap in note("[c,e,g]").arp("0 2").query(0, 1)]
    ['c', 'g']
    """

    def place(index: Any) -> int:
        number: int = math.floor(number_in(index, "arp", '.arp("0 1 2 1")'))
        return number

    for atom in order.atoms or ():
        place(atom)
    return _arpeggio(
        pattern, lambda notes: mapped(order, lambda index: notes[place(index) % len(notes)])
    )


@verb(COUNT, PATTERN, example='n("0 .. 7").bite(4, "0 2 1 3")')
def bite(pattern: Pattern, pieces: int, order: Pattern) -> Pattern:
    """Cuts the cycle in pieces and plays them in an order of numbers from 0.

    >>> from livecoder.patterns import n
    >>> [hap.value["n"] for hap in n("0 1 2 3").bite(4, "3 0").query(0, 1)]
    [3, 0]
    """

    def piece(index: Any) -> Pattern:
        begin = rational(number_in(index, "bite", '.bite(4, "0 2 1 3")')) / pieces % 1
        cut: Pattern = zoom.function(pattern, begin, begin + Rational(1, pieces))
        return cut

    for atom in order.atoms or ():
        piece(atom)
    return squeeze_join(mapped(order, piece))
