"""How much a notation plays, found before it plays: a typing mistake must not eat the memory."""

from __future__ import annotations

from math import inf

from livecoder.patterns.mini.nodes import (
    Atom,
    Degrade,
    Euclid,
    Fast,
    Node,
    Polymeter,
    Replicate,
    Rest,
    Sequence,
    Slow,
    Slowcat,
    Step,
    Tail,
    Upto,
)

__all__ = ["TooDenseError", "density"]

MOST_HAPS = 1 << 14  # played in a second at worst; a quarter bar of 1000 notes is noise already
_PLACELESS = (Degrade, Replicate, Tail)


class TooDenseError(ValueError):
    """More notes a cycle than there can be.

    Attributes:
        at: which character makes them so many.
    """

    def __init__(self, at: int) -> None:
        self.at = at
        super().__init__(f"at most {MOST_HAPS} notes a cycle; take smaller numbers")


def _greatest(node: Node | Step) -> float:
    """Return the greatest number in a tree."""
    if isinstance(node, Atom):
        return float(node.value) if not isinstance(node.value, str) else 0.0
    if isinstance(node, Step):
        inner = [_greatest(op.last) for op in node.operations if isinstance(op, Upto)]
        return max(_greatest(node.node), *inner, 0.0)
    if isinstance(node, Rest):
        return 0.0
    if isinstance(node, Sequence):
        return max((_greatest(step) for step in node.steps), default=0.0)
    return max(_greatest(part) for part in node.parts)


def _least(node: Node) -> float:
    """Return the least number above 0 in a tree; infinity where there is none."""
    if isinstance(node, Atom):
        value = float(node.value) if not isinstance(node.value, str) else 0.0
        return value if value > 0.0 else inf
    if isinstance(node, Rest):
        return inf
    if isinstance(node, Sequence):
        return min((_least(step.node) for step in node.steps), default=inf)
    return min(_least(part) for part in node.parts)


def _step(step: Step) -> float:
    many = density(step.node)
    if not step.operations:
        return many
    for operation in step.operations:
        if isinstance(operation, Fast):
            many = many * max(1.0, _greatest(operation.factor)) + density(operation.factor) - 1
        elif isinstance(operation, Slow):
            many = many * max(1.0, 1.0 / _least(operation.factor)) + density(operation.factor) - 1
        elif isinstance(operation, Replicate):
            many *= operation.times
        elif isinstance(operation, Euclid):
            many += abs(_greatest(operation.steps)) + _step(operation.pulses)
        elif isinstance(operation, Tail):
            many += density(operation.value) - 1
        elif isinstance(operation, Upto):
            many *= abs(_greatest(operation.last)) + 1
        if not many <= MOST_HAPS:
            raise TooDenseError(operation.at if not isinstance(operation, _PLACELESS) else 0)
    return many


def density(node: Node) -> float:
    """Return about how many haps a cycle of a tree has, at most.

    >>> from livecoder.patterns.mini.reader import read
    >>> density(read("[bd*2 sn]*3, hh"))
    10.0

    Raises:
        TooDenseError: more than 16384.
    """
    if isinstance(node, Atom):
        return 1.0
    if isinstance(node, Rest):
        return 0.0
    if isinstance(node, Sequence):
        return sum(map(_step, node.steps))
    if isinstance(node, Slowcat):
        return sum(max(map(_step, part.steps), default=0.0) for part in node.parts)
    many = sum(map(density, node.parts))
    if isinstance(node, Polymeter) and node.steps is not None:
        many *= max(1.0, _greatest(node.steps))
        if not many <= MOST_HAPS:
            raise TooDenseError(node.at)
    return many
