"""What a notation says, as a tree: the reader's words, which the builder makes patterns of."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

__all__ = [
    "Atom",
    "Choice",
    "Degrade",
    "Euclid",
    "Fast",
    "Node",
    "Operation",
    "Polymeter",
    "Replicate",
    "Rest",
    "Sequence",
    "Slow",
    "Slowcat",
    "Stack",
    "Step",
    "Tail",
    "Upto",
]


class Atom(NamedTuple):
    """A word or a number, and which characters it was."""

    value: str | int | float
    begin: int
    end: int


class Rest(NamedTuple):
    """`~`: nothing, for as long as a step."""

    begin: int


class Step(NamedTuple):
    """One step of a sequence, what is done to it, and how many steps long it is."""

    node: Node
    operations: tuple[Operation, ...]
    weight: int | float


class Sequence(NamedTuple):
    """Steps one after the other; `[^a b]` is marked, and its steps count in the whole's."""

    steps: tuple[Step, ...]
    marked: bool = False


class Stack(NamedTuple):
    """`a, b`: sequences at once."""

    parts: tuple[Sequence, ...]


class Choice(NamedTuple):
    """`a | b`: one of the sequences each cycle, by chance."""

    parts: tuple[Sequence, ...]
    seed: int


class Slowcat(NamedTuple):
    """`<a b, c d>`: one step a cycle of each sequence."""

    parts: tuple[Sequence, ...]


class Polymeter(NamedTuple):
    """`{a b, c d e}%4`: so many steps a cycle of each sequence."""

    parts: tuple[Sequence, ...]
    steps: Node | None
    at: int


class Fast(NamedTuple):
    """`*3`."""

    factor: Node
    at: int


class Slow(NamedTuple):
    """`/3`."""

    factor: Node
    at: int


class Euclid(NamedTuple):
    """`(3,8,2)`."""

    pulses: Step
    steps: Step
    rotation: Step | None
    at: int


class Replicate(NamedTuple):
    """`!3`."""

    times: int


class Degrade(NamedTuple):
    """`?0.3`: left out by chance."""

    amount: float
    seed: int


class Tail(NamedTuple):
    """`:3`: another value in the same step."""

    value: Node


class Upto(NamedTuple):
    """`.. 7`: all whole numbers up to there."""

    last: Node
    at: int


Operation: TypeAlias = Fast | Slow | Euclid | Replicate | Degrade | Tail | Upto
Node: TypeAlias = Atom | Rest | Sequence | Stack | Choice | Slowcat | Polymeter
