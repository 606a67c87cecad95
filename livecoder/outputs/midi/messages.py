"""Controls of an event as MIDI messages, byte for byte.

Source: MIDI 1.0 Detailed Specification, 4.2.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = [
    "CHANNELS",
    "channel_of",
    "key_of",
    "note_off",
    "note_on",
    "settings_of",
    "silence",
    "velocity_of",
]

CHANNELS = 16
_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123
# What a note is played at that says nothing about it, as the sounds of the audio room have it.
_VELOCITY = 0.8


def channel_of(controls: Mapping[str, Any]) -> int:
    """Return the channel, 0 to 15; 0 where `midichan`, which counts from 1, says nothing sensible.

    >>> channel_of({"midichan": 10}), channel_of({})
    (9, 0)
    """
    number = _number(controls, "midichan")
    return 0 if number is None else min(max(round(number), 1), CHANNELS) - 1


def key_of(controls: Mapping[str, Any]) -> int | None:
    """Return the key, 0 to 127, nearest to `note`; None for an event that is no note.

    >>> key_of({"note": 60.4}), key_of({"ccn": 1})
    (60, None)
    """
    note = _number(controls, "note")
    return None if note is None else min(max(math.floor(note + 0.5), 0), 127)


def velocity_of(controls: Mapping[str, Any]) -> int:
    """Return `velocity` times `gain` as 1 to 127, or 0 for a note that is not heard.

    >>> velocity_of({}), velocity_of({"velocity": 1.0, "gain": 0.5}), velocity_of({"gain": 0.0})
    (102, 64, 0)
    """
    strength = _number(controls, "velocity", _VELOCITY)
    gain = _number(controls, "gain", 1.0)
    product = (strength or 0.0) * (gain or 0.0)
    return 0 if product <= 0 else min(max(round(product * 127), 1), 127)


def note_on(channel: int, key: int, velocity: int) -> bytes:
    """Return the message that begins a note."""
    return bytes((0x90 | channel, key, velocity))


def note_off(channel: int, key: int) -> bytes:
    """Return the message that ends a note."""
    return bytes((0x80 | channel, key, 64))


def silence(channel: int) -> tuple[bytes, bytes]:
    """Return All Notes Off and All Sound Off."""
    return bytes((0xB0 | channel, _ALL_NOTES_OFF, 0)), bytes((0xB0 | channel, _ALL_SOUND_OFF, 0))


def settings_of(controls: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Return the messages that are to come before the note: programme, controller, bend, touch.

    >>> [data.hex() for data in settings_of({"midichan": 2, "ccn": 74, "ccv": 0.5})]
    ['b14a40']
    """
    channel = channel_of(controls)
    messages = []
    if (programme := _number(controls, "progNum")) is not None:
        messages.append(bytes((0xC0 | channel, min(max(round(programme), 0), 127))))
    number, value = _number(controls, "ccn"), _number(controls, "ccv")
    if number is not None and value is not None:
        controller = min(max(round(number), 0), 127)
        messages.append(bytes((0xB0 | channel, controller, _seven_bits(value))))
    if (bend := _number(controls, "midibend")) is not None:
        wheel = min(max(round(8192 + bend * 8192), 0), 16383)
        messages.append(bytes((0xE0 | channel, wheel & 0x7F, wheel >> 7)))
    if (touch := _number(controls, "miditouch")) is not None:
        messages.append(bytes((0xD0 | channel, _seven_bits(touch))))
    return tuple(messages)


def _seven_bits(value: float) -> int:
    return min(max(round(value * 127), 0), 127)


def _number(controls: Mapping[str, Any], name: str, default: float | None = None) -> float | None:
    value = controls.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return default
    return float(value) if math.isfinite(value) else default
