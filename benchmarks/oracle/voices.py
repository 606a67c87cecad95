"""Have Magenta tell pieces of several voices as events, for a test: `tests/fixtures/oracle`.

Runs in the environment of `install.py`: `build/engine/bin/python benchmarks/oracle/voices.py`.
Writes `polyphony_events.json`: for each piece its notes (first 16th, 16th it ends before, pitch),
its length in 16ths, Magenta's events, and the class of each.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from magenta.models.polyphony_rnn.polyphony_encoder_decoder import PolyphonyOneHotEncoding
from magenta.models.polyphony_rnn.polyphony_lib import PolyphonicSequence
from note_seq import NoteSequence

PATH = Path(__file__).parents[2] / "tests" / "fixtures" / "oracle" / "polyphony_events.json"
STEPS = 32


def piece(chance: random.Random) -> dict[str, Any]:
    """Return a piece as Magenta tells it."""
    notes = []
    for _ in range(chance.randint(1, 24)):
        begin = chance.randrange(STEPS - 1)
        end = min(STEPS, begin + chance.choice([1, 2, 4, 9]))
        notes.append((begin, end, chance.choice([0, 48, 55, 60, 64, 67, 127])))
    sequence = NoteSequence()
    sequence.quantization_info.steps_per_quarter = 4
    sequence.total_quantized_steps = STEPS
    for begin, end, pitch in notes:
        sequence.notes.add(pitch=pitch, quantized_start_step=begin, quantized_end_step=end)
    events = list(PolyphonicSequence(sequence))
    encoding = PolyphonyOneHotEncoding()
    return {
        "notes": notes,
        "steps": STEPS,
        "events": [(event.event_type, event.pitch) for event in events],
        "classes": [encoding.encode_event(event) for event in events],
    }


def main() -> None:
    """Write twelve pieces."""
    chance = random.Random(5)
    pieces = [piece(chance) for _ in range(12)]
    PATH.write_text(json.dumps(pieces, separators=(",", ":")) + "\n", "utf-8")
    print(PATH.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
