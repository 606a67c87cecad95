"""Exact time: cycles and beats are rationals, never floats.

`Rational` is gmpy2's `mpq`, ten times as fast to add as `fractions.Fraction` and equal to it in
value, hash and order. Type checkers see `Fraction`, whose interface is the same where we use it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction as Rational
else:
    from gmpy2 import mpq as Rational  # noqa: N812

__all__ = ["ONE", "ZERO", "Rational", "RationalLike", "floor", "rational"]

RationalLike = Fraction | int | float | str

ZERO = Rational(0)
ONE = Rational(1)

# A float that a person typed means the fraction they had in mind: 1/3 is a third, not
# 6004799503160661/18014398509481984. No musical grid needs a finer denominator than this.
_FINEST = 1_000_000


def rational(value: RationalLike) -> Rational:
    """Return the exact number a performer meant.

    >>> rational(0.1), rational("3/8"), rational(1/3)
    (mpq(1,10), mpq(3,8), mpq(1,3))

    Args:
        value: anything `Fraction` takes. A float becomes the nearest fraction with a denominator
            of at most one million.

    Raises:
        ValueError: `value` is infinite, not a number, or text that is no number.
        TypeError: `value` is no number at all.
    """
    if isinstance(value, Rational):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            message = f"a time must be a finite number, got {value!r}; try 1/4"
            raise ValueError(message)
        if value.is_integer():
            return Rational(int(value))
        near = Fraction(value).limit_denominator(_FINEST)
        return Rational(near.numerator, near.denominator)
    if isinstance(value, str):
        exact = Fraction(value)
        return Rational(exact.numerator, exact.denominator)
    return Rational(value)


def floor(value: Rational) -> int:
    """Return the whole number at or below `value`; for a time in cycles, the cycle it is in.

    >>> floor(rational("-1/2")), floor(rational(2))
    (-1, 2)
    """
    return int(value // 1)
