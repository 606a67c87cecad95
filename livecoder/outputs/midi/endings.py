"""What somebody else left sounding on a port is ended, and what has begun since sounds on.

A process that was killed, a server that died or a cable that was pulled leave notes nobody will
end. Which they are is known by channel only, so every key of the channel is told to end: over
several cycles, as a cycle that wrote all at once would come late. The music does not wait for that.
So the keys that sound are remembered as they are written, and none of them is told to end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from livecoder.outputs.midi.messages import note_off, silence

__all__ = ["Endings", "Keys"]

_KEYS = 128
_NOTE_OFF, _NOTE_ON, _CONTROL = 0x80, 0x90, 0xB0
_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123


class Keys:
    """The keys of a port that were begun here and have not ended; 16 channels of 128."""

    def __init__(self) -> None:
        # A byte each, so that the thread that writes messages allocates nothing.
        self._down = bytearray(16 * _KEYS)

    def hear(self, data: bytes) -> None:
        """Take note of a message that goes out."""
        kind = data[0] & 0xF0
        if kind == _NOTE_ON:
            self._down[self._place(data[0] & 0x0F, data[1])] = data[2] > 0
        elif kind == _NOTE_OFF:
            self._down[self._place(data[0] & 0x0F, data[1])] = False
        elif kind == _CONTROL and data[1] in (_ALL_SOUND_OFF, _ALL_NOTES_OFF):
            for key in range(_KEYS):
                self._down[self._place(data[0] & 0x0F, key)] = False

    def sounds(self, channel: int, key: int) -> bool:
        """Whether a key sounds, by channel 0 to 15 and number 0 to 127."""
        return bool(self._down[self._place(channel, key)])

    def silent(self, channel: int) -> bool:
        """Whether no key of a channel sounds."""
        begin = self._place(channel, 0)
        return self._down.find(1, begin, begin + _KEYS) < 0

    def ends(self, channel: int) -> list[bytes]:
        """Return what ends each key of a channel that sounds."""
        return [note_off(channel, key) for key in range(_KEYS) if self.sounds(channel, key)]

    @staticmethod
    def _place(channel: int, key: int) -> int:
        return channel * _KEYS + key


class _Ending:
    """A channel that is to be ended, and how far that is."""

    def __init__(self, port: str, channel: int, *, every_key: bool) -> None:
        self.port, self.channel, self.every_key = port, channel, every_key
        self.key = -1
        """The next to be told; -1: All Notes Off and All Sound Off come first."""


class Endings:
    """Channels to be ended, a few messages at a time. One thread owes, another takes."""

    def __init__(self) -> None:
        self._waiting: deque[_Ending] = deque()

    def __bool__(self) -> bool:
        """Whether anything is still to be ended."""
        return bool(self._waiting)

    def owe(self, port: str, channels: Iterable[int], *, every_key: bool) -> None:
        """Have channels ended.

        Args:
            port: name of the port, as the performer typed it.
            channels: 0 to 15.
            every_key: end each key by a message of its own as well, for an instrument that does
                not know All Notes Off.
        """
        for channel in sorted(channels):
            self._waiting.append(_Ending(port, channel, every_key=every_key))

    def take(self, most: int, keys: Mapping[str, Keys]) -> Iterator[tuple[str, bytes]]:
        """Give `(port, message)` to be written now, up to `most` of them.

        All Notes Off would end what has begun since too. So where anything has, only the other
        keys are told, each by itself.

        >>> endings, keys = Endings(), Keys()
        >>> keys.hear(bytes((0x90, 1, 100)))
        >>> endings.owe("synth", [0], every_key=False)
        >>> [data.hex() for _, data in endings.take(2, {"synth": keys})]
        ['800040', '800240']

        Args:
            most: messages; two at least.
            keys: what sounds, by port; a port that is not among them has gone.
        """
        while self._waiting and most > 0:
            one = self._waiting[0]
            down = keys.get(one.port)
            if down is None or one.key == _KEYS:
                self._waiting.popleft()
                continue
            if one.key < 0:
                if most < 2:
                    return  # both together, and in the next cycle
                one.key = 0
                if down.silent(one.channel):
                    if not one.every_key:
                        one.key = _KEYS
                    for data in silence(one.channel):
                        most -= 1
                        yield one.port, data
                continue
            if not down.sounds(one.channel, one.key):
                most -= 1
                yield one.port, note_off(one.channel, one.key)
            one.key += 1
