"""Writes TensorFlow's checkpoints and Magenta's bundles, as far as tests need them: also wrong."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from livecoder.models.containers.crc import crc32c, masked

MAGIC = bytes.fromhex("57fb808b247547db")
FLOAT, DOUBLE, INT32, INT64 = 1, 2, 3, 9


def varint(value: int) -> bytes:
    value %= 2**64
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def whole(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def part(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def four(number: int, value: int) -> bytes:
    return varint(number << 3 | 5) + value.to_bytes(4, "little")


def shape_of(shape: Sequence[int]) -> bytes:
    return b"".join(part(2, whole(1, size)) for size in shape)


def block(entries: Sequence[tuple[bytes, bytes]], *, compression: int = 0) -> bytes:
    body = b"".join(
        varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in entries
    )
    body += (0).to_bytes(4, "little") + (1).to_bytes(4, "little")
    kind = bytes([compression])
    return body + kind + masked(crc32c(body + kind)).to_bytes(4, "little")


def blocks(
    contents: Sequence[Sequence[tuple[bytes, bytes]]], *, compression: int = 0
) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return blocks of entries one after the other, and where each is, by its last key."""
    data = b""
    places = []
    for entries in contents:
        written = block(entries, compression=compression)
        places.append((entries[-1][0], varint(len(data)) + varint(len(written) - 5)))
        data += written
    return data, places


def closed(data: bytes, places: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return a sorted table of blocks and their places."""
    index = block(places)
    footer = varint(0) + varint(0) + varint(len(data)) + varint(len(index) - 5)
    return data + index + footer + bytes(40 - len(footer)) + MAGIC


def table(entries: Mapping[bytes, bytes], *, compression: int = 0) -> bytes:
    """Return a sorted table of one block for each entry."""
    ordered = [[entry] for entry in sorted(entries.items())]
    return closed(*blocks(ordered, compression=compression))


def slices(
    tensors: Mapping[str, np.ndarray],
    *,
    kind: int = FLOAT,
    shapes: Mapping[str, Sequence[int]] | None = None,
    cut: int | None = None,
) -> bytes:
    """Return a checkpoint of the first version.

    Args:
        tensors: by name.
        kind: of number, as the file shall say.
        shapes: as the file shall say, where that is not the truth.
        cut: save each variable in two slices, the first of so many rows.
    """
    described = b""
    entries: dict[bytes, bytes] = {}
    for name, tensor in tensors.items():
        said = (shapes or {}).get(name, tensor.shape)
        described += part(1, part(1, name.encode()) + part(2, shape_of(said)) + whole(3, kind))
        rows = [0, len(tensor)] if cut is None else [0, cut, len(tensor)]
        for begin, end in itertools.pairwise(rows):
            first = b"" if cut is None else whole(1, begin) + whole(2, end - begin)
            extents = part(1, first) + b"".join(part(1, b"") for _ in tensor.shape[1:])
            numbers = part(5, tensor[begin:end].astype("<f4").tobytes())
            saved = part(1, name.encode()) + part(2, extents) + part(3, whole(1, kind) + numbers)
            entries[f"{name}:{begin}".encode()] = part(2, saved)
    entries[b""] = part(1, described)
    return table(entries)


def bundle(checkpoint: bytes, model_id: str = "basic_rnn", *, graph: bytes = b"") -> bytes:
    """Return a bundle of Magenta's."""
    found = part(1, part(1, model_id.encode())) + part(2, checkpoint)
    return found + part(3, graph) if graph else found


def write_indexed(prefix: Path, tensors: Mapping[str, np.ndarray], *, kind: int = FLOAT) -> None:
    """Write a checkpoint of the second version."""
    data = b""
    entries = {b"": whole(1, 1)}
    for name, tensor in sorted(tensors.items()):
        numbers = tensor.astype("<f4").tobytes()
        entries[name.encode()] = (
            whole(1, kind)
            + part(2, shape_of(tensor.shape))
            + (whole(4, len(data)) if data else b"")
            + whole(5, len(numbers))
            + four(6, masked(crc32c(numbers)))
        )
        data += numbers
    prefix.with_name(f"{prefix.name}.index").write_bytes(table(entries))
    prefix.with_name(f"{prefix.name}.data-00000-of-00001").write_bytes(data)


def write_browser(
    folder: Path,
    tensors: Mapping[str, np.ndarray],
    *,
    quantised: str | None = None,
    shard: int = 4 * 2**20,
    length: int = 0,
) -> None:
    """Write a folder of Magenta.js, as its converter does.

    Args:
        folder: made if it is not there.
        tensors: by name.
        quantised: `"uint8"` or `"uint16"`, or as they are.
        shard: bytes of a file.
        length: steps of attention to say in `config.json`; 0 to write none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights, data = [], b""
    for name, tensor in tensors.items():
        entry = {"name": name, "shape": list(tensor.shape), "dtype": "float32"}
        if quantised is None:
            data += tensor.astype("<f4").tobytes()
        else:
            lowest, highest = float(tensor.min()), float(tensor.max())
            scale = (highest - lowest) / (2 ** (8 * np.dtype(quantised).itemsize) - 1) or 1.0
            entry["quantization"] = {"scale": scale, "min": lowest, "dtype": quantised}
            steps = np.round((tensor.astype(np.float64) - lowest) / scale)
            data += steps.astype(np.dtype(quantised).newbyteorder("<")).tobytes()
        weights.append(entry)
    many = -(-len(data) // shard)
    paths = [f"group1-shard{number + 1}of{many}" for number in range(many)]
    for number, path in enumerate(paths):
        (folder / path).write_bytes(data[number * shard : (number + 1) * shard])
    manifest = [{"paths": paths, "weights": weights}]
    (folder / "weights_manifest.json").write_text(json.dumps(manifest))
    if length:
        config = {"type": "MusicRNN", "attentionLength": length}
        (folder / "config.json").write_text(json.dumps(config))


def write_files(folder: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Write a folder of the older Magenta.js: a file for each variable."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for name, tensor in tensors.items():
        filename = name.replace("/", "_")
        manifest[name] = {"filename": filename, "shape": list(tensor.shape)}
        (folder / filename).write_bytes(tensor.astype("<f4").tobytes())
    (folder / "manifest.json").write_text(json.dumps(manifest))
