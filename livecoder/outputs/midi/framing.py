"""A stream of bytes becomes whole messages, whatever a driver, a cable or a program does to it.

A driver that hands over whole messages needs none of this, and passes straight through. What is
split over several packets is put together, a status that is left out is the last one (running
status), and realtime bytes may stand anywhere, also inside another message, which goes on after
them. What makes no message is dropped and counted; it never takes a message that follows along.

Source: MIDI 1.0 Detailed Specification, 4.2.1, tables I to VI and appendix A-1.
"""

from __future__ import annotations

__all__ = ["Framer", "is_message"]

# Far more than any synthesiser sends of itself.
_LONGEST = 65_536
_CHANNEL, _SYSEX, _SYSEX_END, _REALTIME = 0x80, 0xF0, 0xF7, 0xF8
# Bytes of each message by its status: channel messages by the upper four bits, the rest by itself.
_LENGTHS = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3} | {
    0xF1: 2, 0xF2: 3, 0xF3: 2, 0xF6: 1, 0xF8: 1, 0xFA: 1, 0xFB: 1, 0xFC: 1, 0xFE: 1, 0xFF: 1,
}  # fmt: skip


class Framer:
    """The bytes of one port.

    Attributes:
        dropped: how many times something came that is no message.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._status = 0
        """Of the message that is being read, or that a data byte would begin; 0 for none."""
        self._data = bytearray()
        """What has been read of it, with its status; empty between two messages."""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that end in these bytes, in order.

        >>> [message.hex() for message in Framer().feed(bytes.fromhex("903cf8643e64"))]
        ['f8', '903c64', '903e64']
        """
        if not self._data and is_message(data):
            if data[0] < _REALTIME:
                self._status = data[0] if data[0] < _SYSEX else 0
            return [data]
        messages = []
        for byte in data:
            if byte >= _REALTIME:
                if byte in _LENGTHS:
                    messages.append(bytes((byte,)))
                else:
                    self.dropped += 1
            elif (message := self._next(byte)) is not None:
                messages.append(message)
        return messages

    def _next(self, byte: int) -> bytes | None:
        """Take a byte that is not realtime; return the message it ends."""
        if byte < _CHANNEL:
            return self._data_byte(byte)
        if byte == _SYSEX_END and self._status == _SYSEX:
            message = bytes(self._data) + b"\xf7"
            self._forget()
            return message
        if self._data:
            self.dropped += 1
        self._forget()
        if byte != _SYSEX and _length(byte) == 0:
            self.dropped += 1
            return None
        self._status = byte
        self._data.append(byte)
        return self._ended()

    def _data_byte(self, byte: int) -> bytes | None:
        if not self._status:
            self.dropped += 1
            return None
        if not self._data:
            self._data.append(self._status)
        self._data.append(byte)
        if self._status != _SYSEX:
            return self._ended()
        if len(self._data) >= _LONGEST:
            self.dropped += 1
            self._forget()
        return None

    def _ended(self) -> bytes | None:
        if self._status == _SYSEX or len(self._data) < _length(self._status):
            return None
        message = bytes(self._data)
        self._data.clear()
        if self._status >= _SYSEX:
            self._status = 0
        return message

    def _forget(self) -> None:
        self._status = 0
        self._data.clear()


def is_message(data: bytes) -> bool:
    """Whether bytes are one whole MIDI message.

    >>> [is_message(bytes.fromhex(x)) for x in ("903c40", "f8", "f07e00f7", "f07e00", "3c40", "")]
    [True, True, True, False, False, False]
    """
    if not 1 <= len(data) <= _LONGEST:
        return False
    status, rest = data[0], data[1:]
    if status == _SYSEX:
        return data[-1] == _SYSEX_END and all(byte < _CHANNEL for byte in rest[:-1])
    return len(data) == _length(status) and all(byte < _CHANNEL for byte in rest)


def _length(status: int) -> int:
    return _LENGTHS.get(status if status >= _SYSEX else status & 0xF0, 0)
