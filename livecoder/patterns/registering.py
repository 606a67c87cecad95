"""A performer's own words."""

from __future__ import annotations

from typing import Any

from livecoder.core.errors import PatternError
from livecoder.patterns.pattern import Pattern, reify, relabel
from livecoder.patterns.verbs import attach, describe_argument

__all__ = ["register"]


def register(function: Any, name: Any = None) -> Any:
    """Give every pattern a method of your own.

    >>> @register
    ... def wobble(pattern, times=2):
    ...     "Faster, and back again."
    ...     return pattern.fast(times).rev()
    >>> reify("a b").wobble(3)
    mini("a b").wobble(3)

    The function's first parameter is the pattern; or its last, if that one is called `pat` or
    `pattern` and the first is not.

    Raises:
        PatternError: it is no function, or it has no parameter for the pattern.
    """
    if isinstance(function, str) and callable(name):  # Strudel's order: name first
        function, name = name, function
    code = getattr(function, "__code__", None)
    if code is None or not code.co_argcount:
        message = f"register takes a function of a pattern, got {describe_argument(function)}"
        raise PatternError(message + "; try register(lambda pattern: pattern.fast(2), 'double')")
    names = code.co_varnames[: code.co_argcount]
    called = name or function.__name__
    if not called.isidentifier():
        message = f"a method needs a name that Python can say, got {called!r}; try 'wobble'"
        raise PatternError(message)
    taken = getattr(Pattern, called, None)
    if taken is not None and not getattr(taken, "registered", False):
        message = f"patterns have a .{called} already; give yours another name"
        raise PatternError(message)
    pattern_words = {"pat", "pattern"}
    pattern_last = len(names) > 1 and names[-1] in pattern_words and names[0] not in pattern_words

    def method(pattern: Pattern, *arguments: Any, **options: Any) -> Pattern:
        ordered = (*arguments, pattern) if pattern_last else (pattern, *arguments)
        made = reify(function(*ordered, **options))
        inside = ", ".join(map(describe_argument, arguments))
        return relabel(made, f"{pattern.label}.{called}({inside})")

    method.__doc__ = function.__doc__
    method.__name__ = called
    method.registered = True  # type: ignore[attr-defined]
    attach(called, method)
    return function
