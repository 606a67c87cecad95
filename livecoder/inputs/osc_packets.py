"""Reading OSC packets: strictly, boundedly, and without a word to anybody.

Source: the OSC 1.0 specification, and of its later types `T F N I h d`. python-osc, which writes
our packets, reads more than the specification allows, and logs what it cannot.
"""

from __future__ import annotations

import math
import struct
from typing import NamedTuple

__all__ = ["LARGEST", "Message", "Value", "read_packet"]

LARGEST = 8192
_MOST_ARGUMENTS = 64
_MOST_MESSAGES = 256
_DEEPEST = 8
_LONGEST = 256
# Seconds from 1900, where timetags begin, to 1970.
_EPOCH = 2_208_988_800
_IMMEDIATELY = 1
_SIZES = {"i": ">i", "f": ">f", "h": ">q", "d": ">d", "t": ">Q"}
_FIXED: dict[str, float | int] = {"T": 1, "F": 0, "N": 0, "I": 1}

Value = float | int | str


class Message(NamedTuple):
    """One message of a packet.

    Attributes:
        address: `/fader/1`.
        values: numbers and texts; what is neither counts as 0, so that places stay.
        unix_ns: when it is to take effect, nanoseconds since 1970; None for at once.
    """

    address: str
    values: tuple[Value, ...]
    unix_ns: int | None = None


def read_packet(packet: bytes) -> list[Message]:
    r"""Return the messages of a packet, in order.

    >>> read_packet(b"/f\0\0,i\0\0\0\0\0\7")
    [Message(address='/f', values=(7,), unix_ns=None)]

    Raises:
        ValueError: it is none, or longer, deeper or fuller than is sensible; says why.
    """
    if len(packet) > LARGEST:
        message = f"it is longer than {LARGEST} bytes"
        raise ValueError(message)
    messages: list[Message] = []
    try:
        _read(packet, None, _DEEPEST, messages)
    except struct.error:
        message = "it is cut short"
        raise ValueError(message) from None
    except UnicodeDecodeError:
        message = "its text is none"
        raise ValueError(message) from None
    return messages


def _read(packet: bytes, unix_ns: int | None, depth: int, messages: list[Message]) -> None:
    if not packet.startswith(b"#bundle\0"):
        messages.append(_message(packet, unix_ns))
        if len(messages) > _MOST_MESSAGES:
            message = f"it has more than {_MOST_MESSAGES} messages"
            raise ValueError(message)
        return
    if depth == 0:
        message = f"it is more than {_DEEPEST} bundles deep"
        raise ValueError(message)
    (tag,) = struct.unpack_from(">Q", packet, 8)
    at = 16
    when = None if tag == _IMMEDIATELY else ((tag >> 32) - _EPOCH) * 10**9 + _fraction(tag)
    while at < len(packet):
        (size,) = struct.unpack_from(">I", packet, at)
        at += 4
        if size % 4 or size == 0 or at + size > len(packet):
            message = "a size in it is wrong"
            raise ValueError(message)
        _read(packet[at : at + size], when, depth - 1, messages)
        at += size


def _fraction(tag: int) -> int:
    return ((tag & 0xFFFFFFFF) * 10**9) >> 32


def _message(packet: bytes, unix_ns: int | None) -> Message:
    if len(packet) % 4 or not packet.startswith(b"/"):
        message = "it is no OSC"
        raise ValueError(message)
    address, at = _text(packet, 0)
    if at == len(packet):  # some old senders leave the types out where there is no argument
        return Message(address, (), unix_ns)
    types, at = _text(packet, at)
    if not types.startswith(",") or len(types) > _MOST_ARGUMENTS + 1:
        message = f"its types are none, or more than {_MOST_ARGUMENTS}"
        raise ValueError(message)
    values: list[Value] = []
    for kind in types[1:]:
        value, at = _value(packet, at, kind)
        values.append(value)
    if at != len(packet):
        message = "there is more in it than its types say"
        raise ValueError(message)
    return Message(address, tuple(values), unix_ns)


def _value(packet: bytes, at: int, kind: str) -> tuple[Value, int]:
    if kind in _FIXED:
        return _FIXED[kind], at
    if kind in "sS":
        return _text(packet, at)
    if kind == "b":
        (size,) = struct.unpack_from(">I", packet, at)
        end = at + 4 + size + -size % 4
        if end > len(packet):
            message = "it is cut short"
            raise ValueError(message)
        return 0, end
    if kind not in _SIZES:
        message = f"it has an argument of type {kind!r}"
        raise ValueError(message)
    shape = _SIZES[kind]
    (value,) = struct.unpack_from(shape, packet, at)
    return (value if math.isfinite(value) else 0.0), at + struct.calcsize(shape)


def _text(packet: bytes, at: int) -> tuple[str, int]:
    end = packet.find(b"\0", at)
    if not 0 <= end - at <= _LONGEST:
        message = f"a text in it is longer than {_LONGEST} letters, or has no end"
        raise ValueError(message)
    return packet[at:end].decode(), end + 4 - (end - at) % 4
