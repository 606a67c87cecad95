"""Messages on their way to a callback that must not wait: one writer, one reader, no lock."""

from __future__ import annotations

__all__ = ["Ring"]


class Ring:
    """A queue of fixed length. The writer moves `_written`, the reader `_read`, and nobody both."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._when = [0] * length
        self._port = [""] * length
        self._data = [b""] * length
        self._written = self._read = self._cancelled = 0

    def put(self, when: int, port: str, data: bytes) -> bool:
        """Write a message; return False when there is no room."""
        written = self._written
        if written - self._read >= self._length:
            return False
        place = written % self._length
        self._when[place], self._port[place], self._data[place] = when, port, data
        # Only now may the reader see it.
        self._written = written + 1
        return True

    def cancel(self) -> None:
        """Writer: have the reader pass over what was written so far."""
        self._cancelled = self._written

    def get(self, before: int) -> tuple[int, str, bytes] | None:
        """Reader: take the next message if it is due before a time."""
        read = max(self._read, self._cancelled)
        self._read = read
        if read >= self._written:
            return None
        place = read % self._length
        when = self._when[place]
        if when >= before:
            return None
        message = when, self._port[place], self._data[place]
        self._read = read + 1
        return message

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return max(self._read, self._cancelled) >= self._written
