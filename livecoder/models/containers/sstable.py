"""Reads the sorted tables in which TensorFlow keeps what a checkpoint holds.

Format: blocks of entries, then a block that says where they are, then 48 bytes: where that block
is, and a magic number. An entry gives how many bytes of the last key it repeats, what its key
adds, and its value; after a block comes how it is compressed (TensorFlow never does) and its
checksum.

Source: https://github.com/google/leveldb/blob/main/doc/table_format.md
"""

from __future__ import annotations

from collections.abc import Iterator

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.crc import crc32c, masked
from livecoder.models.containers.protobuf import varint

__all__ = ["FOOTER", "is_table", "read_table"]

FOOTER = 48  # bytes
_MAGIC = bytes.fromhex("57fb808b247547db")
_TRAILER = 5  # bytes after a block: compression, checksum
_MOST_ENTRIES = 4096  # and as many blocks; Magenta's have some dozens
_LONGEST_KEY = 2048  # bytes


def is_table(data: memoryview) -> bool:
    """Return whether `data` end as a table does.

    >>> is_table(memoryview(bytes(48)))
    False
    """
    return len(data) >= FOOTER and data[-len(_MAGIC) :] == _MAGIC


def read_table(data: memoryview) -> dict[bytes, memoryview]:
    """Return the values of a table by their keys; values are views of `data`.

    Raises:
        ModelFileError: it is truncated, damaged, compressed or no table.
    """
    if not is_table(data):
        message = "it does not end as a checkpoint does: it is truncated or something else"
        raise ModelFileError(message)
    footer = data[-FOOTER:]
    _, at = _handle(footer, 0)
    index, _ = _handle(footer, at)
    found: dict[bytes, memoryview] = {}
    end = 0
    for number, (_, place) in enumerate(_entries(_block(data, *index))):
        if number >= _MOST_ENTRIES:
            message = f"it has more than {_MOST_ENTRIES} blocks"
            raise ModelFileError(message)
        begin, size = _handle(place, 0)[0]
        if begin < end:
            message = "its blocks overlap"
            raise ModelFileError(message)
        end = begin + size
        for key, value in _entries(_block(data, begin, size)):
            if key in found or len(found) >= _MOST_ENTRIES:
                message = "a key is in it twice" if key in found else "it has too many entries"
                raise ModelFileError(message)
            found[key] = value
    return found


def _handle(data: memoryview, at: int) -> tuple[tuple[int, int], int]:
    """Return where a block begins and its size, and where this ends."""
    begin, at = varint(data, at)
    size, at = varint(data, at)
    return (begin, size), at


def _block(data: memoryview, begin: int, size: int) -> memoryview:
    """Return the entries of a block whose checksum is right, without their restart points."""
    end = begin + size
    if size < 4 or end + _TRAILER > len(data) - FOOTER:
        message = "a block of it would lie outside: it is truncated or damaged"
        raise ModelFileError(message)
    if data[end] != 0:
        message = f"a block of it is compressed ({data[end]}), which TensorFlow's are not"
        raise ModelFileError(message)
    if masked(crc32c(data[begin : end + 1])) != int.from_bytes(data[end + 1 : end + 5], "little"):
        message = f"the block at byte {begin} is damaged: its checksum is wrong"
        raise ModelFileError(message)
    restarts = int.from_bytes(data[end - 4 : end], "little")
    stop = end - 4 - 4 * restarts
    if stop < begin:
        message = f"the block at byte {begin} is damaged: its restart points do not fit in"
        raise ModelFileError(message)
    return data[begin:stop]


def _entries(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    key = b""
    at = 0
    while at < len(block):
        shared, at = varint(block, at)
        more, at = varint(block, at)
        size, at = varint(block, at)
        end = at + more + size
        if shared > len(key) or shared + more > _LONGEST_KEY or end > len(block):
            message = "an entry of it does not fit in its block"
            raise ModelFileError(message)
        key = key[:shared] + bytes(block[at : at + more])
        yield key, block[at + more : end]
        at = end
