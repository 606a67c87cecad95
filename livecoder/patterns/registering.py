"""A performer's own words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from livecoder.core.errors import PatternError
from livecoder.patterns.joins import inner_join
from livecoder.patterns.pattern import Pattern, reify, relabel
from livecoder.patterns.verbs import ANY, Transform, Verb, attach, describe_argument

__all__ = ["register"]

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_PATTERN_WORDS = frozenset({"pat", "pattern"})


def register(function: Any, name: Any = None) -> Any:
    """Give every pattern a method of your own.

    >>> @register
    ... def wobble(pattern, times=2):
    ...     "Faster, and back again."
    ...     return pattern.fast(times).rev()
    >>> reify("a b").wobble(3)
    mini("a b").wobble(3)

    The function's first parameter is the pattern; or its last, if that one is called `pat` or
    `pattern` and the first is not. Text given to the method is notation, and the function is
    called with each of its values, `.wobble("<2 3>")`; whatever else is given, it gets as it is.

    Raises:
        PatternError: it is no function, or it has no parameter for the pattern.
    """
    if isinstance(function, str) and callable(name):  # Strudel's order: name first
        function, name = name, function
    plain = _plain(function)
    called = name or getattr(function, "__name__", "")
    if not isinstance(called, str) or not called.isidentifier():
        message = f"a method needs a name that Python can say, got {called!r}; try 'wobble'"
        raise PatternError(message)
    taken = getattr(Pattern, called, None)
    if taken is not None and not getattr(taken, "registered", False):
        message = f"patterns have a .{called} already; give yours another name"
        raise PatternError(message)
    attach(called, _method(plain, called, getattr(function, "__doc__", None)))
    return function


def _plain(function: Any) -> Callable[..., Any]:
    """Return what may be called with a pattern, and has parameters to count."""
    if isinstance(function, Verb):
        return function.function
    if isinstance(function, Transform):
        return lambda pattern: function(pattern)
    parameters: list[inspect.Parameter] = []
    if callable(function):
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):  # made in C, and says nothing of itself
            parameters = []
    usable = callable(function) and not isinstance(function, (type, Pattern))
    if not usable or not any(each.kind in _BY_PLACE for each in parameters):
        message = f"register takes a function of a pattern, got {describe_argument(function)}"
        raise PatternError(message + "; try register(lambda pattern: pattern.fast(2), 'double')")
    plain: Callable[..., Any] = function
    return plain


def _method(function: Callable[..., Any], called: str, doc: str | None) -> Callable[..., Pattern]:
    parameters = list(inspect.signature(function).parameters.values())
    by_place = [each.name for each in parameters if each.kind in _BY_PLACE]
    last = by_place[-1] in _PATTERN_WORDS and by_place[0] not in _PATTERN_WORDS
    # What is typed: the parameters without the pattern.
    own = [each for each in parameters if each.name != by_place[-1 if last else 0]]
    example = f's("bd sn").{called}({", ".join("2" for each in own if _needed(each))})'

    def method(pattern: Pattern, *arguments: Any, **options: Any) -> Pattern:
        try:
            inspect.Signature(own).bind(*arguments, **options)
        except TypeError as error:
            message = f"{called} takes {_listed(own)}, got {len(arguments)}: {error}"
            raise PatternError(f"{message}; try {example}") from None
        texts = [place for place, each in enumerate(arguments) if isinstance(each, str)]

        def fill(held: Pattern, *values: Any) -> Any:
            given = list(arguments)
            for place, value in zip(texts, values, strict=True):
                given[place] = value
            ordered = (*given, held) if last else (held, *given)
            return function(*ordered, **options)

        kinds = [ANY] * len(texts)
        word = Verb(fill, kinds, example, name=called, many=False, join=inner_join)
        made = word.apply(reify(pattern), *(arguments[place] for place in texts))
        inside = ", ".join(map(describe_argument, arguments))
        return relabel(made, f"{pattern.label}.{called}({inside})")

    # `self`, because it is what a method's own parameters come after.
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    shown = [itself.replace(kind=inspect.Parameter.POSITIONAL_ONLY), *own]
    method.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    method.__doc__ = doc
    method.__name__ = called
    method.registered = True  # type: ignore[attr-defined]
    if f"{called}(" not in (doc or ""):
        method.example = example  # type: ignore[attr-defined]
    return method


def _needed(parameter: inspect.Parameter) -> bool:
    return parameter.kind in _BY_PLACE and parameter.default is inspect.Parameter.empty


def _listed(parameters: Sequence[inspect.Parameter]) -> str:
    return str(inspect.Signature(list(parameters))) if parameters else "nothing"
