"""From a journal to a script: what was played, without what only managed files.

A block that failed is kept as a comment: nothing typed is lost, and the script plays without it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from textwrap import fill

from livecoder.core.rational import ZERO
from livecoder.session.around import ASIDES
from livecoder.session.journal import Performance
from livecoder.session.script import Block, Script

__all__ = ["FILES", "script_of", "without"]

# Commands that do nothing to the music, and those whose work is in the journal in other words:
# of `load` block by block, of `tap` as a tempo.
FILES = frozenset({"save", "load", "recover"})
"""Words that write files, or play what is in them."""
_ASIDE = FILES | {"help", "exit", "quit", "tap", "bar", "learn"} | ASIDES
_WIDTH = 96


def script_of(performance: Performance) -> Script:
    """Return the script that plays a performance again.

    >>> from pathlib import Path
    >>> done = (Block(0, "d1 >> s('bd')"), Block(0, "save('x.py')"), Block(1, "d1 >> 5"))
    >>> made = script_of(Performance(Path(), seed=3, blocks=done, failed=frozenset({2})))
    >>> [block.source for block in made.blocks]
    ["d1 >> s('bd')", '# did not run: d1 >> 5']
    """
    blocks = [Block(ZERO, source) for source in _heard(performance)]
    for index, block in enumerate(performance.blocks):
        if index in performance.failed:
            lines = block.source.splitlines()
            blocks.append(block._replace(source="\n".join(f"# did not run: {x}" for x in lines)))
        elif (source := without(_ASIDE, block.source)).strip():
            blocks.append(block._replace(source=source))
    return Script(performance.seed, tuple(blocks))


def without(words: Collection[str], source: str) -> str:
    """Take out what only calls some words; what is left keeps its own words and its comments.

    >>> without(FILES, "d1 >> s('bd'); save('x.py')")
    "d1 >> s('bd')"
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    aside = [node for node in tree.body if _calls(node, words)]
    if not aside:
        return source
    if len(aside) == len(tree.body):
        return ""
    data = source.encode().splitlines(keepends=True)
    offsets = [0]
    for line in data:
        offsets.append(offsets[-1] + len(line))
    text = b"".join(data)
    for node in reversed(aside):
        begin = offsets[node.lineno - 1] + node.col_offset
        end = offsets[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        while text[end : end + 1] in (b" ", b";"):
            end += 1
        text = text[:begin] + text[end:]
    kept_lines = (line.rstrip().removesuffix(";").rstrip() for line in text.decode().splitlines())
    return "\n".join(line for line in kept_lines if line)


def _heard(performance: Performance) -> list[str]:
    """Return what takes in again what came in by MIDI: one block, which acts from bar 1."""
    found: dict[str, list[str]] = {}
    for name, text in performance.heard:
        found.setdefault(name, []).extend(text.split())
    lines = [
        f'heard({name!r}, """\n{fill(" ".join(words), _WIDTH)}\n""")'
        for name, words in sorted(found.items())
    ]
    return ["\n".join(["# What came in by MIDI.", *lines])] if lines else []


def _calls(node: ast.stmt, words: Collection[str]) -> bool:
    return isinstance(node, ast.Expr) and _called(node.value) in words


def _called(node: ast.expr) -> str | None:
    if isinstance(node, ast.Await):
        return _called(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return None
