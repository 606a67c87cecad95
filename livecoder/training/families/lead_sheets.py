"""What ImprovRNN learns from: melodies and the chords below them, of OpenEWLD and POP909.

Rows, 5 columns: the class fed (the melody's event before; at first nothing, -1), root (-1: no
chord), pitch classes (12 bits) and bass of the chord below *this* event, the class of this event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecoder.models.lstm.shape import Attention, StackShape
from livecoder.training import corpus, musicxml, pop909
from livecoder.training.families.basic import MELODY_SPLIT, moved, one_hot
from livecoder.training.family import Family, Fed, Plan, Told
from livecoder.training.harmony import NO_CHORD, Symbol
from livecoder.training.pieces import Piece
from livecoder.training.scores import aligned, chords_along, events_of, spans, transpositions
from livecoder.training.sources import OPENEWLD, POP909

__all__ = ["FAMILY", "below", "pieces_of"]

_CHORD = 37
_MELODY = 38


def feed(rows: NDArray[np.int16], up: NDArray[np.int64], lot: NDArray[np.float64]) -> Fed:  # noqa: ARG001
    """Return the 75 numbers of rows moved `up` semitones, melody and chords; nothing is withheld.

    First the chord: no chord 0, root 1 to 12, pitch classes 13 to 24, bass 25 to 36.
    """
    shape = rows.shape[:-1]
    ups = np.broadcast_to(up, shape)
    indices = np.empty((*shape, 15), np.int64)
    values = np.ones((*shape, 15), np.float32)
    silent = rows[..., 1] < 0
    fed = moved(rows[..., 0], ups)
    indices[..., 0] = _CHORD + np.maximum(fed, 0)
    values[..., 0] = fed >= 0
    indices[..., 1] = np.where(silent, 0, 1 + (rows[..., 1] + ups) % 12)
    indices[..., 2] = 25 + (rows[..., 3] + ups) % 12
    values[..., 2] = ~silent
    indices[..., 3:] = 13 + (np.arange(12) + ups[..., None]) % 12
    values[..., 3:] = rows[..., 2, None] >> np.arange(12) & 1
    return Fed(indices, values)


def answers(rows: NDArray[np.int16], up: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the classes of rows moved `up` semitones."""
    return moved(rows[..., 4], up)


def below(chords: Sequence[tuple[int, Symbol]], steps: int) -> list[Symbol]:
    """Return the chord below each of `steps` 16ths; the last symbol holds until the next.

    >>> below([(2, Symbol(0, 145, 0))], 3)[1:]
    [Symbol(root=-1, pitches=0, bass=-1), Symbol(root=0, pitches=145, bass=0)]
    """
    along = [NO_CHORD] * steps
    for at, symbol in sorted(chords, key=lambda chord: chord[0]):
        begin = max(0, at)
        along[begin:] = [symbol] * max(0, steps - begin)
    return along


def pieces_of(
    source: int, name: str, events: list[int], chords: Sequence[tuple[int, Symbol]]
) -> Iterator[Piece]:
    """Yield the stretches of a melody over chords; those with chords below under half are left out.

    Args:
        source: index of the data set.
        name: of the piece; says which split it is in.
        events: of the melody, a 16th each.
        chords: the 16th each begins at, and the chord.
    """
    along = below(chords, len(events))
    for begin, end in spans(events):
        harmony = along[begin:end]
        if sum(symbol != NO_CHORD for symbol in harmony) < len(harmony) / 2:
            continue
        room = transpositions(events[begin:end])
        middle = (room[0] + room[-1]) // 2
        classes = one_hot(events[begin:end], middle)
        fed = np.concatenate([[-1], classes[:-1]])
        moved_up = [
            (symbol.root, symbol.pitches, symbol.bass)
            if symbol == NO_CHORD
            else (
                (symbol.root + middle) % 12,
                _rotated(symbol.pitches, middle % 12),
                (symbol.bass + middle) % 12,
            )
            for symbol in harmony
        ]
        rows = np.column_stack([fed, np.array(moved_up), classes]).astype(np.int16)
        yield Piece(source, corpus.split_of(name), rows, room[0] - middle, room[-1] - middle)


def _rotated(pitches: int, up: int) -> int:
    return (pitches << up | pitches >> (12 - up)) & 0xFFF


def read(data: Path, told: Told) -> Iterator[Piece]:
    """Yield the melodies over chords of both sets in `data`."""
    count = 0
    for name, member in corpus.members(data / OPENEWLD.archive, (".mxl",)):
        for steps, bars in musicxml.read_lead_sheet(member):
            events = events_of(aligned(bars, steps))
            yield from pieces_of(0, Path(name).stem, events, chords_along(bars, steps))
        told("OpenEWLD", count := count + 1)
    count = 0
    endings = (".mid", "beat_midi.txt", "chord_midi.txt")
    found: dict[str, dict[str, bytes]] = {}
    for name, member in corpus.members(data / POP909.archive, endings):
        if "versions" in name:
            continue
        song = Path(name).parent.name
        parts = found.setdefault(song, {})
        parts[next(ending for ending in endings if name.endswith(ending))] = member
        if len(parts) < len(endings):
            continue
        midi, beats, chords = (found[song][ending] for ending in endings)
        del found[song]
        for line in pop909.read_lines(
            midi, beats.decode("ascii", "replace"), chords.decode("ascii", "replace")
        ):
            yield from pieces_of(1, f"POP909 {song}", events_of(line.notes), line.chords)
        told("POP909", count := count + 1)


FAMILY = Family(
    name="improv_rnn",
    config="chord_pitches_improv",
    title="ImprovRNN: an endless melody over the chords you give it",
    event="step (a 16th)",
    shape=StackShape(_CHORD + _MELODY, (192,), _MELODY, Attention(40, "first", 192)),
    plan=Plan(minutes=50, lanes=64, chunk=64, rate=3e-3, dropout=0.1),
    sources=(
        OPENEWLD,
        POP909._replace(
            what="pop songs, of which the MELODY tracks and the chord labels are read: 909 songs"
        ),
    ),
    columns=5,
    feed=feed,
    answers=answers,
    read=read,
    transposed="every melody with its chords anew each time, evenly over all keys and octaves in "
    "which it stays between notes 48 and 83; held-out melodies in the middle of theirs",
    split=MELODY_SPLIT,
    limits=(
        "One note at a time, in the three octaves from C3 (48) to B5 (83), in 16ths, all equally "
        "loud.",
        "It hears the chord below the note it is about to play, not the one after: it does not "
        "lead into a change before it comes.",
        "It leans towards the chord and does not obey it: as often as the singers it learnt from, "
        "it sings a note beside it. `strong=True` holds it to chord tones on strong beats.",
        "It learnt 4/4, 2/2 and 2/4 alone, from standards and pop songs; altered and extended "
        "chords are rare in them.",
    ),
    verdict="Measured, and read as notes; nobody has sat and listened. Over Am7 D7 at temperature "
    "1.0 it sings 5.9 notes a bar (the training set: 5.0), 72 % of them notes of the chord (held-"
    "out singers: 62 %), on the beats 1 and 3 76 % (they: 74 %): it heeds the changes "
    "closely. With top_p=0.9 it is calmer and surer: 4.7 notes a bar, 80 % of the chord. A "
    "bar is then two thirds as like its neighbours as in the songs (0.23 against 0.35), "
    "without top_p half (0.16): it improvises, and no phrase comes back.",
)
