"""Reads four-part chorales from `.npz` files of object arrays, without unpickling anything.

Such a file holds one small table of pitches per piece, `[steps, 4]`, inside a pickle. A pickle is
a program; here it is only read as a text is: its instructions are listed (`pickletools.genops`
runs none), and the bytes of the tables are picked out from among them.

Conventions: one step is a 16th; voices are soprano, alto, tenor, bass; a pitch that goes on and
one that is struck again are the same.

Sources: NumPy's format of `.npy` files, and https://github.com/czhuang/JSB-Chorales-dataset.
"""

from __future__ import annotations

import io
import pickletools
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError

__all__ = ["read_chorales", "voices"]

Chorale = NDArray[np.int16]

_VOICES = 4
_LARGEST_MEMBER = 32 * 2**20
_MOST = 5000  # pieces
_LONGEST = 4000  # steps
_BYTES = {"BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
_KIND = re.compile(r"[fi][1248]")


def read_chorales(path: Path, member: str) -> list[Chorale]:
    """Return the pieces of one array of an `.npz` file: `[steps, 4]` each, -1 where a voice rests.

    Args:
        path: the file.
        member: the array: "train", "valid", "test", or "pitches".

    Raises:
        ModelFileError: the file is missing, or holds no such tables.
    """
    if not path.exists():
        message = f"{path} is missing; `livecoder train --sources` says where to find it"
        raise ModelFileError(message)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{member}.npy") as opened:
            data = opened.read(_LARGEST_MEMBER + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, KeyError) as error:
        message = f"{path} has no {member} that can be read ({error}); fetch it again"
        raise ModelFileError(message) from error
    try:
        return _tables(_after_header(data))
    except ValueError as error:
        message = f"{path}: {member} holds no table of chorales ({error}); fetch it again"
        raise ModelFileError(message) from error


def _after_header(data: bytes) -> bytes:
    """Return what follows the header of an `.npy` file, version 1."""
    if len(data) > _LARGEST_MEMBER:
        message = "it is larger than any set of chorales"
        raise ValueError(message)
    if data[:8] != b"\x93NUMPY\x01\x00" or len(data) < 10:
        message = "it is no array of numpy"
        raise ValueError(message)
    return data[10 + int.from_bytes(data[8:10], "little") :]


def _tables(pickled: bytes) -> list[Chorale]:
    """Return the tables of pitches that a pickle spells out."""
    found: list[Chorale] = []
    kind = ""
    shape: list[int] = []
    for opcode, argument, _ in pickletools.genops(io.BytesIO(pickled)):
        if isinstance(argument, int) and opcode.name in {"BININT", "BININT1", "BININT2"}:
            shape = [*shape[-7:], argument]
        if not isinstance(argument, str | bytes):
            continue
        text = argument if isinstance(argument, str) else argument.decode("latin-1")
        if _KIND.fullmatch(text):
            kind = text
        elif opcode.name in _BYTES and kind and len(text) >= _VOICES * int(kind[1]):
            found.append(_table(text.encode("latin-1"), kind, shape))
            shape = []
        if len(found) > _MOST:
            message = f"it holds more than {_MOST} pieces"
            raise ValueError(message)
    if not found:
        message = "no piece is in it"
        raise ValueError(message)
    return found


def _table(data: bytes, kind: str, shape: list[int]) -> Chorale:
    steps, rest = divmod(len(data), _VOICES * int(kind[1]))
    told = any(pair == (steps, _VOICES) for pair in pairwise(shape))
    if rest or steps > _LONGEST or not told:
        message = f"{len(data)} bytes of {kind} are no table of four voices"
        raise ValueError(message)
    pitches = np.frombuffer(data, f"<{kind}").reshape(steps, _VOICES).astype(np.float64)
    pitches = np.where(np.isnan(pitches), -1, pitches)
    if not ((pitches >= -1) & (pitches <= 127) & (pitches % 1 == 0)).all():
        message = "its numbers are no pitches"
        raise ValueError(message)
    return pitches.astype(np.int16)


def voices(chorale: Chorale) -> list[tuple[int, int, int]]:
    """Return the notes of a chorale: first step, step it ends before, pitch.

    >>> voices(np.array([[60, 55, 52, 48], [60, 55, 53, -1]], np.int16))
    [(0, 2, 60), (0, 2, 55), (0, 1, 52), (1, 2, 53), (0, 1, 48)]
    """
    notes: list[tuple[int, int, int]] = []
    for voice in chorale.T.tolist():
        begin = 0
        for step in range(1, len(voice) + 1):
            if step == len(voice) or voice[step] != voice[begin]:
                if voice[begin] >= 0:
                    notes.append((begin, step, voice[begin]))
                begin = step
    return notes
