"""MIDI: the process that plays events on ports, and files of notes."""

from livecoder.outputs.midi.file import write_midi

__all__ = ["write_midi"]
