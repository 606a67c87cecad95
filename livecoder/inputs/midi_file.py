"""A MIDI file as a phrase: its notes in beats, whatever tempo it has.

Source: Standard MIDI Files 1.0, MIDI Manufacturers Association.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

from livecoder.core.errors import SessionFileError
from livecoder.core.events import Note
from livecoder.core.rational import Rational

__all__ = ["read_phrase"]

_LARGEST = 4 * 2**20  # bytes
_MOST_NOTES = 20_000
_DRUMS = 9  # channel 10, counted from 0
_SHORTEST = Rational(1, 64)


def read_phrase(path: Path, *, drums: bool, longest: int = 64) -> tuple[tuple[Note, ...], Rational]:
    """Return the last notes of a MIDI file, in beats from the phrase's start, and its beats.

    Args:
        path: a Standard MIDI File, at most 4 MB.
        drums: whether to read the notes of channel 10, or those of all others. A file that has
            only the one kind is read for that.
        longest: beats at most, whole ones; of a longer file the last are read.

    Raises:
        SessionFileError: there is no such file, it is none, or it has no notes.
    """
    import mido

    try:
        if path.stat().st_size > _LARGEST:
            message = f"{path} is larger than 4 MB; give a file of the phrase alone"
            raise SessionFileError(message)
        data = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); type the path of a MIDI file"
        raise SessionFileError(message) from error
    try:
        held = mido.MidiFile(file=io.BytesIO(data), clip=True)
        notes = _notes(held)
    except Exception as error:  # a broken file fails in mido in a dozen ways
        message = f"{path} is no MIDI file that can be read ({type(error).__name__}: {error})"
        raise SessionFileError(message) from error
    wanted = [note for channel, note in notes if (channel == _DRUMS) == drums]
    wanted = wanted or [note for _, note in notes]
    if not wanted:
        message = f"{path} has no notes to go on from; give another file"
        raise SessionFileError(message)
    beats = math.ceil(max(note.onset + note.duration for note in wanted))
    begin = max(0, beats - longest)
    kept = [n._replace(onset=n.onset - begin) for n in wanted if begin <= n.onset < beats]
    return tuple(sorted(kept)), Rational(max(1, beats - begin))


def _notes(held: object) -> list[tuple[int, Note]]:
    """Return every note of a file with its channel, in beats."""
    ticks = int(held.ticks_per_beat)  # type: ignore[attr-defined]
    found: list[tuple[int, Note]] = []
    for track in held.tracks:  # type: ignore[attr-defined]
        at = 0
        begun: dict[tuple[int, int], tuple[int, int]] = {}
        for message in track:
            at += message.time
            if message.type not in ("note_on", "note_off"):
                continue
            key = (message.channel, message.note)
            if key in begun:
                since, velocity = begun.pop(key)
                length = max(Rational(at - since, ticks), _SHORTEST)
                note = Note(Rational(since, ticks), length, float(message.note), velocity / 127)
                found.append((message.channel, note))
            if message.type == "note_on" and message.velocity > 0:
                begun[key] = (at, message.velocity)
            if len(found) > _MOST_NOTES:
                return found
    return found
