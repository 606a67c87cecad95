"""Arithmetic between patterns, with a choice of which of the two gives the rhythm.

`p.add(q)` keeps the rhythm of `p`; `p.add.out(q)` takes that of `q`, `.mix` both, `.squeeze` plays
a cycle of `q` inside each hap of `p`, `.reset` and `.restart` begin `p` again at each hap of `q`.
Values that are controls are combined control by control.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any, Final, TypeAlias

from livecoder.core.errors import PatternError
from livecoder.core.rational import Rational
from livecoder.patterns.joins import (
    app_both,
    app_left,
    app_right,
    poly_join,
    reset_join,
    restart_join,
    squeeze_join,
)
from livecoder.patterns.pattern import Pattern, clip_label, mapped, reify, relabel
from livecoder.patterns.verbs import attach, describe_argument
from livecoder.theory.scales import note_number

__all__ = ["MISSING", "OPERATORS", "Operator", "combined"]

MISSING: Final = object()
"""What an operator returns for a hap that is to be left out."""

Operation: TypeAlias = Callable[[Any, Any], Any]

_NUMBERS = (int, float, Rational, Fraction)
# Bits of a power of whole numbers that is still exact.
_WIDEST = 1024


def _numeral(value: Any) -> Any:
    if isinstance(value, _NUMBERS):
        return value
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            number = note_number(value)
        return int(number) if number.is_integer() else number
    message = (
        f"{value!r} is no number and no note; arithmetic needs those: .add(2), .add(note('c'))"
    )
    raise PatternError(message)


def combined(value: Any, other: Any, operation: Operation) -> Any:
    """Return two values as one; of controls, what either has, and `operation` where both do."""
    if not isinstance(value, Mapping):
        if not isinstance(other, Mapping):
            return operation(value, other)
        value = {"value": value}
    elif not isinstance(other, Mapping):
        # A bare number means the pitch.
        for name in ("note", "n"):
            if name in value and operation not in (_set, _keep):
                return {**value, name: operation(value[name], other)}
        return value
    both = {**value, **other}
    for name in value.keys() & other.keys():
        both[name] = operation(value[name], other[name])
    return both


def _arithmetic(operation: Operation) -> Operation:
    def numeric(value: Any, other: Any) -> Any:
        if type(value) in (int, float) and type(other) in (int, float):
            return operation(value, other)
        return operation(_numeral(value), _numeral(other))

    return numeric


def _comparison(operation: Operation) -> Operation:
    def compared(value: Any, other: Any) -> Any:
        try:
            return operation(value, other)
        except TypeError:
            message = f"{value!r} and {other!r} cannot be compared; compare numbers: .lt(2)"
            raise PatternError(message) from None

    return compared


def _call(value: Any, function: Any) -> Any:
    if not callable(function):
        message = f"func takes functions, got {function!r}; try .func(pure(abs))"
        raise PatternError(message)
    return function(value)


def _bits(value: Any) -> int:
    if not math.isfinite(value):
        message = f"{value!r} has no bits; try mini('5 6').band(3)"
        raise PatternError(message)
    return int(value)


def _divide(value: Any, other: Any) -> Any:
    if other == 0:
        return math.inf if value > 0 else -math.inf if value < 0 else math.nan
    quotient = value / other
    return int(quotient) if isinstance(quotient, float) and quotient.is_integer() else quotient


def _modulo(value: Any, other: Any) -> Any:
    return value % other if other else math.nan


def _power(value: Any, other: Any) -> Any:
    # Whole numbers would be computed to the last digit, and nothing else runs meanwhile.
    if isinstance(value, int) and isinstance(other, int) and value.bit_length() * other > _WIDEST:
        value = float(value)
    try:
        result = value**other
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return math.nan if isinstance(result, complex) else result


def _set(_: Any, other: Any) -> Any:
    return other


def _keep(value: Any, _: Any) -> Any:
    return value


def _keepif(value: Any, other: Any) -> Any:
    return value if truthy(other) else MISSING


def truthy(value: Any) -> bool:
    """Whether a value means yes: not 0, not empty, and not the word for no.

    >>> truthy("x"), truthy(0), truthy("f"), truthy(True)
    (True, False, False, True)
    """
    return value not in ("f", "false", "F") if isinstance(value, str) and value else bool(value)


class _Aligned:
    """One operator between a pattern and what comes: `p.add`, and `p.add.out`."""

    __slots__ = ("_operator", "_pattern")

    def __init__(self, operator: Operator, pattern: Pattern) -> None:
        self._operator = operator
        self._pattern = pattern

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self._operator.__doc__

    def __call__(self, *others: Any) -> Pattern:
        """Do it with the rhythm of the pattern."""
        return self._operator.align(self._pattern, others, "in")

    def __getattr__(self, name: str) -> Callable[..., Pattern]:
        how = name.rstrip("_").lower()
        if how not in ALIGNMENTS:
            known = ", ".join(sorted(ALIGNMENTS))
            message = f"{self._operator.name} has no .{name}; its alignments are {known} (in_)"
            raise AttributeError(message)
        return lambda *others: self._operator.align(self._pattern, others, how)


class Operator:
    """One operator of two patterns; as a function without a pattern it waits for one."""

    def __init__(
        self, name: str, meaning: str, operation: Operation, *, merges: bool = True
    ) -> None:
        self.name = self.__name__ = name
        self.__doc__ = meaning
        self.operation = operation
        self.merges = merges

    def __repr__(self) -> str:
        return f"<{self.name}: p.{self.name}(2)>"

    def __get__(self, instance: Pattern | None, owner: type | None = None) -> Any:
        return self if instance is None else _Aligned(self, instance)

    def __call__(self, *arguments: Any) -> Any:
        """Return the function that does it to a pattern; with two arguments, do it to the last."""
        if len(arguments) == 2 and isinstance(arguments[1], Pattern):
            return self.align(arguments[1], arguments[:1], "in")
        if not arguments:
            message = f"{self.name} takes what to {self.name}; try {self.name}(2)"
            raise PatternError(message)

        def waiting(pattern: Any) -> Pattern:
            return self.align(reify(pattern), arguments, "in")

        inside = ", ".join(map(describe_argument, arguments))
        waiting.__name__ = clip_label(f"{self.name}({inside})")
        return waiting

    def value(self, value: Any, other: Any) -> Any:
        """Return two values as one."""
        if self.merges:
            return combined(value, other, self.operation)
        return self.operation(value, other)

    def align(self, pattern: Pattern, others: tuple[Any, ...], how: str) -> Pattern:
        """Return the two patterns as one, by one of `ALIGNMENTS`."""
        if not others:
            message = f"{self.name} takes what to {self.name}; try .{self.name}(2)"
            raise PatternError(message)
        other = reify(others[0] if len(others) == 1 else list(others))
        suffix = "" if how == "in" else f".{how}"
        inside = ", ".join(map(describe_argument, others))
        label = f"{pattern.label}.{self.name}{suffix}({inside})"
        result = ALIGNMENTS[how](pattern, other, self.value)
        if not self.merges and self.operation is _keepif:
            result = result.filter_values(lambda value: value is not MISSING)
        return relabel(result, label)


def _joined(
    join: Callable[[Pattern], Pattern], *, outer_left: bool
) -> Callable[[Pattern, Pattern, Operation], Pattern]:
    def align(left: Pattern, right: Pattern, combine: Operation) -> Pattern:
        if outer_left:
            return join(mapped(left, lambda a: mapped(right, lambda b: combine(a, b))))
        return join(mapped(right, lambda b: mapped(left, lambda a: combine(a, b))))

    return align


ALIGNMENTS: Final[dict[str, Callable[[Pattern, Pattern, Operation], Pattern]]] = {
    "in": app_left,
    "out": app_right,
    "mix": app_both,
    "squeeze": _joined(squeeze_join, outer_left=True),
    "squeezein": _joined(squeeze_join, outer_left=True),
    "squeezeout": _joined(squeeze_join, outer_left=False),
    "reset": _joined(reset_join, outer_left=False),
    "restart": _joined(restart_join, outer_left=False),
    "trig": _joined(reset_join, outer_left=False),
    "trigzero": _joined(restart_join, outer_left=False),
    "poly": _joined(poly_join, outer_left=True),
}

_TABLE: Final[tuple[tuple[str, str, Operation, bool], ...]] = (
    ("add", "Adds: n('0 2').add(7); control by control, so .add(note(12)) is an octave up.",
     _arithmetic(lambda a, b: a + b), True),
    ("sub", "Subtracts: note('60 62').sub(12).", _arithmetic(lambda a, b: a - b), True),
    ("mul", "Multiplies: s('bd').gain(.5).mul(gain(2)).", _arithmetic(lambda a, b: a * b), True),
    ("div", "Divides: mini('4 6').div(2).", _arithmetic(_divide), True),
    ("mod", "What is left of a division, never negative: mini('5 -1').mod(4).",
     _arithmetic(_modulo), True),
    ("pow", "To the power of: mini('1 2 3').pow(2).", _arithmetic(_power), True),
    ("band", "Bits that both have: mini('5 6').band(3).",
     _arithmetic(lambda a, b: _bits(a) & _bits(b)), True),
    ("bor", "Bits that either has: mini('5 6').bor(3).",
     _arithmetic(lambda a, b: _bits(a) | _bits(b)), True),
    ("bxor", "Bits that one of the two has: mini('5 6').bxor(3).",
     _arithmetic(lambda a, b: _bits(a) ^ _bits(b)), True),
    ("blshift", "Bits moved up: mini('1 2').blshift(3).",
     _arithmetic(lambda a, b: _bits(a) << max(0, min(_bits(b), 64))), True),
    ("brshift", "Bits moved down: mini('8 16').brshift(3).",
     _arithmetic(lambda a, b: _bits(a) >> max(0, min(_bits(b), 64))), True),
    ("lt", "Whether less: mini('1 2 3').lt(2).", _comparison(lt), True),
    ("gt", "Whether more: mini('1 2 3').gt(2).", _comparison(gt), True),
    ("lte", "Whether less or equal: mini('1 2 3').lte(2).", _comparison(le), True),
    ("gte", "Whether more or equal: mini('1 2 3').gte(2).", _comparison(ge), True),
    ("eq", "Whether equal: mini('1 2 3').eq(2).", lambda a, b: a == b, True),
    ("ne", "Whether unequal: mini('1 2 3').ne(2).", lambda a, b: a != b, True),
    ("eqt", "Whether equal and of one kind: mini('1 2').eqt(2).", lambda a, b: a == b, True),
    ("net", "Whether unequal or of another kind: mini('1 2').net(2).", lambda a, b: a != b, True),
    ("and_", "The other where it is true, itself where not: mini('1 0').and_(5).",
     lambda a, b: a and b, True),
    ("or_", "Itself where it is true, the other where not: mini('1 0').or_(5).",
     lambda a, b: a or b, True),
    ("set", "Puts the other's values in: s('bd').set(n('1 2')).", _set, True),
    ("keep", "Keeps its own values: s('bd*2').keep(n('1')).", _keep, True),
    ("keepif", "Keeps its values where the other is true.", _keepif, False),
    ("func", "The value given to a function.", _call, False),
)  # fmt: skip

OPERATORS: Final[dict[str, Operator]] = {
    name: Operator(name, meaning, operation, merges=merges)
    for name, meaning, operation, merges in _TABLE
}
"""Every operator by name."""

for _name, _operator in OPERATORS.items():
    attach(_name, _operator)


def _symbol(operator: Operator) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def forwards(self: Pattern, other: Any) -> Pattern:
        return operator.align(self, (other,), "in")

    def backwards(self: Pattern, other: Any) -> Pattern:
        return operator.align(reify(other), (self,), "in")

    return forwards, backwards


for _sign, _name in (
    ("add", "add"), ("sub", "sub"), ("mul", "mul"),
    ("truediv", "div"), ("mod", "mod"), ("pow", "pow"),
):  # fmt: skip
    _forwards, _backwards = _symbol(OPERATORS[_name])
    setattr(Pattern, f"__{_sign}__", _forwards)
    setattr(Pattern, f"__r{_sign}__", _backwards)
