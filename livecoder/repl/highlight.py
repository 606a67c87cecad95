"""Colours: Python's, those of mini-notation in its strings, and of what the prompt says."""

from __future__ import annotations

import re
from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer, PygmentsLexer
from prompt_toolkit.styles import Style
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

__all__ = ["STYLE", "PatternLexer"]

_OPERATORS = frozenset("*/<>[](){},:!@?%|")
_TRACK = re.compile(r"d\d{1,2}")
# A sentence is no notation: this many letters in a row are no sound or note.
_SENTENCE = re.compile(r"[A-Za-z]{12,}|[.;=]\s")

STYLE = Style.from_dict(
    {
        "prompt": "#87afff bold",
        "continuation": "#5f5f87",
        "pygments.keyword": "#d787d7",
        "pygments.keyword.constant": "#ffaf87",
        "pygments.literal.number": "#ffaf87",
        "pygments.literal.string": "#afd787",
        "pygments.comment": "#808080 italic",
        "pygments.operator": "#87d7ff",
        "pygments.operator.word": "#d787d7",
        "pygments.name.builtin": "#87afd7",
        "pygments.name.decorator": "#d7af5f",
        "pygments.name.function": "#87d7d7",
        "pygments.error": "#ff5f5f",
        "track": "#ffd75f bold",
        "call": "#87d7d7",
        "mini.operator": "#ff87af bold",
        "mini.rest": "#6c6c6c",
        "result": "#d0d0d0",
        "error": "#ff8787",
        "message": "#d7af5f",
        "stopped": "#d7af5f",
        "help.name": "#87d7d7 bold",
        "help.head": "#87afff bold",
        "help.dim": "#808080",
        "help.code": "#afd787",
        "help.picture": "#87afd7",
        "bottom-toolbar": "noreverse bg:#262626 #d0d0d0",
        "toolbar.place": "#ffd75f bold",
        "toolbar.sounding": "#87d787 bold",
        "toolbar.muted": "#6c6c6c",
        "toolbar.dim": "#949494",
        "toolbar.alarm": "#ff8787 bold",
        "toolbar.message": "#d7af5f",
        "completion-menu": "bg:#303030 #d0d0d0",
        "completion-menu.completion.current": "noreverse bg:#5f87af #ffffff",
        "completion-menu.meta.completion": "bg:#262626 #949494",
        "completion-menu.meta.completion.current": "noreverse bg:#5f87af #e4e4e4",
    }
)


class PatternLexer(Lexer):
    """Python, with tracks in a colour of their own and mini-notation marked in its strings."""

    def __init__(self) -> None:
        self._python = PygmentsLexer(PythonLexer, sync_from_start=True)

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Return a function from the number of a line to its styled pieces."""
        line_of = self._python.lex_document(document)
        return lambda number: _restyled(line_of(number))


def _restyled(line: StyleAndTextTuples) -> StyleAndTextTuples:
    restyled: StyleAndTextTuples = []
    for index, (style, text, *_) in enumerate(line):
        if style.startswith("class:pygments.literal.string") and "doc" not in style:
            restyled += _notation(style, text)
        elif style == "class:pygments.name" and _TRACK.fullmatch(text):
            restyled.append(("class:track", text))
        elif style == "class:pygments.name" and _opens(line, index):
            restyled.append(("class:call", text))
        else:
            restyled.append((style, text))
    return restyled


def _opens(line: StyleAndTextTuples, index: int) -> bool:
    return index + 1 < len(line) and line[index + 1][1].startswith("(")


def _notation(style: str, text: str) -> StyleAndTextTuples:
    if _SENTENCE.search(text):
        return [(style, text)]
    string = "class:pygments.literal.string"
    pieces: StyleAndTextTuples = []
    for character in text:
        if character in _OPERATORS:
            pieces.append(("class:mini.operator", character))
        elif character == "~":
            pieces.append(("class:mini.rest", character))
        else:
            pieces.append((string, character))
    return pieces
