"""Reading safetensors: what is right comes back bit for bit, all else is one clear error."""

from __future__ import annotations

import json

import numpy as np
import pytest

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_bytes, read_file, write_tensors

TENSORS = {
    "a": np.arange(6, dtype=np.float32).reshape(2, 3),
    "b": np.array([-1, 7], np.int16),
    "c": np.array([0.5, 2.0], np.float16),
}
LAYOUTS = {
    "a": Layout("F32", (2, 3)),
    "b": Layout("I16", (None,)),
    "c": Layout("F32 F16", (2,)),
}


def _read(data):
    return read_bytes(data, LAYOUTS, what="the file", fix="fetch it again")


def _with(header=None, body=None, **entries):
    """Return the file of TENSORS with its header or body changed."""
    data = write_tensors(TENSORS)
    length = int.from_bytes(data[:8], "little")
    table = json.loads(data[8 : 8 + length])
    for name, change in entries.items():
        table[name] = {**table[name], **change}
    text = json.dumps(table).encode() if header is None else header
    return len(text).to_bytes(8, "little") + text + (data[8 + length :] if body is None else body)


def test_tensors_and_metadata_come_back_as_they_were():
    tensors, metadata = _read(write_tensors(TENSORS, {"card": "ü"}))
    assert metadata == {"card": "ü"}
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in tensors.items():
        assert tensor.dtype == TENSORS[name].dtype
        assert (tensor == TENSORS[name]).all()
        assert tensor.flags.writeable


def test_the_safetensors_package_reads_what_is_written_and_the_other_way(tmp_path):
    numpy_front = pytest.importorskip("safetensors.numpy")
    theirs = numpy_front.load(write_tensors(TENSORS, {"by": "livecoder"}))
    assert all((theirs[name] == TENSORS[name]).all() for name in TENSORS)
    path = tmp_path / "theirs.safetensors"
    numpy_front.save_file(TENSORS, path, metadata={"by": "them"})
    ours, metadata = read_file(path, LAYOUTS, largest=10_000, fix="-")
    assert metadata == {"by": "them"}
    assert all((ours[name] == TENSORS[name]).all() for name in TENSORS)


WHOLE = write_tensors(TENSORS)


@pytest.mark.parametrize("kept", [*range(16), len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_truncated_file_is_refused(kept):
    with pytest.raises(ModelFileError, match="fetch it again"):
        _read(WHOLE[:kept])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (WHOLE + b"\0", "should hold"),
        (b"\xff" * 64, "no safetensors"),
        (_with(header=b"{" * 5000), "no JSON"),
        (_with(header=b"[" * 5000), "no JSON"),
        (_with(header=b"[]"), "no table"),
        (_with(header=b'{"__metadata__": {"a": 1}}'), "metadata"),
        (_with(header=b'{"__metadata__": 3}'), "metadata"),
        (_with(header=b"{}"), "missing"),
        (_with(a={"dtype": "F64"}), "F32 is wanted"),
        (_with(a={"dtype": ["F32"]}), "F32 is wanted"),
        (_with(a={"shape": [3, 2]}), r"\[2, 3\] is wanted"),
        (_with(a={"shape": [6]}), "shape"),
        (_with(a={"shape": None}), "nonsensical"),
        (_with(b={"shape": [2**50]}), "nonsensical"),
        (_with(b={"shape": [True]}), "nonsensical"),
        (_with(b={"shape": [2**39]}), "bytes"),
        (_with(b={"data_offsets": [-4, 0]}), "nonsensical"),
        (_with(b={"data_offsets": [0, 4]}), "overlap"),
        (_with(b={"data_offsets": [100, 104]}), "overlap or leave gaps"),
        (_with(b={"data_offsets": [24, 28, 32]}), "nonsensical"),
        (_with(body=b""), "should hold"),
    ],
)
def test_a_file_that_is_wrong_says_how(data, said):
    with pytest.raises(ModelFileError, match=said) as caught:
        _read(data)
    assert "fetch it again" in str(caught.value)


def test_a_tensor_too_many_is_refused():
    data = write_tensors({**TENSORS, "d": np.zeros(1, np.int8)})
    with pytest.raises(ModelFileError, match="'d' is missing or not wanted"):
        _read(data)


def test_an_oversized_file_is_not_even_read(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(2**40)  # a sparse file: reading it would take all memory
    with pytest.raises(ModelFileError, match="at most 1000 are allowed"):
        read_file(path, LAYOUTS, largest=1000, fix="-")


@pytest.mark.parametrize("name", ["none", "."])
def test_a_path_that_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_file(tmp_path / name, LAYOUTS, largest=1_000_000, fix="-")
