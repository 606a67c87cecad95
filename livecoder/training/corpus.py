"""The corpus of MelodyRNN: three public sets read once into a compact cache of encoded melodies.

Conventions: a *stretch* is one melody without a rest of two bars; every row of the tables is one
16th. Rows hold the melody as low as the encoding goes; `batches` transposes them as it deals them
out.

The split is by name: the title of a song or tune, folded to lower case and spaces, hashed by
SHA-256; two twentieths are held out, one to validate and one to test, so that a tune that two
collections share never stands on both sides.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_file
from livecoder.models.encodings.key_melody import Heard, class_of, keys_of
from livecoder.training import abc, musicxml, pop909
from livecoder.training.learning import keep
from livecoder.training.scores import aligned, events_of, phrases, transpositions

__all__ = [
    "SPLITS",
    "Corpus",
    "Stretch",
    "build",
    "load",
    "members",
    "save",
    "split_of",
    "stretches_of",
]

SPLITS = ("train", "valid", "test")
SOURCES = ("openewld", "pop909", "folk")
_FOLK = ("airdsAirs", "miscFolk", "oneills1850", "ryansMammoth")
_LARGEST_MEMBER = 8 * 2**20
_COLUMNS = 9


class Stretch(NamedTuple):
    """One melody read from a set: where it is from, its split, its events as written."""

    source: int
    split: int
    events: list[int]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Encoded stretches.

    Attributes:
        rows: `[steps, 9]` int16: the sounding note (-1 none), attack, direction, repeats (two
            bits), the bits of the keys of all notes, those of the last three, steps before this
            one, class of the event that follows, that event. One row for each event, which says
            what was heard *before* it.
        begins: first row of each stretch, and the number of rows: `[stretches + 1]`.
        source: index into `SOURCES`, `[stretches]`.
        split: index into `SPLITS`, `[stretches]`.
        room: semitones each stretch may still be moved up, `[stretches]`.
    """

    rows: NDArray[np.int16]
    begins: NDArray[np.int32]
    source: NDArray[np.int8]
    split: NDArray[np.int8]
    room: NDArray[np.int8]

    def of_split(self, split: str) -> NDArray[np.int64]:
        """Return the numbers of the stretches in a split: "train", "valid" or "test"."""
        return np.flatnonzero(self.split == SPLITS.index(split))

    def steps(self, split: str) -> int:
        """Return the 16ths in a split."""
        lengths = np.diff(self.begins)
        return int(lengths[self.of_split(split)].sum())


def split_of(name: str) -> int:
    """Return the split a piece is in, by its name alone, as an index into `SPLITS`.

    >>> [SPLITS[split_of(name)] for name in ("The White Cockade", "the  white cockade")]
    ['train', 'train']
    """
    folded = " ".join(name.casefold().split())
    bucket = int.from_bytes(hashlib.sha256(folded.encode()).digest()[:8]) % 20
    return {0: 2, 1: 1}.get(bucket, 0)


def stretches_of(
    data: Path, *, on_progress: Callable[[str, int], object] = "{} {}".format
) -> Iterator[Stretch]:
    """Yield every stretch of the sets found in `data` and of the folk tunes of music21.

    Args:
        data: folder with `openewld.tar.xz` and `pop909.tar.xz`.
        on_progress: told the set's name and the pieces read of it so far.

    Raises:
        ModelFileError: a set is missing or unreadable.
    """
    count = 0
    for name, member in members(data / "openewld.tar.xz", (".mxl",)):
        for steps, bars in musicxml.read_lead_sheet(member):
            yield from _stretches(0, Path(name).stem, events_of(aligned(bars, steps)))
        on_progress("OpenEWLD", count := count + 1)
    count = 0
    beats: dict[str, bytes] = {}
    songs: dict[str, bytes] = {}
    for name, member in members(data / "pop909.tar.xz", (".mid", "beat_midi.txt")):
        song = Path(name).parent.name
        if "versions" in name:
            continue
        (beats if name.endswith(".txt") else songs)[song] = member
        if song in beats and song in songs:
            text = beats.pop(song).decode("ascii", "replace")
            for line in pop909.read_song(songs.pop(song), text):
                yield from _stretches(1, f"POP909 {song}", events_of(line))
            on_progress("POP909", count := count + 1)
    count = 0
    for path in _folk_files():
        for tune in abc.read_tunes(path.read_text("utf-8", "replace")):
            for steps, bars in tune.lines:
                yield from _stretches(2, tune.title, events_of(aligned(bars, steps)))
            on_progress("folk tunes", count := count + 1)


def _stretches(source: int, name: str, events: list[int]) -> Iterator[Stretch]:
    for stretch in phrases(events):
        yield Stretch(source, split_of(name), stretch)


def members(path: Path, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of the files in an archive that end so; nothing is unpacked to disk."""
    if not path.exists():
        message = f"{path} is missing; `livecoder train --sources` says where to find it"
        raise ModelFileError(message)
    try:
        with tarfile.open(path) as archive:
            for entry in archive:
                if not entry.isfile() or not entry.name.endswith(endings):
                    continue
                member = archive.extractfile(entry)
                if member is not None and entry.size <= _LARGEST_MEMBER:
                    yield entry.name, member.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        message = f"{path} cannot be read ({error}); fetch it again"
        raise ModelFileError(message) from error


def _folk_files() -> list[Path]:
    """Return the ABC files of the installed music21, which is found but never imported."""
    found = importlib.util.find_spec("music21")
    if found is None or not found.submodule_search_locations:
        message = "the folk tunes come with music21; type: pip install 'livecoder[train]'"
        raise ModelFileError(message)
    corpus = Path(found.submodule_search_locations[0]) / "corpus"
    return [path for name in _FOLK for path in sorted((corpus / name).glob("*.abc"))]


def build(stretches: Iterable[Stretch]) -> Corpus:
    """Encode stretches; each is heard from silence."""
    rows: list[tuple[int, ...]] = []
    begins = [0]
    kept: list[tuple[int, int, int]] = []
    for stretch in stretches:
        room = transpositions(stretch.events)
        heard = Heard()
        for written in stretch.events:
            event = written + room[0] if written >= 0 else written
            rows.append(_row(heard, event))
            heard = heard.then(event)
        begins.append(len(rows))
        kept.append((stretch.source, stretch.split, len(room) - 1))
    if not kept:
        message = "no melody was found in the data; look at the folder given by --data"
        raise ModelFileError(message)
    table = np.array(kept, np.int8)
    source, split, room_up = (np.ascontiguousarray(table[:, i]) for i in range(3))
    return Corpus(np.array(rows, np.int16), np.array(begins, np.int32), source, split, room_up)


def _row(heard: Heard, event: int) -> tuple[int, ...]:
    repeats = heard.repeats(16) + 2 * heard.repeats(32)
    return (
        -1 if heard.playing is None else heard.playing,
        int(heard.attack),
        heard.direction,
        repeats,
        _bits(heard.keys),
        _bits(keys_of(heard.last_three)),
        heard.steps,
        class_of(heard, event),
        event,
    )


def _bits(keys: tuple[int, ...]) -> int:
    best = max(keys)
    return sum(1 << key for key, count in enumerate(keys) if count == best)


def save(corpus: Corpus, path: Path) -> None:
    """Write a corpus as safetensors."""
    tensors = {name: getattr(corpus, name) for name in Corpus.__slots__}
    keep(path, tensors)


def load(path: Path) -> Corpus:
    """Return the corpus `save` wrote.

    Raises:
        ModelFileError: the file is not such a corpus.
    """
    layout = {
        "rows": Layout("I16", (None, _COLUMNS)),
        "begins": Layout("I32", (None,)),
        **{name: Layout("I8", (None,)) for name in ("source", "split", "room")},
    }
    tensors, _ = read_file(path, layout, largest=2**30, fix="delete it; it is built again")
    return Corpus(**tensors)
