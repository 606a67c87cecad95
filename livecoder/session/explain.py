"""Say what went wrong in a performer's block: one message, and what to type instead."""

from __future__ import annotations

import builtins
import inspect
import linecache
import re
import sys
import traceback
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from types import FrameType, TracebackType
from typing import Any

from livecoder.core.errors import LivecoderError
from livecoder.patterns.pattern import Pattern
from livecoder.session.tracks import Track

__all__ = ["example_of", "explain", "signature_of", "usage"]

_CALLED = re.compile(r"([A-Za-z_][\w.]*)\(\)")
_NAMED = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_KEYWORD = re.compile(r"unexpected keyword argument '(\w+)'")
_NOTHING: Mapping[str, Any] = {}


def explain(
    error: BaseException,
    source: str = "",
    *,
    namespace: Mapping[str, Any] = _NOTHING,
    words: Collection[str] = (),
    name: str = "<block",
    debug: bool = False,
) -> str:
    r"""Return the one message a performer sees for an error.

    >>> explain(SyntaxError("'(' was never closed", ("<block>", 1, 6, "s = f(")), "s = f(")
    "line 1: '(' was never closed\n  s = f(\n       ^"

    Args:
        error: what the block raised.
        source: the block.
        namespace: the names there are, to find near ones.
        words: sounds and the like, which belong in quotation marks.
        name: how the names of the performer's blocks begin.
        debug: put the traceback before the message.
    """
    text = _explain(error, source, namespace, words, name)
    if debug:
        return "".join(traceback.format_exception(error)).rstrip() + "\n" + text
    return text


def _explain(
    error: BaseException,
    source: str,
    namespace: Mapping[str, Any],
    words: Collection[str],
    name: str,
) -> str:
    frames = _frames(error.__traceback__)
    where = _where(frames, source, name)
    # Whether it was raised in the performer's own lines, and not deep in a library.
    typed = bool(frames) and frames[-1][0].f_code.co_filename.startswith(name)
    match error:
        case LivecoderError():
            return str(error) or type(error).__name__
        case SyntaxError():
            return _syntax(error, source)
        case KeyboardInterrupt():
            return "stopped by Ctrl-C; what this block changed is taken back"
        case SystemExit():
            return "sys.exit() does not end the music; exit() or Ctrl-D leaves"
        case MemoryError():
            return f"MemoryError: out of memory, or nested too deeply{where}"
        case RecursionError():
            return f"RecursionError: a function calls itself without end{where}"
        case NameError() if error.name and typed:
            return _name(error.name, namespace, words) + where
        case AttributeError() if error.name and typed and "has no attribute" in str(error):
            return _attribute(error) + where
        case TypeError() if typed and str(error) == "'Pattern' object is not callable":
            return _no_function(source, namespace) + where
    text = _called(error, frames, namespace, name) if isinstance(error, TypeError) else ""
    told = str(error).strip() or "no reason given"
    what = f"{type(error).__name__}: {told}"
    if not text:
        text = _inside(frames, namespace, name)
    return what + where + (f"\n{text}" if text else "")


def _frames(trace: TracebackType | None) -> list[tuple[FrameType, int]]:
    return [(frame, line) for frame, line in traceback.walk_tb(trace)]


def _where(frames: list[tuple[FrameType, int]], source: str, name: str) -> str:
    """Return the last line of the performer's that was running, in brackets."""
    lines = source.splitlines()
    for frame, number in reversed(frames):
        code = frame.f_code
        if not code.co_filename.startswith(name):
            continue
        typed = [line.rstrip("\n") for line in linecache.getlines(code.co_filename)] or lines
        if not 0 < number <= len(typed):
            continue
        text = f"`{_short(typed[number - 1].strip())}`"
        if typed != lines:  # a function of an earlier block
            return f" (in {code.co_name}: {text})"
        alone = len([line for line in lines if line.strip()]) == 1
        return "" if alone else f" (line {number}: {text})"
    return ""


def _short(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _syntax(error: SyntaxError, source: str) -> str:
    lines = source.splitlines()
    number = error.lineno or 1
    line = lines[number - 1] if 0 < number <= len(lines) else (error.text or "").rstrip("\n")
    stripped = line.lstrip()
    at = max(0, (error.offset or 1) - 1 - (len(line) - len(stripped)))
    # A very long line is shown around the mistake.
    start = max(0, at - 50)
    piece = stripped[start : start + 70]
    what = error.msg or "invalid syntax"
    return f"line {number}: {what}\n  {piece}\n  {' ' * (at - start)}^"


def _name(missing: str, namespace: Mapping[str, Any], words: Collection[str]) -> str:
    if missing in words:
        return f'NameError: {missing} is a word: put it in quotation marks, "{missing}"'
    known = {*namespace, *dir(builtins)} - {missing}
    near = get_close_matches(missing, sorted(n for n in known if not n.startswith("_")), n=3)
    if not near:
        return f"NameError: nothing is called {missing!r}; help() lists what there is"
    return f"NameError: nothing is called {missing!r}; did you mean {' or '.join(near)}?"


def _attribute(error: AttributeError) -> str:
    held, missing = error.obj, str(error.name)
    what = held.__name__ if inspect.ismodule(held) else type(held).__name__
    known = [name for name in dir(held) if not name.startswith("_")]
    near = get_close_matches(missing, known, n=3)
    if isinstance(held, Track) and hasattr(Pattern, missing):
        said = f'{held.name} >> note("c e g").{missing}(...)'
        return f"AttributeError: a track has no .{missing}, a pattern has: {said}"
    if near:
        return f"AttributeError: {what} has no .{missing}; did you mean .{' or .'.join(near)}?"
    return f"AttributeError: {what} has no .{missing}; help({what}) lists what it has"


def _no_function(source: str, namespace: Mapping[str, Any]) -> str:
    """Return what to type in place of the first pattern of a block that was called."""
    for called in _NAMED.findall(source):
        if isinstance(namespace.get(called), Pattern):
            return f"TypeError: {called} is a pattern, no function: type {called} without brackets"
    return "TypeError: a pattern is no function; it takes no brackets"


def _called(
    error: TypeError,
    frames: list[tuple[FrameType, int]],
    namespace: Mapping[str, Any],
    name: str,
) -> str:
    """Return how to call the function that a `TypeError` of the call itself names."""
    found = _CALLED.match(str(error))
    # Raised by the call, so the frame that called is the last one.
    if not found or not frames or not frames[-1][0].f_code.co_filename.startswith(name):
        return ""
    *owner, called = found[1].split(".")
    function = namespace.get(called)
    if owner and (holder := _class_called(owner[-1])) is not None:
        function = getattr(holder, called, None)
    if not callable(function):
        return ""
    return _keyword(str(error), function) + usage(function, called)


def _keyword(told: str, function: Any) -> str:
    """Return the near name of an argument that was typed wrong."""
    found = _KEYWORD.search(told)
    near = get_close_matches(found[1], _parameters(function), n=1) if found else []
    return f"did you mean {near[0]}=? " if near else ""


def _parameters(function: Any) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _class_called(name: str) -> Any:
    for module_name in ("livecoder.patterns.pattern", "livecoder.session.tracks"):
        module = sys.modules.get(module_name)
        if module is not None and hasattr(module, name):
            return getattr(module, name)
    return None


def _inside(frames: list[tuple[FrameType, int]], namespace: Mapping[str, Any], name: str) -> str:
    """Return how to call the library function that a block called and that then failed."""
    own = [i for i, (frame, _) in enumerate(frames) if frame.f_code.co_filename.startswith(name)]
    if not own or own[-1] + 1 >= len(frames):
        return ""
    frame = frames[own[-1] + 1][0]
    if not str(frame.f_globals.get("__name__", "")).startswith("livecoder."):
        return ""
    called = frame.f_code.co_name
    if called.startswith("_"):
        return ""  # nothing a performer calls
    holder = frame.f_locals.get("self")
    function = getattr(type(holder), called, None) if holder is not None else namespace.get(called)
    return usage(function, called) if callable(function) else ""


def usage(function: Any, name: str) -> str:
    """Return how a function is called: its parameters and, where it tells one, an example.

    >>> def gain(level, *, track="d1"): '''Set how loud it is: `gain(0.8)`.'''
    >>> usage(gain, "gain")
    "type gain(level, *, track='d1'), for example gain(0.8)"
    """
    plain = signature_of(function)
    if not plain:
        return ""
    example = example_of(function, name)
    return f"type {name}{plain}" + (f", for example {example}" if example else "")


def signature_of(function: Any) -> str:
    """Return a function's parameters as they are typed, without types; empty if it tells none.

    >>> def fast(self, factor: float) -> None: ...
    >>> signature_of(fast)
    '(factor)'
    """
    # A word of the vocabulary keeps the plain function, whose first parameter is the pattern.
    plain = getattr(function, "function", None)
    try:
        signature = inspect.signature(plain if inspect.isfunction(plain) else function)
    except (TypeError, ValueError):
        return ""
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name not in ("self", "cls")
    ][inspect.isfunction(plain) :]
    return str(inspect.Signature(parameters))


def example_of(function: Any, name: str) -> str:
    """Return the example a function declares, or the first call its docstring shows, or nothing."""
    declared = getattr(function, "example", None)
    if isinstance(declared, str) and declared:
        return declared
    text = inspect.getdoc(function) or ""
    for found in re.finditer(r"`([^`\n]+)`|>>> ([^\n]+)", text):
        code = (found[1] or found[2]).strip()
        if call := re.search(rf"(?<!\w){re.escape(name)}\((?=.)", code):
            return code if found[1] else _call(code, call.start())
    return ""


def _call(code: str, begin: int) -> str:
    """Return the call that begins at a place in a doctest, with the chain it is at the end of."""
    before, depth = code[:begin], 0
    whole = before.endswith(".") and before.count("(") == before.count(")")
    for index in range(begin, len(code)):
        depth += (code[index] == "(") - (code[index] == ")")
        if depth == 0 and code[index] == ")":
            return code[0 if whole else begin : index + 1]
    return code[begin:]
