"""Reads the models of Magenta.js: folders of raw numbers, and a manifest that says what they are.

`weights_manifest.json` is a list of groups; the files of a group, one after the other, hold its
weights one after the other, as float32, or quantised: a weight is then `min + scale * number`.
The older `manifest.json` names a file of float32 for each variable. `config.json` beside either
says which model it is, and over how many steps its attention looks.

Source: TensorFlow.js `io_utils.decodeWeights`; deeplearn.js `CheckpointLoader`; Magenta.js
`music_rnn/model.ts`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.files import LARGEST, read_json, read_whole, size_of

__all__ = ["read_config", "read_files", "read_groups"]

Array = NDArray[np.float32]

_STORED = {"float32": "<f4", "int32": "<i4", "bool": "|u1", "uint8": "|u1"}
_QUANTISED = {"uint8": "|u1", "uint16": "<u2", "float16": "<f2"}
_MOST = 2000  # variables, or files


def read_groups(manifest: Path) -> dict[str, Array]:
    """Return the variables of a folder by its `weights_manifest.json`.

    Raises:
        ModelFileError: a file is missing, or does not hold what the manifest says.
    """
    groups = read_json(manifest)
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        message = f"{manifest.name} is no list of groups of weights"
        raise ModelFileError(message)
    found: dict[str, Array] = {}
    room = LARGEST
    for group in groups:
        weights = [_weight(entry) for entry in _listed(manifest, group.get("weights"))]
        paths = [_beside(manifest, path) for path in _listed(manifest, group.get("paths"))]
        wanted = sum(weight.size for weight in weights)
        size = sum(size_of(path) for path in paths)
        room -= size
        if wanted != size or room < 0:
            message = f"its files hold {size} bytes, {manifest.name} speaks of {wanted}"
            message += f"; at most {LARGEST} are allowed" if room < 0 else ""
            raise ModelFileError(message)
        data = b"".join(read_whole(path) for path in paths)
        begin = 0
        for weight in weights:
            if weight.name in found:
                message = f"variable {weight.name} is there twice"
                raise ModelFileError(message)
            array = weight.read(data[begin : begin + weight.size])
            begin += weight.size
            if weight.holds_weights:
                found[weight.name] = array
    return found


def read_files(manifest: Path) -> dict[str, Array]:
    """Return the variables of a folder by its older `manifest.json`.

    Raises:
        ModelFileError: a file is missing, or does not hold what the manifest says.
    """
    entries = read_json(manifest)
    if not isinstance(entries, dict) or len(entries) > _MOST:
        message = f"{manifest.name} is no table of variables"
        raise ModelFileError(message)
    found: dict[str, Array] = {}
    room = LARGEST
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            message = f"{manifest.name} does not describe {name}"
            raise ModelFileError(message)
        shape = _shape(name, entry.get("shape"))
        path = _beside(manifest, entry.get("filename"))
        room -= 4 * math.prod(shape)
        size = size_of(path)
        if size != 4 * math.prod(shape) or room < 0:
            message = f"{path.name} has {size} bytes, its shape {list(shape)} needs "
            raise ModelFileError(f"{message}{4 * math.prod(shape)}")
        found[name] = np.frombuffer(read_whole(path), "<f4").reshape(shape)
    return found


def read_config(folder: Path) -> int:
    """Return over how many steps the attention of the model in a folder looks; 0 if not said.

    Raises:
        ModelFileError: its `config.json` is of another kind of model.
    """
    path = folder / "config.json"
    if not path.exists():
        return 0
    config = read_json(path)
    kind = config.get("type") if isinstance(config, dict) else None
    if kind not in {None, "MusicRNN"}:
        message = f"config.json says that it is a {str(kind)[:40]}, a MusicRNN is wanted"
        raise ModelFileError(message)
    length = config.get("attentionLength", 0) if isinstance(config, dict) else 0
    return length if type(length) is int and length > 0 else 0


class _Weight(NamedTuple):
    """A variable, as a manifest describes it."""

    name: str
    shape: tuple[int, ...]
    stored: str
    scale: float
    lowest: float
    holds_weights: bool

    @property
    def size(self) -> int:
        return math.prod(self.shape) * np.dtype(self.stored).itemsize

    def read(self, data: bytes) -> Array:
        numbers = np.frombuffer(data, self.stored).reshape(self.shape)
        if self.scale == 1.0 and self.lowest == 0.0:
            return numbers.astype(np.float32)
        return (numbers.astype(np.float64) * self.scale + self.lowest).astype(np.float32)


def _weight(entry: Any) -> _Weight:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        message = "its manifest has a weight without a name"
        raise ModelFileError(message)
    name, kind, how = entry["name"], entry.get("dtype"), entry.get("quantization")
    shape = _shape(name, entry.get("shape"))
    if not isinstance(kind, str) or kind not in _STORED:
        message = f"variable {name} holds {str(kind)[:40]}, float32 is wanted"
        raise ModelFileError(message)
    if how is None:
        return _Weight(name, shape, _STORED[kind], 1.0, 0.0, kind == "float32")
    stored = how.get("dtype") if isinstance(how, dict) else None
    if not isinstance(stored, str) or stored not in _QUANTISED:
        message = f"variable {name} is quantised as {str(stored)[:40]}, "
        raise ModelFileError(f"{message}{', '.join(_QUANTISED)} can be read")
    halved = stored == "float16"
    scale, lowest = (
        how.get("scale", 1.0 if halved else None),
        how.get("min", 0.0 if halved else None),
    )
    if not all(type(number) in {int, float} and abs(number) < 1e30 for number in (scale, lowest)):
        message = f"variable {name} is quantised without a scale and a minimum"
        raise ModelFileError(message)
    return _Weight(name, shape, _QUANTISED[stored], scale, lowest, kind == "float32")


def _shape(name: str, shape: Any) -> tuple[int, ...]:
    if (
        not isinstance(shape, list)
        or len(shape) > 8
        or not all(type(size) is int and 0 <= size < 2**31 for size in shape)
        or 4 * math.prod(shape) > LARGEST
    ):
        message = f"variable {name} has a nonsensical shape"
        raise ModelFileError(message)
    return tuple(shape)


def _listed(manifest: Path, items: Any) -> Iterator[Any]:
    if not isinstance(items, list) or len(items) > _MOST:
        message = f"{manifest.name} does not list its weights and their files"
        raise ModelFileError(message)
    return iter(items)


def _beside(manifest: Path, name: Any) -> Path:
    """Return a file named by a manifest; it must lie in the manifest's folder."""
    plain = isinstance(name, str) and name and "\0" not in name and "\\" not in name
    parts = PurePosixPath(name).parts if plain else ("..",)
    if ".." in parts or PurePosixPath(*parts).is_absolute():
        message = f"{manifest.name} names a file outside its folder: {str(name)[:80]}"
        raise ModelFileError(message)
    return manifest.parent.joinpath(*parts)
