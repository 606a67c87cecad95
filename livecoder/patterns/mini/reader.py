"""Reads mini-notation: text to tree, by recursive descent.

Written by hand rather than from a grammar file for two reasons: what was expected, and where, is
known at every step and said in those words; and a prompt that evaluates a hundred strings on
Enter has a few microseconds for each character, not for each state of a general parser.
"""

from __future__ import annotations

import re
from typing import NoReturn

from livecoder.core.errors import NotationError
from livecoder.patterns.mini.nodes import (
    Atom,
    Choice,
    Degrade,
    Euclid,
    Fast,
    Node,
    Operation,
    Polymeter,
    Replicate,
    Rest,
    Sequence,
    Slow,
    Slowcat,
    Stack,
    Step,
    Tail,
    Upto,
)

__all__ = ["read"]

_LONGEST = 20_000
_DEEPEST = 60
_MOST_REPEATS = 1_000
_LONGEST_STEP = 100_000

_SPACE = re.compile(r"(?:\s|//[^\n]*)*")
_WORD = re.compile(r"(?:[\w#♯♭~^+\-]|\.(?!\.))+")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_OTHER_BASE = re.compile(r"0(?:[xX][\da-fA-F]+|[oO][0-7]+|[bB][01]+)")
_HELD = re.compile(r"_+(?![\w#♯♭~^+\-.])")
_MARK = re.compile(r"\^(?=[\w\[<{~.#\-\s])")
_QUOTED = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"")
_CLOSING = {"[": "]", "<": ">", "{": "}", "(": ")"}
# What may follow a step and is done to it; all else begins the next one or ends the sequence.
_SIGNS = frozenset("*/(!@_?:.%")
_NUMERAL = frozenset("+-.0123456789")

Parts = tuple[Sequence, ...]


def number_of(word: str) -> str | int | float:
    """Return a word as the number it is, or as itself."""
    if word[0] in _NUMERAL and _NUMBER.fullmatch(word):
        value = float(word)
        if value.is_integer() and abs(value) < 1e15:
            return int(value)
        return value
    return int(word, 0) if _OTHER_BASE.fullmatch(word) else word


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.seeds = 0
        self.depth = 0

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        raise NotationError(self.text, self.at if at is None else at, problem)

    def space(self) -> str:
        """Go past what is only there to be read, and return the next character; none at the end."""
        char = self.text[self.at : self.at + 1]
        if char == " ":
            self.at += 1
            char = self.text[self.at : self.at + 1]
        if "!" <= char <= "~" and char != "/":
            return char
        match = _SPACE.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return self.text[self.at : self.at + 1]

    def shown(self) -> str:
        char = self.text[self.at : self.at + 1]
        return f"not {char!r}" if char else "but the text ends here"

    def parts(self, opening: str, began: int) -> tuple[str, Parts]:
        """Read sequences parted by `,` or `|` up to the closing bracket, and go past it."""
        closing = _CLOSING.get(opening, "")
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"brackets nest at most {_DEEPEST} deep; write it in pieces")
        found = [self.sequence()]
        divider = ""
        while (char := self.space()) in (",", "|") and char:
            if divider and char != divider:
                self.fail(f"expected {divider!r} or the end, {self.shown()}; [bracket] one of them")
            if not found[-1].steps:
                self.fail(f"expected a step before {char!r}; a rest is ~")
            divider, at = char, self.at
            self.at += 1
            found.append(self.sequence())
            if not found[-1].steps and self.space() in ("", closing):
                self.fail(f"expected a step after {char!r}; a rest is ~", at)
        char = self.space()
        if char != closing:
            if not char:
                self.fail(f"{opening!r} is never closed: expected {closing!r} at the end", began)
            wanted = f"a step or {closing!r}" if closing else "a step, as in bd [sn cp] <hh oh>"
            self.fail(f"expected {wanted}, {self.shown()}")
        self.at += len(closing)
        self.depth -= 1
        if opening and not any(sequence.steps for sequence in found):
            self.fail(f"expected a step between {opening!r} and {closing!r}; a rest is ~", began)
        return divider, tuple(found)

    def sequence(self) -> Sequence:
        groups: list[list[Step]] = [[]]
        dots: list[int] = []
        marked = self.space() == "^" and _MARK.match(self.text, self.at) is not None
        self.at += marked
        while True:
            char = self.space()
            if not char or char in ",|]>})":
                break
            if char == "." and _is_word(self.text, self.at, "."):
                if not groups[-1]:
                    self.fail("expected a step before '.', as in bd . sn sn")
                dots.append(self.at)
                self.at += 1
                groups.append([])
                continue
            groups[-1].append(self.step())
        if len(groups) == 1:
            return Sequence(tuple(groups[0]), marked)
        if not groups[-1]:
            self.fail("expected a step after '.', as in bd . sn sn", dots[-1])
        return Sequence(tuple(Step(Sequence(tuple(group)), (), 1) for group in groups))

    def term(self) -> Node:
        char = self.space()
        began = self.at
        if char in ("[", "<", "{"):
            self.at += 1
            divider, parts = self.parts(char, began)
            if char == "[":
                return self.together(divider, parts)
            if divider == "|":
                inner = self.together(divider, parts)
                parts = (Sequence((Step(inner, (), 1),)),)
            if char == "<":
                return Slowcat(parts)
            steps: Node | None = None
            if self.text.startswith("%", self.at):
                self.at += 1
                steps = self.term()
            return Polymeter(parts, steps, began)
        quoted = _QUOTED.match(self.text, self.at) if char in ("'", '"') else None
        if quoted is not None:
            self.at = quoted.end()
            return Atom(quoted.group(1) or quoted.group(2) or "", began, self.at)
        match = _WORD.match(self.text, self.at)
        if match is None:
            self.fail(f"expected a step (a name, a number, ~ or a bracket), {self.shown()}")
        word = match.group()
        if word == "_":
            self.fail("expected a step before '_', which makes the one before it longer")
        if word == ".":
            self.fail("expected a step, not '.'")
        self.at = match.end()
        if word in ("~", "-"):
            return Rest(began)
        return Atom(number_of(word), began, self.at)

    def together(self, divider: str, parts: Parts) -> Node:
        if divider == "|":
            seed = self.seeds
            self.seeds += 1
            return Choice(parts, seed)
        return parts[0] if len(parts) == 1 else Stack(parts)

    def number(self) -> float | None:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return float(match.group())

    def step(self) -> Step:
        node = self.term()
        operations: list[Operation] = []
        weight: float = 1
        repeats = 1
        while True:
            char = self.space()
            at = self.at
            if char not in _SIGNS:
                return Step(node, tuple(operations), weight)
            if char in ("*", "/"):
                self.at += 1
                factor = self.term()
                operations.append(Fast(factor, at) if char == "*" else Slow(factor, at))
            elif char == "(":
                operations.append(self.euclid())
            elif char == "!":
                self.at += 1
                times = self.number()
                more = 2.0 if times is None else times
                if abs(more) <= _MOST_REPEATS and more.is_integer():
                    repeats += int(more) - 1
                else:
                    repeats = -1
                if not 0 <= repeats <= _MOST_REPEATS:
                    wanted = f"a whole number up to {_MOST_REPEATS} after '!', as in bd!3"
                    self.fail(f"expected {wanted}", at)
                operations = [op for op in operations if not isinstance(op, Replicate)]
                operations.append(Replicate(repeats))
                weight = repeats
            elif char == "@":
                self.at += 1
                longer = self.number()
                weight += (2 if longer is None else longer) - 1
                if not 0 <= weight <= _LONGEST_STEP:
                    wanted = f"a length from 0 to {_LONGEST_STEP} after '@', as in bd@3"
                    self.fail(f"expected {wanted}", at)
            elif char == "_" and (held := _HELD.match(self.text, at)) is not None:
                self.at = held.end()
                weight += held.end() - at
            elif char == "?":
                self.at += 1
                amount = self.number()
                operations.append(Degrade(0.5 if amount is None else amount, self.seeds))
                self.seeds += 1
            elif char == ":":
                self.at += 1
                operations.append(Tail(self.term()))
            elif char == "." and self.text.startswith("..", at):
                self.at += 2
                operations.append(Upto(self.term(), at))
            else:
                if char == "%":
                    self.fail("'%' counts the steps of a {polymeter}: {bd sn cp}%4")
                return Step(node, tuple(operations), weight)

    def euclid(self) -> Euclid:
        began = self.at
        self.at += 1
        given: list[Step] = []
        while True:
            given.append(self.step())
            char = self.space()
            if char == "," and len(given) < 3:
                self.at += 1
                if len(given) == 2 and self.space() == ")":
                    char = ")"
                else:
                    continue
            if char != ")":
                self.fail(f"expected ',' or ')' as in bd(3,8,2), {self.shown()}")
            if len(given) < 2:
                self.fail("expected ',' and a number of steps, as in bd(3,8)")
            self.at += 1
            return Euclid(given[0], given[1], given[2] if len(given) > 2 else None, began)


def _is_word(text: str, at: int, word: str) -> bool:
    match = _WORD.match(text, at)
    return match is not None and match.group() == word


def read(text: str) -> Node:
    """Return the tree of a notation.

    >>> read("bd").steps[0].node.value
    'bd'

    Raises:
        NotationError: it cannot be read; says what was expected, and where.
    """
    if len(text) > _LONGEST:
        problem = f"a notation has at most {_LONGEST} characters; write it in pieces"
        raise NotationError(text[:60], 0, problem)
    reader = _Reader(text)
    divider, parts = reader.parts("", 0)
    return reader.together(divider, parts)
