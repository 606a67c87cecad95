"""A performance as a script: blocks of Python, each headed by the bar it acts from.

The format is plain Python that a performer can read and edit::

    # livecoder session
    # seed 7

    tempo(112); key("a:minor")

    # bar 5
    d1 >> s("bd*4")

    # bar 9.375
    d2 >> melody_rnn().s("pluck")

Bars count from 1, as musicians count them; bar 1 is cycle 0. What stands before the first header
acts from bar 1. A block's edits take effect at the first boundary of their quantum at or after
its bar, exactly as they did live, because the bar that is written is the one the block could
first reach when it was typed.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from livecoder.core.errors import SessionFileError
from livecoder.core.rational import ZERO, Rational, rational

__all__ = ["Block", "Script", "read_script", "write_script", "write_text"]

_HEADER = re.compile(r"# bar (\d{1,7}(?:\.\d{1,6})?)\b.*")
_SEED = re.compile(r"# seed (-?\d{1,18})\s*")
_LARGEST = 4_000_000


class Block(NamedTuple):
    """One evaluated piece of text.

    Attributes:
        at: cycles from the start of the session; its edits act from the next boundary.
        source: Python.
        line: of its first line in the file, from 1.
    """

    at: Rational
    source: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Script:
    """A whole performance.

    Attributes:
        seed: of every random choice and every network.
        blocks: in the order they act.
    """

    seed: int
    blocks: tuple[Block, ...]


def parse(text: str, name: str) -> Script:
    r"""Cut the text of a script into its blocks.

    >>> [str(block.at) for block in parse("tempo(90)\n# bar 3.5\nhush()", "x.py").blocks]
    ['0', '5/2']

    Raises:
        SessionFileError: a header goes back in time, or names bar 0.
    """
    seed, at, begin = 0, ZERO, 1
    lines: list[str] = []
    blocks: list[Block] = []

    def close() -> None:
        source = "\n".join(lines).strip("\n")
        if any(line.strip() and not line.lstrip().startswith("#") for line in lines):
            first = next(i for i, line in enumerate(lines) if line.strip())
            blocks.append(Block(at, source, begin + first))

    for number, line in enumerate(text.splitlines(), start=1):
        if found := _SEED.fullmatch(line):
            seed = int(found[1])
        if found := _HEADER.fullmatch(line):
            close()
            lines, begin, to = [], number + 1, rational(found[1]) - 1
            if to < at:
                message = (
                    f"{name}, line {number}: bar {found[1]} comes after bar {_bar(at)}; "
                    "bars count from 1 and go forward"
                )
                raise SessionFileError(message)
            at = to
        else:
            lines.append(line)
    close()
    return Script(seed, tuple(blocks))


def read_script(path: Path) -> Script:
    """Read a script.

    Raises:
        SessionFileError: no such file, too large, not text, or badly headed.
    """
    try:
        if path.stat().st_size > _LARGEST:
            message = f"{path} is larger than any session ({_LARGEST} bytes); is it the right file?"
            raise SessionFileError(message)
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        near = ", ".join(sorted(str(p) for p in Path("sessions").glob("*.py"))[:6])
        message = f"no file at {path}" + (f"; there are {near}" if near else "; save() makes one")
        raise SessionFileError(message) from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read ({error}); give the name of a session script"
        raise SessionFileError(message) from error
    return parse(text, str(path))


def _bar(at: Rational) -> str:
    """Write cycles as a bar number, exactly: every `at` lies on a grid of thousandths."""
    return f"{float(at + 1):.3f}".rstrip("0").rstrip(".")


def write_script(script: Script) -> str:
    """Return the text of a script; `parse` gives it back.

    >>> print(write_script(Script(7, (Block(ZERO, "tempo(90)"), Block(rational(4), "hush()")))))
    # livecoder session
    # seed 7
    <BLANKLINE>
    # bar 1
    tempo(90)
    <BLANKLINE>
    # bar 5
    hush()
    <BLANKLINE>
    """
    parts = [f"# livecoder session\n# seed {script.seed}\n"]
    parts += [f"# bar {_bar(block.at)}\n{block.source.rstrip()}\n" for block in script.blocks]
    return "\n".join(parts)


def write_text(path: Path, parts: Iterable[str]) -> None:
    """Write a file whole or not at all.

    Raises:
        SessionFileError: it cannot be written there; says where it could.
    """
    path = path.expanduser()
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(parts)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        message = (
            f"{path} cannot be written ({error.strerror or error}); "
            f'nothing is lost: try save("{Path.home() / (path.name or "set.py")}")'
        )
        raise SessionFileError(message) from error
