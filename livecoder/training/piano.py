"""The piano corpus: POP909's songs as one pianist would play them, read once into a compact cache.

Conventions: MELODY, BRIDGE and PIANO tracks are one piano. Time is that of the song's own beats:
a beat is 50 steps, so that bars of four beats are 200 steps however the song breathes, and a step
is 10 ms at 120 beats a minute. What a player does beside the beat stays. A song begins on the bar
line before its first note.

Events are numbered as Magenta's performance encoding with velocities numbers its 388 classes: 0 to
127 a note begins, 128 to 255 a note ends, 256 to 355 time passes (1 to 100 steps), 356 to 387 the
velocity of what follows. Their order at one step is that of `note_seq.Performance`.

The split is that of `corpus`: by a hash of the song's name.

Sources: Wang et al., "POP909: A Pop-song Dataset for Music Arrangement Generation", ISMIR 2020;
Oore et al., "This Time with Feeling", 2018 (the events).
"""

from __future__ import annotations

import io
import tarfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_file
from livecoder.training.corpus import SPLITS, split_of
from livecoder.training.learning import keep
from livecoder.training.pop909 import beat_grid

__all__ = [
    "BAR",
    "BEAT",
    "HIGHEST",
    "LOWEST",
    "PianoCorpus",
    "Song",
    "Struck",
    "build",
    "events_of",
    "load",
    "notes_of",
    "played",
    "read_song",
    "save",
    "songs_of",
]

BEAT = 50  # steps
BAR = 4 * BEAT
LOWEST, HIGHEST = 21, 108
_TRACKS = frozenset({"MELODY", "BRIDGE", "PIANO"})
_NOTE_OFF, _SHIFT, _VELOCITY = 128, 256, 356
_LONGEST_SHIFT = 100
_LARGEST_MEMBER = 8 * 2**20
_LONGEST_SONG = 200_000  # events


class Struck(NamedTuple):
    """One note of a performance: begins and ends (in steps), pitch, velocity 1 to 127."""

    onset: int
    end: int
    pitch: int
    velocity: int


class Song(NamedTuple):
    """One song: its name, its events, and after each how many steps its bar has lasted."""

    name: str
    events: NDArray[np.int16]
    phases: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class PianoCorpus:
    """Encoded songs.

    Attributes:
        classes: events of all songs, `[events]` int16, 0 to 387.
        phases: steps since the bar line when the event has happened, `[events]` int16, 0 to 199.
        begins: first event of each song, and the number of events: `[songs + 1]`.
        split: index into `corpus.SPLITS`, `[songs]`.
        room: semitones a song may be moved down and up and stay on the piano, `[songs, 2]`.
    """

    classes: NDArray[np.int16]
    phases: NDArray[np.int16]
    begins: NDArray[np.int32]
    split: NDArray[np.int8]
    room: NDArray[np.int8]

    def songs(self, split: str) -> NDArray[np.int64]:
        """Return the numbers of the songs in a split: "train", "valid" or "test"."""
        return np.flatnonzero(self.split == SPLITS.index(split))

    def events(self, split: str) -> int:
        """Return how many events a split has."""
        return int(np.diff(self.begins)[self.songs(split)].sum())


def songs_of(
    data: Path, *, on_progress: Callable[[str, int], object] = "{} {}".format
) -> Iterator[Song]:
    """Yield every song of POP909 in `data`, one after the other.

    Args:
        data: folder with `pop909.tar.xz`.
        on_progress: told the set's name and the songs read so far.

    Raises:
        ModelFileError: the set is missing or unreadable.
    """
    count = 0
    beats: dict[str, bytes] = {}
    songs: dict[str, bytes] = {}
    for name, member in _members(data / "pop909.tar.xz"):
        song = Path(name).parent.name
        (beats if name.endswith(".txt") else songs)[song] = member
        if song in beats and song in songs:
            text = beats.pop(song).decode("ascii", "replace")
            read = read_song(f"POP909 {song}", songs.pop(song), text)
            if len(read.events):
                yield read
            on_progress("POP909", count := count + 1)


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of the songs and beats in an archive; nothing is unpacked to disk."""
    if not path.exists():
        message = f"{path} is missing; `livecoder train --sources` says where to find it"
        raise ModelFileError(message)
    try:
        with tarfile.open(path) as archive:
            for entry in archive:
                wanted = entry.name.endswith((".mid", "beat_midi.txt"))
                if not entry.isfile() or not wanted or "versions" in entry.name:
                    continue
                member = archive.extractfile(entry)
                if member is not None and entry.size <= _LARGEST_MEMBER:
                    yield entry.name, member.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        message = f"{path} cannot be read ({error}); fetch it again"
        raise ModelFileError(message) from error


def read_song(name: str, midi: bytes, beats: str) -> Song:
    """Return a song's events on the grid of its own beats.

    Args:
        name: of the song; says which split it is in.
        midi: its MIDI file.
        beats: its `beat_midi.txt`: a line a beat, "seconds mark mark", the last 1 on a downbeat.

    Raises:
        ModelFileError: one of the two cannot be read.
    """
    times, downbeats = beat_grid(beats)
    if len(times) < 2:
        return Song(name, np.zeros(0, np.int16), np.zeros(0, np.int16))
    notes = _notes(midi, times)
    bars = [BEAT * beat for beat in downbeats] or [0]
    if not notes:
        return Song(name, np.zeros(0, np.int16), np.zeros(0, np.int16))
    first = notes[0].onset
    begin = first - _phase(first, bars)
    events, at = events_of(
        [Struck(note.onset - begin, note.end - begin, *note[2:]) for note in notes]
    )
    phases = np.array([_phase(step + begin, bars) for step in at], np.int16)
    return Song(name, np.array(events, np.int16), phases)


def _phase(step: int, bars: list[int]) -> int:
    """Return how many steps after its bar line a step is; bars are counted on where none is marked.

    >>> _phase(310, [50, 250]), _phase(10, [50, 250])
    (60, 160)
    """
    return (step - bars[max(0, bisect_right(bars, step) - 1)]) % BAR


def _notes(data: bytes, times: list[float]) -> list[Struck]:
    """Return the notes of the piano's tracks in steps of the beats at `times` (seconds)."""
    raw = sorted(_sounded(data))
    if not raw:
        return []
    seconds = np.array([note[:2] for note in raw])
    steps = np.rint(_warped(seconds, np.array(times)) * BEAT).astype(np.int64)
    return played(
        Struck(int(onset), int(end), pitch, velocity)
        for (onset, end), (_, _, pitch, velocity) in zip(steps, raw, strict=True)
        if LOWEST <= pitch <= HIGHEST
    )


def _warped(seconds: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the beats at which `seconds` are; beyond both ends the nearest beat's length holds."""
    beats = np.interp(seconds, times, np.arange(len(times)))
    before, after = seconds < times[0], seconds > times[-1]
    beats[before] = (seconds[before] - times[0]) / (times[1] - times[0])
    beats[after] = len(times) - 1 + (seconds[after] - times[-1]) / (times[-1] - times[-2])
    return beats


def played(notes: Iterable[Struck]) -> list[Struck]:
    """Return notes as one piano can play them, by onset and pitch.

    A key struck again while it sounds ends first; a key struck twice at one step is struck once,
    as loud as the louder, as long as the longer. Every note lasts a step at least.

    >>> played([Struck(0, 9, 60, 80), Struck(4, 6, 60, 70), Struck(4, 8, 60, 90)])
    [Struck(onset=0, end=4, pitch=60, velocity=80), Struck(onset=4, end=8, pitch=60, velocity=90)]
    """
    kept: list[Struck] = []
    last: dict[int, int] = {}
    for note in sorted(notes):
        now = note._replace(end=max(note.end, note.onset + 1), velocity=min(max(note[3], 1), 127))
        index = last.get(note.pitch)
        if index is not None and kept[index].onset == now.onset:
            before = kept[index]
            kept[index] = now._replace(
                end=max(before.end, now.end), velocity=max(before.velocity, now.velocity)
            )
            continue
        if index is not None and kept[index].end > now.onset:
            kept[index] = kept[index]._replace(end=now.onset)
        last[note.pitch] = len(kept)
        kept.append(now)
    return sorted(kept, key=lambda note: (note.onset, note.pitch))


def events_of(notes: list[Struck]) -> tuple[list[int], list[int]]:
    """Return the events of notes sorted as `played` leaves them, and the step after each event.

    >>> events_of([Struck(0, 120, 60, 80)])
    ([375, 60, 355, 275, 188], [0, 0, 100, 120, 120])
    """
    marks = sorted(
        (step, index, ends)
        for index, note in enumerate(notes)
        for step, ends in ((note.onset, False), (note.end, True))
    )
    events: list[int] = []
    at: list[int] = []
    now = velocity = 0
    for step, index, ends in marks:
        while now < step:
            shift = min(step - now, _LONGEST_SHIFT)
            now += shift
            events.append(_SHIFT + shift - 1)
            at.append(now)
        note = notes[index]
        loud = (note.velocity - 1) // 4
        if not ends and loud != velocity - 1:
            velocity = loud + 1
            events.append(_VELOCITY + loud)
            at.append(now)
        events.append(note.pitch + (_NOTE_OFF if ends else 0))
        at.append(now)
    return events, at


def notes_of(events: Iterable[int]) -> list[Struck]:
    """Return the notes of events, by onset and pitch: what `events_of` was given.

    A note without an end lasts until its key is struck again, or to the last event.

    >>> notes_of([375, 60, 355, 275, 188])
    [Struck(onset=0, end=120, pitch=60, velocity=77)]
    """
    now, velocity = 0, 80
    sounding: dict[int, tuple[int, int]] = {}
    notes: list[Struck] = []
    for event in events:
        if event >= _VELOCITY:
            velocity = 4 * (event - _VELOCITY) + 1
        elif event >= _SHIFT:
            now += event - _SHIFT + 1
        else:
            begun = sounding.pop(event % _NOTE_OFF, None)
            if begun is not None:
                notes.append(Struck(begun[0], now, event % _NOTE_OFF, begun[1]))
            if event < _NOTE_OFF:
                sounding[event] = (now, velocity)
    notes += [Struck(onset, now, pitch, loud) for pitch, (onset, loud) in sounding.items()]
    return sorted(notes, key=lambda note: (note.onset, note.pitch))


def _sounded(data: bytes) -> list[tuple[float, float, int, int]]:
    """Return (start s, end s, pitch, velocity) of the notes of the piano's tracks."""
    import mido

    try:
        song = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except (OSError, ValueError, EOFError, KeyError, IndexError) as error:
        message = "a song's MIDI file cannot be read; unpack the data set anew"
        raise ModelFileError(message) from error
    tempo = 500_000
    for message_ in song.tracks[0] if song.tracks else ():
        if message_.type == "set_tempo":
            tempo = message_.tempo
            break
    second = tempo / 1e6 / song.ticks_per_beat
    notes: list[tuple[float, float, int, int]] = []
    for track in song.tracks:
        if track.name not in _TRACKS:
            continue
        ticks = 0
        sounding: dict[int, tuple[int, int]] = {}
        for event in track:
            ticks += event.time
            if event.type not in {"note_on", "note_off"}:
                continue
            begun = sounding.pop(event.note, None)
            if begun is not None:
                notes.append((begun[0] * second, ticks * second, event.note, begun[1]))
            if event.type == "note_on" and event.velocity:
                sounding[event.note] = (ticks, event.velocity)
    return notes


def build(songs: Iterable[Song]) -> PianoCorpus:
    """Return songs as a corpus.

    Raises:
        ModelFileError: there are none.
    """
    kept = [song for song in songs if 0 < len(song.events) <= _LONGEST_SONG]
    if not kept:
        message = "no song was found in the data; look at the folder given by --data"
        raise ModelFileError(message)
    room = []
    for song in kept:
        pitches = song.events[song.events < _NOTE_OFF]
        room.append((int(pitches.min()) - LOWEST, HIGHEST - int(pitches.max())))
    return PianoCorpus(
        np.concatenate([song.events for song in kept]),
        np.concatenate([song.phases for song in kept]),
        np.cumsum([0, *(len(song.events) for song in kept)], dtype=np.int32),
        np.array([split_of(song.name) for song in kept], np.int8),
        np.array(room, np.int8),
    )


def save(corpus: PianoCorpus, path: Path) -> None:
    """Write a corpus as safetensors."""
    tensors = {name: getattr(corpus, name) for name in PianoCorpus.__slots__}
    keep(path, tensors)


def load(path: Path) -> PianoCorpus:
    """Return the corpus `save` wrote.

    Raises:
        ModelFileError: the file is not such a corpus.
    """
    layout = {
        "classes": Layout("I16", (None,)),
        "phases": Layout("I16", (None,)),
        "begins": Layout("I32", (None,)),
        "split": Layout("I8", (None,)),
        "room": Layout("I8", (None, 2)),
    }
    tensors, _ = read_file(path, layout, largest=2**30, fix="delete it; it is built again")
    return PianoCorpus(**tensors)
