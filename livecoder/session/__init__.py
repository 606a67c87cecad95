"""The wiring: tracks, the names a performer sees, journal, replay, render."""
