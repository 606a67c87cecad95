"""One part of the timeline's file: what one process writes and all read, without a lock.

Layout, all little-endian 64-bit words (`q` whole numbers, `d` floats):

```
 0 sequence    1.. slot 0    1 + SLOT.. slot 1
 slot: playing, leader, bpm d, anchor beat (numerator, denominator), anchor ns, ramp bpm d,
       ramp beats (n, d), at (n, d), place: beat (n, d), song (n, d), jumped,
       number of meters, 8 x meter: cycle (n, d), beat (n, d), bar (n, d);
       then a check: CRC-32 of the sequence and the words before it
```

The sequence is a lock that nobody waits for: it is odd while the writer writes, and the two slots
take turns, so the last finished one lies untouched while the next is written. A writer that is
killed in the middle of writing therefore leaves one that can be read. A reader copies the slot of
the last finished write, then looks at the sequence again: only if two writes began meanwhile could
the copy be torn, and then it copies again. The check makes that certain on processors that reorder
writes too.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from typing import NamedTuple

from livecoder.clock.place import START, Place
from livecoder.clock.tempo import Meter, TempoMap
from livecoder.core.errors import LivecoderError, SessionFileError
from livecoder.core.rational import ZERO, Rational

__all__ = ["WORDS", "Part", "Slot", "first_words"]

# Outputs need beats to time, and the bars about now; the front keeps the older meters.
_METERS = 8
_BODY = struct.Struct("<qqdqqqdqqqqqqqqqq" + "qqqqqq" * _METERS)
_SLOT_WORDS = _BODY.size // 8 + 1
_SEQUENCE, _SLOTS = 0, 1
_LARGEST = 2**63 - 1
_ATTEMPTS = 10_000
_DAMAGED = "the session's timeline is damaged; leave livecoder and start it again"

WORDS = _SLOTS + 2 * _SLOT_WORDS
"""Length of a part."""


class Slot(NamedTuple):
    """What a part says.

    Attributes:
        tempo_map: where beats lie in time.
        playing: whether time runs.
        place: where the song is.
        at: the beat time stands on, while it does not run; while it does, where it stood last.
        leader: in the front's part, the number of the follower whose part holds instead, 0 for
            none; in a follower's part, its number.
    """

    tempo_map: TempoMap
    playing: bool = False
    place: Place = START
    at: Rational = ZERO
    leader: int = 0


class Part:
    """A view of one part; may be written through if the map may."""

    def __init__(self, mapped: mmap.mmap, words: memoryview, first: int) -> None:
        """Look at the part that begins with a word."""
        self._map, self._words, self._first = mapped, words, first
        # A dead writer may have left the sequence odd; its unfinished slot is simply written anew.
        self._finished = self._words[first + _SEQUENCE] // 2
        self._read = -1
        self._last: Slot | None = None

    def read(self) -> Slot:
        """Return what was last written, whole; the same object while nothing new was.

        Raises:
            SessionFileError: it holds no slot.
        """
        sequence = self._first + _SEQUENCE
        for _ in range(_ATTEMPTS):
            finished = self._words[sequence] // 2
            # Nearly every read finds what the last one found; then there is nothing to decode.
            if finished == self._read and self._last is not None:
                return self._last
            begin = 8 * (self._first + _SLOTS + finished % 2 * _SLOT_WORDS)
            copy = self._map[begin : begin + 8 * _SLOT_WORDS]
            if self._words[sequence] < 2 * finished + 3 and _is_whole(copy, finished):
                self._last, self._read = _decode(copy), finished
                return self._last
        raise SessionFileError(_DAMAGED)

    def write(self, slot: Slot) -> None:
        """Let every reader see this from now on."""
        after = self._finished + 1
        data = _encode(slot, after)
        begin = 8 * (self._first + _SLOTS + after % 2 * _SLOT_WORDS)
        self._words[self._first + _SEQUENCE] = 2 * self._finished + 1
        self._map[begin : begin + len(data)] = data
        self._words[self._first + _SEQUENCE] = 2 * after
        self._finished = after


def first_words() -> bytes:
    """Return a part in which time stands at beat 0."""
    data = bytearray(8 * WORDS)
    slot = _encode(Slot(TempoMap()), 0)
    data[8 * _SLOTS : 8 * _SLOTS + len(slot)] = slot
    return bytes(data)


def _fraction(value: Rational) -> tuple[int, int]:
    numerator, denominator = int(value.numerator), int(value.denominator)
    while abs(numerator) > _LARGEST or denominator > _LARGEST:
        # Finer than 64 bits hold, and than anybody hears: halve both till they fit.
        numerator, denominator = numerator >> 1, max(1, denominator >> 1)
    return numerator, denominator


def _encode(slot: Slot, sequence: int) -> bytes:
    tempo_map, place = slot.tempo_map, slot.place
    meters = tempo_map.meters[-_METERS:]
    words = [word for meter in meters for value in meter for word in _fraction(value)]
    words += [0] * (6 * _METERS - len(words))
    body = _BODY.pack(
        int(slot.playing),
        slot.leader,
        tempo_map.bpm,
        *_fraction(tempo_map.anchor_beat),
        tempo_map.anchor_ns,
        tempo_map.ramp_bpm,
        *_fraction(tempo_map.ramp_beats),
        *_fraction(slot.at),
        *_fraction(place.beat),
        *_fraction(place.song),
        int(place.jumped),
        len(meters),
        *words,
    )
    return body + struct.pack("<q", _check(body, sequence))


def _check(body: bytes, sequence: int) -> int:
    return zlib.crc32(body, sequence & 0xFFFFFFFF)


def _is_whole(slot: bytes, sequence: int) -> bool:
    (check,) = struct.unpack_from("<q", slot, _BODY.size)
    return bool(check == _check(slot[: _BODY.size], sequence))


def _decode(slot: bytes) -> Slot:
    playing, leader, bpm, beat_n, beat_d, ns, ramp_bpm, *rest = _BODY.unpack_from(slot)
    fractions, (jumped, count, *words) = rest[:8], rest[8:]
    try:
        if not 1 <= count <= _METERS:
            raise ValueError(count)
        ramp, at, here, song = (Rational(*fractions[i : i + 2]) for i in range(0, 8, 2))
        pairs = [Rational(words[i], words[i + 1]) for i in range(0, 6 * count, 2)]
        tempo_map = TempoMap(
            bpm=bpm,
            anchor_beat=Rational(beat_n, beat_d),
            anchor_ns=ns,
            ramp_bpm=ramp_bpm,
            ramp_beats=ramp,
            meters=tuple(Meter(*pairs[i : i + 3]) for i in range(0, 3 * count, 3)),
        )
    except (LivecoderError, ValueError, ZeroDivisionError) as error:
        raise SessionFileError(_DAMAGED) from error
    return Slot(tempo_map, bool(playing), Place(here, song, bool(jumped)), at, leader)
