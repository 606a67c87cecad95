"""How much faster than it plays a script renders: `livecoder bench render`.

`livecoder render sessions/first_light.py` is run as typed, with WAV and MIDI, network and all the
starting of processes included; the real-time factor is the length of the music over that time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from pathlib import Path

from support.server import own_state

from livecoder.core.errors import DeviceError

SCRIPT = Path(__file__).resolve().parents[1] / "sessions" / "first_light.py"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and, last, one JSON object."""
    parser = argparse.ArgumentParser(prog="livecoder bench render", description=__doc__)
    parser.add_argument("--script", type=Path, default=SCRIPT, help="another script")
    parser.add_argument("--runs", type=int, default=3, help="the median counts")
    parser.add_argument("--json", action="store_true", help="the last line alone")
    options = parser.parse_args(argv)
    if options.runs < 1:
        parser.error("--runs must be at least 1; try --runs 3")
    with own_state():
        measured = [measure(options.script) for _ in range(options.runs)]
    took = sorted(seconds for seconds, _, _ in measured)
    music = measured[0][1]
    median = took[len(took) // 2]
    figures = {
        "benchmark": "render",
        "script": options.script.name,
        "runs": options.runs,
        "music_s": round(music, 2),
        "render_s": round(median, 3),
        "render_s_worst": round(took[-1], 3),
        "real_time_factor": round(music / median, 1),
        "midi_identical": len({midi for _, _, midi in measured}) == 1,
    }
    if not options.json:
        for name, value in figures.items():
            print(f"{name:18} {value}")
    print(json.dumps(figures))
    return 0


def measure(script: Path) -> tuple[float, float, bytes]:
    """Return seconds taken, seconds of music, and the MIDI file."""
    with tempfile.TemporaryDirectory() as folder:
        wav, midi = Path(folder) / "out.wav", Path(folder) / "out.mid"
        program = str(Path(sys.executable).with_name("livecoder"))
        command = [program, "render", str(script), "--wav", str(wav), "--midi", str(midi)]
        begun = time.monotonic()
        ended = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        took = time.monotonic() - begun
        if ended.returncode:
            message = f"the render failed; {' '.join(command[1:3])} by itself says why"
            raise DeviceError(message)
        with wave.open(str(wav), "rb") as file:
            music = file.getnframes() / file.getframerate()
        return took, music, midi.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
