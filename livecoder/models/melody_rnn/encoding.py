"""KeyMelody, which lives in `models.encodings.key_melody`, by the names it had here."""

from __future__ import annotations

from livecoder.models.encodings.key_melody import (
    BAR_STEPS,
    CLASSES,
    HIGHEST,
    INPUTS,
    LOOKBACKS,
    LOWEST,
    NO_EVENT,
    NOTE_OFF,
    NOTES,
    Heard,
    class_of,
    event_of,
    input_of,
    keys_of,
)

__all__ = [
    "BAR_STEPS",
    "CLASSES",
    "HIGHEST",
    "INPUTS",
    "LOOKBACKS",
    "LOWEST",
    "NOTES",
    "NOTE_OFF",
    "NO_EVENT",
    "Heard",
    "class_of",
    "event_of",
    "input_of",
    "keys_of",
]
