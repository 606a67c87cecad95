"""From events to OSC packets: a bundle whose timetag is the wall time its events are due at.

Conventions
-----------
Deadlines are `CLOCK_MONOTONIC` nanoseconds; a timetag is of the wall clock, which receivers share
through NTP. Numbers are sent as 32-bit floats or integers, all else as text.

SuperDirt's message is a list of names and values: `cps` (bars a second), `cycle` (where in the
music), `delta` (seconds the event lasts), and its controls. It counts notes from middle C, keeps
its effects in `orbit`s, d1's in the first, and takes `sustain` for seconds held. Source: the
protocol as SuperDirt documents it; nothing of its code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from livecoder.outputs.osc.places import Place

__all__ = ["Sounding", "arguments_of", "packets"]

_MIDDLE_C = 60.0
_ORBITS = 12
# Below what one Ethernet frame takes, so that a bundle arrives whole or not at all.
_LARGEST = 1400
_HEADER = 16
_LONGEST_TEXT = 200
_OURS = frozenset({"osc", "oscpath", "midiport", "midichan"})
# Controls that mean something else there; held times go as `delta` and `sustain`.
_NOT_DIRT = frozenset({"clip", "duration", "sustain", "note"})


class Sounding(NamedTuple):
    """An event on its way.

    Attributes:
        track: name of its track.
        controls: what to play.
        seconds: how long it is held.
        cycle: where in the music, cycles.
        cps: bars a second.
    """

    track: str
    controls: Mapping[str, Any]
    seconds: float
    cycle: float
    cps: float


def arguments_of(place: Place, event: Sounding) -> list[Any]:
    """Return the arguments of an event's message.

    >>> hit = Sounding("d2", {"s": "bd", "note": 62.0, "osc": "x"}, 0.25, 1.5, 0.5)
    >>> arguments_of(Place("127.0.0.1", 9000), hit)
    ['s', 'bd', 'note', 62.0]
    >>> arguments_of(Place("127.0.0.1", 9000, arguments=("note", "pan")), hit)
    [62.0, 0.0]
    """
    controls = event.controls
    if place.arguments:
        return [_plain(controls.get(name, 0.0)) for name in place.arguments]
    if not place.dirt:
        return [
            part
            for name, value in controls.items()
            if name not in _OURS
            for part in (name, _plain(value))
        ]
    return _dirt(event)


def _dirt(event: Sounding) -> list[Any]:
    controls = event.controls
    made: dict[str, Any] = {
        "_id_": event.track,
        "cps": event.cps,
        "cycle": event.cycle,
        "delta": event.seconds,
        "orbit": _orbit(event.track),
    }
    if "clip" in controls or "duration" in controls:
        made["sustain"] = event.seconds
    note = controls.get("note")
    if isinstance(note, (int, float)):
        made["note"] = note - _MIDDLE_C
    made.update(
        (name, value)
        for name, value in controls.items()
        if name not in _NOT_DIRT and name not in _OURS
    )
    return [part for name, value in made.items() for part in (name, _plain(value))]


def _orbit(track: str) -> int:
    number = track[1:]
    return (int(number) - 1) % _ORBITS if track[:1] == "d" and number.isdecimal() else 0


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**31):
        return value
    return str(value)[:_LONGEST_TEXT]


def packets(place: Place, events: Sequence[Sounding], unix_seconds: float) -> Iterator[bytes]:
    """Give the packets for events that are due together, with their time if the place reads it."""
    if not place.timed:
        yield from (_message(place, event).dgram for event in events)
        return
    bundle, size = OscBundleBuilder(unix_seconds), _HEADER  # type: ignore[arg-type]
    for event in events:
        content = _message(place, event)
        if size > _HEADER and size + content.size + 4 > _LARGEST:
            yield bundle.build().dgram
            bundle, size = OscBundleBuilder(unix_seconds), _HEADER  # type: ignore[arg-type]
        bundle.add_content(content)
        size += content.size + 4
    yield bundle.build().dgram


def _message(place: Place, event: Sounding) -> OscMessage:
    path = event.controls.get("oscpath") or place.path
    message = OscMessageBuilder(str(path).replace("{track}", event.track))
    for argument in arguments_of(place, event):
        message.add_arg(argument)
    return message.build()
