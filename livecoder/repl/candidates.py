"""What could stand at the cursor: looked up in the live session, never run."""

from __future__ import annotations

import builtins
import inspect
import keyword
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple

from livecoder.repl.context import Context, context_of
from livecoder.repl.harmony import LISTS, chord_completions
from livecoder.repl.host import Host
from livecoder.repl.words import spelled_once
from livecoder.session.tracks import Track

__all__ = ["Candidate", "candidates"]

_MOST = 200
_META = 50
_TONICS = ("c", "c#", "d", "eb", "e", "f", "f#", "g", "ab", "a", "bb", "b")
_SOUND_WORD = re.compile(r"[A-Za-z]\w*$")
_KEY_WORD = re.compile(r"[^\s<>\[\](),|]*$")
_MISSING = object()


class Candidate(NamedTuple):
    """One completion.

    Attributes:
        text: what would stand there.
        back: how many characters before the cursor it takes the place of.
        meta: a word about it.
    """

    text: str
    back: int
    meta: str = ""


def candidates(before: str, host: Host) -> list[Candidate]:
    """Return what could follow, likeliest first.

    Args:
        before: everything before the cursor.
        host: the session whose names and vocabulary are offered.
    """
    context = context_of(before)
    match context.kind:
        case "string":
            found = _in_string(context, host)
        case "attribute":
            found = _attributes(context, host)
        case "name":
            found = _names(context, host)
        case _:
            return []
    return [candidate for candidate, _ in zip(found, range(_MOST), strict=False)]


# Strings


def _in_string(context: Context, host: Host) -> Iterator[Candidate]:
    first = context.argument <= 0
    vocabulary: dict[str, Callable[[], Collection[str]]] = {
        "midi": host.ports,
        "port": host.ports,
        "track": host.tracks,
        "help": lambda: [*host.sounds(), *host.scales(), *host.controls(), *LISTS],
        "progression": LISTS["progressions"],
        "dict": LISTS["voicings"],
        "dictionary": LISTS["voicings"],
        "mode": LISTS["modes"],
    }
    match context.callee:
        case "s" | "sound" | "mini" | "":
            word = _last(_SOUND_WORD, context.prefix)
            yield from _starting(word, host.sounds(), "sound")
        case "key" | "scale" | "quantise" | "quantize" if first:
            yield from _keys(_last(_KEY_WORD, context.prefix), host)
        case "roman" | "progression" | "chord_grammar" if context.argument:
            yield from _keys(_last(_KEY_WORD, context.prefix), host)
        case "chord":
            word = _last(_KEY_WORD, context.prefix)
            yield from _starting(word, chord_completions(word), "chord")
        case "load" | "save" | "play" if first:
            yield from _files(context.prefix)
        case callee if callee in vocabulary and first:
            yield from _starting(context.prefix, vocabulary[callee](), "")


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""


def _starting(prefix: str, names: Iterable[str], meta: str) -> Iterator[Candidate]:
    for name in sorted(names):
        if name.startswith(prefix) and name != prefix:
            yield Candidate(name, len(prefix), meta)


def _keys(word: str, host: Host) -> Iterator[Candidate]:
    tonic, colon, scale = word.partition(":")
    if not colon:
        yield from _starting(tonic.lower(), [f"{name}:" for name in _TONICS], "tonic")
        return
    # Words of a scale's name are parted by colons: a space would be a step of the notation.
    yield from _starting(scale, {name.replace(" ", ":") for name in host.scales()}, "scale")


def _files(prefix: str) -> Iterator[Candidate]:
    folder, name = os.path.split(prefix)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = [(e.name, e.is_dir()) for e, _ in zip(entries, range(1000), strict=False)]
    except OSError:
        return
    for entry, is_folder in sorted(found):
        wanted = is_folder or entry.endswith(".py")
        if wanted and entry.startswith(name) and not entry.startswith((".", "_")):
            yield Candidate(entry + ("/" if is_folder else ""), len(name), "")


# After a dot


def _attributes(context: Context, host: Host) -> Iterator[Candidate]:
    holder = _holder(context, host)
    if holder is _MISSING:
        return
    prefix = context.prefix
    known = {name: _static(holder, name) for name in _matching(prefix, dir(holder))}
    found = {name: thing for name, thing in known.items() if not inspect.ismemberdescriptor(thing)}
    for name in spelled_once(found):
        yield Candidate(name, len(prefix), _meta(found[name]))


def _holder(context: Context, host: Host) -> Any:
    if context.path:
        return _resolve(context.path, host)
    if not context.root:
        return _MISSING
    found = host.namespace.get(context.root, _MISSING)
    if isinstance(found, Track):
        return Track
    if found is _MISSING or isinstance(found, type):
        return found
    returns = str(getattr(found, "__annotations__", {}).get("return", ""))
    if "Track" in returns:
        return Track
    from livecoder.patterns.pattern import Pattern

    module = str(getattr(found, "__module__", "") or type(found).__module__)
    ours = isinstance(found, Pattern) or module.startswith("livecoder.")
    # A function of the performer's own: in this language it most likely makes a pattern.
    return Pattern if ours or inspect.isfunction(found) else _MISSING


def _resolve(path: tuple[str, ...], host: Host) -> Any:
    """Return what a dotted name stands for, without running anything to find out."""
    holder = host.namespace.get(path[0], getattr(builtins, path[0], _MISSING))
    for name in path[1:]:
        if holder is _MISSING or isinstance(_static(holder, name), property):
            return _MISSING
        if _static(holder, name) is _MISSING and not inspect.ismodule(holder):
            return _MISSING  # would be made by __getattr__
        holder = getattr(holder, name, _MISSING)
    return holder


def _static(holder: Any, name: str) -> Any:
    return inspect.getattr_static(holder, name, _MISSING)


# Names


def _names(context: Context, host: Host) -> Iterator[Candidate]:
    prefix = context.prefix
    yield from _parameters(context, host)
    if not prefix:
        return
    names = dict(host.namespace)
    found = {name: names[name] for name in _matching(prefix, names)}
    for name in spelled_once(found):
        yield Candidate(name, len(prefix), _meta(found[name]))
    for name in (*keyword.kwlist, *sorted(dir(builtins))):
        if name.startswith(prefix) and name not in names and not name.startswith("_"):
            yield Candidate(name, len(prefix), "Python")


def _matching(prefix: str, names: Iterable[str]) -> list[str]:
    hidden = prefix.startswith("_")
    return [name for name in names if name.startswith(prefix) and (hidden or name[0] != "_")]


def _parameters(context: Context, host: Host) -> Iterator[Candidate]:
    """Offer `temperature=` and the like inside a call; once a letter stands, or after a comma."""
    called = host.namespace.get(context.callee)
    if called is None and context.callee:
        from livecoder.patterns.pattern import Pattern

        called = getattr(Track, context.callee, getattr(Pattern, context.callee, None))
    if not callable(called) or not (context.prefix or context.argument):
        return
    try:
        parameters = inspect.signature(called).parameters.values()
    except (TypeError, ValueError):
        return
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name.startswith(context.prefix):
            yield Candidate(f"{parameter.name}=", len(context.prefix), "setting")


def _meta(thing: Any) -> str:
    """Return the first line of what a thing says of itself."""
    if isinstance(thing, Track):
        return "track"
    if isinstance(thing, (staticmethod, classmethod)):
        thing = thing.__func__
    if isinstance(thing, property):
        thing = thing.fget
    if not (callable(thing) or inspect.ismodule(thing)):
        return "" if thing is _MISSING else type(thing).__name__
    text = (getattr(thing, "__doc__", None) or "").strip().split("\n")[0]
    return text if len(text) <= _META else text[: _META - 1] + "…"
