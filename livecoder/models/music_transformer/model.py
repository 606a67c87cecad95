"""Music Transformer as a stream: one piano, composed a bar at a time.

Conventions: a beat is 50 steps, whatever the tempo, 10 ms each at 120 beats a minute; the network
learnt from music laid out so, and is told where in its bar the music stands. Events are those of
Magenta's performances, `(type, value)`; `models.bars.performance` makes bars of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError, RangeError, UnknownNameError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational
from livecoder.models.bars.performance import STEPS_PER_BEAT, PerformanceBars
from livecoder.models.containers.tensors import read_free
from livecoder.models.drawing import drawn
from livecoder.models.encodings.performance import TIME_SHIFT
from livecoder.models.encodings.piano import HIGHEST, LOWEST, TOKENS, Event, Piano
from livecoder.models.music_transformer import state as states
from livecoder.models.music_transformer.playing import Caches, Playing
from livecoder.models.music_transformer.shape import BAR, TransformerShape
from livecoder.models.music_transformer.state import BEGIN, PianoState
from livecoder.models.music_transformer.step import Cache, Matrices, logits_of, step
from livecoder.models.sampling import MASKED

__all__ = ["WEIGHTS", "MusicTransformer", "load"]

WEIGHTS = Path(__file__).parent.parent / "weights" / "music_transformer.safetensors"
_LARGEST = 64 * 2**20  # bytes of a weight file
_LONGEST_PRIMER = 256  # beats
_PIANO = Piano()
# The class of `encodings.performance` that stands for each token but the two that are no events.
_CLASSES = np.array(
    [
        *range(LOWEST, HIGHEST + 1),
        *range(128 + LOWEST, 128 + HIGHEST + 1),
        *range(256, 388),
    ]
)
_SHIFTS = slice(_PIANO.class_of(0, (TIME_SHIFT, 1)), _PIANO.class_of(0, (TIME_SHIFT, 100)) + 1)


class MusicTransformer:
    """A `core.protocols.StreamingModel` of one piano.

    Args:
        matrices: the weights.
    """

    name = "music_transformer"

    def __init__(self, matrices: Matrices) -> None:
        self._matrices = matrices
        self._caches = Caches(matrices)
        self._bars = PerformanceBars(lowest=LOWEST, highest=HIGHEST)

    @property
    def shape(self) -> TransformerShape:
        """How large the network is."""
        return self._matrices.shape

    def initial(self, primer: Iterable[Note], *, beats: Rational) -> PianoState:
        """Return the state after hearing `primer`; a primer of rests alone is silence.

        Args:
            primer: notes, onsets in beats; those outside MIDI 21 to 108 are folded in by octaves.
                The network looks back on the end of a long one.
            beats: length of the primer, which ends on a bar line; notes are heard up to there. 0
                or less: silence.

        Raises:
            RangeError: the primer is longer than 256 beats.
        """
        if beats > _LONGEST_PRIMER:
            allowed = f"at most {_LONGEST_PRIMER} beats"
            raise RangeError("a primer", f"{beats} beats", allowed, fix="take its last four bars")
        if beats <= 0:
            return PianoState()
        events, place = self._bars.primer(map(_folded, primer), beats)
        begin = -sum(value for kind, value in events if kind == TIME_SHIFT)
        tokens, phases = _heard(events, begin)
        # What is read together must not fill a window, or there is no room to go on.
        last = self.shape.window // 2 + 1
        return PianoState(
            tuple(tokens[-last:]), tuple(phases[-last:]), min(last, len(tokens)) - 1, place
        )

    def compose(
        self, state: PianoState, request: BarRequest
    ) -> tuple[tuple[Note, ...], PianoState]:
        """Compose one bar: see `StreamingModel.compose`. Only `request.seed` decides by chance.

        Raises:
            RangeError: what is asked for cannot be: see `constraints.check`.
        """
        bar = self._bars.open(state.place, request)
        chance = np.random.default_rng(request.seed % 2**64)
        temperatures = request.temperatures or (request.temperature,)
        end = -int(-request.beats * STEPS_PER_BEAT // 1)
        nats: list[float] = []
        with torch.inference_mode():
            playing = Playing(self._matrices, state, self._caches.of(state))
            while not bar.full:
                logits = playing.hear()
                if (event := bar.due()) is not None:
                    bar.take(event)
                    playing.take(_PIANO.class_of(0, event), bar.now)
                    continue
                token, unexpected = drawn(
                    logits,
                    chance.random(),
                    _bias(bar.bias(0)),
                    temperature=temperatures[min(bar.step, len(temperatures) - 1)],
                    top_k=request.top_k,
                    top_p=request.top_p,
                )
                nats.append(unexpected)
                event = _PIANO.event_of(0, token)
                bar.take(event)
                playing.take(token, bar.now if bar.now < end else bar.now - end)
            surprise = sum(nats) / len(nats) if nats else None
            notes, after = bar.notes(), playing.state(bar.place(), surprise)
            self._caches.keep(after, playing.cache)
            return notes, after

    def logits(
        self,
        events: Iterable[Any],
        chords: Sequence[str] | None = None,
        controls: Sequence[Any] | None = None,
    ) -> NDArray[np.float32]:
        """Return the logits of what follows each event, `[events, 310]` float32.

        Row t is after the first t + 1 events of a piece that begins on a bar line; every bar is
        four beats of 50 steps. Windows slide as they do in a performance.

        Args:
            events: `(type, value)` as `encodings.performance` has them.
            chords: it takes none.
            controls: it takes none.

        Raises:
            RangeError: an event is none, or chords or controls were given.
        """
        if chords is not None or controls is not None:
            what = "chords" if controls is None else "controls"
            raise RangeError(what, "given", "left out: music_transformer takes none", fix="omit it")
        tokens, phases = _heard(list(events), 0)
        half = self.shape.window // 2
        rows: list[NDArray[np.float32]] = []
        with torch.inference_mode():
            for start in range(0, max(1, len(tokens) - half), half):
                part = slice(start, start + self.shape.window)
                seen = logits_of(self._matrices, tokens[part], phases[part])
                rows.append(seen[half:] if start else seen)
        # Nothing is asked after the beginning, which is no event.
        return np.concatenate(rows)[1:]

    def freeze(self, state: PianoState) -> bytes:
        """Return the state as safetensors, at most a few KB."""
        return states.freeze(state)

    def thaw(self, data: bytes) -> PianoState:
        """Return the state that `freeze` was given.

        Raises:
            ModelFileError: the bytes are not a state of this model.
        """
        return states.thaw(data, self.shape.window)


def load(path: Path | str | None = None, config: str | None = None) -> MusicTransformer:
    """Return Music Transformer with its weights in place: see the package's `load`.

    Sets torch to one thread: its sums then add up in the same order, so that a seed gives the same
    notes whatever else the machine does.
    """
    if config not in {None, "music_transformer"}:
        raise UnknownNameError(
            "config of music_transformer", str(config), ("music_transformer",), listing="this"
        )
    torch.set_num_threads(1)
    file = WEIGHTS if path is None else Path(path)
    fix = "install livecoder again" if path is None else "give a file `livecoder train` wrote"
    arrays = _arrays(file, fix)
    sizes = {name: tuple(array.shape) for name, array in arrays.items()}
    shape = TransformerShape.of(sizes, str(file), fix)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            message = f"{file} holds numbers that are not finite in {name!r}; {fix}"
            raise ModelFileError(message)
    matrices = Matrices.folded(shape, arrays)
    # Compiles, or takes what was compiled from the disk: so that no bar waits for it.
    drawn(step(matrices, Cache(shape), BEGIN, 0), 0.5, np.zeros(TOKENS))
    return MusicTransformer(matrices)


def _arrays(file: Path, fix: str) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of a weight file."""
    try:
        size = file.stat().st_size
        if size > _LARGEST:
            message = f"{file} has {size} bytes, at most {_LARGEST} are allowed; {fix}"
            raise ModelFileError(message)
        return read_free(file.read_bytes(), kinds="F32 F16")[0]
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror}); {fix}"
        raise ModelFileError(message) from error
    except ModelFileError as error:
        if str(file) in str(error):
            raise
        message = f"{file} is no file livecoder can use: {error}; {fix}"
        raise ModelFileError(message) from None


def _folded(note: Note) -> Note:
    """Return a note moved by octaves onto the piano.

    >>> _folded(Note(Rational(0), Rational(1), 110.0)).pitch
    98.0
    """
    pitch = round(note.pitch)
    pitch += 12 * -(-max(0, LOWEST - pitch) // 12)
    pitch -= 12 * -(-max(0, pitch - HIGHEST) // 12)
    return note._replace(pitch=float(pitch))


def _heard(events: Sequence[Event], begin: int) -> tuple[list[int], list[int]]:
    """Return tokens and phases of a piece, its beginning first.

    >>> _heard([(3, 100), (3, 100), (3, 50)], 0)
    ([1, 277, 277, 227], [0, 100, 0, 50])

    Args:
        events: of the piece.
        begin: step, counted from a bar line, at which it begins.
    """
    tokens, phases, now = [BEGIN], [begin % BAR], begin
    for event in events:
        if event[0] == TIME_SHIFT:
            now += event[1]
        tokens.append(_PIANO.class_of(0, event))
        phases.append(now % BAR)
    return tokens, phases


def _bias(classes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what to add to the logits of each token, `[310]`, of the same for 388 classes.

    Where nothing on the piano may come, time may pass.
    """
    bias = np.full(TOKENS, MASKED)
    bias[2:] = classes[_CLASSES]
    if bias.max() == MASKED:
        bias[_SHIFTS.start] = 0.0
    return bias
