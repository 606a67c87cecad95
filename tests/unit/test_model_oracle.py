"""Files that Magenta 2.1.4 itself wrote, with random weights, and the logits its own graph gave.

`benchmarks/oracle/fixtures.py` makes them anew; `benchmarks/oracle/models.py` does the same with
networks of full size.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.reading import read
from livecoder.models.loading import load_model
from tests.fakes.checkpoints import write_browser

FIXTURES = Path(__file__).parents[1] / "fixtures" / "oracle"
CASES = sorted(path.parent for path in FIXTURES.glob("*/case.json"))
FILES = [
    path
    for case in CASES
    for path in (case / "weights.mag", case / "model.ckpt", case / "browser", case / "files")
    if path.exists() or path.with_name(f"{path.name}.index").exists()
]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_there_are_cases_of_every_model_and_container():
    assert {json.loads((case / "case.json").read_text())["model"] for case in CASES} == {
        "melody_rnn",
        "drums_rnn",
        "improv_rnn",
        "polyphony_rnn",
        "performance_rnn",
    }
    assert {path.name for path in FILES} == {"weights.mag", "model.ckpt", "browser", "files"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_our_logits_are_magentas(path):
    case = json.loads((path.parent / "case.json").read_text())
    # A bundle says itself which configuration it is of.
    config = None if path.suffix == ".mag" else case["config"]
    model = load_model(case["model"], path, config)
    ours = model.logits(case["events"], chords=case["chords"], controls=case["controls"])
    theirs = np.load(path.parent / "logits.npy", allow_pickle=False)
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape == (len(case["events"]), model.encoding.classes)
    assert np.abs(ours - theirs).max() < 1e-5
    assert model.config.id == case["config"]
    assert model.shape.units == tuple(case["layers"])
    length = model.shape.attention.length if model.shape.attention else 0
    assert length == case["attention"]


def test_attention_is_around_the_first_layer_or_around_all():
    for name, around in (("attention_rnn", "first"), ("attention_rnn_around_all", "all")):
        attention = load_model("melody_rnn", FIXTURES / name / "weights.mag").shape.attention
        assert attention is not None
        assert attention.around == around


def in_2016(name: str) -> str:
    """Return what a variable was called in 2016."""
    for new, old in (
        ("rnn/", "RNN/"),
        ("attention_cell_wrapper", "AttentionCellWrapper"),
        ("multi_rnn_cell/cell_", "MultiRNNCell/Cell"),
        ("basic_lstm_cell", "BasicLSTMCell"),
        ("attn_output_projection", "AttnOutputProjection"),
        ("attention/", "Attention/"),
        ("attn_w", "AttnW"),
        ("attn_v", "AttnV"),
        ("kernel", "Linear/Matrix"),
        ("bias", "Linear/Bias"),
    ):
        name = name.replace(new, old) if not name.startswith("fully") else name
    return name


@pytest.mark.parametrize("name", ["attention_rnn", "attention_rnn_around_all"])
@pytest.mark.parametrize(
    "renamed",
    [
        in_2016,
        lambda name: name.replace("attn_output_projection", "attention_output_projection"),
        lambda name: (
            name.replace("kernel", "weights")
            .replace("bias", "biases")
            .replace("biaseses", "biases")
        ),
    ],
    ids=["2016", "as the browser spells it", "TensorFlow 1.0"],
)
def test_attention_is_known_by_all_its_names(tmp_path, name, renamed):
    tensors = read(FIXTURES / name / "weights.mag").tensors
    named = {renamed(old): tensor for old, tensor in tensors.items()}
    assert named.keys() != tensors.keys()
    write_browser(tmp_path, named, length=5)
    case = json.loads((FIXTURES / name / "case.json").read_text())
    ours = load_model("melody_rnn", tmp_path, "attention_rnn").logits(case["events"])
    assert np.abs(ours - np.load(FIXTURES / name / "logits.npy", allow_pickle=False)).max() < 1e-5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_of_magentas_is_refused_as_another_model(case):
    model = json.loads((case / "case.json").read_text())["model"]
    other = "drums_rnn" if model != "drums_rnn" else "polyphony_rnn"
    with pytest.raises(ModelFileError, match=f"of {model}, {other} is wanted"):
        load_model(other, case / "weights.mag")


def test_a_file_of_magentas_cut_short_or_flipped_is_refused(tmp_path):
    data = (FIXTURES / "attention_rnn" / "weights.mag").read_bytes()
    path = tmp_path / "some.mag"
    for kept in range(0, len(data) - 1, 397):
        path.write_bytes(data[:kept])
        with pytest.raises(ModelFileError):
            read(path)
    begin = data.index(b"attention_cell_wrapper")
    for at in range(begin, begin + 30_000, 997):
        flipped = bytearray(data)
        flipped[at] ^= 0x10
        path.write_bytes(flipped)
        with pytest.raises(ModelFileError, match="damaged"):
            read(path)
