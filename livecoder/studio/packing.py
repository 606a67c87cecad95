"""Bars of long ago in few bytes: a set of hours remembers thousands of them.

A note as Python keeps it takes some three hundred bytes, most of it for being an object; packed it
takes 24, and a bar with all its notes is one object. Exact: what is unpacked equals what was
packed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from livecoder.core.events import Note
from livecoder.core.rational import Rational

__all__ = ["packed", "unpacked"]

# Numerator and denominator of onset and duration, pitch, velocity; the same for odd fractions.
_NOTE = struct.Struct("<4Hdd")
_LONG_NOTE = struct.Struct("<4qdd")
_SHORT, _LONG = b"s", b"l"


def packed(notes: Iterable[Note]) -> bytes | tuple[Note, ...]:
    """Return notes as bytes; as they are if their times are no fractions of 64 bits.

    >>> note = Note(Rational(1, 3), Rational(1, 4), 60.0, 0.8)
    >>> len(packed([note])), unpacked(packed([note])) == (note,)
    (25, True)
    """
    notes = tuple(notes)
    for mark, form in ((_SHORT, _NOTE), (_LONG, _LONG_NOTE)):
        try:
            return mark + b"".join(form.pack(*_numbers(note)) for note in notes)
        except (struct.error, OverflowError):
            continue
    return notes


def unpacked(data: bytes | tuple[Note, ...]) -> tuple[Note, ...]:
    """Return the notes that `packed` was given."""
    if isinstance(data, tuple):
        return data
    form = _NOTE if data[:1] == _SHORT else _LONG_NOTE
    return tuple(
        Note(Rational(begin, part), Rational(length, of), pitch, velocity)
        for begin, part, length, of, pitch, velocity in form.iter_unpack(data[1:])
    )


def _numbers(note: Note) -> tuple[int, int, int, int, float, float]:
    onset, duration = note.onset, note.duration
    times = (onset.numerator, onset.denominator, duration.numerator, duration.denominator)
    begin, part, length, of = (int(number) for number in times)
    return begin, part, length, of, note.pitch, note.velocity
