"""Numbers in a row, and numbers and words as rhythms: counting, bits, Morse.

Source of the code: ITU-R M.1677-1, "International Morse code", 2009: a dash is three dots long,
the silence in a letter one dot, between letters three, between words seven.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any, Final

from livecoder.core.errors import PatternError
from livecoder.core.rational import ONE, Rational
from livecoder.patterns.factories import slowcat, weighted
from livecoder.patterns.joins import app_left, inner_join
from livecoder.patterns.pattern import Pattern, mapped, pure, reify, relabel, silence
from livecoder.patterns.verbs import describe_argument

__all__ = ["MORSE", "binary", "binary_l", "binary_n", "binary_nl", "iota", "morse", "run", "scan"]

_MOST = 10_000
_MOST_BITS = 1_024

MORSE: Final = MappingProxyType({
    "a": ".-", "b": "-...", "c": "-.-.", "d": "-..", "e": ".", "f": "..-.", "g": "--.",
    "h": "....", "i": "..", "j": ".---", "k": "-.-", "l": ".-..", "m": "--", "n": "-.",
    "o": "---", "p": ".--.", "q": "--.-", "r": ".-.", "s": "...", "t": "-", "u": "..-",
    "v": "...-", "w": ".--", "x": "-..-", "y": "-.--", "z": "--..", "0": "-----", "1": ".----",
    "2": "..---", "3": "...--", "4": "....-", "5": ".....", "6": "-....", "7": "--...",
    "8": "---..", "9": "----.", ".": ".-.-.-", ",": "--..--", "?": "..--..", "'": ".----.",
    "/": "-..-.", "(": "-.--.", ")": "-.--.-", ":": "---...", "=": "-...-", "+": ".-.-.",
    "-": "-....-", '"': ".-..-.", "@": ".--.-.", "é": "..-..",
})  # fmt: skip
"""Dots and dashes of each sign."""


def _numbers(thing: Any, make: Callable[[int], Any], label: str, most: int = _MOST) -> Pattern:
    """Return the patterns made of the whole numbers of `thing`, as one."""

    def checked(value: Any) -> Any:
        word = label.split("(")[0]
        if isinstance(value, bool) or not isinstance(value, (int, float, Rational)):
            message = f"{label} needs a whole number, got {value!r}; try {word}(8)"
            raise PatternError(message)
        if not 0 <= value <= most:
            message = f"{label} is out of reach: from 0 to {most}; try {word}(8)"
            raise PatternError(message)
        return make(int(value))

    pattern = reify(thing)
    for atom in pattern.atoms or ():
        checked(atom)
    made = mapped(pattern, checked)
    if isinstance(made.constant, Pattern):
        return relabel(made.constant, label)
    return relabel(inner_join(made), label)


def _counted(values: Sequence[Any]) -> Pattern:
    if not values:
        return silence
    return weighted([(ONE, pure(value)) for value in values], "")


def _label(name: str, *arguments: Any) -> str:
    return f"{name}({', '.join(map(describe_argument, arguments))})"


def run(top: Any) -> Pattern:
    """The whole numbers from 0 to below `top`, one after the other in a cycle.

    >>> [hap.value for hap in run(4).query(0, 1)]
    [0, 1, 2, 3]
    """
    return _numbers(top, lambda n: _counted(range(n)), _label("run", top))


def iota(count: Any, start: Any = 0, step: Any = 1) -> Pattern:
    """So many numbers in a cycle, from `start`, each `step` more than the one before.

    >>> [hap.value for hap in iota(4, 60, 7).query(0, 1)]
    [60, 67, 74, 81]

    Source: the iota of K. Iverson, "A Programming Language", 1962, and of Scheme's SRFI 1.
    """
    for name, value in (("start", start), ("step", step)):
        if isinstance(value, bool) or not isinstance(value, (int, float, Rational)):
            message = f"iota's {name} must be a number, got {describe_argument(value)}"
            raise PatternError(f"{message}; try iota(4, 60, 7)")
    given = (count,) if (start, step) == (0, 1) else (count, start, step)

    def line(n: int) -> Pattern:
        return _counted([start + step * number for number in range(n)])

    return _numbers(count, line, _label("iota", *given))


def scan(top: Any) -> Pattern:
    """One number in the first cycle, two in the second, up to `top` numbers; then again.

    >>> [[hap.value for hap in scan(3).query(c, c + 1)] for c in range(4)]
    [[0], [0, 1], [0, 1, 2], [0]]
    """
    label = _label("scan", top)

    def turns(most: int) -> Pattern:
        return slowcat(*(_counted(range(number)) for number in range(1, most + 1)))

    return _numbers(top, turns, label, most=64)


def _bits(number: Any, size: Any) -> list[int]:
    if isinstance(size, bool) or not isinstance(size, (int, float, Rational)):
        message = f"the bits are counted, got {size!r}; try binary_n(5, 8)"
        raise PatternError(message)
    if not 0 <= size <= _MOST_BITS:
        message = f"bits from 0 to {_MOST_BITS}, got {size}; try binary_n(5, 8)"
        raise PatternError(message)
    return [int(number) >> place & 1 for place in range(int(size) - 1, -1, -1)]


def _whole(value: Any) -> int:
    number = isinstance(value, (int, float, Rational)) and not isinstance(value, bool)
    if not number or not isfinite(value):
        message = f"bits are those of whole numbers, got {value!r}; try binary(5)"
        raise PatternError(message)
    return int(value)


def _of_size(number: Any, bits: Any, make: Callable[[list[int]], Any]) -> Pattern:
    numbers, sizes = reify(number), reify(bits)
    for atom in numbers.atoms or ():
        _whole(atom)
    return app_left(sizes, numbers, lambda size, value: make(_bits(_whole(value), size)))


def _of_number(number: Any, make: Callable[[list[int]], Any]) -> Pattern:
    def made(value: Any) -> Any:
        whole = _whole(value)
        return make(_bits(whole, whole.bit_length()))

    numbers = reify(number)
    for atom in numbers.atoms or ():
        _whole(atom)
    return mapped(numbers, made)


def binary_n(number: Any, bits: Any = 16) -> Pattern:
    """So many bits of a number, the highest first, as a rhythm of 1 and 0.

    >>> [hap.value for hap in binary_n(5, 4).query(0, 1)]
    [0, 1, 0, 1]
    """
    return relabel(inner_join(_of_size(number, bits, _counted)), _label("binary_n", number, bits))


def binary(number: Any) -> Pattern:
    """The bits of a number from its first 1, as a rhythm of 1 and 0; 0 has none.

    >>> [hap.value for hap in binary(5).query(0, 1)]
    [1, 0, 1]
    """
    return relabel(inner_join(_of_number(number, _counted)), _label("binary", number))


def binary_nl(number: Any, bits: Any = 16) -> Pattern:
    """So many bits of a number, the highest first, as a list: one value.

    >>> binary_nl(5, 4).query(0, 1)[0].value
    [0, 1, 0, 1]
    """
    return relabel(_of_size(number, bits, list), _label("binary_nl", number, bits))


def binary_l(number: Any) -> Pattern:
    """The bits of a number from its first 1, as a list: one value.

    >>> binary_l(5).query(0, 1)[0].value
    [1, 0, 1]
    """
    return relabel(_of_number(number, list), _label("binary_l", number))


def morse(text: Any) -> Pattern:
    """A text in Morse code, in a cycle: 1 for as long as it sounds, for `struct`.

    >>> from livecoder.patterns import s
    >>> [str(hap.whole.end - hap.whole.begin) for hap in s("hh").struct(morse("a")).query(0, 1)]
    ['1/8', '3/8']

    Raises:
        PatternError: it has a sign that is not in the code.
    """
    if not isinstance(text, str):
        message = f'morse takes text, got {describe_argument(text)}; try morse("sos")'
        raise PatternError(message)
    slots: list[tuple[Rational, Pattern]] = []
    tone = pure(1)
    for word in text.lower().split():
        for sign in word:
            if sign not in MORSE:
                message = f"{sign!r} is not in Morse code; try letters and digits: morse('sos')"
                raise PatternError(message)
            for mark in MORSE[sign]:
                slots.append((Rational(1 if mark == "." else 3), tone))
                slots.append((ONE, silence))
            slots[-1] = (Rational(3), silence)
        slots[-1] = (Rational(7), silence)
    if len(slots) > _MOST:
        message = "morse takes a text of a few words; the cycle would be too full"
        raise PatternError(message)
    if slots:
        slots[-1] = (Rational(3), silence)  # the cycle goes round like a letter
    return weighted(slots, _label("morse", text))
