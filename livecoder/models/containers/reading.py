"""Reads the weights of a network from whatever somebody has: a path in, arrays by name out.

What it takes:

- a bundle of Magenta, `attention_rnn.mag`;
- a checkpoint of TensorFlow: of the first version, one file; of the second, its prefix
  (`model.ckpt-1000`), its `.index`, or the folder of a training;
- a folder of Magenta.js, or its `weights_manifest.json` or `manifest.json`;
- safetensors that livecoder wrote.

Nothing in a file is run. What it says of its sizes is held against the size it has before anything
is allocated; checksums are checked where the format has them; every number is finite.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.browser import read_config, read_files, read_groups
from livecoder.models.containers.bundle import read_bundle
from livecoder.models.containers.checkpoint import read_indexed, read_slices
from livecoder.models.containers.files import read_json, read_whole
from livecoder.models.containers.graph import attention_steps
from livecoder.models.containers.sstable import is_table
from livecoder.models.containers.tensors import read_free

__all__ = ["FIX", "Found", "read"]

FIX = (
    "give a .mag bundle, a TensorFlow checkpoint, a Magenta.js folder or safetensors of "
    "`livecoder train`"
)
_LARGEST_GRAPH = 64 * 2**20  # bytes
# How files begin that people try, and what to do about each.
_OTHERS: Mapping[bytes, str] = {
    b"PK\x03\x04": "it is a zip archive (or a pickled PyTorch file): unpack an archive first",
    b"\x1f\x8b": "it is gzipped: unpack it first",
    b"BZh": "it is packed by bzip2: unpack it first",
    b"\xfd7zXZ": "it is packed by xz: unpack it first",
    b"\x89HDF": "it is a Keras HDF5 file, which no model of Magenta's is",
    b"\x80": "it is a Python pickle, which could run anything: it is not opened",
}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a file holds.

    Attributes:
        kind: `"bundle"`, `"checkpoint"`, `"browser"` or `"safetensors"`.
        model_id: the config it says it is of, or empty.
        tensors: float32 arrays, under the names they have there.
        length: steps over which its attention looks, if it says so, or 0.
        metadata: what a safetensors file says beside its tensors.
    """

    kind: str
    model_id: str
    tensors: Mapping[str, NDArray[np.float32]]
    length: int = 0
    metadata: Mapping[str, str] = field(default_factory=dict)


def read(path: str | Path) -> Found:
    """Return the weights that `path` leads to.

    Args:
        path: see above; `~` is your home.

    Raises:
        ModelFileError: nothing is there, or it is damaged, truncated, of another kind, larger
            than 256 MiB, or holds what is no number.
    """
    try:
        found = _found(Path(path).expanduser())
        if not found.tensors:
            message = "it holds no weights"
            raise ModelFileError(message)
        for name, tensor in found.tensors.items():
            if not np.isfinite(tensor).all():
                message = f"variable {name} holds what is no number (NaN or infinite)"
                raise ModelFileError(message)
    except (OSError, RuntimeError) as error:
        message = f"{path} cannot be read ({getattr(error, 'strerror', None) or error}); {FIX}"
        raise ModelFileError(message) from error
    except ModelFileError as problem:
        message = f"{path} is no file livecoder can use: {problem}; {FIX}"
        raise ModelFileError(message) from None
    return found


def _found(path: Path) -> Found:
    if path.is_dir():
        path = _in_folder(path)
        if path.is_dir():
            message = f"{path.name} in it is no checkpoint"
            raise ModelFileError(message)
    name = path.name
    if name in {"weights_manifest.json", "manifest.json"} or name.endswith(".json"):
        return _browser(path)
    if not path.exists():
        index = path.with_name(f"{name}.index")
        if not index.exists():
            message = "there is no such file"
            raise ModelFileError(message)
        return _indexed(index)
    if name.endswith(".index"):
        return _indexed(path)
    numbers = re.fullmatch(r"(.*)\.(?:data-\d{5}-of-\d{5}|meta)", name)
    if numbers:
        return _found(path.with_name(numbers[1]))
    return _one_file(memoryview(read_whole(path)), path)


def _one_file(data: memoryview, path: Path) -> Found:
    # The length of safetensors' header comes first, and may look like anything.
    if path.suffix == ".safetensors" or bytes(data[8:10]) == b'{"':
        arrays, metadata = read_free(data, kinds="F32 F16")
        return Found("safetensors", metadata.get("config", ""), arrays, metadata=metadata)
    for begin, problem in _OTHERS.items():
        if data[: len(begin)] == begin:
            raise ModelFileError(problem)
    # A bundle may end with a table too; a table's first key shares nothing with one before it.
    if is_table(data) and data[0] == 0:
        return Found("checkpoint", "", read_slices(data), _graph_beside(path))
    bundle = read_bundle(data)
    return Found("bundle", bundle.model_id, bundle.tensors, bundle.length)


def _indexed(index: Path) -> Found:
    prefix = index.with_name(index.name.removesuffix(".index"))
    return Found("checkpoint", "", read_indexed(index), _graph_beside(prefix))


def _graph_beside(prefix: Path) -> int:
    """Return over how many steps attention looks in the graph that lies beside a checkpoint."""
    path = prefix.with_name(f"{prefix.name}.meta")
    if not path.is_file():
        return 0
    return attention_steps(memoryview(read_whole(path, _LARGEST_GRAPH)))


def _browser(manifest: Path) -> Found:
    grouped = isinstance(read_json(manifest), list)
    length = read_config(manifest.parent)
    tensors = read_groups(manifest) if grouped else read_files(manifest)
    return Found("browser", "", tensors, length)


def _in_folder(folder: Path) -> Path:
    """Return the file of a folder that leads to its weights."""
    for name in ("weights_manifest.json", "manifest.json"):
        if (folder / name).is_file():
            return folder / name
    latest = folder / "checkpoint"
    if latest.is_file():
        text = read_whole(latest, 2**20).decode("utf-8", "replace")
        named = re.search(r'^model_checkpoint_path: "([^"]+)"', text, re.MULTILINE)
        if named:
            return folder / Path(named[1].replace("\\", "/")).name
    found = sorted(folder.glob("*.index")) or sorted(folder.glob("*.mag"))
    if len(found) != 1:
        message = f"it is a folder that holds {len(found)} checkpoints or bundles"
        raise ModelFileError(f"{message}: name one of them" if found else message)
    return found[0]
