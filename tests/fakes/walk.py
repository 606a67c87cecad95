"""A small real model: a melody that walks the scale by a Markov chain. No weights, no torch.

It keeps the whole of the `StreamingModel` protocol, so that everything around models can be
tested exactly and fast. Its state remembers the last pitches, so a bar that went on from the
wrong state is heard.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass

from livecoder.core.errors import ModelFileError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational

_REMEMBERED = 5
_STEP = Rational(1, 4)


@dataclass(frozen=True)
class WalkState:
    """The last pitches, newest last, and a sum over all that was ever played."""

    pitches: tuple[int, ...]
    memory: int


class Walk:
    """See the module."""

    def initial(self, primer: Iterable[Note], *, beats: Rational) -> WalkState:
        pitches = tuple(int(note.pitch) for note in primer)[-_REMEMBERED:]
        return WalkState(pitches or (60,), int(beats * 4))

    def compose(self, state: WalkState, request: BarRequest) -> tuple[tuple[Note, ...], WalkState]:
        chance = random.Random(f"{request.seed} {state.memory}")
        pitches, memory, notes = list(state.pitches), state.memory, []
        onset = request.entry or Rational(0)
        while onset < request.beats:
            length = min(_STEP * chance.choice((1, 1, 2, 4)), request.beats - onset)
            pitch = self._step(chance, pitches, request)
            notes.append(Note(onset, length, float(pitch), 0.5 + chance.randrange(40) / 100))
            pitches = [*pitches, pitch][-_REMEMBERED:]
            memory = (memory * 31 + pitch) % 1_000_003
            onset += length
        return tuple(notes), WalkState(tuple(pitches), memory)

    def _step(self, chance: random.Random, pitches: list[int], request: BarRequest) -> int:
        reach = max(1, round(4 * request.temperature))
        wish = pitches[-1] + chance.randint(-reach, reach) + (pitches[0] - pitches[-1]) // 4
        allowed = [
            pitch
            for pitch in range(request.lowest, request.highest + 1)
            if pitch % 12 in request.allowed
        ]
        return min(allowed, key=lambda pitch: (abs(pitch - wish), pitch))

    def freeze(self, state: WalkState) -> bytes:
        return json.dumps([state.pitches, state.memory]).encode()

    def thaw(self, data: bytes) -> WalkState:
        try:
            pitches, memory = json.loads(data)
            return WalkState(tuple(int(pitch) for pitch in pitches), int(memory))
        except (ValueError, TypeError) as error:
            message = f"not a walk's state: {data[:20]!r}"
            raise ModelFileError(message) from error


def load() -> Walk:
    return Walk()


def load_broken() -> Walk:
    message = "walk.safetensors is cut short; livecoder models lists what is whole"
    raise ModelFileError(message)
