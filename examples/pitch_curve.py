"""Snap a sung pitch to a scale: a curve at audio rate, with glide, and half way only.

Usage: python examples/pitch_curve.py
"""

import numpy as np

from livecoder.theory.snap import snap_curve

RATE = 1000  # samples of the curve per second

if __name__ == "__main__":
    time = np.arange(2 * RATE) / RATE
    # A voice that slides from A3 to E4 with vibrato, and takes a breath in between.
    sung = 57 + 3.5 * time + 0.3 * np.sin(2 * np.pi * 5.5 * time)
    sung[900:1100] = np.nan

    hard = snap_curve(sung, RATE, "a:minor")
    soft = snap_curve(sung, RATE, "a:minor", glide_ms=80, strength=0.8)
    rast = snap_curve(sung, RATE, "a:rast", glide_ms=80)
    print("  time   sung   hard   soft   rast")
    for at in range(0, len(time), RATE // 5):
        print(f"{time[at]:6.2f} {sung[at]:6.2f} {hard[at]:6.2f} {soft[at]:6.2f} {rast[at]:6.2f}")
