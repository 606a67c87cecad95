"""Draw the prompt playing: livecoder in a real terminal, its cells written as SVG.

    python benchmarks/screenshot.py docs/prompt.svg

Types a short set at `livecoder`, waits a bar or so, and draws what the terminal shows. Needs
`pexpect` and `pyte` (the extras `test` and `bench`).
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby
from os import environ
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import pyte

COLUMNS, LINES = 80, 18
CELL, LINE, SIZE, MARGIN, TITLE = 8.43, 18.0, 14, 14.0, 30.0
BACKGROUND, FOREGROUND, BAR = "#161616", "#d0d0d0", "#262626"
NAMED = {
    "black": "#161616",
    "red": "#ff8787",
    "green": "#87d787",
    "brown": "#d7af5f",
    "blue": "#87afff",
    "magenta": "#d787d7",
    "cyan": "#87d7d7",
    "white": "#d0d0d0",
}

# What is typed, and how long the music goes on before the next line, in seconds.
SET = (
    ('tempo(112); key("a:minor")', 0.5),
    ('d1 >> s("bd(3,8) [~ sd] hh*8")', 1.0),
    ('d2 >> note("<a2 f2 c3 g2>(5,8)").s("bass")', 1.0),
    ('d3 >> melody_rnn().s("pluck")', 4.0),
    ('d4 >> note("<[a3,c4,e4] [f3,a3,c4]>").midi("synth", 2)', 1.0),
    ("d2.mute()", 1.0),
    ('d1 >> s("bdd*4")', 2.5),
)
UNFINISHED = 'd2 >> note("<a2 f2>*4").s("bass").eucl'


class Look(NamedTuple):
    """How a cell is drawn."""

    colour: str
    ground: str
    bold: bool
    italic: bool


class Terminal:
    """A program in a terminal of its own, and what the terminal shows."""

    def __init__(self, command: str, columns: int, lines: int, state: str) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self.screen)
        program, *arguments = shlex.split(command)
        self._child = pexpect.spawn(
            program,
            arguments,
            dimensions=(lines, columns),
            encoding="utf-8",
            codec_errors="replace",
            env={
                **environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "XDG_STATE_HOME": state,
            },
        )
        # The program asks where the cursor is, and draws its toolbar when it knows.
        self.screen.write_process_input = self._child.send

    def run(self, seconds: float) -> None:
        """Show what comes for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self._stream.feed(self._child.read_nonblocking(65536, 0.05))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                return

    def wait(self, what: Callable[[str], bool], seconds: float, why: str) -> None:
        """Show what comes until the screen shows something."""
        end = time.monotonic() + seconds
        while not what("\n".join(self.screen.display)):
            if time.monotonic() > end or not self._child.isalive():
                shown = "\n".join(line.rstrip() for line in self.screen.display).strip()
                raise SystemExit(f"screenshot: {why}; the terminal shows:\n{shown}")
            self.run(0.1)

    def type(self, text: str) -> None:
        """Press keys as fast as a person."""
        for key in text:
            self._child.send(key)
            self.run(0.02)

    def end(self) -> None:
        """Leave as a performer does; the screen stays as it was."""
        self._child.send("\x03exit()\r")
        try:
            self._child.expect(pexpect.EOF, timeout=10)
        except pexpect.TIMEOUT:
            self._child.close(force=True)


def perform(command: str, columns: int, lines: int) -> pyte.Screen:
    """Play the set, and return the screen at its end."""
    with tempfile.TemporaryDirectory() as state:
        terminal = Terminal(command, columns, lines, state)
        terminal.wait(lambda shown: " bpm" in shown, 20, "no prompt came up")
        for text, seconds in SET:
            terminal.type(text)
            terminal.run(0.3)
            terminal.type("\r")
            terminal.run(seconds)
        terminal.type(UNFINISHED)
        terminal.run(1.0)
        screen = terminal.screen
        terminal.end()
        return screen


def drawn(screen: pyte.Screen, title: str) -> Iterator[str]:
    """Yield the lines of an SVG of a screen."""
    lines = _used_lines(screen)
    width = round(screen.columns * CELL + 2 * MARGIN, 1)
    height = round(lines * LINE + TITLE + MARGIN, 1)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
    yield f' height="{height}" font-size="{SIZE}" role="img" aria-label="{escape(title)}"'
    yield " font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\">"
    yield f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>'
    for index, colour in enumerate(("#ff5f56", "#ffbd2e", "#27c93f")):
        yield f'<circle cx="{20 + 18 * index}" cy="16" r="5.5" fill="{colour}"/>'
    yield f'<text x="{width / 2}" y="20" fill="#808080" text-anchor="middle" font-size="12">'
    yield f"{escape(title)}</text>"
    for number in range(lines):
        yield from _line(screen, number, TITLE + number * LINE)
    yield "</svg>"


def _used_lines(screen: pyte.Screen) -> int:
    used = [number for number, text in enumerate(screen.display) if text.strip()]
    return max(used, default=0) + 1


def _line(screen: pyte.Screen, number: int, top: float) -> Iterator[str]:
    cells = [screen.buffer[number][column] for column in range(screen.columns)]
    column = 0
    for look, group in groupby(cells, key=_look):
        text = "".join(cell.data for cell in group)
        x, width = MARGIN + column * CELL, len(text) * CELL
        if look.ground != BACKGROUND:
            # A hair wider, or the seams between cells show.
            yield (
                f'<rect x="{x:.2f}" y="{top:.2f}" width="{width + 0.3:.2f}" height="{LINE + 0.3}"'
                f' fill="{look.ground}"/>'
            )
        lead = len(text) - len(text.lstrip())
        word = text.strip()
        if word:
            weight = ' font-weight="bold"' if look.bold else ""
            style = ' font-style="italic"' if look.italic else ""
            yield (
                f'<text x="{x + lead * CELL:.2f}" y="{top + LINE * 0.74:.2f}" fill="{look.colour}"'
                f'{weight}{style} textLength="{len(word) * CELL:.2f}" xml:space="preserve">'
                f"{escape(word)}</text>"
            )
        column += len(text)
    if number == screen.cursor.y and not screen.cursor.hidden:
        x = MARGIN + screen.cursor.x * CELL
        place = f'x="{x:.2f}" y="{top + 2:.2f}" width="2" height="{LINE - 4}"'
        yield f'<rect {place} fill="{FOREGROUND}"/>'


def _look(cell: Any) -> Look:
    colour, ground = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
    if cell.reverse:
        colour, ground = ground, colour
    return Look(colour, ground, cell.bold, cell.italics)


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return NAMED.get(name.removeprefix("bright"), f"#{name}")


def main() -> int:
    """Draw the picture; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path, nargs="?", default=Path("docs/prompt.svg"))
    parser.add_argument("--command", default=f"{sys.executable} -m livecoder --seed 7")
    parser.add_argument("--columns", type=int, default=COLUMNS)
    parser.add_argument("--lines", type=int, default=LINES)
    options = parser.parse_args()
    screen = perform(options.command, options.columns, options.lines)
    options.picture.write_text("\n".join(drawn(screen, "livecoder")) + "\n", encoding="utf-8")
    print("\n".join(line.rstrip() for line in screen.display).rstrip())
    print(f"wrote {options.picture}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
