"""The reference: every word on a page of its family, written from what the words say themselves.

`python -m livecoder.cli.reference docs` writes the pages; a test holds that those in
`docs/` are what is written here, so that they are never behind the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import groupby
from typing import Any, Final, NamedTuple

from livecoder.patterns.controls import CONTROLS, ControlWord
from livecoder.patterns.operators import Operator
from livecoder.patterns.pattern import Pattern
from livecoder.repl.entries import Entry, drawn_example, entry_of, picture_of, words
from livecoder.repl.examples import Example

__all__ = ["pages"]

_WIDTH = 72
# Of a control's, of which there are hundreds.
_NARROW = 44


class _Page(NamedTuple):
    """A page: the file's name, its title, and what stands on it."""

    slug: str
    title: str


# The modules of the vocabulary in the order a player meets them; others come after, by name.
_PAGES: Final[Mapping[str, _Page]] = {
    "": _Page("beginnings", "Beginnings"),
    "factories": _Page("making", "Patterns out of parts"),
    "timing": _Page("time", "Faster, later, backwards"),
    "subdividing": _Page("dividing", "Within each step"),
    "structure": _Page("rhythm", "Rhythm"),
    "placing": _Page("placing", "At places of the cycle"),
    "stepwise": _Page("stepwise", "Step by step"),
    "counting": _Page("counting", "Counting and spelling"),
    "conditional": _Page("sometimes", "Now and then"),
    "layering": _Page("layers", "On top of one another"),
    "operators": _Page("operators", "Arithmetic between patterns"),
    "signals": _Page("signals", "Signals"),
    "chance": _Page("chance", "Chance"),
    "choices": _Page("choices", "Chance that chooses"),
    "choosing": _Page("picking", "Picking from a list"),
    "tonal": _Page("scales", "Scales"),
    "harmony": _Page("harmony", "Chords and keys"),
    "samples": _Page("samples", "Samples"),
    "controls": _Page("controls", "Controls"),
    "control_groups": _Page("envelopes", "Several controls at once"),
    "joining": _Page("underneath", "Underneath: patterns of patterns"),
    "outward": _Page("outward", "To other programs"),
}
# A picture for the guide, of everything a picture can have.
_SEEN: Final = Example(
    """stack(
        note("<[c5 eb5] [g4 bb4*2]> [g5 [f5 eb5]] ~ d5").s("pluck").velocity("1 .6 .8"),
        note("c2(3,8,<0 2>)").s("bass").clip(.8).cutoff(sine.range(300, 2000).slow(4)),
        s("bd*2 [~ bd], ~ sn, hh*8").gain("1 .5 .8 .6"),
    )""",
    4,
)
_BEGINNINGS = ("mini", "pure", "reify", "silence", "show", "register", "Pattern")
_NOTE = "<!-- Written by `make docs` from the docstrings. To change it, change those. -->"


def pages() -> dict[str, str]:
    """Return the pages of the reference: name of the file to its text."""
    gathered: dict[str, list[Entry]] = {module: [] for module in _PAGES}
    for name, word in sorted(words().items(), key=lambda pair: pair[0].lower()):
        entry = entry_of(name)
        if entry is not None:
            gathered.setdefault(_module_of(name, word), []).append(entry)
    made: dict[str, str] = {}
    for module, entries in gathered.items():
        if not entries:
            continue
        page = _page(module)
        body = _controls(entries) if module == "controls" else _entries(entries)
        intro = _intro(module)
        made[f"{page.slug}.md"] = "\n\n".join([_NOTE, f"# {page.title}", *intro, *body]) + "\n"
    made["README.md"] = _index(gathered)
    made["show.svg"] = picture_of(_SEEN).svg_markup()
    return made


def _page(module: str) -> _Page:
    return _PAGES.get(module) or _Page(module, module.replace("_", " ").capitalize())


def _module_of(name: str, word: Any) -> str:
    if name in _BEGINNINGS:
        return ""
    if isinstance(word, Operator):
        return "operators"
    if isinstance(word, ControlWord) and word.spec.name in CONTROLS:
        return "controls"
    if isinstance(word, Pattern):
        return next(m for m in ("signals", "chance", "") if not m or name in _listed(m))
    return str(word.__module__).rpartition(".")[2]


def _listed(module: str) -> list[str]:
    return list(import_module(f"livecoder.patterns.{module}").__all__)


def _intro(module: str) -> list[str]:
    """Return what a module says of itself: the paragraphs of its docstring for performers."""
    if not module:
        return ["What everything else is made of."]
    text = str(import_module(f"livecoder.patterns.{module}").__doc__)
    if module == "controls":
        text = text.replace("a word for each line of `patterns.control_table`", "as words")
    head = re.split(r"\n\n(?:Conventions|Source|Locks)\b", text.strip())[0]
    return [" ".join(part.split()) for part in head.split("\n\n")]


def _anchor(entry: Entry) -> str:
    return re.sub(r"[^\w -]", "", f"{entry.name}{entry.signature}").replace(" ", "-").lower()


def _index(gathered: Mapping[str, list[Entry]]) -> str:
    lines = [
        _NOTE,
        "# Reference",
        "Every word of the pattern language. [The guide](../patterns.md) says how they go together"
        "; `help(every)` at the prompt shows what stands here.",
    ]
    for module, entries in gathered.items():
        if entries:
            page = _page(module)
            names = " ".join(f"[{e.name}]({page.slug}.md#{_anchor(e)})" for e in entries)
            lines.append(f"**[{page.title}]({page.slug}.md)**: {names}")
    return "\n\n".join(lines) + "\n"


def _entries(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        yield f"## `{entry.name}{entry.signature}`"
        yield from map(_escaped, entry.meaning)
        if entry.arguments:
            yield _listing(entry.arguments)
        yield from _spellings(entry)
        yield from _example(entry)
        if entry.errors:
            yield "It refuses:\n\n" + _listing(entry.errors)
        if entry.source:
            yield f"Source: {entry.source}"


def _escaped(text: str) -> str:
    """Return a paragraph in which no character outside of code means anything to Markdown."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([*_<>\[\]|])", r"\\\1", part) for part in parts
    )


def _listing(text: str) -> str:
    """Return `name: meaning` lines as a list; a line that is indented goes on the one before."""
    items: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and items:
            items[-1] += f" {line.strip()}"
        elif line.strip():
            name, _, meaning = line.partition(": ")
            items.append(f"`{name}`: {_escaped(meaning)}")
    return "\n".join(f"- {item}" for item in items)


def _spellings(entry: Entry) -> Iterator[str]:
    said = []
    if entry.strudel and entry.strudel != entry.name:
        said.append(f"In Strudel `{entry.strudel}`, which works here too.")
    elif not entry.strudel:
        said.append("Not in Strudel.")
    if entry.aliases:
        said.append(f"Also {', '.join(f'`{alias}`' for alias in entry.aliases)}.")
    if said:
        yield " ".join(said)


def _example(entry: Entry, width: int = _WIDTH) -> Iterator[str]:
    if entry.example.code:
        yield f"```python\n{entry.example.code}\n```"
    if drawn := drawn_example(entry.example, width):
        yield f"```text\n{drawn}\n```"


def _controls(entries: list[Entry]) -> Iterator[str]:
    specs = [CONTROLS[entry.name] for entry in entries if entry.name in CONTROLS]
    order = list(dict.fromkeys(spec.group for spec in CONTROLS.values()))
    known = {entry.name: entry for entry in entries}
    yield (
        'A control that is not in these tables is set by `.ctrl("name", value)`, kept, and '
        "handed on. *Outputs* says which outputs use a control; the others hand it on as well. "
        "`value:value` sets the controls under *and* with it, in order."
    )
    specs.sort(key=lambda spec: order.index(spec.group))
    for group, found in groupby(specs, key=lambda spec: spec.group):
        lines = [
            f"## {group}\n",
            "| control | also | unit | from | to | meaning | and | outputs |",
            "|---|---|---|---|---|---|---|---|",
        ]
        names = [spec.name for spec in found]
        lines += map(_row, names)
        yield "\n".join(lines)
    yield "## Seen"
    for name in (name for name in CONTROLS if name in known):
        yield f"### `{name}`\n\n" + "\n\n".join(_example(known[name], _NARROW))
    yield from _entries([entry for entry in entries if entry.name not in CONTROLS])


def _row(name: str) -> str:
    spec = CONTROLS[name]
    low, high = ("" if bound is None else f"{bound:g}" for bound in (spec.low, spec.high))
    also, parts = (" ".join(f"`{each}`" for each in group) for group in (spec.aliases, spec.parts))
    outputs = " ".join(spec.outputs)
    cells = (f"`{name}`", also, spec.unit, low, high, _escaped(spec.meaning), parts, outputs)
    return f"| {' | '.join(cells)} |"
