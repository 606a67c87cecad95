"""What there is to say of a word: read off its declaration and docstring, with its example drawn.

`help(every)` at the prompt and the pages of the reference both show an `Entry`, so that they say
the same.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from textwrap import dedent
from typing import Any

from livecoder.patterns import vocabulary
from livecoder.patterns.controls import ControlWord
from livecoder.patterns.drawing.picture import Picture, show
from livecoder.patterns.operators import Operator
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.verbs import VERBS, camel
from livecoder.repl.examples import EXAMPLES, Example, example_of_control
from livecoder.repl.strudel import STRUDEL
from livecoder.session.explain import example_of, signature_of
from livecoder.session.perform import perform_block

__all__ = ["Entry", "drawn_example", "entry_of", "picture_of", "words"]

# For functions of patterns, not for performers.
_INSIDE = frozenset({"func"})
_SECTION = re.compile(r"^(Args|Raises|Returns|Attributes|Source|Yields):$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, as help and the reference show it.

    Attributes:
        name: as Python spells it.
        signature: `(cycles, function)`; empty for a signal.
        meaning: paragraphs; the first says what you hear.
        arguments: lines on each argument, where there are any.
        errors: lines on what it refuses.
        source: where its algorithm comes from.
        strudel: how Strudel spells it; empty for what it does not have.
        aliases: other spellings.
        example: what to type to see it.
    """

    name: str
    signature: str
    meaning: tuple[str, ...]
    arguments: str
    errors: str
    source: str
    strudel: str
    aliases: tuple[str, ...]
    example: Example


@cache
def words() -> Mapping[str, Any]:
    """Return every word of the vocabulary once, under its own name."""
    spelled: dict[int, list[str]] = {}
    held: dict[int, Any] = {}
    for name, word in (*vocabulary.WORDS.items(), *VERBS.items()):
        if name in _INSIDE or getattr(word, "registered", False):
            continue
        if isinstance(word, type) or callable(word) or isinstance(word, Pattern):
            spelled.setdefault(id(word), []).append(name)
            held[id(word)] = word
    found: dict[str, Any] = {}
    for key, names in spelled.items():
        # A function and a method of one name are one word; the function stands for it.
        found.setdefault(_own_name(held[key], names), held[key])
    return found


def _own_name(word: Any, names: list[str]) -> str:
    own = getattr(word, "__name__", None) or (word.label if isinstance(word, Pattern) else "")
    return own if own in names else min(names, key=lambda name: (len(name), name))


def entry_of(name: str) -> Entry | None:
    """Return what there is to say of a word, under any of its spellings; None for no word.

    >>> entry_of("euclidRot").name, entry_of("lpf").name, entry_of("no such word")
    ('euclid_rot', 'cutoff', None)
    """
    word = vocabulary.WORDS.get(name, VERBS.get(name))
    if word is None or getattr(word, "registered", False):
        return None
    spellings = [
        other
        for other in {**VERBS, **vocabulary.WORDS}
        if vocabulary.WORDS.get(other, VERBS.get(other)) is word
    ]
    own = _own_name(word, spellings)
    text = _text_of(word, own)
    sections = dict(zip(("",), _SECTION.split(text)[:1], strict=True))
    parts = _SECTION.split(text)
    sections |= dict(zip(parts[1::2], parts[2::2], strict=True))
    # Its own name first, in case it goes by several there too.
    theirs = [name for name in (camel(own), own, *sorted(spellings)) if name in STRUDEL]
    strudel = theirs[0] if theirs else ""
    return Entry(
        name=own,
        signature=_signature(word),
        meaning=_prose(sections[""]),
        arguments=dedent(sections.get("Args", "")).strip("\n"),
        errors=dedent(sections.get("Raises", "")).strip("\n"),
        source=" ".join(sections.get("Source", "").split()),
        strudel=strudel,
        aliases=tuple(sorted(set(spellings) - {own, strudel})),
        example=_example(word, own),
    )


def _text_of(word: Any, name: str) -> str:
    if isinstance(word, Pattern):
        return _SIGNALS.get(name, "A pattern that is always there.")
    if isinstance(word, ControlWord):
        return str(word.__doc__).partition(" Try ")[0]
    return inspect.getdoc(word) or "It says nothing of itself."


_SIGNALS = {
    "sine": "A sine wave from 0 to 1, once a cycle.",
    "sine2": "A sine wave from -1 to 1, once a cycle.",
    "cosine": "A cosine wave from 0 to 1, once a cycle.",
    "cosine2": "A cosine wave from -1 to 1, once a cycle.",
    "saw": "A ramp up from 0 to 1, once a cycle.",
    "saw2": "A ramp up from -1 to 1, once a cycle.",
    "isaw": "A ramp down from 1 to 0, once a cycle.",
    "isaw2": "A ramp down from 1 to -1, once a cycle.",
    "tri": "Up from 0 to 1 and down again, once a cycle.",
    "tri2": "Up from -1 to 1 and down again, once a cycle.",
    "itri": "Down from 1 to 0 and up again, once a cycle.",
    "itri2": "Down from 1 to -1 and up again, once a cycle.",
    "square": "0 for half a cycle, then 1.",
    "square2": "-1 for half a cycle, then 1.",
    "time": "The time itself, in cycles.",
    "env_l": "Up from 0 to 1 in the first cycle; 1 from then on.",
    "rand": "Another number from 0 to 1 at every moment, the same each time it is asked.",
    "brand": "True or false at every moment, half of the time each.",
    "perlin": "A number from 0 to 1 that wanders smoothly from cycle to cycle.",
    "silence": "Nothing at all, for ever.",
}


def _signature(word: Any) -> str:
    if isinstance(word, ControlWord):
        return "(value)"
    if isinstance(word, Operator):
        return "(other)"
    if isinstance(word, (Pattern, type)):
        return ""
    return re.sub(r", (\*, )?(context|label|source)=([^,()]|\([^()]*\))*", "", signature_of(word))


def _prose(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a docstring that are sentences: no doctest and what it prints."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip())]
    return tuple(part for part in paragraphs if part and not part.startswith(">>>"))


def _example(word: Any, name: str) -> Example:
    if isinstance(word, ControlWord):
        return example_of_control(word.spec)
    known = EXAMPLES.get(name)
    own = name if isinstance(word, Pattern) else example_of(word, name)
    if own.startswith("."):
        own = f'note("c e g b"){own}'
    if known is None:
        return Example(own)
    return known._replace(code=known.code or own)


def drawn_example(example: Example, width: int | None = None) -> str:
    """Return what an example looks like: a pattern as its picture, anything else as it is shown.

    Args:
        example: what is typed; empty for one that is not to be run.
        width: columns; those of the terminal.

    Raises:
        Exception: whatever it raises; the tests see to it that none does.
    """
    if not example.code or not example.runs:
        return ""
    shown = _shown(example)
    if not isinstance(shown, (Pattern, Picture)):
        return repr(shown)
    # A document is the same wherever it is written; a terminal has the characters it has.
    return picture_of(example).text(width, ascii=None if width is None else False)


def picture_of(example: Example) -> Picture:
    """Return the picture of an example whose value is a pattern."""
    shown = _shown(example)
    picture: Picture = shown if isinstance(shown, Picture) else show(shown, example.cycles)
    return picture


def _shown(example: Example) -> Any:
    names: dict[str, Any] = {**vocabulary.WORDS}
    error = perform_block(f"_shown = ({example.code})", names, "<example>")
    if error is not None:
        raise error
    return names["_shown"]
