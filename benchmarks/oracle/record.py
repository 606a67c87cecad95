"""Have Magenta itself save models with random weights, and say what they answer.

Runs in the environment of `install.py`, which has Magenta and TensorFlow and not livecoder:
`build/engine/bin/python benchmarks/oracle/record.py FOLDER [--tiny]`. For every configuration it
writes a folder: `weights.mag` (Magenta's bundle), `model.ckpt.*` (TensorFlow's second version),
`case.json` (events, chords, controls) and `logits.npy` (`[T, C]`, what Magenta's own graph gave).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow.compat.v1 as tf
import tf_slim
from magenta.contrib import rnn as contrib_rnn
from magenta.models.drums_rnn import drums_rnn_model
from magenta.models.improv_rnn import improv_rnn_model
from magenta.models.melody_rnn import melody_rnn_model
from magenta.models.performance_rnn import performance_model
from magenta.models.polyphony_rnn import polyphony_model
from magenta.models.polyphony_rnn.polyphony_lib import PolyphonicEvent
from magenta.models.shared import events_rnn_graph
from note_seq import PerformanceEvent
from note_seq.protobuf import generator_pb2

CHORDS = ("C", "Am7", "F#m", "Bb7", "Cm7/Eb", "N.C.", "Gdim", "Eaug", "Dmaj7", "Abm")
TRIADS = ("C", "Am", "F#m", "Bb", "N.C.", "Gdim", "Eaug", "Abm")
KITS = (36, 38, 42, 46, 45, 48, 50, 49, 51, 35, 40, 44)
MODELS = {
    "melody_rnn": melody_rnn_model,
    "drums_rnn": drums_rnn_model,
    "improv_rnn": improv_rnn_model,
    "polyphony_rnn": polyphony_model,
    "performance_rnn": performance_model,
}
LEFT_OUT = {"one_drum", "performance_with_dynamics_and_note_encoding"}


def main() -> None:
    """Write every case; layers are as in the configuration, or tiny."""
    folder = Path(sys.argv[1])
    tiny = "--tiny" in sys.argv
    only = [word for word in sys.argv[2:] if not word.startswith("--")]
    for name, module in MODELS.items():
        for key, config in module.default_configs.items():
            if key not in LEFT_OUT and (not only or key in only):
                record(folder / key, name, key, config, tiny=tiny)
    for key, module in (("drum_kit", drums_rnn_model), ("attention_rnn", melody_rnn_model)):
        if not only or f"{key}_around_all" in only:
            name = "drums_rnn" if key == "drum_kit" else "melody_rnn"
            config = module.default_configs[key]
            record(folder / f"{key}_around_all", name, key, config, tiny=tiny, around_all=True)


def record(
    folder: Path, name: str, key: str, config: Any, *, tiny: bool, around_all: bool = False
) -> None:
    """Write one case."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.RandomState(sum(map(ord, folder.name)))
    hparams = config.hparams
    hparams.batch_size = 1
    if tiny:
        hparams.rnn_layer_sizes = [3, 2, 4] if len(hparams.rnn_layer_sizes) > 2 else [4, 3]
        # The attention of the drums has a matrix of their input's width squared: a megabyte.
        wide = name == "drums_rnn" and not around_all
        hparams.attn_length = 5 if hparams.attn_length and not wide else 0
    steps = 100 if not tiny else 40 if name == "melody_rnn" else 8
    events, chords, controls = draw(name, key, config, steps, chance)
    asked = chords if chords is not None else controls
    encoder = config.encoder_decoder
    if asked is None:
        rows = encoder.get_inputs_batch([as_heard(name, events)], full_length=True)[0]
    else:
        # Magenta gives the last event too only if there is one control more.
        rows = encoder.get_inputs_batch([asked], [as_heard(name, events)], full_length=True)[0]
    with tf.Graph().as_default():
        build = around_whole_stack if around_all else None
        original = events_rnn_graph.make_rnn_cell
        if build:
            events_rnn_graph.make_rnn_cell = build
        try:
            events_rnn_graph.get_build_graph_fn("generate", config)()
        finally:
            events_rnn_graph.make_rnn_cell = original
        graph = tf.get_default_graph()
        with tf.Session() as session:
            for variable in tf.global_variables():
                shape = variable.shape.as_list()
                spread = 1.0 / np.sqrt(shape[-2] if len(shape) > 1 else 4)
                variable.load(chance.normal(0, spread, shape).astype(np.float32), session)
            softmax = graph.get_collection("softmax")[0]
            # What the softmax was taken of, at a temperature of one.
            wanted = [op for op in graph.get_operations() if op.name == "fully_connected/BiasAdd"]
            feed = {graph.get_collection("inputs")[0]: [rows]}
            feed[graph.get_collection("temperature")[0]] = 1.0
            logits, shares = session.run([wanted[0].outputs[0], softmax], feed)
            exact = np.exp(logits - logits.max(1, keepdims=True))
            assert np.abs(exact / exact.sum(1, keepdims=True) - shares[0]).max() < 1e-5
            save(folder, config, session)
    np.save(folder / "logits.npy", logits.astype(np.float32))
    case = {
        "model": name,
        "config": key,
        "layers": list(hparams.rnn_layer_sizes),
        "attention": hparams.attn_length,
        "events": [list(event) if isinstance(event, frozenset) else event for event in events],
        "chords": chords,
        "controls": controls,
    }
    (folder / "case.json").write_text(json.dumps(case))
    print(f"{folder.name:60} {logits.shape[0]:4} x {logits.shape[1]}", flush=True)


def around_whole_stack(
    rnn_layer_sizes: list[int],
    dropout_keep_prob: float = 1.0,
    attn_length: int = 0,
    base_cell: Any = None,
    residual_connections: bool = False,
) -> Any:
    """Return cells as Magenta made them until 2017: attention around all of them."""
    del dropout_keep_prob, base_cell, residual_connections
    cells = (
        [contrib_rnn.BasicLSTMCell(size) for size in rnn_layer_sizes]
        if hasattr(contrib_rnn, "BasicLSTMCell")
        else [tf.nn.rnn_cell.BasicLSTMCell(size) for size in rnn_layer_sizes]
    )
    stack = tf.nn.rnn_cell.MultiRNNCell(cells)
    return contrib_rnn.AttentionCellWrapper(stack, attn_length, state_is_tuple=True)


def save(folder: Path, config: Any, session: Any) -> None:
    """Write the weights as Magenta's bundle, and as TensorFlow's second version."""
    first = tf.train.Saver(sharded=False, write_version=tf.train.SaverDef.V1)
    path = str(folder / "first.ckpt")
    first.save(session, path, meta_graph_suffix="meta", write_meta_graph=True)
    bundle = generator_pb2.GeneratorBundle()
    bundle.generator_details.CopyFrom(config.details)
    bundle.checkpoint_file.append(Path(path).read_bytes())
    bundle.metagraph_file = Path(f"{path}.meta").read_bytes()
    (folder / "weights.mag").write_bytes(bundle.SerializeToString())
    for left in folder.glob("first.ckpt*"):
        left.unlink()
    second = tf.train.Saver(write_version=tf.train.SaverDef.V2)
    second.save(session, str(folder / "model.ckpt"))
    (folder / "checkpoint").unlink()


def draw(name: str, key: str, config: Any, steps: int, chance: Any) -> tuple[Any, Any, Any]:
    """Return random events, chords and controls, as they are written down."""
    if name in {"melody_rnn", "improv_rnn"}:
        low, high = (0, 127) if key == "mono_rnn" else (48, 83)
        events = chance.choice([-2, -1, 1], steps, p=[0.5, 0.1, 0.4]).tolist()
        notes = chance.randint(low, high + 1, steps).tolist()
        events = [note if event == 1 else event for event, note in zip(events, notes, strict=True)]
        # A phrase that comes back, so that look-backs are hit.
        events[steps // 2 :] = events[: steps - steps // 2] if steps >= 64 else events[steps // 2 :]
        if name == "melody_rnn":
            return events, None, None
        figures = CHORDS if key == "chord_pitches_improv" else TRIADS
        return events, [figures[i] for i in chance.randint(len(figures), size=steps + 1)], None
    if name == "drums_rnn":
        struck = chance.rand(steps, len(KITS)) < 0.25
        return [[KITS[i] for i in np.flatnonzero(row)] for row in struck], None, None
    if name == "polyphony_rnn":
        kinds = chance.choice([2, 3, 4], steps, p=[0.3, 0.4, 0.3]).tolist()
        pitches = chance.randint(30, 90, steps).tolist()
        events = [(kind, None if kind == 2 else p) for kind, p in zip(kinds, pitches, strict=True)]
        return [(0, None), *events[1:]], None, None
    bins = config.num_velocity_bins
    kinds = chance.choice([1, 2, 3, 4] if bins else [1, 2, 3], steps).tolist()
    most = {1: (0, 128), 2: (0, 128), 3: (1, 101), 4: (1, 33)}
    events = [(kind, int(chance.randint(*most[kind]))) for kind in kinds]
    if config.control_signals is None:
        return events, None, None
    return events, None, [control(config, chance) for _ in range(steps + 1)]


def control(config: Any, chance: Any) -> Any:
    """Return what is asked of one event."""
    parts = []
    for signal in config.control_signals:
        if "Density" in type(signal).__name__:
            parts.append(float(chance.choice([0.0, 0.5, 1.0, 3.7, 15.0, 64.0, 90.0])))
        else:
            weights = chance.randint(0, 5, 12).astype(float)
            parts.append((weights / max(weights.sum(), 1.0)).tolist())
    if config.optional_conditioning:
        return [bool(chance.rand() < 0.3), parts]
    return parts


def as_heard(name: str, events: list[Any]) -> list[Any]:
    """Return events as Magenta's own values."""
    if name == "drums_rnn":
        return [frozenset(event) for event in events]
    if name == "polyphony_rnn":
        return [PolyphonicEvent(kind, pitch) for kind, pitch in events]
    if name == "performance_rnn":
        return [PerformanceEvent(kind, value) for kind, value in events]
    return events


if __name__ == "__main__":
    tf.disable_v2_behavior()
    tf_slim.layers.linear  # noqa: B018 - fails here, and not in a graph, if it is not there
    main()
