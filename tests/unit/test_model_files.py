"""Checkpoints of Magenta in every container, written here: what is right is read, all else refused.

The files that Magenta itself wrote are in `test_model_oracle.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import LivecoderError, ModelFileError, UnknownNameError
from livecoder.models.containers.crc import crc32c, masked
from livecoder.models.containers.protobuf import Message
from livecoder.models.containers.reading import read
from livecoder.models.containers.sstable import read_table
from livecoder.models.containers.tensors import write_tensors
from livecoder.models.loading import load_model
from livecoder.models.lstm.names import canonical
from tests.fakes import checkpoints as write

CELL = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell"


def basic(units: int = 3, classes: int = 38, seed: int = 1) -> dict[str, np.ndarray]:
    """Return the variables of a small `basic_rnn`."""
    chance = np.random.default_rng(seed)
    shapes = {
        f"{CELL}/kernel": (classes + units, 4 * units),
        f"{CELL}/bias": (4 * units,),
        "fully_connected/weights": (units, classes),
        "fully_connected/biases": (classes,),
    }
    return {name: chance.normal(size=size).astype(np.float32) for name, size in shapes.items()}


BASIC = basic()
EVENTS = [60, -2, 64, -1, 67, -2]
MAG = write.bundle(write.slices(BASIC))


@pytest.fixture
def mag(tmp_path):
    path = tmp_path / "basic.mag"
    path.write_bytes(MAG)
    return path


@pytest.fixture
def logits(mag):
    return load_model("melody_rnn", mag).logits(EVENTS)


@pytest.mark.parametrize(
    ("data", "check"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_the_check_is_that_of_the_standard(data, check):
    # The values of RFC 3720, B.4.
    assert crc32c(data) == check


def byte_by_byte(data: bytes) -> int:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    register = 0xFFFFFFFF
    for byte in data:
        register = register >> 8 ^ table[(register ^ byte) & 0xFF]
    return register ^ 0xFFFFFFFF


@pytest.mark.parametrize("size", [*range(70), 128, 1000, 65_535, 65_536, 65_537, 131_072, 200_003])
def test_the_check_by_lanes_is_that_byte_by_byte(size):
    data = np.random.default_rng(size).bytes(size)
    assert crc32c(data) == byte_by_byte(data)


def test_a_check_is_masked_as_leveldb_does():
    assert masked(0) == 0xA282EAD8
    assert masked(0xFFFFFFFF) == 0xA282EAD7


@pytest.mark.parametrize("quantised", [None, "uint8", "uint16"])
@pytest.mark.parametrize("shard", [100, 4 * 2**20])
def test_a_folder_of_magenta_js_is_read(tmp_path, logits, quantised, shard):
    write.write_browser(tmp_path / "js", BASIC, quantised=quantised, shard=shard)
    limit = {None: 0.0, "uint16": 1e-3, "uint8": 0.2}[quantised]
    for path in (tmp_path / "js", tmp_path / "js" / "weights_manifest.json"):
        ours = load_model("melody_rnn", path).logits(EVENTS)
        assert np.abs(ours - logits).max() <= limit


def test_a_quantised_weight_is_its_minimum_and_so_many_steps(tmp_path):
    write.write_browser(tmp_path, BASIC, quantised="uint8")
    manifest = json.loads((tmp_path / "weights_manifest.json").read_text())
    how = manifest[0]["weights"][0]["quantization"]
    first = (tmp_path / "group1-shard1of1").read_bytes()[0]
    found = read(tmp_path).tensors[f"{CELL}/kernel"][0, 0]
    assert found == np.float32(how["min"] + how["scale"] * first)


def test_the_older_folder_of_magenta_js_is_read(tmp_path, logits):
    write.write_files(tmp_path, BASIC)
    assert (load_model("melody_rnn", tmp_path).logits(EVENTS) == logits).all()


def test_a_checkpoint_of_the_second_version_is_read_by_any_of_its_names(tmp_path, logits):
    write.write_indexed(tmp_path / "model.ckpt-7", BASIC)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "/elsewhere/model.ckpt-7"\n')
    for name in ("model.ckpt-7", "model.ckpt-7.index", "model.ckpt-7.data-00000-of-00001", "."):
        assert (load_model("melody_rnn", tmp_path / name).logits(EVENTS) == logits).all()


@pytest.mark.parametrize("cut", [None, 1, 2])
def test_a_checkpoint_of_the_first_version_is_read_in_one_piece_or_in_slices(tmp_path, logits, cut):
    (tmp_path / "model.ckpt").write_bytes(write.slices(BASIC, cut=cut))
    assert (load_model("melody_rnn", tmp_path / "model.ckpt").logits(EVENTS) == logits).all()


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_safetensors_of_ours_are_read(tmp_path, logits, kind):
    tensors, _ = canonical(BASIC)
    data = write_tensors(
        {name: tensor.astype(kind) for name, tensor in tensors.items()},
        {"model": "melody_rnn", "config": "basic_rnn", "attention": ""},
    )
    (tmp_path / "mine.safetensors").write_bytes(data)
    found = load_model("melody_rnn", tmp_path / "mine.safetensors")
    assert found.config.id == "basic_rnn"
    assert np.abs(found.logits(EVENTS) - logits).max() <= (0.0 if kind is np.float32 else 0.02)


def test_safetensors_are_known_whatever_the_length_of_their_header(tmp_path):
    tensors, _ = canonical(BASIC)
    first = set()
    for more in range(256):
        data = write_tensors(tensors, {"config": "basic_rnn", "note": "x" * 8 * more})
        first.add(data[0])
        (tmp_path / "mine").write_bytes(data)
        assert read(tmp_path / "mine").kind == "safetensors"
    # Among them what a pickle, a bundle and a table begin with.
    assert {0x80, 0x00, 0x50} <= first


def test_a_training_that_may_go_on_is_read_without_its_optimiser(tmp_path, logits):
    more = dict(BASIC)
    for name, tensor in BASIC.items():
        more |= {f"{name}/Adam": tensor, f"{name}/Adam_1": tensor}
    more |= {"beta1_power": np.ones(1, np.float32), "global_step": np.ones(1, np.float32)}
    write.write_indexed(tmp_path / "model.ckpt-7", more)
    assert (load_model("melody_rnn", tmp_path / "model.ckpt-7").logits(EVENTS) == logits).all()


@pytest.mark.parametrize(
    ("cell", "weights", "biases"),
    [
        ("RNN/MultiRNNCell/Cell0/BasicLSTMCell", "Linear/Matrix", "Linear/Bias"),
        ("rnn_model/RNN/MultiRNNCell/Cell0/LSTMCell", "W_0", "B"),
        ("rnn/multi_rnn_cell/cell_0/basic_lstm_cell", "weights", "biases"),
        ("rnn/basic_lstm_cell", "kernel", "bias"),
    ],
)
def test_every_generation_of_names_is_known(tmp_path, logits, cell, weights, biases):
    named = {
        name.replace(f"{CELL}/kernel", f"{cell}/{weights}").replace(
            f"{CELL}/bias", f"{cell}/{biases}"
        ): t
        for name, t in BASIC.items()
    }
    (tmp_path / "old.mag").write_bytes(write.bundle(write.slices(named)))
    assert (load_model("melody_rnn", tmp_path / "old.mag").logits(EVENTS) == logits).all()


def test_cells_that_read_what_cudnn_trained_add_nothing_to_the_forget_gate():
    named = {n.replace("rnn/multi", "cudnn_lstm/rnn/multi"): t for n, t in BASIC.items()}
    named = {n.replace("basic_lstm", "cudnn_compatible_lstm"): t for n, t in named.items()}
    theirs, ours = canonical(named)[0], canonical(BASIC)[0]
    assert (ours["layer0.bias"] - theirs["layer0.bias"]).round(5).tolist() == [0] * 3 + [1] * 3 + [
        0
    ] * 6
    assert (ours["layer0.weight"] == theirs["layer0.weight"]).all()


def refused(path, *said: str, name: str = "melody_rnn", config: str | None = None) -> str:
    with pytest.raises(ModelFileError) as caught:
        load_model(name, path, config)
    message = str(caught.value)
    for words in (str(path), "give a .mag bundle", *said):
        assert words in message
    return message


def test_a_truncated_bundle_is_refused_wherever_it_ends(tmp_path):
    path = tmp_path / "cut.mag"
    for kept in [*range(0, len(MAG), 97), *range(len(MAG) - 60, len(MAG))]:
        path.write_bytes(MAG[:kept])
        refused(path)


def test_truncated_files_of_the_second_version_are_refused_wherever_they_end(tmp_path):
    write.write_indexed(tmp_path / "m", BASIC)
    for name, step in (("m.index", 7), ("m.data-00000-of-00001", 61)):
        path = tmp_path / name
        data = path.read_bytes()
        for kept in range(0, len(data), step):
            path.write_bytes(data[:kept])
            refused(tmp_path / "m")
        path.write_bytes(data)
    assert load_model("melody_rnn", tmp_path / "m")
    (tmp_path / "m.data-00000-of-00001").unlink()
    refused(tmp_path / "m", "No such file")


def test_numbers_of_the_second_version_that_were_flipped_are_refused(tmp_path):
    write.write_indexed(tmp_path / "m", BASIC)
    path = tmp_path / "m.data-00000-of-00001"
    data = path.read_bytes()
    for at in range(0, len(data), 301):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
        refused(tmp_path / "m", "checksum is wrong")


def test_a_checkpoint_of_another_byte_order_is_refused(tmp_path):
    (tmp_path / "m.index").write_bytes(write.table({b"": write.whole(1, 1) + write.whole(2, 1)}))
    refused(tmp_path / "m", "byte order")


def test_blocks_and_slices_that_overlap_are_refused(tmp_path):
    data, places = write.blocks([[(b"a", b"")]])
    (tmp_path / "m.index").write_bytes(write.closed(data, [*places, *places]))
    refused(tmp_path / "m", "overlap")
    whole = write.slices({"v": np.ones((2, 3), np.float32)}, cut=1)
    entries = read_table(memoryview(whole))
    twice = {key: bytes(value) for key, value in entries.items()}
    twice[b"v:1"] = twice[b"v:0"]
    (tmp_path / "m.mag").write_bytes(write.bundle(write.table(twice)))
    refused(tmp_path / "m.mag", "two slices of variable v overlap")


def test_a_graph_says_over_how_many_steps_its_attention_looks(tmp_path):
    def graph(*lengths: int) -> bytes:
        nodes = b""
        for length in lengths:
            shape = np.array([-1, length, 1, 3], "<i4").tobytes()
            tensor = write.part(8, write.whole(1, write.INT32) + write.part(4, shape))
            value = write.part(5, write.part(1, b"value") + write.part(2, tensor))
            name = write.part(1, b"rnn/attention/Reshape/shape") + write.part(2, b"Const")
            nodes += write.part(1, name + value)
        return write.part(2, nodes)

    path = tmp_path / "m.mag"
    path.write_bytes(write.bundle(write.slices(BASIC), graph=graph(7, 1, 7)))
    assert read(path).length == 7
    path.write_bytes(write.bundle(write.slices(BASIC), graph=graph(7, 8)))
    refused(path, "[7, 8] steps at once")


def test_a_truncated_folder_of_magenta_js_is_refused(tmp_path):
    write.write_browser(tmp_path, BASIC)
    path = tmp_path / "group1-shard1of1"
    data = path.read_bytes()
    for changed in (data[:-1], data[: len(data) // 2], b"", data + b"\0"):
        path.write_bytes(changed)
        refused(tmp_path, f"{len(changed)} bytes")
    path.unlink()
    refused(tmp_path, "No such file")


CHECKPOINT = MAG.index(write.slices(BASIC))


@given(st.integers(CHECKPOINT, len(MAG) - 1), st.integers(0, 7))
def test_a_flipped_bit_in_a_checkpoint_is_refused_or_is_where_nothing_is_read(at, bit):
    flipped = bytearray(MAG)
    flipped[at] ^= 1 << bit
    try:
        found = read_bytes(bytes(flipped))
    except ModelFileError:
        return
    # The footer has padding and the place of a block that nobody needs.
    assert at >= len(MAG) - 48
    assert all((found[name] == tensor).all() for name, tensor in BASIC.items())


@given(st.integers(0, len(MAG) - 1), st.integers(0, 255), st.integers(0, 400))
def test_bytes_changed_or_left_out_end_in_a_refusal_or_in_weights(at, value, gone):
    changed = MAG[:at] + bytes([value]) + MAG[at + 1 + gone :]
    with contextlib.suppress(ModelFileError):
        read_bytes(changed)


@given(st.binary(max_size=300), st.sampled_from([b"", MAG[:40], write.MAGIC]))
def test_any_bytes_end_in_a_refusal(data, before):
    for name in ("any", "any.mag", "any.safetensors", "weights_manifest.json", "any.index"):
        with pytest.raises(ModelFileError):
            read_bytes(before + data, name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["paths", "weights", "name", "shape", "dtype", "quantization", "filename"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["weights_manifest.json", "manifest.json"]))
def test_any_manifest_ends_in_a_refusal(said, name):
    with pytest.raises(ModelFileError):
        read_bytes(json.dumps(said).encode(), name)


FIELDS = ("name", "shape", "dtype", "quantization", "scale", "min", "paths", "weights")


@given(st.sampled_from(FIELDS), st.sampled_from(["uint8", None]), JSON)
def test_a_manifest_with_a_field_changed_ends_in_a_refusal_or_in_weights(field, quantised, said):
    folder = Path(os.environ["PYTEST_FOLDER"]) / "js"
    write.write_browser(folder, BASIC, quantised=quantised)
    path = folder / "weights_manifest.json"
    manifest = json.loads(path.read_text())
    weight = manifest[0]["weights"][0]
    for place in (manifest[0], weight, weight.get("quantization", {})):
        if field in place:
            place[field] = said
    path.write_text(json.dumps(manifest))
    with contextlib.suppress(ModelFileError):
        load_model("melody_rnn", folder)


def read_bytes(data: bytes, name: str = "some.mag"):
    """Return the tensors of a file that holds `data`."""
    folder = os.environ["PYTEST_FOLDER"]
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    try:
        return read(path).tensors
    finally:
        os.unlink(path)


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory):
    os.environ["PYTEST_FOLDER"] = str(tmp_path_factory.mktemp("fuzzed"))
    yield
    del os.environ["PYTEST_FOLDER"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "0 checkpoints"),
        (write.part(2, b"") * 2, "2 checkpoints"),
        (b"PK\x03\x04" + bytes(100), "zip archive"),
        (b"\x1f\x8b" + bytes(100), "gzipped"),
        (b"\x80\x04" + bytes(100), "pickle"),
        (b"\x89HDF" + bytes(100), "HDF5"),
        (write.bundle(write.table({b"": b""}, compression=1)), "compressed"),
        (write.bundle(write.table({b"a": b""})), "which variables"),
        (write.bundle(write.slices({})), "no weights"),
        (write.bundle(write.slices(BASIC, kind=write.DOUBLE)), "holds float64, float32 is wanted"),
        (write.bundle(write.slices(BASIC, kind=77)), "kind 77"),
        (write.bundle(write.slices(BASIC, kind=write.INT64)), "no weights"),
        (write.bundle(write.slices(BASIC, shapes={f"{CELL}/bias": (11,)})), "its shape needs 44"),
        (write.bundle(write.slices(BASIC, shapes={f"{CELL}/bias": (2**30,) * 2})), "more than"),
        (write.bundle(write.slices(BASIC, shapes={f"{CELL}/bias": (-1,)})), "nonsensical"),
        (write.bundle(write.slices(BASIC, shapes={f"{CELL}/bias": (1,) * 9})), "nonsensical"),
        (write.bundle(write.slices(BASIC, shapes={f"{CELL}/bias": (3, 4)})), "sides"),
    ],
)
def test_a_bundle_that_is_wrong_says_how(tmp_path, data, said):
    path = tmp_path / "wrong.mag"
    path.write_bytes(data)
    if said != "sides":
        refused(path, said)
    else:
        refused(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(tmp_path, value):
    broken = {name: tensor.copy() for name, tensor in BASIC.items()}
    broken["fully_connected/biases"][7] = value
    (tmp_path / "nan.mag").write_bytes(write.bundle(write.slices(broken)))
    refused(tmp_path / "nan.mag", "fully_connected/biases holds what is no number")
    write.write_browser(tmp_path / "js", broken)
    refused(tmp_path / "js", "no number")
    tensors, _ = canonical(broken)
    (tmp_path / "nan.safetensors").write_bytes(write_tensors(tensors))
    refused(tmp_path / "nan.safetensors", "no number")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"dtype": "string"}, "string"),
        ({"dtype": ["float32"]}, "float32"),
        ({"quantization": {"dtype": {}}}, "quantised"),
        ({"shape": [2**30, 2**30]}, "nonsensical"),
        ({"shape": [-1]}, "nonsensical"),
        ({"shape": [True]}, "nonsensical"),
        ({"shape": "41"}, "nonsensical"),
        ({"shape": [41, 13]}, "hold"),
        ({"name": 3}, "without a name"),
        ({"name": "fully_connected/biases"}, "twice"),
        ({"quantization": {"dtype": "uint4", "scale": 1, "min": 0}}, "uint4"),
        ({"quantization": {"dtype": "uint8", "scale": "1", "min": 0}}, "scale"),
        ({"quantization": {"dtype": "uint8", "scale": float("nan"), "min": 0}}, "scale"),
        ({"quantization": 7}, "quantised as None"),
    ],
)
def test_a_manifest_that_is_wrong_says_how(tmp_path, entry, said):
    write.write_browser(tmp_path, BASIC)
    path = tmp_path / "weights_manifest.json"
    manifest = json.loads(path.read_text())
    manifest[0]["weights"][0] |= entry
    path.write_text(json.dumps(manifest))
    refused(tmp_path, said)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "..\\secret", "a\0b", "", 7, None])
def test_a_manifest_reads_nothing_outside_its_folder(tmp_path, name):
    write.write_browser(tmp_path / "js", BASIC)
    (tmp_path / "secret").write_bytes((tmp_path / "js" / "group1-shard1of1").read_bytes())
    path = tmp_path / "js" / "weights_manifest.json"
    manifest = json.loads(path.read_text())
    manifest[0]["paths"] = [name]
    path.write_text(json.dumps(manifest))
    refused(tmp_path / "js", "outside its folder")


def test_another_kind_of_magenta_js_model_is_refused(tmp_path):
    write.write_browser(tmp_path, BASIC)
    (tmp_path / "config.json").write_text('{"type": "MusicVAE"}')
    refused(tmp_path, "MusicVAE", "MusicRNN is wanted")


def test_a_bundle_of_another_model_is_refused(tmp_path, mag):
    refused(mag, "'basic_rnn' of melody_rnn", "drums_rnn is wanted", name="drums_rnn")
    refused(mag, "config='mono_rnn'", config="mono_rnn")
    (tmp_path / "new.mag").write_bytes(write.bundle(write.slices(BASIC), "some_rnn"))
    refused(tmp_path / "new.mag", "'some_rnn' of no model livecoder knows")


def test_a_network_of_other_widths_is_refused(tmp_path):
    write.write_indexed(tmp_path / "m", BASIC)
    said = "it reads 38 numbers and answers with 38 classes"
    refused(tmp_path / "m", said, "518 and 512 (drum_kit)", name="drums_rnn")
    refused(tmp_path / "m", said, "121 and 40 (lookback_rnn)", config="lookback_rnn")
    (tmp_path / "wide.mag").write_bytes(write.bundle(write.slices(basic(3, 50))))
    refused(tmp_path / "wide.mag", "50 numbers")


def test_variables_of_another_architecture_are_refused(tmp_path):
    for name in ("encoder/mu/kernel", "fully_connected_1/weights", "rnn/gru_cell/kernel"):
        more = {**BASIC, name: np.ones((2, 2), np.float32)}
        (tmp_path / "vae.mag").write_bytes(write.bundle(write.slices(more)))
        refused(tmp_path / "vae.mag", name)
    for name in BASIC:
        fewer = {other: tensor for other, tensor in BASIC.items() if other != name}
        (tmp_path / "less.mag").write_bytes(write.bundle(write.slices(fewer)))
        refused(tmp_path / "less.mag")


def test_what_a_file_says_is_not_allocated(tmp_path):
    tracemalloc.start()
    try:
        big = {f"{CELL}/kernel": (8000, 8000)}
        (tmp_path / "big.mag").write_bytes(write.bundle(write.slices(BASIC, shapes=big)))
        refused(tmp_path / "big.mag", "its shape needs 256000000")
        with (tmp_path / "sparse.mag").open("wb") as file:
            file.truncate(2**40)
        refused(tmp_path / "sparse.mag", "at most")
        with zipfile.ZipFile(tmp_path / "bomb.mag", "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("weights", bytes(50 * 2**20))
        tracemalloc.reset_peak()
        refused(tmp_path / "bomb.mag", "zip archive")
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_a_table_of_many_small_parts_is_not_read_to_its_end(tmp_path):
    empty = write.block([])
    data = empty * 5000
    step, size = len(empty), len(empty) - 5
    places = [(str(n).encode(), write.varint(n * step) + write.varint(size)) for n in range(5000)]
    (tmp_path / "blocks.index").write_bytes(write.closed(data, places))
    refused(tmp_path / "blocks.index", "more than 4096 blocks")
    many = {f"v{n}".encode(): b"" for n in range(4100)}
    (tmp_path / "entries.index").write_bytes(write.table(many))
    refused(tmp_path / "entries.index", "more than 4096 blocks")
    (tmp_path / "one.index").write_bytes(write.closed(*write.blocks([sorted(many.items())])))
    refused(tmp_path / "one.index", "too many entries")
    meta = write.part(1, write.part(1, b"") * 5000)
    (tmp_path / "names.mag").write_bytes(write.bundle(write.table({b"": meta})))
    refused(tmp_path / "names.mag", "5000 variables")


def test_an_entry_that_many_variables_share_is_not_read_over_and_over(tmp_path):
    size = 2**20
    numbers = bytes(4 * size)
    entry = (
        write.whole(1, write.FLOAT)
        + write.part(2, write.shape_of((size,)))
        + write.whole(5, 4 * size)
        + write.four(6, masked(crc32c(numbers)))
    )
    entries = {f"v{number}".encode(): entry for number in range(80)} | {b"": write.whole(1, 1)}
    (tmp_path / "m.index").write_bytes(write.table(entries))
    (tmp_path / "m.data-00000-of-00001").write_bytes(numbers)
    refused(tmp_path / "m", "more than")


def test_files_that_are_none_are_refused(tmp_path):
    refused(tmp_path / "nothing.mag", "no such file")
    refused(tmp_path, "0 checkpoints")
    os.mkfifo(tmp_path / "pipe.mag")
    refused(tmp_path / "pipe.mag", "no plain file")
    with pytest.raises(ModelFileError):
        load_model("melody_rnn", "a\0b.mag")


def test_models_and_configurations_nobody_knows_are_named():
    with pytest.raises(UnknownNameError, match="melody_rnn"):
        load_model("melody_rn")
    with pytest.raises(UnknownNameError, match="attention_rnn"):
        load_model("melody_rnn", config="atention_rnn")
    with pytest.raises(ModelFileError, match="checkpoint="):
        load_model("melody_rnn", config="mono_rnn")


def test_what_is_asked_of_a_network_must_fit_it(mag):
    model = load_model("melody_rnn", mag)
    assert model.logits([]).shape == (0, 38)
    for wrong in ({"chords": ["C"] * 7}, {"controls": [(1.0,)] * 7}):
        with pytest.raises(LivecoderError, match="basic_rnn has no"):
            model.logits(EVENTS, **wrong)
    with pytest.raises(LivecoderError, match="melody event"):
        model.logits([12])


def test_a_message_without_a_schema_is_bounded():
    with pytest.raises(ModelFileError, match="too many parts"):
        Message(memoryview(write.whole(1, 1) * 100_001))
    with pytest.raises(ModelFileError, match="cut off"):
        Message(memoryview(b"\xff" * 11))
    deep = b""
    for _ in range(5000):
        deep = write.part(1, deep)
    assert Message(memoryview(deep)).message(1).has(1)
