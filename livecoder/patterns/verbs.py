"""How a plain function of patterns becomes a performer's word: a method and a function at once.

A *verb* is declared with the kinds of its arguments. From those it checks what it is given when
the pattern is built, takes patterns where numbers are wanted, and says what to type instead.
`fast(2)` without a pattern is itself a function of patterns, for `every(3, fast(2))`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MethodType
from typing import Any, Final, NamedTuple, NoReturn

from livecoder.core.errors import PatternError
from livecoder.core.rational import Rational, rational
from livecoder.patterns.joins import app_left, inner_join
from livecoder.patterns.pattern import VARIES, Pattern, clip_label, mapped, reify, relabel

__all__ = [
    "ANY",
    "BOOL",
    "COUNT",
    "FUNCTION",
    "INTEGER",
    "NUMBER",
    "PATTERN",
    "RAW",
    "TIME",
    "TIMES",
    "VERBS",
    "Kind",
    "Verb",
    "applied",
    "attach",
    "camel",
    "describe_argument",
    "number_in",
    "verb",
]

_SIGNS = frozenset("<[{*/,|!@?(")
_REMEMBERED = 64  # patterns built per patterned verb: `fast("<2 3>")` builds two, once each


class Kind(NamedTuple):
    """What an argument must be.

    Attributes:
        name: as an error says it: `a number of cycles`.
        read: value to value; raises ValueError or TypeError for a wrong one.
        patterned: whether a pattern of such values will do; then text is mini-notation.
        literal: whether text without any sign of the notation is one value, spaces and all.
    """

    name: str
    read: Callable[[Any], Any]
    patterned: bool
    literal: bool = False


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float, Rational, Fraction)):
        if not math.isfinite(value):
            raise ValueError(value)
        return value
    raise TypeError(value)


def number_in(value: Any, word: str, example: str) -> Any:
    """Return a value that must be a number, where it is only known when it plays.

    Raises:
        PatternError: it is none, or without end.
    """
    try:
        return _number(value)
    except (TypeError, ValueError):
        message = f"{word} takes numbers, got {describe_argument(value)}; try {example}"
        raise PatternError(message) from None


def _integer(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _count(value: Any) -> int:
    number = _integer(value)
    if not 1 <= number <= 10_000:  # what a performer counts; more would stop the music
        raise ValueError(value)
    return number


def _times(value: Any) -> int:
    number = _integer(value)
    return _count(number) if number else 0


def _function(value: Any) -> Any:
    if not callable(value) or isinstance(value, (Pattern, type)):
        raise TypeError(value)
    return value


TIME: Final = Kind("a number", lambda value: rational(_number(value)), True)
NUMBER: Final = Kind("a number", _number, True)
INTEGER: Final = Kind("a whole number", _integer, True)
COUNT: Final = Kind("a whole number from 1 to 10000", _count, True)
TIMES: Final = Kind("a whole number from 0 to 10000", _times, True)
BOOL: Final = Kind("true or false", bool, True)
ANY: Final = Kind("a value", lambda value: value, True)
PATTERN: Final = Kind("a pattern", reify, False)
FUNCTION: Final = Kind("a function from pattern to pattern", _function, False)
RAW: Final = Kind("a value", lambda value: value, False)


def describe_argument(thing: Any) -> str:
    """Return an argument as it was typed, near enough."""
    if isinstance(thing, str):
        return f'"{thing}"'
    if isinstance(thing, Pattern):
        return thing.label
    if isinstance(thing, Rational):
        return str(thing)
    if callable(thing):
        name = getattr(thing, "__name__", None) or repr(thing)
        return "..." if "lambda" in name else str(name)
    return clip_label(repr(thing))


def _is_one(text: str) -> bool:
    # `c:minor pentatonic` is one scale, `c:major d:minor` two in a row.
    words = text.split()
    return not _SIGNS & set(text) and (len(words) == 1 or not all(":" in word for word in words))


def applied(function: Callable[..., Any], *arguments: Any) -> Pattern:
    """Return what a performer's function makes of patterns, as a pattern.

    Raises:
        PatternError: it returned something that is no pattern.
    """
    return reify(function(*arguments))


class Transform:
    """A verb that has its arguments and waits for its pattern: `fast(2)`."""

    __slots__ = ("__name__", "arguments", "verb")

    def __init__(self, verb: Verb, arguments: tuple[Any, ...]) -> None:
        self.verb = verb
        self.arguments = arguments
        inside = ", ".join(map(describe_argument, arguments))
        self.__name__ = clip_label(f"{verb.name}({inside})")

    def __call__(self, pattern: Any) -> Pattern:
        """Do it to a pattern."""
        return self.verb.apply(reify(pattern), *self.arguments)

    def __repr__(self) -> str:
        return self.__name__


class Verb:
    """One word of the vocabulary; see the module.

    Attributes:
        name: as Python spells it.
        function: what does it: the pattern first, then the arguments.
        kinds: of the arguments; the last repeats when `many`.
        example: what to type, for errors and help.
        join: how the results become one pattern where an argument varies.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        kinds: Sequence[Kind],
        example: str,
        *,
        name: str,
        many: bool,
        join: Callable[[Pattern], Pattern],
    ) -> None:
        self.name = self.__name__ = name
        self.function = function
        self.kinds = tuple(kinds)
        self.example = example
        self.many = many
        self.join = join
        self.least = len(self.kinds) - len(function.__defaults__ or ()) - many
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__

    def __get__(self, instance: Pattern | None, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self.apply, instance)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.example}>"

    def __call__(self, *arguments: Any) -> Any:
        """Do it to the last argument; without a pattern, return the function that waits for one."""
        if self.many:
            return Transform(self, arguments)
        given = len(arguments)
        full = len(self.kinds)
        if given > full or (given > self.least and isinstance(arguments[-1], Pattern)):
            return self.apply(reify(arguments[-1]), *arguments[:-1])
        if given < self.least:
            self._refuse_count(given)
        return Transform(self, arguments)

    def _refuse_count(self, given: int) -> NoReturn:
        wanted = str(self.least) if self.least == len(self.kinds) else f"{self.least} or more"
        message = f"{self.name} takes {wanted} arguments, got {given}; try {self.example}"
        raise PatternError(message)

    def read(self, place: int, value: Any) -> Any:
        """Return one argument checked.

        Raises:
            PatternError: it is not of its kind.
        """
        kind = self.kinds[min(place, len(self.kinds) - 1)]
        try:
            return kind.read(value)
        except PatternError:
            raise
        except (TypeError, ValueError, OverflowError):
            message = (
                f"argument {place + 1} of {self.name} must be {kind.name}, "
                f"got {describe_argument(value)}; try {self.example}"
            )
            raise PatternError(message) from None

    def apply(self, pattern: Pattern, *arguments: Any) -> Pattern:
        """Do it to a pattern."""
        given = len(arguments)
        if given < self.least or (given > len(self.kinds) and not self.many):
            self._refuse_count(given)
        values: list[Any] = []
        varying: dict[int, Pattern] = {}
        typed = False
        for place, argument in enumerate(arguments):
            kind = self.kinds[min(place, len(self.kinds) - 1)]
            if kind.patterned and isinstance(argument, (str, Pattern, list, tuple)):
                if kind.literal and isinstance(argument, str) and _is_one(argument):
                    values.append(self.read(place, argument))
                    typed = True
                    continue
                held = reify(argument)
                if held.constant is not VARIES:
                    values.append(self.read(place, held.constant))
                    typed = typed or bool(held.context)
                    continue
                for atom in held.atoms or ():
                    self.read(place, atom)
                varying[place] = held
                values.append(None)
            else:
                values.append(self.read(place, argument))
        inside = ", ".join(map(describe_argument, arguments))
        label = f"{pattern.label}.{self.name.rstrip('_')}({inside})"
        if not varying:
            result = reify(self.function(pattern, *values))
            if typed:  # notation holds for a cycle, and the next: it cuts at the bar line
                result = result.split_queries()
        else:
            result = self._patterned(pattern, values, varying)
        return relabel(result, label)

    def _patterned(
        self, pattern: Pattern, values: list[Any], varying: Mapping[int, Pattern]
    ) -> Pattern:
        places = tuple(varying)
        built: dict[tuple[Any, ...], Pattern] = {}

        def build(held: tuple[Any, ...]) -> Pattern:
            try:
                made = built.get(held)
            except TypeError:  # a value that cannot be a key
                return self._build(pattern, values, places, held)
            if made is None:
                made = self._build(pattern, values, places, held)
                if len(built) < _REMEMBERED:
                    built[held] = made
            return made

        (at, first), *others = varying.items()
        together = mapped(first, lambda value: (self.read(at, value),))
        for place, other in others:
            together = app_left(together, other, self._and(place))
        result = self.join(mapped(together, build))
        steps = pattern.steps if self.join is inner_join else result.steps
        return relabel(result, result.label, steps=steps)

    def _and(self, place: int) -> Callable[[Any, Any], Any]:
        return lambda held, value: (*held, self.read(place, value))

    def _build(
        self, pattern: Pattern, values: list[Any], places: tuple[int, ...], held: tuple[Any, ...]
    ) -> Pattern:
        filled = list(values)
        for place, value in zip(places, held, strict=True):
            filled[place] = value
        return reify(self.function(pattern, *filled))


VERBS: Final[dict[str, Any]] = {}
"""Every word that is a method of patterns, by each of its spellings."""


def camel(name: str) -> str:
    """Return Strudel's spelling of a name.

    >>> camel("euclid_rot")
    'euclidRot'
    """
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)


def attach(name: str, word: Any, *aliases: str) -> None:
    """Make a word a method of every pattern, under its Strudel spelling too."""
    for spelling in (name, camel(name), *aliases):
        VERBS[spelling] = word
        setattr(Pattern, spelling, word)


def verb(
    *kinds: Kind,
    example: str,
    aliases: Sequence[str] = (),
    name: str = "",
    many: bool = False,
    join: Callable[[Pattern], Pattern] = inner_join,
) -> Callable[[Callable[..., Any]], Verb]:
    """Declare a verb: decorates a function of a pattern and arguments of these kinds."""

    def declare(function: Callable[..., Any]) -> Verb:
        called = name or function.__name__
        word = Verb(function, kinds, example, name=called, many=many, join=join)
        attach(called, word, *aliases)
        return word

    return declare
