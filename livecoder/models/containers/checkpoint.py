"""Reads TensorFlow's checkpoints, without TensorFlow: variables by name, as float32 arrays.

The first version is one sorted table. Under the empty key it says which variables there are, of
which kind and shape; each other entry is a slice of one, whose name stands in the value. The
second is a table `PREFIX.index`, of which kind, shape, place and checksum each variable is, and
files `PREFIX.data-00000-of-00001` of nothing but numbers.

Source: TensorFlow `saved_tensor_slice.proto`, `tensor_bundle.proto`, `tensor.proto`, `types.proto`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.crc import crc32c, masked
from livecoder.models.containers.files import LARGEST, read_whole, size_of
from livecoder.models.containers.protobuf import Message
from livecoder.models.containers.sstable import read_table

__all__ = ["read_indexed", "read_slices"]

Array = NDArray[np.float32]

_FLOAT = 1
_NO_WEIGHTS = {3, 7, 9, 10}  # int32, string, int64, bool: counters, and the graph of objects
_KINDS: Mapping[int, str] = {2: "float64", 4: "uint8", 6: "int8", 14: "bfloat16", 19: "float16"}
_LARGEST_INDEX = 16 * 2**20  # bytes
_MOST_SHARDS = 64
_MOST_VARIABLES = 4096


class _Piece(NamedTuple):
    """A slice of a variable: where it begins and how far it goes, and its numbers."""

    place: tuple[slice, ...]
    numbers: Array


def read_slices(data: memoryview) -> dict[str, Array]:
    """Return the variables of a checkpoint of the first version.

    Raises:
        ModelFileError: it is truncated, damaged, or a variable is no float32 or not all there.
    """
    table = read_table(data)
    if b"" not in table:
        message = "it does not say which variables it holds"
        raise ModelFileError(message)
    shapes: dict[str, tuple[int, ...]] = {}
    parts = Message(table.pop(b"")).message(1).parts(1)
    if len(parts) > _MOST_VARIABLES:
        message = f"it speaks of {len(parts)} variables, {_MOST_VARIABLES} can be read"
        raise ModelFileError(message)
    for described in map(Message, parts):
        name = described.text(1)
        if _holds_weights(name, described.whole(3)):
            if name in shapes:
                message = f"variable {name} is there twice"
                raise ModelFileError(message)
            shapes[name] = _shape(name, described.message(2))
    pieces: dict[str, list[_Piece]] = {name: [] for name in shapes}
    for value in table.values():
        saved = Message(value).message(2)
        name = saved.text(1)
        if name in shapes:
            pieces[name].append(_piece(name, shapes[name], saved))
    return {name: _whole(name, shape, pieces[name]) for name, shape in shapes.items()}


def read_indexed(index: Path) -> dict[str, Array]:
    """Return the variables of a checkpoint of the second version.

    Args:
        index: the file `PREFIX.index`; its numbers are beside it.

    Raises:
        ModelFileError: a file is missing, truncated, damaged, or a variable is no float32.
    """
    table = read_table(memoryview(read_whole(index, _LARGEST_INDEX)))
    header = Message(table.pop(b"", memoryview(b"")))
    shards = header.whole(1)
    if not 1 <= shards <= _MOST_SHARDS or header.whole(2) != 0:
        message = f"{index.name} speaks of {shards} files of numbers, or of another byte order"
        raise ModelFileError(message)
    prefix = index.name.removesuffix(".index")
    paths = [index.with_name(f"{prefix}.data-{n:05}-of-{shards:05}") for n in range(shards)]
    sizes = [size_of(path) for path in paths]
    entries: dict[str, tuple[tuple[int, ...], int, int, int]] = {}
    room = LARGEST
    for key, value in table.items():
        name, entry = key.decode("utf-8", "replace"), Message(value)
        if not _holds_weights(name, entry.whole(1)):
            continue
        shape, shard, begin = _shape(name, entry.message(2)), entry.whole(3), entry.whole(4)
        size = 4 * math.prod(shape)
        if entry.has(7):
            message = f"variable {name} is cut in parts; save it whole"
            raise ModelFileError(message)
        if entry.whole(5) != size:
            message = f"variable {name} has {entry.whole(5)} bytes, its shape needs {size}"
            raise ModelFileError(message)
        if not 0 <= shard < shards or not 0 <= begin <= sizes[shard] - size:
            message = f"variable {name} would lie outside the file of numbers: it is truncated"
            raise ModelFileError(message)
        room -= size
        if room < 0:
            message = f"{index.name} speaks of more than {LARGEST} bytes of numbers"
            raise ModelFileError(message)
        entries[name] = shape, shard, begin, entry.four(6)
    return {name: _stored(name, paths[entry[1]], entry) for name, entry in entries.items()}


def _stored(name: str, path: Path, entry: tuple[tuple[int, ...], int, int, int]) -> Array:
    """Return the numbers of an entry of an index whose place has been checked."""
    shape, _, begin, check = entry
    size = 4 * math.prod(shape)
    try:
        with path.open("rb") as file:
            file.seek(begin)
            data = file.read(size)
    except OSError as error:
        message = f"{path.name} cannot be read ({error.strerror})"
        raise ModelFileError(message) from error
    if masked(crc32c(data)) != check or len(data) != size:
        message = f"variable {name} is damaged: its checksum is wrong"
        raise ModelFileError(message)
    return np.frombuffer(data, "<f4").reshape(shape)


def _holds_weights(name: str, kind: int) -> bool:
    """Return whether a variable is float32; refuse numbers that could be weights and are not."""
    if kind != _FLOAT and kind not in _NO_WEIGHTS:
        message = f"variable {name} holds {_KINDS.get(kind, f'numbers of kind {kind}')}, "
        message += "float32 is wanted"
        raise ModelFileError(message)
    return kind == _FLOAT


def _shape(name: str, described: Message) -> tuple[int, ...]:
    shape = tuple(dimension.whole(1) for dimension in described.messages(2))
    if len(shape) > 8 or any(not 0 <= size < 2**31 for size in shape):
        message = f"variable {name} has a nonsensical shape"
        raise ModelFileError(message)
    if 4 * math.prod(shape) > LARGEST:
        message = f"variable {name} has shape {list(shape)}: more than {LARGEST} bytes"
        raise ModelFileError(message)
    return shape


def _piece(name: str, shape: tuple[int, ...], saved: Message) -> _Piece:
    """Return a slice of a variable, its place checked against its numbers."""
    extents = saved.message(2).messages(1)
    if extents and len(extents) != len(shape):
        message = f"a slice of variable {name} has {len(extents)} sides, not {len(shape)}"
        raise ModelFileError(message)
    place = [slice(0, size) for size in shape]
    for side, extent in enumerate(extents):
        if extent.has(2):  # A side without a length is whole.
            begin, length = extent.whole(1), extent.whole(2)
            if not 0 <= begin <= begin + length <= shape[side]:
                message = f"a slice of variable {name} lies outside it"
                raise ModelFileError(message)
            place[side] = slice(begin, begin + length)
    parts = saved.message(3).parts(5)
    data = parts[0] if len(parts) == 1 else b"".join(parts)
    sides = tuple(cut.stop - cut.start for cut in place)
    if len(data) != 4 * math.prod(sides):
        message = f"variable {name} has {len(data)} bytes, its shape needs {4 * math.prod(sides)}"
        raise ModelFileError(message)
    return _Piece(tuple(place), np.frombuffer(data, "<f4").reshape(sides))


def _whole(name: str, shape: tuple[int, ...], pieces: list[_Piece]) -> Array:
    """Return a variable put together from slices that neither overlap nor leave gaps."""
    if sum(piece.numbers.size for piece in pieces) != math.prod(shape) or not pieces:
        message = f"variable {name} is not all there"
        raise ModelFileError(message)
    if len(pieces) == 1:
        return pieces[0].numbers
    whole = np.zeros(shape, np.float32)
    taken = np.zeros(shape, np.bool_)
    for place, numbers in pieces:
        if taken[place].any():
            message = f"two slices of variable {name} overlap"
            raise ModelFileError(message)
        whole[place], taken[place] = numbers, True
    return whole
