"""MIDI and audio coming in."""
