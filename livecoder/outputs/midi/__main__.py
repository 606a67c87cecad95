"""The MIDI process: `python -m livecoder.outputs.midi FOLDER [--backend=auto]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from livecoder.outputs.host import run
from livecoder.outputs.instrument import Instrument
from livecoder.outputs.urgency import MIDI, favour_thread


def main() -> int:
    """Play the session in the folder named on the command line until told to quit."""
    parser = argparse.ArgumentParser(prog="python -m livecoder.outputs.midi", description=__doc__)
    parser.add_argument("folder", type=Path, help="the session's directory")
    parser.add_argument("--backend", default="auto", help="auto, jack, rtmidi, none or file:PATH")
    options = parser.parse_args()

    def make(say: Callable[[str], None]) -> Instrument:
        from livecoder.outputs.midi.instrument import MidiInstrument, open_backend
        from livecoder.outputs.midi.memory import PortMemory

        # Threads that start from here on inherit it: none may keep the lock of the interpreter.
        favour_thread(MIDI)
        memory = PortMemory(options.folder / "midi.ports")
        backend = open_backend(options.backend, say, memory)
        return MidiInstrument(backend, memory, say, options.folder / "timeline")

    return run("midi", options.folder, make)


if __name__ == "__main__":
    sys.exit(main())
