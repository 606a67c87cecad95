"""The shared timeline: one tempo map in a mapped file, written by one process, read by all.

Layout, all little-endian 64-bit words (`q` whole numbers, `d` floats):

```
 0 magic    1 sequence    2 heartbeat ns    3.. slot 0    3 + SLOT.. slot 1
 slot: playing, bpm d, anchor beat (numerator, denominator), anchor ns, ramp bpm d,
       ramp beats (n, d), number of meters, 8 x meter: cycle (n, d), beat (n, d), bar (n, d);
       then a check: CRC-32 of the sequence and the words before it
```

The sequence is a lock that nobody waits for: it is odd while the writer writes, and the two slots
take turns, so the last finished map lies untouched while the next is written. A writer that is
killed in the middle of writing therefore leaves a map that can be read. A reader copies the slot of
the last finished write, then looks at the sequence again: only if two writes began meanwhile could
the copy be torn, and then it copies again. The check makes that certain on processors that reorder
writes too.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

from livecoder.clock.tempo import Meter, TempoMap
from livecoder.core.errors import DeviceError, LivecoderError, SessionFileError
from livecoder.core.rational import Rational

__all__ = ["Moment", "TimelineReader", "TimelineWriter"]

_MAGIC = int.from_bytes(b"livecod1", "little")
_MAGIC_WORD, _SEQUENCE, _HEARTBEAT, _SLOTS = 0, 1, 2, 3
# Outputs need beats to time, and the bars about now; the front keeps the older meters.
_METERS = 8
_BODY = struct.Struct("<qdqqqdqqq" + "qqqqqq" * _METERS)
_SLOT_WORDS = _BODY.size // 8 + 1
_SIZE = 8 * (_SLOTS + 2 * _SLOT_WORDS)
_LARGEST = 2**63 - 1
_ATTEMPTS = 10_000


class Moment(NamedTuple):
    """What a reader finds.

    Attributes:
        tempo_map: where beats lie in time.
        playing: whether time runs.
        heartbeat_ns: when the writer was last alive, `CLOCK_MONOTONIC` nanoseconds.
    """

    tempo_map: TempoMap
    playing: bool
    heartbeat_ns: int


class TimelineReader:
    """A process's view of the timeline. `read()` takes some 20 microseconds and never waits.

    Raises:
        DeviceError: there is no timeline at `path`.
        SessionFileError: the file is something else, or was cut short.
    """

    def __init__(self, path: Path) -> None:
        self._map, self._words = _open(path, writable=False)
        self._sequence = -1
        self._last: tuple[TempoMap, bool] | None = None

    def read(self) -> Moment:
        """Return the map as it was last written, whole.

        Raises:
            SessionFileError: the file holds no timeline.
        """
        for _ in range(_ATTEMPTS):
            finished = self._words[_SEQUENCE] // 2
            # Nearly every read finds what the last one found; then there is nothing to decode.
            if finished == self._sequence and self._last is not None:
                return Moment(*self._last, self._words[_HEARTBEAT])
            begin = 8 * (_SLOTS + finished % 2 * _SLOT_WORDS)
            copy = self._map[begin : begin + 8 * _SLOT_WORDS]
            if self._words[_SEQUENCE] < 2 * finished + 3 and _is_whole(copy, finished):
                self._last, self._sequence = _decode(copy), finished
                return Moment(*self._last, self._words[_HEARTBEAT])
        message = "the session's timeline is damaged; leave livecoder and start it again"
        raise SessionFileError(message)

    def close(self) -> None:
        """Let the file go."""
        self._words.release()
        self._map.close()


class TimelineWriter:
    """The one who leads time. Use from one thread at a time; `beat` from any.

    Attributes:
        path: the file.
        tempo_map: the map as it was last written.
    """

    def __init__(self, path: Path) -> None:
        """Go on writing a timeline that exists; see `open` and `create`."""
        self.path = path
        self._map, self._words = _open(path, writable=True)
        # A dead writer may have left the sequence odd; its unfinished slot is simply written anew.
        self._finished = self._words[_SEQUENCE] // 2
        reader = TimelineReader(path)
        self.tempo_map = reader.read().tempo_map
        reader.close()

    @classmethod
    def open(cls, path: Path) -> TimelineWriter:
        """Go on writing a timeline that exists: the front that takes over from a dead one.

        Raises:
            DeviceError: there is no timeline at `path`.
            SessionFileError: the file is something else, or is damaged.
        """
        return cls(path)

    @classmethod
    def create(cls, path: Path) -> TimelineWriter:
        """Make a timeline, standing still at beat 0, for the owner's eyes alone.

        It appears under `path` complete, so that no reader ever opens half of one.

        Raises:
            SessionFileError: the file cannot be made.
        """
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        data = bytearray(_SIZE)
        struct.pack_into("<qqq", data, 0, _MAGIC, 0, 0)
        first = _encode(TempoMap(), 0, playing=False)
        data[8 * _SLOTS : 8 * _SLOTS + len(first)] = first
        try:
            descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            beside.replace(path)
        except OSError as error:
            message = f"cannot make the timeline {path} ({error.strerror}); set XDG_RUNTIME_DIR"
            raise SessionFileError(message) from error
        return cls(path)

    def write(self, tempo_map: TempoMap, *, playing: bool) -> None:
        """Let every reader see this map from now on."""
        after = self._finished + 1
        slot = _encode(tempo_map, after, playing=playing)
        begin = 8 * (_SLOTS + after % 2 * _SLOT_WORDS)
        self._words[_SEQUENCE] = 2 * self._finished + 1
        self._map[begin : begin + len(slot)] = slot
        self._words[_SEQUENCE] = 2 * after
        self._finished, self.tempo_map = after, tempo_map

    def beat(self, now_ns: int) -> None:
        """Say that the writer lives: one word, which no reader can see half of."""
        self._words[_HEARTBEAT] = now_ns

    def close(self) -> None:
        """Let the file go; readers keep it."""
        self._words.release()
        self._map.close()


def _open(path: Path, *, writable: bool) -> tuple[mmap.mmap, memoryview]:
    access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
    try:
        with path.open("r+b" if writable else "rb") as file:
            mapped = mmap.mmap(file.fileno(), _SIZE, access=access)
    except OSError as error:
        message = f"no timeline at {path} ({error.strerror}); is that session still running?"
        raise DeviceError(message) from error
    except ValueError as error:
        message = f"{path} is no timeline of livecoder: it is too short"
        raise SessionFileError(message) from error
    words = memoryview(mapped).cast("q")
    if words[_MAGIC_WORD] != _MAGIC:
        words.release()
        mapped.close()
        message = f"{path} is no timeline of this livecoder; leave it and start a new session"
        raise SessionFileError(message)
    return mapped, words


def _fraction(value: Rational) -> tuple[int, int]:
    numerator, denominator = int(value.numerator), int(value.denominator)
    while abs(numerator) > _LARGEST or denominator > _LARGEST:
        # Finer than 64 bits hold, and than anybody hears: halve both till they fit.
        numerator, denominator = numerator >> 1, max(1, denominator >> 1)
    return numerator, denominator


def _encode(tempo_map: TempoMap, sequence: int, *, playing: bool) -> bytes:
    meters = tempo_map.meters[-_METERS:]
    words = [word for meter in meters for value in meter for word in _fraction(value)]
    words += [0] * (6 * _METERS - len(words))
    body = _BODY.pack(
        int(playing),
        tempo_map.bpm,
        *_fraction(tempo_map.anchor_beat),
        tempo_map.anchor_ns,
        tempo_map.ramp_bpm,
        *_fraction(tempo_map.ramp_beats),
        len(meters),
        *words,
    )
    return body + struct.pack("<q", _check(body, sequence))


def _check(body: bytes, sequence: int) -> int:
    return zlib.crc32(body, sequence & 0xFFFFFFFF)


def _is_whole(slot: bytes, sequence: int) -> bool:
    (check,) = struct.unpack_from("<q", slot, _BODY.size)
    return bool(check == _check(slot[: _BODY.size], sequence))


def _decode(slot: bytes) -> tuple[TempoMap, bool]:
    playing, bpm, beat_n, beat_d, ns, ramp_bpm, ramp_n, ramp_d, count, *words = _BODY.unpack_from(
        slot
    )
    try:
        if not 1 <= count <= _METERS:
            raise ValueError(count)
        pairs = [Rational(words[i], words[i + 1]) for i in range(0, 6 * count, 2)]
        tempo_map = TempoMap(
            bpm=bpm,
            anchor_beat=Rational(beat_n, beat_d),
            anchor_ns=ns,
            ramp_bpm=ramp_bpm,
            ramp_beats=Rational(ramp_n, ramp_d),
            meters=tuple(Meter(*pairs[i : i + 3]) for i in range(0, 3 * count, 3)),
        )
    except (LivecoderError, ValueError, ZeroDivisionError) as error:
        message = "the session's timeline is damaged; leave livecoder and start it again"
        raise SessionFileError(message) from error
    return tempo_map, bool(playing)
