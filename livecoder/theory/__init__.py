"""Scales, chords, tunings, keys, and the compiled kernels that snap pitches to them."""
