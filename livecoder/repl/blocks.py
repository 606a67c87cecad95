"""Where a block of text begins and ends: for Enter at the prompt, and for text from a pipe."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterable, Iterator
from enum import Enum

__all__ = ["Blocks", "State", "asks_only", "indent_after", "is_open", "split_blocks", "state_of"]

# `codeop` of the standard library uses these two: say "incomplete input" when more may follow.
_INCOMPLETE = 0x4000 | 0x200
_FLAGS = _INCOMPLETE | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_STEP = 4
_ASKING = ("help", "exit", "quit", "show")
# What a picture may be told without its leaving anything behind, as a file would.
_SHOWING = frozenset({"cycles", "live", "begin"})


class State(Enum):
    """What Python makes of a text."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    WRONG = "wrong"


def state_of(text: str) -> State:
    """Say whether a text could run, or needs more lines, or is no Python.

    >>> state_of("stack(").value, state_of("x = 1").value, state_of("x = )").value
    ('incomplete', 'complete', 'wrong')
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(textwrap.dedent(text), "<prompt>", "exec", _FLAGS, dont_inherit=True)
    except SyntaxError as error:
        return State.INCOMPLETE if "incomplete input" in str(error.msg) else State.WRONG
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return State.WRONG
    return State.COMPLETE


def is_open(text: str) -> bool:
    r"""Whether a complete text ends inside a `for`, `def` and the like, which may go on.

    >>> is_open("for i in x:\n    f(i)"), is_open("f(1,\n  2)")
    (True, False)
    """
    lines = text.rstrip().splitlines()
    if len(lines) < 2 or text.endswith("\n\n"):
        return False
    tree = ast.parse(textwrap.dedent(text.rstrip()))
    return bool(tree.body) and hasattr(tree.body[-1], "body")


def indent_after(before: str) -> str:
    """Return the spaces a new line begins with.

    >>> len(indent_after("for i in x:")), len(indent_after("    return 1"))
    (4, 0)

    Args:
        before: the text up to where the line is broken.
    """
    line = before.rsplit("\n", 1)[-1]
    indent = len(line) - len(line.lstrip(" "))
    code = line.split("#")[0].rstrip()
    opened = sum(code.count(mark) for mark in "([{") - sum(code.count(mark) for mark in ")]}")
    if code.endswith(":") or opened > 0:
        indent += _STEP
    elif re.match(r"\s*(return|pass|break|continue|raise)\b", code):
        indent = max(0, indent - _STEP)
    return " " * indent


def asks_only(source: str) -> bool:
    """Whether a block only looks (`d1`, `help(s)`) or leaves, so that no journal needs it.

    >>> asks_only("help(d1)"), asks_only("sounds"), asks_only("d1 >> s('bd')")
    (True, True, False)
    >>> asks_only("d1.show(4, live=True)"), asks_only("show(d1, file='d1.svg')")
    (True, False)
    """
    try:
        body = ast.parse(textwrap.dedent(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return False
    value = body[0].value
    if isinstance(value, ast.Call):
        function = value.func
        called = function.id if isinstance(function, ast.Name) else ""
        shown = isinstance(function, ast.Attribute) and function.attr == "show" and _looks(function)
        plain = all(each.arg in _SHOWING and _looks(each.value) for each in value.keywords)
        return (called in _ASKING or shown) and plain and all(map(_looks, value.args))
    return _looks(value)


def _looks(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, (ast.Name, ast.Constant))


class Blocks:
    """Cuts lines into blocks as they come: a blank line ends a block that is complete.

    After an indented line one blank line does not yet end it, since the body of a `def` may go
    on; the next line, a second blank line or the end tell.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    def feed(self, line: str) -> Iterator[str]:
        """Take a line, without its end, and yield the blocks it ends (none, one)."""
        if line.strip():
            if self._lines and not self._lines[-1].strip() and not self._goes_on(line):
                yield from self.close()
            self._lines.append(line)
        elif self._lines:
            self._lines.append(line)
            text = "\n".join(self._lines)
            twice = text.endswith("\n\n") or not self._lines[-2].strip()
            indented = self._lines[-2][:1] in (" ", "\t")
            if state_of(text) is not State.INCOMPLETE and (twice or not indented):
                yield from self.close()

    def close(self) -> Iterator[str]:
        """Yield what is left at the end."""
        text = "\n".join(self._lines).strip("\n")
        self._lines = []
        if text.strip():
            yield text

    def _goes_on(self, line: str) -> bool:
        before = "\n".join(self._lines)
        if state_of(before) is State.INCOMPLETE:
            return True
        clause = re.match(r"(else|elif|except|finally)\b", line)
        return bool(clause) or line[:1] in (" ", "\t")


def split_blocks(lines: Iterable[str]) -> Iterator[str]:
    r"""Cut a whole text into blocks.

    >>> list(split_blocks(["a = 1", "", "def f():", "    b", "", "    c", "", "d"]))
    ['a = 1', 'def f():\n    b\n\n    c', 'd']
    """
    blocks = Blocks()
    for line in lines:
        yield from blocks.feed(line)
    yield from blocks.close()
