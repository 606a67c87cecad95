"""Reads protocol buffers without their schema: fields by number, as far as they are asked for.

Format: a message is fields one after the other; each begins with a varint, its number times eight
plus its wire type: 0 a varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes. Nothing
is copied: bytes are views of what was given.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from livecoder.core.errors import ModelFileError

__all__ = ["Message", "varint"]

_MOST_FIELDS = 100_000
Value = int | memoryview


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return the whole number that begins at byte `at`, 0 to 2**64 - 1, and where it ends.

    >>> varint(memoryview(bytes([0xAC, 0x02])), 0)
    (300, 2)

    Raises:
        ModelFileError: it is cut off, or longer than 64 bits.
    """
    value = shift = 0
    while shift < 70 and at < len(data):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
    message = "a number in it is cut off"
    raise ModelFileError(message)


class Message:
    """The fields of one message.

    Args:
        data: the whole message.

    Raises:
        ModelFileError: it is cut off, no message, or has more than 100,000 fields.

    >>> message = Message(memoryview(bytes([0x08, 0x2A, 0x12, 0x02, 0x68, 0x69])))
    >>> message.whole(1), message.text(2), message.whole(3)
    (42, 'hi', 0)
    """

    def __init__(self, data: memoryview) -> None:
        self._fields: dict[int, list[Value]] = {}
        at = many = 0
        while at < len(data):
            tag, at = varint(data, at)
            value: Value
            match tag & 7:
                case 0:
                    value, at = varint(data, at)
                case 1:
                    value, at = data[at : at + 8], at + 8
                case 2:
                    size, at = varint(data, at)
                    value, at = data[at : at + size], at + size
                case 5:
                    value, at = data[at : at + 4], at + 4
                case kind:
                    message = f"a field in it is of kind {kind}, which there is not"
                    raise ModelFileError(message)
            many += 1
            if at > len(data) or many > _MOST_FIELDS:
                message = "a part of it is cut off" if at > len(data) else "it has too many parts"
                raise ModelFileError(message)
            self._fields.setdefault(tag >> 3, []).append(value)

    def whole(self, number: int) -> int:
        """Return a field's whole number, signed; 0 where there is none: zeros are not stored."""
        value = self._last(number)
        if value is None:
            return 0
        if isinstance(value, memoryview):
            message = f"field {number} of a part of it is no number"
            raise ModelFileError(message)
        return value - 2**64 if value >= 2**63 else value

    def four(self, number: int) -> int:
        """Return a field of four bytes as a number without sign; 0 where there is none."""
        value = self._last(number)
        if value is None:
            return 0
        if isinstance(value, int) or len(value) != 4:
            message = f"field {number} of a part of it is no number of four bytes"
            raise ModelFileError(message)
        return int.from_bytes(value, "little")

    def parts(self, number: int) -> list[memoryview]:
        """Return the bytes of every field of this number, in order."""
        parts: list[memoryview] = []
        for value in self._fields.get(number, ()):
            if isinstance(value, int):
                message = f"field {number} of a part of it is a number"
                raise ModelFileError(message)
            parts.append(value)
        return parts

    def messages(self, number: int) -> list[Message]:
        """Return every field of this number, read as messages."""
        return [Message(part) for part in self.parts(number)]

    def message(self, number: int) -> Message:
        """Return the field of this number, read as a message; empty where there is none."""
        parts = self.parts(number)
        return Message(parts[-1] if parts else memoryview(b""))

    def text(self, number: int) -> str:
        """Return a field's text; empty where there is none."""
        parts = self.parts(number)
        try:
            return bytes(parts[-1]).decode() if parts else ""
        except UnicodeDecodeError:
            message = f"field {number} of a part of it is no text"
            raise ModelFileError(message) from None

    def has(self, number: int) -> bool:
        """Return whether there is such a field."""
        return number in self._fields

    def _last(self, number: int) -> Value | None:
        values = self._fields.get(number)
        return values[-1] if values else None
