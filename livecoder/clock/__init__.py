"""The shared timeline, tempo, meter and the scheduler: cycles to beats to seconds, only here."""
