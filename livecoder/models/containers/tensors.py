"""Reads safetensors files from anywhere, and writes them.

The file is hostile until its header has been checked: sizes before anything is allocated, then
names, kinds of number and shapes against what the reader expects, then that the tensors cover the
file exactly, without a gap or an overlap. Nothing in the file is ever run.

Format: eight bytes (little-endian length of the header), the header (JSON: name to dtype, shape
and offsets; `__metadata__` maps text to text), the numbers, row by row.

Source: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError

__all__ = ["Layout", "read_bytes", "read_file", "read_free", "write_tensors"]

_LONGEST_HEADER = 1_000_000  # bytes
_MOST_TENSORS = 1000  # in a file whose tensors nobody knows beforehand
_KINDS: Mapping[str, str] = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
}
_NAMES = {np.dtype(kind): name for name, kind in _KINDS.items()}


class Layout(NamedTuple):
    """What one tensor must be.

    Attributes:
        kind: as safetensors names it: `"F32"`, `"I16"`; or several, `"F32 F16"`.
        shape: its axes; None where any length will do.
    """

    kind: str
    shape: tuple[int | None, ...]


def write_tensors(
    tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str] | None = None
) -> bytes:
    """Return `tensors` as safetensors: the same bytes for the same numbers.

    >>> data = write_tensors({"scale": np.array([0, 2, 4], np.int8)})
    >>> read_bytes(data, {"scale": Layout("I8", (3,))}, what="a scale", fix="try again")[0]["scale"]
    array([0, 2, 4], dtype=int8)
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    parts: list[bytes] = []
    begin = 0
    for name, tensor in sorted(tensors.items()):
        plain = np.ascontiguousarray(tensor)
        part = plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes()
        header[name] = {
            "dtype": _NAMES[plain.dtype.newbyteorder("<")],
            "shape": list(tensor.shape),
            "data_offsets": [begin, begin + len(part)],
        }
        parts.append(part)
        begin += len(part)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join((len(text).to_bytes(8, "little"), text, *parts))


def read_file(
    path: Path, layouts: Mapping[str, Layout], *, largest: int, fix: str
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return the tensors and the metadata of a file.

    Args:
        path: the file.
        layouts: every tensor it must hold, and it may hold no other.
        largest: bytes beyond which it is not even opened.
        fix: what the performer should do if it is wrong; ends the error message.

    Raises:
        ModelFileError: it is missing, too large, truncated, or not of these layouts.
    """
    try:
        size = path.stat().st_size
        if size > largest:
            message = f"{path} has {size} bytes, at most {largest} are allowed; {fix}"
            raise ModelFileError(message)
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); {fix}"
        raise ModelFileError(message) from error
    return read_bytes(data, layouts, what=str(path), fix=fix)


def read_bytes(
    data: bytes, layouts: Mapping[str, Layout], *, what: str, fix: str
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return the tensors and the metadata in `data`, checked as `read_file` checks them.

    Args:
        data: a whole safetensors file.
        layouts: every tensor it must hold, and it may hold no other.
        what: names it in an error.
        fix: what to do if it is wrong.

    Raises:
        ModelFileError: the data are truncated, or not of these layouts.
    """
    try:
        return _checked(data, layouts)
    except _Wrong as problem:
        message = f"{what} is no file livecoder can use: {problem}; {fix}"
        raise ModelFileError(message) from None


def read_free(
    data: bytes | memoryview, *, kinds: str
) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
    """Return the tensors of a file whatever their names and shapes, as float32, and its metadata.

    Args:
        data: a whole safetensors file.
        kinds: that its tensors may be of: `"F32 F16"`.

    >>> read_free(write_tensors({"a": np.ones(2, np.float16)}), kinds="F16")[0]["a"]
    array([1., 1.], dtype=float32)

    Raises:
        ModelFileError: it is truncated, a tensor is of another kind, or it does not add up. It
            says what is wrong, and leaves to the caller which file it was and what to do.
    """
    try:
        entries, _, _ = _header(data)
        if len(entries) > _MOST_TENSORS:
            raise _Wrong(f"it holds {len(entries)} tensors")
        layouts = {
            name: Layout(kinds, (None,) * len(_shape(name, entry)))
            for name, entry in entries.items()
        }
        arrays, metadata = _checked(data, layouts)
    except _Wrong as problem:
        raise ModelFileError(str(problem)) from None
    return {name: array.astype(np.float32) for name, array in arrays.items()}, metadata


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    """What is wrong with a file, in words."""


def _checked(
    data: bytes | memoryview, layouts: Mapping[str, Layout]
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return the tensors and the metadata in `data`, each tensor as its layout wants it."""
    entries, metadata, body = _header(data)
    missing = sorted(layouts.keys() ^ entries.keys())
    if missing:
        raise _Wrong(f"tensor {missing[0]!r} is missing or not wanted")
    spans = {name: _span(name, entries[name], layouts[name]) for name in layouts}
    end = 0
    for begin, stop in sorted(span[:2] for span in spans.values()):
        if begin != end:
            raise _Wrong("its tensors overlap or leave gaps")
        end = stop
    if end != len(body):
        raise _Wrong(f"it should hold {end} bytes of numbers and holds {len(body)}")
    return {
        name: np.frombuffer(body[begin:stop], kind).reshape(shape).copy()
        for name, (begin, stop, kind, shape) in spans.items()
    }, metadata


def _header(data: bytes | memoryview) -> tuple[dict[str, Any], dict[str, str], memoryview]:
    """Return the entries and the metadata of a header, and the bytes after it."""
    if len(data) < 8:
        raise _Wrong("it is truncated")
    length = int.from_bytes(data[:8], "little")
    if length > _LONGEST_HEADER:
        raise _Wrong("it is no safetensors file")
    if len(data) < 8 + length:
        raise _Wrong("it is truncated")
    try:
        header = json.loads(bytes(data[8 : 8 + length]))
    except (ValueError, RecursionError):
        raise _Wrong("its header is no JSON") from None
    if not isinstance(header, dict):
        raise _Wrong("its header is no table")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise _Wrong("its metadata is no text")
    return header, metadata, memoryview(data)[8 + length :]


def _span(name: str, entry: Any, layout: Layout) -> tuple[int, int, str, tuple[int, ...]]:
    """Return begin, end, numpy kind and shape of a tensor, all checked against its layout."""
    if not isinstance(entry, dict):
        raise _Wrong(f"tensor {name!r} is not described")
    kind, shape, offsets = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
    if kind not in layout.kind.split():
        raise _Wrong(f"tensor {name!r} holds {kind}, {layout.kind} is wanted")
    if not _counts(shape) or not _counts(offsets) or len(offsets) != 2:
        raise _Wrong(f"tensor {name!r} has a nonsensical shape or place")
    if len(shape) != len(layout.shape) or any(
        wanted is not None and axis != wanted
        for axis, wanted in zip(shape, layout.shape, strict=True)
    ):
        raise _Wrong(f"tensor {name!r} has shape {shape}, {list(layout.shape)} is wanted")
    begin, end = offsets
    if end - begin != math.prod(shape) * np.dtype(_KINDS[kind]).itemsize:
        raise _Wrong(f"tensor {name!r} has not as many bytes as its shape needs")
    return begin, end, _KINDS[kind], tuple(shape)


def _shape(name: str, entry: Any) -> list[int]:
    """Return the shape a tensor says it has."""
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not _counts(shape):
        raise _Wrong(f"tensor {name!r} has a nonsensical shape or place")
    return shape


def _counts(value: Any) -> TypeGuard[list[int]]:
    """Return whether `value` is a list of whole numbers, none of them negative or absurd."""
    return (
        isinstance(value, list)
        and len(value) <= 8
        and all(type(item) is int and 0 <= item < 2**40 for item in value)
    )
