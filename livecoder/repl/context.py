"""Where in the text the cursor stands: in a string of which call, after which dot, in a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Context", "context_of"]

_WORD_BEFORE = re.compile(r"([A-Za-z_]\w*)\s*$")
_PREFIX = re.compile(r"[A-Za-z_]\w*$")
_NUMBER = re.compile(r"(?<![\w.])\d[\w.]*$")
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Context:
    """A place in a text.

    Attributes:
        kind: `"string"`, `"attribute"`, `"name"` or `"none"` (a comment, a number).
        prefix: what of the word stands already; for a string, all of it so far.
        path: before the dot, `("d1",)` for `d1.mu`; empty if it is no dotted name.
        root: name that a chain of calls began with, `"note"` for `note("c").fast(2).`
        callee: name of the call the cursor is in; empty outside of calls.
        argument: how many arguments of that call stand before; `-1` if it is named.
    """

    kind: str
    prefix: str = ""
    path: tuple[str, ...] = ()
    root: str = ""
    callee: str = ""
    argument: int = 0


@dataclass(slots=True)
class _Open:
    at: int
    mark: str
    callee: str
    commas: int = 0
    begin: int = 0


def context_of(text: str) -> Context:
    """Say where the end of a text is.

    >>> context_of('d1 >> s("bd*2 s').callee, context_of("d1.mu").path
    ('s', ('d1',))

    Args:
        text: everything before the cursor.
    """
    stack: list[_Open] = []
    closed: dict[int, int] = {}
    index = 0
    while index < len(text):
        character = text[index]
        if character in "\"'":
            quote = character * 3 if text.startswith(character * 3, index) else character
            end = _end_of_string(text, index + len(quote), quote)
            if end < 0:
                return _in_string(text, index, len(quote), stack)
            index = end
            continue
        if character == "#":
            end = text.find("\n", index)
            if end < 0:
                return Context("none")
            index = end
        elif character in "([{":
            before = _WORD_BEFORE.search(text[:index])
            callee = before[1] if before and character == "(" else ""
            stack.append(_Open(index, character, callee, begin=index + 1))
        elif character in ")]}" and stack and stack[-1].mark == _PAIRS[character]:
            closed[index] = stack.pop().at
        elif character == "," and stack:
            stack[-1].commas += 1
            stack[-1].begin = index + 1
        index += 1
    return _in_code(text, stack, closed)


def _end_of_string(text: str, begin: int, quote: str) -> int:
    """Return the index after a string's closing quote; -1 if it is still open at the end."""
    index = begin
    while index < len(text):
        if text[index] == "\\":
            index += 2
            continue
        if text.startswith(quote, index):
            return index + len(quote)
        if text[index] == "\n" and len(quote) == 1:
            return index  # an unfinished line; Python ends the string there as well
        index += 1
    return -1


def _in_string(text: str, at: int, quote: int, stack: list[_Open]) -> Context:
    prefix = text[at + quote :]
    if not stack:
        return Context("string", prefix)
    inner = stack[-1]
    named = "=" in text[inner.begin : at]
    # A list of names is as good as a name: `s(["bd", "sd"])`.
    callee = next((o.callee for o in reversed(stack) if o.callee), "")
    return Context("string", prefix, callee=callee, argument=-1 if named else inner.commas)


def _in_code(text: str, stack: list[_Open], closed: dict[int, int]) -> Context:
    callee = stack[-1].callee if stack else ""
    commas = stack[-1].commas if stack else 0
    if _NUMBER.search(text):
        return Context("none")
    found = _PREFIX.search(text)
    prefix = found[0] if found else ""
    before = text[: len(text) - len(prefix)].rstrip()
    if before.endswith(".") and not before.endswith(".."):
        holder = before[:-1].rstrip()
        path = _dotted(holder)
        root = "" if path else _root(holder, closed)
        return Context("attribute", prefix, path=path, root=root, callee=callee)
    return Context("name", prefix, callee=callee, argument=commas)


def _dotted(text: str) -> tuple[str, ...]:
    found = re.search(r"(?<![\w.)\]\"'])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$", text)
    return tuple(found[0].split(".")) if found else ()


def _root(text: str, closed: dict[int, int]) -> str:
    """Return the first name of a chain of calls and dots that ends where the text does."""
    end = len(text)
    while end > 0:
        part = text[:end].rstrip()
        while part and (opened := closed.get(len(part) - 1)) is not None:
            part = part[:opened].rstrip()
        word = _WORD_BEFORE.search(part)
        if not word:
            # Brackets alone: `(a + b).fast(2)` is as much a pattern as what is in them.
            return ""
        before = part[: word.start()].rstrip()
        if not before.endswith("."):
            return word[1]
        end = len(before) - 1
    return ""
