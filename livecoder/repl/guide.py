"""A document with examples: every block of Python run, every picture below one drawn again."""

from __future__ import annotations

import re
from typing import Any

from livecoder.patterns import vocabulary
from livecoder.patterns.drawing.picture import Picture, show
from livecoder.patterns.pattern import Pattern
from livecoder.session.evaluate import compile_block
from livecoder.session.perform import perform_block

__all__ = ["renewed"]

_WIDTH = 72
_SHOWN = re.compile(
    r"```python\n(?P<code>.*?)```\n(?:\n```text(?P<cycles> cycles=\d+)?\n(?P<drawn>.*?)```\n)?",
    re.DOTALL,
)
_TRACKS = re.compile(r"\bd\d+\b")


def renewed(text: str) -> str:
    r"""Return a document with what its examples look like below each that has a picture.

    >>> print(renewed("```python\ns('bd')\n```\n\n```text\n?\n```\n"))
    ```python
    s('bd')
    ```
    <BLANKLINE>
    ```text
        1               .2              .3              .4
    bd │█───────────────────────────────────────────────────────────────│
    ```
    <BLANKLINE>

    Examples are run in order, with the names those before them made; one that needs tracks is
    left to whoever has a stage. A picture shows one cycle, or as many as stand behind `text`.

    Args:
        text: Markdown, with blocks of `python` and, after a blank line, of `text cycles=4`.

    Raises:
        Exception: whatever an example raises.
    """
    names: dict[str, Any] = dict(vocabulary.WORDS)

    def again(found: re.Match[str]) -> str:
        code = found["code"]
        if _TRACKS.search(code):
            return found[0]
        shown = _value(code, names)
        if found["drawn"] is None:
            return found[0]
        cycles = (found["cycles"] or "").strip()
        drawn = _drawn(shown, int(cycles.partition("=")[2] or 1))
        head = f"```text {cycles}".rstrip()
        return f"```python\n{code}```\n\n{head}\n{drawn}\n```\n"

    return _SHOWN.sub(again, text)


def _value(code: str, names: dict[str, Any]) -> Any:
    """Run a block, and return what its last line stands for."""
    block = compile_block(code)
    body, last = code, ""
    if block.last is not None:
        lines = code.rstrip("\n").split("\n")
        # The last expression may be several lines long: it begins where the rest is complete.
        for cut in range(len(lines) - 1, -1, -1):
            body, last = "\n".join(lines[:cut]), "\n".join(lines[cut:])
            try:
                compile_block(body)
                compile_block(f"_ = (\n{last}\n)")
            except SyntaxError:
                continue
            break
    error = perform_block(f"{body}\n_shown = (\n{last or None}\n)", names, "<example>")
    if error is not None:
        raise error
    return names.pop("_shown")


def _drawn(shown: Any, cycles: int) -> str:
    if isinstance(shown, Pattern):
        shown = show(shown, cycles)
    return shown.text(_WIDTH, ascii=False) if isinstance(shown, Picture) else repr(shown)
