"""Reads files whole, if they are files and no larger than sense."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

from livecoder.core.errors import ModelFileError

__all__ = ["LARGEST", "read_json", "read_whole", "size_of"]

LARGEST = 256 * 2**20  # bytes of all that a checkpoint holds
_LARGEST_JSON = 2**20  # bytes


def size_of(path: Path) -> int:
    """Return the bytes of a file.

    Raises:
        ModelFileError: it is missing, or no plain file.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        message = f"{path.name} cannot be read ({getattr(error, 'strerror', None) or error})"
        raise ModelFileError(message) from error
    if not stat.S_ISREG(status.st_mode):
        message = f"{path.name} cannot be read (it is no plain file)"
        raise ModelFileError(message)
    return status.st_size


def read_whole(path: Path, largest: int = LARGEST) -> bytes:
    """Return the bytes of a file.

    Args:
        path: the file.
        largest: bytes beyond which it is not even opened.

    Raises:
        ModelFileError: it is missing, no plain file, or larger.
    """
    size = size_of(path)
    if size > largest:
        message = f"{path.name} has {size} bytes, at most {largest} are allowed"
        raise ModelFileError(message)
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        message = f"{path.name} cannot be read ({error.strerror})"
        raise ModelFileError(message) from error


def read_json(path: Path) -> Any:
    """Return what a JSON file of at most 1 MiB says.

    Raises:
        ModelFileError: it is missing, larger, or no JSON.
    """
    try:
        return json.loads(read_whole(path, _LARGEST_JSON))
    except (ValueError, RecursionError) as error:
        message = f"{path.name} is no JSON"
        raise ModelFileError(message) from error
