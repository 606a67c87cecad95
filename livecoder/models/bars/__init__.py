"""Bars: notes to a network's events and back, one module for each kind of music."""
