"""MelodyRNN as a stream: one melody, composed a bar at a time.

Conventions: a step is a 16th, a quarter of a beat. The network hears bars of sixteen steps, as it
was trained; a bar of another length is given its steps, then the network is let pass over the
rest of its own bar unheard, so that every bar of yours begins where the network feels one. Bars of
one and two beats go on without that: they are parts of a bar to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from livecoder.core.errors import RangeError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational, rational
from livecoder.models.containers.tensors import Layout, read_file
from livecoder.models.melody_rnn import state as states
from livecoder.models.melody_rnn.encoding import (
    BAR_STEPS,
    HIGHEST,
    LOWEST,
    NO_EVENT,
    NOTE_OFF,
    Heard,
    event_of,
    input_of,
)
from livecoder.models.melody_rnn.network import MelodyNetwork
from livecoder.models.melody_rnn.sampling import draw, masked, notes_allowed
from livecoder.models.melody_rnn.state import MelodyState
from livecoder.models.melody_rnn.step import Matrices, Stepper

__all__ = ["WEIGHTS", "MelodyRNN", "load"]

WEIGHTS = Path(__file__).parent.parent / "weights" / "melody_rnn.safetensors"
_LARGEST = 4 * 2**20  # bytes of a weight file
_LONGEST = 64  # beats of a bar
_BEAT_STEPS = 4


class MelodyRNN:
    """A `core.protocols.StreamingModel` of one monophonic melody.

    Args:
        matrices: the weights, folded.
    """

    def __init__(self, matrices: Matrices) -> None:
        self._matrices = matrices

    def initial(self, primer: Iterable[Note], *, beats: Rational) -> MelodyState:
        """Return the state after hearing `primer`; notes beyond three octaves are folded in.

        Args:
            primer: notes, onsets in beats; where several begin in one 16th the highest is heard.
            beats: length of the primer; its notes are heard up to there. None: silence.

        Raises:
            RangeError: the primer is longer than 256 beats.
        """
        events = _events(primer, _steps(beats, 4 * _LONGEST)) if beats > 0 else []
        if not any(event >= 0 for event in events):
            return MelodyState.silent()
        with torch.inference_mode():
            stepper = Stepper(self._matrices, MelodyState.silent(), len(events))
            heard = Heard()
            for event in events:
                stepper.step(input_of(heard))
                heard = heard.then(event)
            return stepper.state(heard)

    def compose(
        self, state: MelodyState, request: BarRequest
    ) -> tuple[tuple[Note, ...], MelodyState]:
        """Compose one bar: see `StreamingModel.compose`. Only `request.seed` decides by chance.

        Raises:
            RangeError: the temperature is not positive, or the bar empty or over 64 beats long.
        """
        if not (math.isfinite(request.temperature) and request.temperature > 0):
            raise RangeError(
                "temperature", request.temperature, "more than 0", fix="try temperature=1.0"
            )
        steps = _steps(request.beats, _LONGEST)
        octaves = _octaves(request.lowest, request.highest)
        notes = notes_allowed(
            request.allowed, request.lowest - 12 * octaves, request.highest - 12 * octaves
        )
        chances = np.random.default_rng(request.seed % 2**64).random(steps).tolist()
        passed_over = -steps % BAR_STEPS if steps > BAR_STEPS // 2 else 0
        events: list[int] = []
        heard = state.heard
        with torch.inference_mode():
            stepper = Stepper(self._matrices, state, steps + passed_over)
            for chance in chances:
                logits = stepper.step(input_of(heard)).tolist()
                kept = masked(heard, notes)
                event = event_of(heard, draw(logits, kept, request.temperature, chance))
                events.append(event)
                heard = heard.then(event)
            for _ in range(passed_over):
                stepper.step(input_of(heard))
                heard = heard.then(NO_EVENT)
            return _notes(events, request.beats, 12 * octaves), stepper.state(heard)

    def freeze(self, state: MelodyState) -> bytes:
        """Return the state as safetensors, about 25 KB."""
        return states.freeze(state)

    def thaw(self, data: bytes) -> MelodyState:
        """Return the state that `freeze` was given.

        Raises:
            ModelFileError: the bytes are not a state of this model.
        """
        return states.thaw(data)


def load(path: Path | None = None) -> MelodyRNN:
    """Return MelodyRNN with its weights in place.

    Sets torch to one thread: matrices this small are quicker so, and their sums always add up in
    the same order, so that a seed gives the same notes whatever else the machine does.

    Args:
        path: a weight file of `livecoder train melody_rnn`; None for the weights livecoder ships.

    Raises:
        ModelFileError: the file is missing, truncated, larger than 4 MB or of another network.
    """
    torch.set_num_threads(1)
    with torch.device("meta"):
        wanted = dict(MelodyNetwork().named_parameters())
    layouts = {name: Layout("F32 F16", tuple(tensor.shape)) for name, tensor in wanted.items()}
    fix = "install livecoder again" if path is None else "give a file `livecoder train` wrote"
    arrays, _ = read_file(path or WEIGHTS, layouts, largest=_LARGEST, fix=fix)
    weights = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
    with torch.inference_mode():
        return MelodyRNN(Matrices.folded(weights))


def _steps(beats: Rational, longest: int) -> int:
    """Return the 16ths that a bar of `beats` takes, the last perhaps cut short."""
    if not 0 < beats <= longest:
        raise RangeError(
            "a bar", f"{beats} beats", f"more than 0 and at most {longest} beats", fix="try 4"
        )
    return math.ceil(beats * _BEAT_STEPS)


def _octaves(lowest: int, highest: int) -> int:
    """Return the octaves to move the network's register by, to meet that of a request.

    The nearest that leave a melody room: an octave and a half, or all there is.

    >>> _octaves(0, 127), _octaves(24, 47), _octaves(84, 108)
    (0, -2, 2)
    """

    def within(octaves: int) -> tuple[int, int]:
        low, high = max(lowest, LOWEST + 12 * octaves), min(highest, HIGHEST + 12 * octaves)
        return min(high - low, 18), -abs(octaves)

    return max(range(-4, 5), key=within)


def _events(primer: Iterable[Note], steps: int) -> list[int]:
    """Return the events of `steps` 16ths of notes, folded into the network's register."""
    spans: dict[int, tuple[int, int]] = {}
    for note in primer:
        onset = round(float(note.onset) * _BEAT_STEPS)
        end = max(onset + 1, round(float(note.onset + note.duration) * _BEAT_STEPS))
        pitch = round(note.pitch)
        folded = pitch + 12 * math.ceil(max(0, LOWEST - pitch) / 12)
        folded -= 12 * math.ceil(max(0, folded - HIGHEST) / 12)
        if 0 <= onset < steps and (onset not in spans or folded > spans[onset][1]):
            spans[onset] = (end, folded)
    events = [NO_EVENT] * steps
    for onset, following in pairwise([*sorted(spans), steps]):
        end, pitch = spans[onset]
        events[onset] = pitch
        if end < following:
            events[end] = NOTE_OFF
    return events


def _notes(events: list[int], beats: Rational, up: int) -> tuple[Note, ...]:
    """Return the notes of a bar's events; what still sounds at the bar's end is cut there."""
    notes: list[Note] = []
    begun: tuple[int, int] | None = None
    for step, event in enumerate([*events, NOTE_OFF]):
        if event == NO_EVENT:
            continue
        if begun is not None:
            onset = rational(begun[0]) / _BEAT_STEPS
            end = beats if step == len(events) else rational(step) / _BEAT_STEPS
            notes.append(Note(onset, end - onset, float(begun[1] + up)))
        begun = (step, event) if event >= 0 else None
    return tuple(notes)
