"""How fast Magenta itself generates: events a second, from checkpoints it wrote with `record.py`.

Runs in Magenta's environment (`benchmarks/oracle/install.py`), which has no livecoder:
`build/engine/bin/python benchmarks/networks/theirs.py EVENTS REPEATS FOLDER...`. Each folder is a
case of `benchmarks/oracle/record.py`. One line of JSON for each: its events and seconds, each
repeat. Magenta's own `generate_...` is called as its command lines do, with one sequence at a time
(`batch_size` and `beam_size` of 1, its quickest) and as many threads as TensorFlow takes by itself.
A first call, in which the graph is warmed up, does not count.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import note_seq
import tensorflow.compat.v1 as tf
from magenta.models.drums_rnn import drums_rnn_model
from magenta.models.improv_rnn import improv_rnn_model
from magenta.models.melody_rnn import melody_rnn_model
from magenta.models.performance_rnn import performance_model
from magenta.models.polyphony_rnn import polyphony_lib, polyphony_model

CHORDS = ("Am7", "D7")
EACH = 8
MODELS = {
    "melody_rnn": (melody_rnn_model, melody_rnn_model.MelodyRnnModel),
    "drums_rnn": (drums_rnn_model, drums_rnn_model.DrumsRnnModel),
    "improv_rnn": (improv_rnn_model, improv_rnn_model.ImprovRnnModel),
    "polyphony_rnn": (polyphony_model, polyphony_model.PolyphonyRnnModel),
    "performance_rnn": (performance_model, performance_model.PerformanceRnnModel),
}


def main() -> None:
    """Measure every folder that is named."""
    events, repeats, *folders = sys.argv[1:]
    for folder in map(Path, folders):
        case = json.loads((folder / "case.json").read_text())
        print(json.dumps(measure(folder, case, int(events), int(repeats))), flush=True)


def measure(folder: Path, case: dict[str, Any], events: int, repeats: int) -> dict[str, Any]:
    """Return what one network's generation takes."""
    module, kind = MODELS[case["model"]]
    config = module.default_configs[case["config"]]
    config.hparams.batch_size = 1
    model = kind(config)
    model.initialize_with_checkpoint(str(folder / "model.ckpt"))
    generate(model, config, case["model"], 16)
    runs = []
    for _ in range(repeats):
        begun = time.perf_counter()
        made = generate(model, config, case["model"], events)
        runs.append([made, time.perf_counter() - begun])
    return {"case": folder.name, "runs": runs}


def generate(model: Any, config: Any, name: str, events: int) -> int:
    """Have music generated; return how many events it has that were not given."""
    if name == "melody_rnn":
        return len(model.generate_melody(events + 1, note_seq.Melody([60]))) - 1
    if name == "drums_rnn":
        primer = note_seq.DrumTrack([frozenset([36])])
        return len(model.generate_drum_track(events + 1, primer)) - 1
    if name == "improv_rnn":
        figures = [CHORDS[step // EACH % len(CHORDS)] for step in range(events + 1)]
        chords = note_seq.ChordProgression(figures)
        return len(model.generate_melody(note_seq.Melody([60]), chords)) - 1
    if name == "polyphony_rnn":
        voices = polyphony_lib.PolyphonicSequence(steps_per_quarter=4)
        given = len(voices)
        return len(model.generate_polyphonic_sequence(events + given, voices)) - given
    piano = note_seq.Performance(steps_per_second=100, num_velocity_bins=config.num_velocity_bins)
    piano.append(note_seq.PerformanceEvent(note_seq.PerformanceEvent.TIME_SHIFT, 100))
    asked = None
    if config.control_signals:
        asked = [_always(signal.default_value) for signal in config.control_signals]
    made = model.generate_performance(events + 1, piano, control_signal_fns=asked)
    return len(made) - 1


def _always(value: Any) -> Any:
    return lambda _step: value


if __name__ == "__main__":
    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    main()
