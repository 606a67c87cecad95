"""What is done on an instrument, from its messages: keys, and controllers of seven bits or more.

Conventions
-----------
Channels count from 1. Controllers stand from 0.0 to 1.0, the pitch wheel from -1.0 to 1.0. Each is
called by what it is: `"cc 74"`, `"bend"`, `"touch"` (aftertouch of the channel), `"touch 60"` (of
one key), `"program"`, `"nrpn 300"`, `"rpn 0"`.

A controller from 0 to 31 has its finer seven bits on the one 32 above, sent after it; once one of
those has been seen, the pair is read in 14 bits. So are the values of parameters.

Source: MIDI 1.0 Detailed Specification, 4.2.1, "Control Change" and "Registered and
Non-Registered Parameter Numbers".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Moved", "Pressed", "Reader"]

_MOST = 16_383
_FINE = 32
_INCREMENT, _DECREMENT = 96, 97
_NRPN_FINE, _RPN_FINE, _RPN = 98, 100, 101
_NONE = 127


class Pressed(NamedTuple):
    """A key that went down, or up.

    Attributes:
        channel: from 1.
        key: MIDI note number.
        velocity: 0.0 for up, else to 1.0.
    """

    channel: int
    key: int
    velocity: float


class Moved(NamedTuple):
    """A controller that was moved.

    Attributes:
        channel: from 1.
        what: its name; see the module.
        value: where it stands.
    """

    channel: int
    what: str
    value: float


@dataclass(slots=True)
class _Channel:
    """What one channel remembers: upper and lower halves by controller, and which parameter."""

    upper: dict[str, int] = field(default_factory=dict)
    fine: set[str] = field(default_factory=set)
    """Of which the lower half has been seen."""
    kind: str = ""
    number: list[int] = field(default_factory=lambda: [_NONE, _NONE])
    values: dict[str, int] = field(default_factory=dict)
    """Of the parameters, 14 bits."""

    @property
    def parameter(self) -> str:
        """Name of the parameter that data entry sets; empty for none."""
        upper, lower = self.number
        return (
            "" if not self.kind or upper == lower == _NONE else f"{self.kind} {upper * 128 + lower}"
        )


class Reader:
    """Whole messages of one port, in order, and what they mean. Forgets nothing it needs."""

    def __init__(self) -> None:
        self._channels: dict[int, _Channel] = {}

    def read(self, data: bytes) -> list[Pressed | Moved]:
        """Return what a message says was done; nothing for one that is about something else.

        >>> Reader().read(bytes.fromhex("903c7f"))
        [Pressed(channel=1, key=60, velocity=1.0)]
        >>> Reader().read(bytes.fromhex("b24a7f"))
        [Moved(channel=3, what='cc 74', value=1.0)]
        """
        if not 2 <= len(data) <= 3 or not 0x80 <= data[0] < 0xF0 or max(data[1:]) > 127:
            return []
        kind, channel, first = data[0] & 0xF0, (data[0] & 0x0F) + 1, data[1]
        if kind == 0xC0:
            return [Moved(channel, "program", first / 127)]
        if kind == 0xD0:
            return [Moved(channel, "touch", first / 127)]
        if len(data) != 3:
            return []
        second = data[2]
        match kind:
            case 0x80:
                return [Pressed(channel, first, 0.0)]
            case 0x90:
                return [Pressed(channel, first, second / 127)]
            case 0xA0:
                return [Moved(channel, f"touch {first}", second / 127)]
            case 0xB0:
                held = self._channels.setdefault(channel, _Channel())
                return [Moved(channel, *one) for one in _controlled(held, first, second)]
        wheel = second * 128 + first - 8192
        return [Moved(channel, "bend", wheel / (8191 if wheel > 0 else 8192))]


def _controlled(held: _Channel, controller: int, value: int) -> list[tuple[str, float]]:
    name = f"cc {controller}"
    moved = [(name, value / 127)]
    if controller < _FINE:
        held.upper[name] = value
        if name in held.fine:
            moved = [(name, value * 128 / _MOST)]
    elif controller < 2 * _FINE and (whole := f"cc {controller - _FINE}") in held.upper:
        held.fine.add(whole)
        moved.append((whole, (held.upper[whole] * 128 + value) / _MOST))
    match controller:
        case 98 | 99 | 100 | 101:
            held.kind = "rpn" if controller in (_RPN, _RPN_FINE) else "nrpn"
            held.number[controller in (_RPN_FINE, _NRPN_FINE)] = value
        case 6 | 38 | 96 | 97 if held.parameter:
            moved.append(_entered(held, held.parameter, controller, value))
    return moved


def _entered(held: _Channel, name: str, controller: int, value: int) -> tuple[str, float]:
    """Return what data entry sets a parameter to."""
    before = held.values.get(name, 0)
    match controller:
        case 6:
            after = value * 128
        case 38:
            held.fine.add(name)
            after = before // 128 * 128 + value
        case 96:
            after = min(before + 1, _MOST)
        case _:
            after = max(before - 1, 0)
    held.values[name] = after
    fine = name in held.fine or controller in (_INCREMENT, _DECREMENT)
    return name, after / _MOST if fine else after / 128 / 127
