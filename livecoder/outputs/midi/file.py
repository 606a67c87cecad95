"""Notes as a Standard MIDI File, type 1: a track for each track, byte for byte the same each time.

Source: Standard MIDI Files 1.0, MIDI Manufacturers Association.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from livecoder.core.errors import RangeError, SessionFileError
from livecoder.core.events import Event
from livecoder.core.rational import Rational
from livecoder.outputs.midi.messages import (
    channel_of,
    key_of,
    note_off,
    note_on,
    settings_of,
    velocity_of,
)

__all__ = ["write_midi"]

_HALF = Rational(1, 2)
# A time signature has a power of two below its line.
_DENOMINATORS = (4, 8, 16, 32, 2, 1)
_SLOWEST = 16_777_215
# At one tick: what ends, what is set, what begins.
_END, _SET, _BEGIN = 0, 1, 2


def write_midi(
    path: Path,
    tracks: Mapping[str, Sequence[Event]],
    tempo: Sequence[tuple[Rational, float]],
    *,
    beats_per_cycle: Rational,
    ticks_per_beat: int = 480,
) -> None:
    """Write the notes of each track, and the tempo, to a file any sequencer opens.

    Events without a note or a controller (a drum sound of the audio engine) are left out. A key
    that is struck while it sounds ends first.

    Args:
        path: of the file.
        tracks: events by track, in beats from the start.
        tempo: (beat, beats per minute), each from its beat on.
        beats_per_cycle: length of a bar, for the time signature.
        ticks_per_beat: resolution, 24 to 32767.

    Raises:
        RangeError: the resolution is none.
        SessionFileError: the file cannot be written.
    """
    import mido

    if not 24 <= ticks_per_beat <= 32_767:
        raise RangeError("ticks_per_beat", ticks_per_beat, "24 to 32767", fix="try 480")
    file = mido.MidiFile(type=1, ticks_per_beat=ticks_per_beat)
    conductor = file.add_track("livecoder")
    numerator, denominator = _signature(beats_per_cycle)
    if numerator:
        conductor.append(
            mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)
        )
    at = 0
    for beat, bpm in sorted(tempo):
        tick = _tick(beat, ticks_per_beat)
        microseconds = min(max(round(60_000_000 / bpm), 1), _SLOWEST)
        conductor.append(mido.MetaMessage("set_tempo", tempo=microseconds, time=max(tick - at, 0)))
        at = max(tick, at)
    for name, events in tracks.items():
        track = file.add_track(name.encode("latin-1", "replace").decode("latin-1"))
        at = 0
        for tick, data in _messages(events, ticks_per_beat):
            track.append(mido.Message.from_bytes(data, time=tick - at))
            at = tick
    try:
        file.save(str(path))
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); give another path"
        raise SessionFileError(message) from error


def _messages(events: Sequence[Event], ticks_per_beat: int) -> list[tuple[int, bytes]]:
    """Return (tick, message) in order."""
    timed: list[tuple[int, int, int, bytes]] = []
    # Until when each key sounds, and where its end is in `timed`.
    held: dict[tuple[int, int], tuple[int, int]] = {}
    for event in sorted(events, key=_beat):
        controls: Mapping[str, Any] = event.controls
        begin = max(_tick(event.beat, ticks_per_beat), 0)
        # What sets one parameter stays together.
        timed += [
            (begin, _SET, i, data) for i, data in enumerate(settings_of(controls), len(timed))
        ]
        key, velocity = key_of(controls), velocity_of(controls)
        if key is None or velocity == 0:
            continue
        channel = channel_of(controls)
        end = max(_tick(event.beat + event.duration, ticks_per_beat), begin + 1)
        until, index = held.get((channel, key), (0, -1))
        if until > begin:
            if timed[index][2] == begin:
                # Both at one tick: one note, as long as the longer.
                if end > until:
                    timed[index] = (end, _END, begin, note_off(channel, key))
                    held[channel, key] = (end, index)
                continue
            timed[index] = (begin, _END, timed[index][2], note_off(channel, key))
        timed.append((begin, _BEGIN, key, note_on(channel, key, velocity)))
        held[channel, key] = (end, len(timed))
        timed.append((end, _END, begin, note_off(channel, key)))
    return [(tick, data) for tick, _, _, data in sorted(timed)]


def _signature(beats: Rational) -> tuple[int, int]:
    """Return the time signature of a bar of so many quarters; (0, 0) where there is none."""
    for denominator in _DENOMINATORS:
        numerator = beats * denominator / 4
        if numerator.denominator == 1 and 1 <= numerator <= 255:
            return int(numerator), denominator
    return 0, 0


def _tick(beat: Rational, ticks_per_beat: int) -> int:
    return int((beat * ticks_per_beat + _HALF) // 1)


def _beat(event: Event) -> Rational:
    return event.beat
