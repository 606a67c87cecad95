"""A melody that somebody else plays, as the events a pianist hears of it."""

from __future__ import annotations

from livecoder.core.protocols import BarRequest
from livecoder.models.encodings.performance import NOTE_OFF, NOTE_ON, VELOCITY, bin_of

__all__ = ["STEPS_PER_BEAT", "melody_of"]

STEPS_PER_BEAT = 50
"""Steps of a performance in a beat: 10 ms each at 120 beats a minute."""

Event = tuple[int, int]


def melody_of(
    request: BarRequest, moved: int, lowest: int, highest: int, end: int
) -> tuple[set[int], list[tuple[int, Event]]]:
    """Return which notes of a bar's melody sound already, and what of it comes at which step.

    Args:
        request: of the bar.
        moved: semitones the network's notes are moved up by when they are played.
        lowest: its lowest MIDI note; the melody is folded into its register by octaves.
        highest: its highest.
        end: steps of the bar.
    """
    held: set[int] = set()
    coming: list[tuple[int, int, Event]] = []
    again: dict[int, int] = {}  # when each pitch is struck next: until then it sounds at most
    for note in sorted(request.melody, reverse=True):
        pitch = round(note.pitch) - moved
        pitch += 12 * -(-max(0, lowest - pitch) // 12)
        pitch -= 12 * -(-max(0, pitch - highest) // 12)
        begins = round(float(note.onset) * STEPS_PER_BEAT)
        ends = round(float(note.onset + note.duration) * STEPS_PER_BEAT)
        if note.onset + note.duration <= request.beats:
            ends = min(ends, end - 1)  # after it no time of this bar is left
        ends = min(ends, again.get(pitch, ends))
        again[pitch] = begins
        if begins < 0:
            held.add(pitch)
        elif begins < ends:
            loudness = bin_of(min(127, max(1, round(note.velocity * 127))))
            coming += [(begins, 1, (VELOCITY, loudness)), (begins, 1, (NOTE_ON, pitch))]
        if max(0, begins + 1) <= ends < end:
            coming.append((ends, 0, (NOTE_OFF, pitch)))
    # What ends makes room for what begins.
    coming.sort(key=_in_time)
    return held, [(step, event) for step, _, event in coming]


def _in_time(coming: tuple[int, int, Event]) -> tuple[int, int]:
    return coming[0], coming[1]
