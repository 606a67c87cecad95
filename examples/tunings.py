"""Hear a scale in other tunings: named ones, and one in Scala's file format.

Usage: python examples/tunings.py
"""

from livecoder.theory.grid import grid_of, snap_note
from livecoder.theory.tunings import parse_scl

SCALA = """! harmonics.scl
Harmonics 8 to 16
 8
 9/8
 5/4
 11/8
 3/2
 13/8
 7/4
 15/8
 2/1
"""

if __name__ == "__main__":
    # read_scl(path) reads a file; snap, snap_note and quantise also take its path as text.
    harmonics = parse_scl(SCALA, "harmonics.scl")
    for tuning in ("12edo", "19edo", "just", harmonics):
        grid = grid_of("c4:major", tuning=tuning)
        name = tuning if isinstance(tuning, str) else tuning.name
        cents = " ".join(f"{100 * step:5.0f}" for step in grid.steps)
        print(f"{name:>14}: {cents}   e4 becomes {snap_note(64, grid):.2f}")
