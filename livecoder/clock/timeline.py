"""The shared timeline: one tempo map in a mapped file, written by who leads time, read by all.

Layout, all little-endian 64-bit words:

```
 0 magic    1 heartbeat of the front, ns    2.. the front's part    2 + PART.. a follower's part
```

A part (see `clock.part`) has one writer. The front writes its own, and in it whether a follower
leads (the MIDI process, when it follows a clock), by the number it gave it. While one does, and its
part bears that number, tempo, place and whether time runs are what that part says; meters stay the
front's. So a follower that dies leaves its last tempo, at which all go on, and either of the two
may be killed while it writes.
"""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Self

from livecoder.clock.part import WORDS, Part, Slot, first_words
from livecoder.clock.place import START, Place
from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import DeviceError, SessionFileError
from livecoder.core.rational import ZERO, Rational

__all__ = ["FollowerWriter", "Moment", "TimelineReader", "TimelineWriter"]

_MAGIC = int.from_bytes(b"livecod2", "little")
_MAGIC_WORD, _HEARTBEAT, _FRONT = 0, 1, 2
_FOLLOWER = _FRONT + WORDS
_SIZE = 8 * (_FOLLOWER + WORDS)


class Moment(NamedTuple):
    """What a reader finds.

    Attributes:
        tempo_map: where beats lie in time.
        playing: whether time runs.
        heartbeat_ns: when the front was last alive, `CLOCK_MONOTONIC` nanoseconds.
        place: where the song is.
        at: the beat time stands on, while it does not run.
        led: whether a follower leads.
    """

    tempo_map: TempoMap
    playing: bool
    heartbeat_ns: int
    place: Place = START
    at: Rational = ZERO
    led: bool = False


class _View:
    """The file, mapped."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self._map, self._words = _open(path, writable=writable)
        self._front = Part(self._map, self._words, _FRONT)
        self._follower = Part(self._map, self._words, _FOLLOWER)

    def close(self) -> None:
        """Let the file go; others keep it."""
        self._words.release()
        self._map.close()


class TimelineReader(_View):
    """A process's view of the timeline. `read()` takes some 20 microseconds and never waits.

    Raises:
        DeviceError: there is no timeline at `path`.
        SessionFileError: the file is something else, or was cut short.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, writable=False)
        self._last: tuple[Slot, Slot | None, Moment] | None = None

    def front(self) -> Slot:
        """Return what the front says, whoever leads.

        Raises:
            SessionFileError: the file holds no timeline.
        """
        return self._front.read()

    def follower(self, number: int) -> Slot | None:
        """Return what the follower of that number says; None while it has said nothing.

        Raises:
            SessionFileError: the file holds no timeline.
        """
        slot = self._follower.read()
        return slot if slot.leader == number != 0 else None

    def read(self) -> Moment:
        """Return how time goes, whole.

        Raises:
            SessionFileError: the file holds no timeline.
        """
        front = self._front.read()
        follower = self.follower(front.leader) if front.leader else None
        heartbeat = self._words[_HEARTBEAT]
        if self._last is not None:
            seen, led, moment = self._last
            if seen is front and led is follower:
                return moment._replace(heartbeat_ns=heartbeat)
        if follower is None:
            made = Moment(front.tempo_map, front.playing, heartbeat, front.place, front.at)
        else:
            tempo_map = replace(follower.tempo_map, meters=front.tempo_map.meters)
            playing = front.playing and follower.playing
            at = follower.at if front.playing else front.at
            made = Moment(tempo_map, playing, heartbeat, follower.place, at, led=True)
        self._last = (front, follower, made)
        return made


class TimelineWriter(_View):
    """The front's hand. Use from one thread at a time; `beat` from any.

    Attributes:
        path: the file.
        slot: as it was last written.
    """

    def __init__(self, path: Path) -> None:
        """Go on writing a timeline that exists; see `open` and `create`."""
        super().__init__(path, writable=True)
        self.slot = self._front.read()

    @property
    def tempo_map(self) -> TempoMap:
        """The map as it was last written."""
        return self.slot.tempo_map

    @classmethod
    def open(cls, path: Path) -> Self:
        """Go on writing a timeline that exists: the front that takes over from a dead one.

        Raises:
            DeviceError: there is no timeline at `path`.
            SessionFileError: the file is something else, or is damaged.
        """
        return cls(path)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a timeline, standing still at beat 0, for the owner's eyes alone.

        It appears under `path` complete, so that no reader ever opens half of one.

        Raises:
            SessionFileError: the file cannot be made.
        """
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        data = struct.pack("<qq", _MAGIC, 0) + first_words() + first_words()
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
        """Let every reader see this map from now on; the song is where the session is."""
        self.put(Slot(tempo_map, playing))

    def put(self, slot: Slot) -> None:
        """Let every reader see all of this from now on."""
        self.slot = slot
        self._front.write(slot)

    def beat(self, now_ns: int) -> None:
        """Say that the front lives: one word, which no reader can see half of."""
        self._words[_HEARTBEAT] = now_ns


class FollowerWriter(_View):
    """The hand of a process that follows a clock; see `TimelineReader` for what is raised."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, writable=True)

    def write(self, slot: Slot) -> None:
        """Let every reader see this from now on, if the front has it lead."""
        self._follower.write(slot)


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
