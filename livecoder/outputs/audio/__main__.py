"""The audio process: `python -m livecoder.outputs.audio FOLDER`."""

from __future__ import annotations

import argparse
from pathlib import Path

from livecoder.outputs.host import run


def main() -> int:
    """Play the session in the folder named on the command line until told to quit."""
    parser = argparse.ArgumentParser(prog="python -m livecoder.outputs.audio")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--backend", choices=("auto", "jack", "portaudio", "paced"), default="auto")
    options = parser.parse_args()
    from livecoder.outputs.audio.instrument import AudioInstrument

    backend = None if options.backend == "auto" else options.backend
    return run("audio", options.folder, lambda say: AudioInstrument(say, backend=backend))


if __name__ == "__main__":
    raise SystemExit(main())
