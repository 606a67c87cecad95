"""Controls of an event as MIDI messages, byte for byte.

Source: MIDI 1.0 Detailed Specification, 4.2.1.

A controller of 14 bits is the pair of 0 to 31 and the one 32 above; parameters (RPN, NRPN) are set
by data entry, after which none is selected, so that a stray data entry changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

__all__ = [
    "CHANNELS",
    "bend_to",
    "channel_of",
    "control_change",
    "key_of",
    "note_of",
    "note_off",
    "note_on",
    "number_of",
    "parameter",
    "settings_of",
    "silence",
    "velocity_of",
]

CHANNELS = 16
_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123
# Controllers that are more than a number: data entry of parameters, expression; and how far behind
# its upper seven bits a controller has its lower ones.
_DATA, _DATA_FINE, _EXPRESSION, _FINE = 6, 38, 11, 32
# Fourteen bits.
_MOST = 16_383
# Without one of these an event has nothing to be set before its note.
_SETTING = frozenset(
    ("progNum", "ccn", "expression", "rpnn", "nrpnn", "midibend", "miditouch", "polyTouch")
)
# What a note is played at that says nothing about it, as the sounds of the audio room have it.
_VELOCITY = 0.8


def channel_of(controls: Mapping[str, Any]) -> int:
    """Return the channel, 0 to 15; 0 where `midichan`, which counts from 1, says nothing sensible.

    >>> channel_of({"midichan": 10}), channel_of({})
    (9, 0)
    """
    number = number_of(controls, "midichan")
    return 0 if number is None else min(max(round(number), 1), CHANNELS) - 1


def key_of(controls: Mapping[str, Any]) -> int | None:
    """Return the key, 0 to 127, nearest to `note`; None for an event that is no note.

    >>> key_of({"note": 60.4}), key_of({"ccn": 1})
    (60, None)
    """
    note = number_of(controls, "note")
    return None if note is None else min(max(math.floor(note + 0.5), 0), 127)


def velocity_of(controls: Mapping[str, Any]) -> int:
    """Return `velocity` times `gain` as 1 to 127, or 0 for a note that is not heard.

    >>> velocity_of({}), velocity_of({"velocity": 1.0, "gain": 0.5}), velocity_of({"gain": 0.0})
    (102, 64, 0)
    """
    strength = number_of(controls, "velocity", _VELOCITY)
    gain = number_of(controls, "gain", 1.0)
    product = (strength or 0.0) * (gain or 0.0)
    return 0 if product <= 0 else min(max(round(product * 127), 1), 127)


def note_of(controls: Mapping[str, Any]) -> tuple[int, int | None, int]:
    """Return channel, key and velocity, as `channel_of`, `key_of` and `velocity_of` do.

    >>> note_of({"midichan": 10, "note": 36.0, "gain": 0.5})
    (9, 36, 51)
    """
    get = controls.get
    try:
        return _note(get("midichan"), get("note"), get("velocity"), get("gain"))
    except TypeError:  # what is no number may not be hashable
        return channel_of(controls), key_of(controls), velocity_of(controls)


@lru_cache(maxsize=4096, typed=True)
def _note(channel: Any, note: Any, velocity: Any, gain: Any) -> tuple[int, int | None, int]:
    controls = {"midichan": channel, "note": note, "velocity": velocity, "gain": gain}
    return channel_of(controls), key_of(controls), velocity_of(controls)


def note_on(channel: int, key: int, velocity: int) -> bytes:
    """Return the message that begins a note."""
    return bytes((0x90 | channel, key, velocity))


def note_off(channel: int, key: int) -> bytes:
    """Return the message that ends a note."""
    return bytes((0x80 | channel, key, 64))


def silence(channel: int) -> tuple[bytes, bytes]:
    """Return All Notes Off and All Sound Off."""
    return bytes((0xB0 | channel, _ALL_NOTES_OFF, 0)), bytes((0xB0 | channel, _ALL_SOUND_OFF, 0))


def settings_of(controls: Mapping[str, Any], channel: int | None = None) -> tuple[bytes, ...]:
    """Return the messages that are to come before the note: programme, controllers, bend, touch.

    >>> [data.hex() for data in settings_of({"midichan": 2, "ccn": 74, "ccv": 0.5})]
    ['b14a40']

    Args:
        controls: of the event.
        channel: 0 to 15, instead of the event's own.
    """
    if _SETTING.isdisjoint(controls):
        return ()
    channel = channel_of(controls) if channel is None else channel
    messages = []
    if (programme := number_of(controls, "progNum")) is not None:
        messages.append(bytes((0xC0 | channel, _bits(programme, 127))))
    messages += _controllers(controls, channel)
    messages += _parameters(controls, channel)
    if (bend := number_of(controls, "midibend")) is not None:
        messages.append(bend_to(channel, bend))
    if (touch := number_of(controls, "miditouch")) is not None:
        messages.append(bytes((0xD0 | channel, _bits(touch * 127, 127))))
    touch, key = number_of(controls, "polyTouch"), key_of(controls)
    if touch is not None and key is not None:
        messages.append(bytes((0xA0 | channel, key, _bits(touch * 127, 127))))
    return tuple(messages)


def bend_to(channel: int, bend: float) -> bytes:
    """Return the message that moves the pitch wheel, from -1 to 1; 0 is its middle.

    >>> bend_to(0, 0.0).hex(), bend_to(0, 1.0).hex()
    ('e00040', 'e07f7f')
    """
    wheel = _bits(8192 + bend * 8192, _MOST)
    return bytes((0xE0 | channel, wheel & 0x7F, wheel >> 7))


def control_change(channel: int, controller: int, value: int) -> bytes:
    """Return the message that sets a controller."""
    return bytes((0xB0 | channel, controller, value))


def parameter(channel: int, number: int, value: int, *, registered: bool) -> tuple[bytes, ...]:
    """Return the messages that set a parameter (RPN or NRPN), and then select none.

    >>> [data.hex() for data in parameter(0, 0, 2 << 7, registered=True)]
    ['b06500', 'b06400', 'b00602', 'b02600', 'b0657f', 'b0647f']

    Args:
        channel: 0 to 15.
        number: of the parameter, 14 bits.
        value: 14 bits.
        registered: an RPN, not an NRPN.
    """
    upper, lower = (101, 100) if registered else (99, 98)
    pairs = (
        (upper, number >> 7), (lower, number & 0x7F), (_DATA, value >> 7),
        (_DATA_FINE, value & 0x7F), (101, 127), (100, 127),
    )  # fmt: skip
    return tuple(control_change(channel, controller, data) for controller, data in pairs)


def _controllers(controls: Mapping[str, Any], channel: int) -> list[bytes]:
    messages = []
    number = number_of(controls, "ccn")
    value, fine = number_of(controls, "ccv"), number_of(controls, "ccv14")
    if number is not None and value is not None:
        messages.append(control_change(channel, _bits(number, 127), _bits(value * 127, 127)))
    if number is not None and fine is not None:
        whole, upper = _bits(fine * _MOST, _MOST), _bits(number, 31)
        messages.append(control_change(channel, upper, whole >> 7))
        messages.append(control_change(channel, upper + _FINE, whole & 0x7F))
    if (expression := number_of(controls, "expression")) is not None:
        messages.append(control_change(channel, _EXPRESSION, _bits(expression * 127, 127)))
    return messages


def _parameters(controls: Mapping[str, Any], channel: int) -> list[bytes]:
    messages: list[bytes] = []
    for name, given, registered in (("rpnn", "rpv", True), ("nrpnn", "nrpv", False)):
        number, value = number_of(controls, name), number_of(controls, given)
        if number is not None and value is not None:
            which, to = _bits(number, _MOST), _bits(value, _MOST)
            messages += parameter(channel, which, to, registered=registered)
    return messages


def _bits(value: float, most: int) -> int:
    return min(max(round(value), 0), most)


def number_of(controls: Mapping[str, Any], name: str, default: float | None = None) -> float | None:
    """Return a control as a number; `default` where it is none, or is not finite."""
    value = controls.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return default
    return float(value) if math.isfinite(value) else default
