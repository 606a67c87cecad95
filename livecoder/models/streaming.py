"""Every note-by-note network as a stream: an encoding, a stack of LSTMs, and bars.

A `core.protocols.StreamingModel`. The stack has always been fed every event but the last; so the
next answer comes from feeding that one, with what is asked of the event to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import ModelFileError, RangeError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational
from livecoder.models.bars.protocol import Bars
from livecoder.models.containers.tensors import Layout, read_bytes, write_tensors
from livecoder.models.drawing import drawn
from livecoder.models.encodings.protocol import Encoding
from livecoder.models.lstm.state import LARGEST, StackState
from livecoder.models.lstm.step import StackWeights, Stepper

__all__ = ["LONGEST_PRIMER", "EventStream", "StreamState"]

LONGEST_PRIMER = 256
"""Beats."""
_FIX = "start the stream again from its primer"
_ROOM = 256  # steps of memory that attention takes at a time

HeardT = TypeVar("HeardT")
EventT = TypeVar("EventT")
ControlT = TypeVar("ControlT")
PlaceT = TypeVar("PlaceT")


@dataclass(frozen=True, slots=True, eq=False)
class StreamState(Generic[HeardT, PlaceT]):
    """A place in endless music.

    Attributes:
        stack: what the network remembers.
        heard: the music so far, as far as the encoding needs it.
        place: as far as the bars need it.
        surprise: of the bar before it: nats per event that was drawn, for the network alone,
            nothing masked; None after a primer. It is told, not kept: a frozen state has it not.
    """

    stack: StackState
    heard: HeardT
    place: PlaceT
    surprise: float | None = None


class EventStream(Generic[HeardT, EventT, ControlT, PlaceT]):
    """A network of events as a `core.protocols.StreamingModel`.

    Args:
        name: of the model, for states and messages.
        encoding: what the network hears, and what its classes mean.
        weights: of its stack.
        bars: what makes notes of events.

    Raises:
        ModelFileError: the stack has not the inputs and classes of the encoding.
    """

    def __init__(
        self,
        name: str,
        encoding: Encoding[HeardT, EventT, ControlT],
        weights: StackWeights,
        bars: Bars[HeardT, EventT, ControlT, PlaceT],
    ) -> None:
        shape = weights.shape
        if (shape.inputs, shape.classes) != (encoding.inputs, encoding.classes):
            message = (
                f"a network with {shape.inputs} inputs and {shape.classes} classes is no {name} "
                f"of {encoding.name}, which has {encoding.inputs} and {encoding.classes}; "
                "give the config the weights are of"
            )
            raise ModelFileError(message)
        self.name = name
        self.encoding = encoding
        self.weights = weights
        self._bars = bars
        # Compiles, or takes what was compiled from the disk: so that no bar waits for it.
        logits = Stepper(weights, StackState.silent(weights.shape), 1).step({})
        drawn(logits, 0.5, np.zeros(len(logits)))

    def initial(self, primer: Iterable[Note], *, beats: Rational) -> StreamState[HeardT, PlaceT]:
        """Return the state after hearing `primer`; a primer of rests alone is as none at all.

        Args:
            primer: notes, onsets in beats.
            beats: length of the primer; its notes are heard up to there. 0 or less: none.

        Raises:
            RangeError: the primer is longer than 256 beats.
        """
        if beats > LONGEST_PRIMER:
            allowed = f"at most {LONGEST_PRIMER} beats"
            raise RangeError("a primer", f"{beats} beats", allowed, fix="take its last four bars")
        heard, place = self.encoding.begin(), self._bars.begin()
        silent = StackState.silent(self.weights.shape)
        events: Sequence[EventT] = self._bars.opening()
        if beats > 0:
            events, place = self._bars.primer(primer, beats)
        stepper = Stepper(self.weights, silent, len(events))
        for event in events:
            stepper.step(self.encoding.active(heard))
            heard = self.encoding.then(heard, event)
        return StreamState(stepper.state(), heard, place)

    def compose(
        self, state: StreamState[HeardT, PlaceT], request: BarRequest
    ) -> tuple[tuple[Note, ...], StreamState[HeardT, PlaceT]]:
        """Compose one bar: see `StreamingModel.compose`. Only `request.seed` decides by chance.

        Raises:
            RangeError: what is asked for cannot be: see `constraints.check`.
        """
        encoding, heard = self.encoding, state.heard
        bar = self._bars.open(state.place, request)
        chance = np.random.default_rng(request.seed % 2**64)
        temperatures = request.temperatures or (request.temperature,)
        stepper = _Roomy(self.weights, state.stack, self._bars.most(request.beats))
        nats: list[float] = []
        while not bar.full:
            logits = stepper.step(encoding.active(heard, bar.control()))
            if (event := bar.due()) is not None:
                bar.take(event)
                heard = encoding.then(heard, event)
                continue
            index, unexpected = drawn(
                logits,
                chance.random(),
                bar.bias(heard),
                temperature=temperatures[min(bar.step, len(temperatures) - 1)],
                top_k=request.top_k,
                top_p=request.top_p,
            )
            nats.append(unexpected)
            event = encoding.event_of(heard, index)
            bar.take(event)
            heard = encoding.then(heard, event)
        for event in bar.rest():
            stepper.step(encoding.active(heard, bar.control()))
            heard = encoding.then(heard, event)
        mean = sum(nats) / len(nats) if nats else None
        return bar.notes(), StreamState(stepper.state(), heard, bar.place(), mean)

    def freeze(self, state: StreamState[HeardT, PlaceT]) -> bytes:
        """Return the state as safetensors, at most 256 KiB.

        Raises:
            RangeError: the network is so large that its state is more.
        """
        arrays: dict[str, Any] = dict(state.stack.arrays())
        arrays["heard"] = np.array(self.encoding.numbers(state.heard), np.int64)
        arrays["place"] = np.array(self._bars.numbers(state.place), np.int64)
        data = write_tensors(arrays, {"state": self.name})
        if len(data) > LARGEST:
            allowed = f"at most {LARGEST} bytes"
            fix = "take a checkpoint with smaller layers or a shorter attention"
            raise RangeError("a state", f"{len(data)} bytes", allowed, fix=fix)
        return data

    def thaw(self, data: bytes) -> StreamState[HeardT, PlaceT]:
        """Return the state that `freeze` was given.

        Raises:
            ModelFileError: the bytes are not a state of this model.
        """
        what = f"this state of {self.name}"
        if len(data) > LARGEST:
            message = f"a state has at most {LARGEST} bytes, this one {len(data)}; {_FIX}"
            raise ModelFileError(message)
        layouts = StackState.layouts(self.weights.shape)
        layouts |= {"heard": Layout("I64", (None,)), "place": Layout("I64", (None,))}
        arrays, metadata = read_bytes(data, layouts, what=what, fix=_FIX)
        if metadata.get("state") != self.name:
            message = f"this is a state of {metadata.get('state')!r}, not of {self.name}; {_FIX}"
            raise ModelFileError(message)
        stack = StackState.of(self.weights.shape, arrays)
        try:
            heard = self.encoding.heard_of(arrays["heard"].tolist())
            place = self._bars.place_of(arrays["place"].tolist())
        except ValueError as error:
            message = f"{what} holds numbers no music leads to ({error}); {_FIX}"
            raise ModelFileError(message) from error
        return StreamState(stack, heard, place)


class _Roomy:
    """A `Stepper` that takes room for attention as it goes, not for the longest bar there may be.

    Args:
        weights: of the stack.
        state: where to begin.
        most: how many steps there will be at most.
    """

    def __init__(self, weights: StackWeights, state: StackState, most: int) -> None:
        self._weights = weights
        self._room = most if weights.shape.attention is None else min(most, _ROOM)
        self._taken = 0
        self._stepper = Stepper(weights, state, self._room)

    def step(self, active: Any) -> NDArray[Any]:
        """Take one step: see `Stepper.step`."""
        if self._taken == self._room and self._weights.shape.attention is not None:
            self._stepper = Stepper(self._weights, self._stepper.state(), self._room)
            self._taken = 0
        self._taken += 1
        return self._stepper.step(active)

    def state(self) -> StackState:
        """Return where the stack stands."""
        return self._stepper.state()
