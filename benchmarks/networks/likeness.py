"""How like a network's music is to that which it learnt from: how dense, and how like itself.

Both are measured the same way, on bars of four beats: of the training set (of performances, which
are cut into parts to be learnt, the songs held out to test), turned back into notes by the same
code that makes notes of what a network composes; and of pieces of sixteen bars that the network
makes up from silence, nothing masked. The training set lies where `livecoder train` built it.

How a network draws decides both figures, so all of `DRAWS` are tried, the best of them again, and
the one by which it comes nearest in *both* is told, with figures of other pieces than it was chosen
by: a choice among many flatters itself. What it plays as it learnt (temperature 1, everything may
come) is told beside.

Conventions
-----------
- `notes_per_bar`: notes that begin, bars of silence too.
- `alike`: how like a bar is to the bar most like it of the eight before, mean: shared pairs of 16th
  and pitch class (or drum), of all that either has.
- `in_key`: share of notes in the key, where one is asked for, at temperature 1.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from livecoder.core.errors import ModelFileError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.registry import ModelSpec
from livecoder.models.wire import load_model
from networks.alone import A_MINOR, CHORDS, FOUR, request_of

__all__ = ["DRAWS", "NEAR", "apart", "draw_of", "figures_of", "measure"]

Bars = Sequence[Sequence[Note]]
NEAR = 0.15
"""How far from the training set's a figure may lie, as a share of it."""
DRAWS = tuple(
    (temperature, top_p)
    for temperature in (0.7, 0.75, 0.8, 0.9, 0.95, 1.0)
    for top_p in (None, 0.95, 0.9)
)
"""Temperatures, and shares of the likeliest that may come; None for all."""
_FEW = 3  # draws that are tried again, on twice as many pieces
_BARS = 16
_READ = 240  # pieces of the training set, evenly chosen
_LOOK = 8
_HOT = 1.3
_WHERE = {"melody_rnn": "melody_rnn_basic"}
_CUT = frozenset({"performance_rnn"})


def measure(spec: ModelSpec, data: Path, pieces: int) -> dict[str, Any]:
    """Return the figures of a network with the weights livecoder ships; only `missing` if none.

    Args:
        spec: its entry in the registry.
        data: folder whose folders have the corpora, named as `livecoder train` names networks.
        pieces: how many the network makes up by each draw; five times as many in all by the one
            that is told.
    """
    folder = data / _WHERE.get(spec.name, spec.name)
    if not (folder / "corpus.safetensors").exists():
        return {"missing": f"no training set in {folder.name}; livecoder train {folder.name}"}
    try:
        model: Any = load_model(spec.loader)
    except ModelFileError as error:
        return {"missing": str(error)}
    learnt = figures_of(_learnt(spec, folder))

    def played(temperature: float, top_p: float | None, pieces: range) -> dict[str, float]:
        return figures_of(_improvised(model, spec, temperature, top_p, n) for n in pieces)

    def off(figures: Mapping[str, float]) -> float:
        return max(map(abs, apart(learnt, figures).values()))

    tried = {draw: played(*draw, pieces=range(pieces)) for draw in DRAWS}
    few = sorted(DRAWS, key=lambda draw: off(tried[draw]))[:_FEW]
    again = {draw: played(*draw, pieces=range(pieces, 3 * pieces)) for draw in few}
    nearest = min(few, key=lambda draw: off(again[draw]))
    found: dict[str, Any] = {
        "training_set": learnt,
        "as_learnt": tried[1.0, None],
        "nearest": {
            "temperature": nearest[0],
            "top_p": nearest[1],
            **played(*nearest, pieces=range(3 * pieces, 5 * pieces)),
        },
        "tried": [{"temperature": t, "top_p": p, **tried[t, p]} for t, p in DRAWS],
    }
    if "key" in spec.settings:
        found["in_key"] = _in_key(model, spec, pieces)
    return found


def apart(learnt: Mapping[str, float], played: Mapping[str, float]) -> dict[str, float]:
    """Return how far each figure lies from that of the training set, as a share of it.

    >>> apart({"notes_per_bar": 10.0, "alike": 0.4}, {"notes_per_bar": 11.0, "alike": 0.3})
    {'notes_per_bar': 0.1, 'alike': -0.25}
    """
    return {
        name: round(played[name] / learnt[name] - 1, 4) if learnt[name] else 0.0
        for name in ("notes_per_bar", "alike")
    }


def draw_of(body: Mapping[str, Any]) -> str:
    """Return how what has these figures was drawn, as one would type it.

    >>> draw_of({"temperature": 0.7, "top_p": 0.95}), draw_of({"temperature": 1.0, "top_p": None})
    ('temperature=0.7, top_p=0.95', 'temperature=1')
    """
    share = "" if body["top_p"] is None else f", top_p={body['top_p']:g}"
    return f"temperature={body['temperature']:g}{share}"


def figures_of(pieces: Iterable[Bars]) -> dict[str, float]:
    """Return what pieces are like.

    >>> bar = [Note(rational(0), rational(1), 60.0), Note(rational(2), rational(1), 64.0)]
    >>> figures_of([[bar, bar, []]])
    {'bars': 3, 'notes_per_bar': 1.3333, 'alike': 1.0}
    """
    bars = notes = 0
    likeness: list[float] = []
    for piece in pieces:
        figures = [
            frozenset((round(note.onset * 4), round(note.pitch) % 12) for note in bar)
            for bar in piece
        ]
        bars, notes = bars + len(piece), notes + sum(map(len, piece))
        for number, figure in enumerate(figures):
            before = [other for other in figures[max(0, number - _LOOK) : number] if other]
            if figure and before:
                likeness.append(max(len(figure & other) / len(figure | other) for other in before))
    return {
        "bars": bars,
        "notes_per_bar": round(notes / max(1, bars), 4),
        "alike": round(float(np.mean(likeness)), 4) if likeness else 0.0,
    }


def _improvised(
    model: Any, spec: ModelSpec, temperature: float, top_p: float | None, number: int
) -> Bars:
    state, bars = model.initial((), beats=rational(0)), []
    chords = CHORDS if spec.name == "improv_rnn" else ()
    for bar in range(_BARS):
        seed = number * 1000 + bar
        request = BarRequest(bar, seed, FOUR, temperature, top_p=top_p, chords=chords)
        notes, state = model.compose(state, request)
        bars.append(notes)
    return bars


def _in_key(model: Any, spec: ModelSpec, pieces: int) -> float:
    inside = played = 0
    for number in range(pieces):
        state = model.initial((), beats=rational(0))
        for bar in range(_BARS):
            asked = request_of(spec, number * 1000 + bar)
            hot = BarRequest(
                bar, asked.seed, FOUR, _HOT, asked.allowed, asked.lowest, asked.highest
            )
            notes, state = model.compose(state, hot)
            played += len(notes)
            inside += sum(note.pitch % 12 in A_MINOR for note in notes)
    return round(inside / max(1, played), 6)


def _learnt(spec: ModelSpec, folder: Path) -> Iterator[Bars]:
    """Yield the training set, sixteen bars at a time."""
    name = spec.name
    if name == "music_transformer":
        from livecoder.training import piano
        from livecoder.training.transformer_listening import pieces_of

        corpus = piano.load(folder / "corpus.safetensors")
        for piece in pieces_of(corpus, "train"):
            yield [
                [Note(rational(n.onset) / 50, rational(1), float(n.pitch)) for n in bar]
                for bar in piece
            ]
        return
    from livecoder.training.families import FAMILIES
    from livecoder.training.pieces import Pieces

    family = FAMILIES[_WHERE.get(name, name)]
    pieces = Pieces.load(folder / "corpus.safetensors", family.columns)
    # Which hears what the training set is written in, and makes bars of it.
    reader: Any = load_model(spec.loader, {"config": family.config})
    numbers = pieces.of_split("test" if name in _CUT else "train")
    for number in numbers[:: max(1, len(numbers) // _READ)].tolist():
        rows = pieces.piece(number)
        classes = family.answers(rows, np.zeros((), np.int64))
        yield from _pieces_of(reader, classes.tolist())


def _pieces_of(reader: Any, classes: Iterable[int]) -> Iterator[Bars]:
    """Yield the notes of classes, sixteen whole bars at a time, and what is left at the end."""
    encoding, bars = reader.encoding, reader._bars
    heard, bar = encoding.begin(), bars.open(bars.begin(), BarRequest(0, 0, FOUR))
    piece: list[Sequence[Note]] = []
    for index in classes:
        event = encoding.event_of(heard, index)
        bar.take(event)
        heard = encoding.then(heard, event)
        if bar.full:
            piece.append(bar.notes())
            bar = bars.open(bar.place(), BarRequest(0, 0, FOUR))
        if len(piece) == _BARS:
            yield piece
            piece = []
    if len(piece) > 1:
        yield piece
