"""A hap becomes an event: controls checked and named, note names made numbers.

Everything that can be wrong with a value is found here, in the front, where it can be said; an
output only ever sees numbers and known names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from types import MappingProxyType
from typing import Any

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.events import LONGEST_NOTE, Event
from livecoder.core.haps import Hap
from livecoder.core.protocols import Source
from livecoder.core.rational import ZERO, Rational, floor, rational
from livecoder.outputs.audio.sounds import SOUNDS, resolve
from livecoder.outputs.osc.places import Place, check_path, place_named
from livecoder.session.feel import Feel, FeltValue, beats_of_ms
from livecoder.theory.scales import note_number

__all__ = [
    "check_controls",
    "check_pattern",
    "controls_of",
    "event_of",
    "wants_audio",
    "wants_midi",
    "wants_osc",
]

# What plays notes that name no sound.
DEFAULT_SOUND = "pluck"
# Middle C, from which a bare `n` counts semitones.
_ORIGIN = 60.0
# How hard a note is struck that does not say so.
_VELOCITY = 0.8
# Bars that are looked at of what is about to play.
_PROBE = 4
# A nudge is a second at most, either way.
_FARTHEST_S = 1.0
# More cycles than an output holds a note for, in any meter.
_LONGEST_CYCLES = 1 << 16


def controls_of(value: Any) -> dict[str, Any]:
    """Return a value as controls that outputs understand.

    >>> controls_of({"note": "c4", "s": "bass"})
    {'note': 60.0, 's': 'bass'}

    A plain value is taken as a performer would mean it: the name of a sound is `s`, a number or
    the name of a note is `note`.

    Raises:
        PatternError: it is nothing that sounds.
        NotationError: a note name cannot be read.
    """
    if isinstance(value, Mapping):
        # What begins with an underscore is between the functions of patterns.
        controls = {name: given for name, given in value.items() if not name.startswith("_")}
    elif isinstance(value, str) and value in SOUNDS:
        controls = {"s": value}
    elif isinstance(value, (str, int, float, Rational)) and not isinstance(value, bool):
        controls = {"note": value}
    else:
        message = f"{value!r} makes no sound; try note('c e g') or s('bd')"
        raise PatternError(message)
    for name in ("note", "n"):
        given = controls.get(name)
        if isinstance(given, str):
            controls[name] = note_number(given)
        elif given is not None and not isinstance(given, float):
            controls[name] = float(given)
    if "note" not in controls and "n" in controls and "s" not in controls:
        controls["note"] = _ORIGIN + controls["n"]
    for name, held in controls.items():
        if isinstance(held, Rational):
            controls[name] = float(held)
    return controls


def check_controls(
    controls: Mapping[str, Any], places: Mapping[str, Place] = MappingProxyType({})
) -> None:
    """Refuse what an output could not play.

    Args:
        controls: of an event.
        places: to which OSC may go.

    Raises:
        UnknownNameError: the sound or the place does not exist; says which is near.
        RangeError: the note is no MIDI note, or the channel no channel.
        PatternError: neither a note nor a sound is named.
    """
    note = controls.get("note")
    if note is not None and not -1.0 < note < 128.0:
        raise RangeError("note", note, "a MIDI note from 0 to 127", fix="try note(60)")
    if wants_audio(controls):
        if note is None and "s" not in controls:
            message = f"{dict(controls)!r} names no note and no sound; add .s('bass') or note('c')"
            raise PatternError(message)
        resolve(str(controls.get("s", DEFAULT_SOUND)), note)
    if wants_osc(controls):
        place_named(str(controls["osc"]), places)
        if "oscpath" in controls:
            check_path(controls["oscpath"])
    if wants_midi(controls):
        channel = controls.get("midichan", 1)
        if not isinstance(channel, (int, float)) or not 1 <= channel <= 16:
            raise RangeError("channel", channel, "from 1 to 16", fix='try .midi("port", 1)')
        port = controls["midiport"]
        if not isinstance(port, str) or not port.strip():
            raise RangeError("port", port, "a name", fix='try .midi("synth", 1)')


def wants_midi(controls: Mapping[str, Any]) -> bool:
    """Whether the MIDI process is to play it."""
    return "midiport" in controls


def wants_audio(controls: Mapping[str, Any]) -> bool:
    """Whether the audio process is to play it: it names a sound, or no other place to go."""
    return not wants_osc(controls) and ("s" in controls or "midiport" not in controls)


def wants_osc(controls: Mapping[str, Any]) -> bool:
    """Whether it is sent as OSC, and then its sound is not ours."""
    return "osc" in controls


def event_of(
    hap: Hap,
    beat_of_cycle: Callable[[Rational], Rational],
    bpm_at: Callable[[Rational], float] = lambda _beat: 120.0,
    places: Mapping[str, Place] = MappingProxyType({}),
) -> Event | None:
    """Return what is to be played for a hap with its onset in the window; None for a signal.

    It is held for its whole, or for `duration` cycles, and `clip` times that; at 0 not at all.

    Raises:
        LivecoderError: the value cannot be played; see `controls_of` and `check_controls`.
    """
    if hap.whole is None or not hap.has_onset:
        return None
    value, feel = hap.value if isinstance(hap.value, FeltValue) else (hap.value, None)
    controls = controls_of(value)
    check_controls(controls, places)
    if wants_audio(controls) and "s" not in controls:
        controls["s"] = DEFAULT_SOUND
    held = _held(hap.whole.end - hap.whole.begin, controls)
    if held <= 0:
        return None
    begin = beat_of_cycle(hap.whole.begin)
    # Whatever is longer sounds as long as an output holds any note.
    lasts = min(beat_of_cycle(hap.whole.begin + held) - begin, LONGEST_NOTE)
    milliseconds = 1000.0 * _nudge(controls.pop("nudge", 0.0))
    shift = ZERO
    if feel is not None:
        place = begin - beat_of_cycle(Rational(floor(hap.whole.begin)))
        shift = _feel(controls, feel, place)
        milliseconds += feel.nudge_ms
    if milliseconds:
        shift += beats_of_ms(milliseconds, bpm_at(begin))
    return Event(begin, lasts, controls, shift)


def check_pattern(pattern: Source, begin: Rational, places: Mapping[str, Place]) -> None:
    """Make the events of a pattern's first bars, so that a mistake is heard of before it is due.

    Raises:
        LivecoderError: one cannot be played; and whatever the pattern itself raises.
    """
    for hap in pattern.query(begin, begin + _PROBE):
        event_of(hap, lambda cycle: cycle, places=places)


def _feel(controls: dict[str, Any], feel: Feel, place: Rational) -> Rational:
    """Make a note as loud as its groove has it; return how many beats later it sounds."""
    shift, loudness = feel.at(place)
    velocity = controls.get("velocity", _VELOCITY)
    if loudness != 1.0 and isinstance(velocity, (int, float)):
        controls["velocity"] = min(1.0, velocity * loudness)
    return shift


def _nudge(given: Any) -> float:
    """Return the control `nudge`, seconds."""
    number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if not number or not abs(given) <= _FARTHEST_S:
        raise RangeError("nudge", given, "from -1 to 1 seconds", fix='try s("hh*8").nudge(.01)')
    return float(given)


def _held(cycles: Rational, controls: Mapping[str, Any]) -> Rational:
    """Return how long a note is held."""
    for name in ("duration", "clip"):
        given = controls.get(name)
        if given is None:
            continue
        if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given < inf:
            raise RangeError(name, given, "a number from 0", fix=f"try .{name}(0.5)")
        factor = rational(min(given, _LONGEST_CYCLES))
        cycles = factor if name == "duration" else cycles * factor
    return cycles
