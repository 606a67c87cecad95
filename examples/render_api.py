"""Perform a script from Python, without waiting, and write what it played as a MIDI file.

Usage: python examples/render_api.py SCRIPT.py OUT.mid
"""

import sys
from pathlib import Path

from livecoder.outputs.midi.file import write_midi
from livecoder.session.offline import perform
from livecoder.session.script import read_script

if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    performed = perform(read_script(source), bars=4, seed=1)
    write_midi(target, performed.tracks, performed.tempi, beats_per_cycle=performed.beats_per_cycle)
    for track, events in sorted(performed.tracks.items()):
        print(f"{track}: {len(events)} notes in {performed.seconds(performed.beats):.1f} s")
