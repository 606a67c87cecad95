"""Scales, keys, tunings, and the compiled kernels that snap pitches to them."""
