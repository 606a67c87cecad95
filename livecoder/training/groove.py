"""Reads the drummers of the Groove MIDI Dataset onto a grid of 16ths, straight from its archive.

A performance was played to a click, so that a 16th is a quarter of the file's own beat; a stroke
goes to the nearest one. Only 4/4 is read. The split is the set's own (`info.csv`).

Source: Gillick et al., "Learning to Groove with Inverse Sequence Transformations", ICML 2019.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from livecoder.core.errors import ModelFileError
from livecoder.training.corpus import SPLITS

__all__ = ["Drummed", "read_groove"]

_LARGEST_MEMBER = 8 * 2**20
_BAR = 16
_LONGEST = 20_000  # steps
_SPLITS = {"train": "train", "validation": "valid", "test": "test"}


class Drummed(NamedTuple):
    """One performance.

    Attributes:
        name: of its file.
        split: index into `corpus.SPLITS`.
        steps: the MIDI pitches struck in each 16th, in whole bars.
    """

    name: str
    split: int
    steps: list[frozenset[int]]


def read_groove(path: Path) -> Iterator[Drummed]:
    """Yield the performances in 4/4 of `groove-midi-1.0.0.zip`.

    Raises:
        ModelFileError: the archive is missing or unreadable.
    """
    if not path.exists():
        message = f"{path} is missing; `livecoder train --sources` says where to find it"
        raise ModelFileError(message)
    try:
        with zipfile.ZipFile(path) as archive:
            tables = [name for name in archive.namelist() if name.endswith("info.csv")]
            if not tables:
                message = f"{path} holds no info.csv; fetch it again"
                raise ModelFileError(message)
            table = _member(archive, tables[0]).decode("utf-8", "replace")
            folder = tables[0].removesuffix("info.csv")
            for row in csv.DictReader(io.StringIO(table)):
                split = _SPLITS.get(row.get("split") or "")
                if split is None or row.get("time_signature") != "4-4":
                    continue
                name = row.get("midi_filename") or ""
                steps = _steps(_member(archive, folder + name))
                if steps:
                    yield Drummed(name, SPLITS.index(split), steps)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, KeyError) as error:
        message = f"{path} cannot be read ({error}); fetch it again"
        raise ModelFileError(message) from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(_LARGEST_MEMBER)


def _steps(data: bytes) -> list[frozenset[int]]:
    """Return the pitches struck in each 16th of a MIDI file, from its first bar line."""
    import mido

    try:
        song = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except (OSError, ValueError, EOFError, KeyError, IndexError) as error:
        message = "a drummer's MIDI file cannot be read; fetch the data set again"
        raise ModelFileError(message) from error
    struck: dict[int, set[int]] = {}
    for track in song.tracks:
        ticks = 0
        for event in track:
            ticks += event.time
            if event.type == "note_on" and event.velocity:
                struck.setdefault(round(4 * ticks / song.ticks_per_beat), set()).add(event.note)
    if not struck or max(struck) > _LONGEST:
        return []
    bars = max(struck) // _BAR + 1
    return [frozenset(struck.get(step, ())) for step in range(bars * _BAR)]
