"""The seams of livecoder: what one room may ask of another, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from livecoder.core.events import Note, Order
from livecoder.core.haps import Hap
from livecoder.core.rational import Rational, RationalLike

__all__ = ["BarRequest", "Clock", "Output", "Source", "StreamingModel"]

StateT = TypeVar("StateT")


class Source(Protocol):
    """Anything that answers "what happens in this span of cycles?"."""

    def query(self, begin: RationalLike, end: RationalLike) -> Sequence[Hap]:
        """Return the haps that meet `[begin, end)` cycles.

        Splitting a query changes nothing but the cuts. Never waits: where a network has not yet
        composed what is asked for, raises `NotReadyError`.
        """


class Clock(Protocol):
    """Where nanoseconds come from, and the only place a thread waits for one."""

    def now_ns(self) -> int:
        """Return `CLOCK_MONOTONIC` nanoseconds; every process of the machine reads the same."""

    def sleep_until_ns(self, deadline: int) -> None:
        """Return at `deadline`, or at once if it has passed, or early when woken."""


class Output(Protocol):
    """Where events become sound: a MIDI or audio process, a file, a list in a test."""

    def send(self, order: Order) -> None:
        """Hand over an order. Never blocks, never raises for a late event."""


@dataclass(frozen=True, slots=True)
class BarRequest:
    """One bar to compose.

    A network heeds what it can; `models.constraints` says how each is kept to.

    Attributes:
        bar: number of the bar in the stream; only names it and seeds it.
        seed: of this bar alone: from the session seed, the stream, its generation and `bar`.
        beats: length of the bar in quarter-note beats.
        temperature: divides the logits; 1.0 as trained, below calmer, above wilder.
        allowed: pitch classes (0 = C) that may sound; every other note-on is masked.
        lowest: lowest MIDI note that may sound.
        highest: highest MIDI note that may sound.
        top_k: draw only from the likeliest so many answers; None for all.
        top_p: draw only from the likeliest answers that together have this share; None for all.
        density: notes per second, with a beat of half a second (120 bpm); None as trained.
        polyphony: notes that may sound at once; None as trained.
        chords: `(beat, figure)` from the bar's start, ascending, the first at 0; one at `beats` is
            the first of the next bar. Figures as `Am7`, `N.C.` for none; empty where none is known.
        strong: on strong beats only notes of the chord sound.
        tonic: pitch class (0 = C) the bar must end on; None for any.
        pitches: twelve weights of pitch classes, from C, 0 or more; for networks that take them.
        temperatures: one for each 16th of the bar, the last for all after it; None for
            `temperature` throughout.
        melody: notes that somebody else plays in this bar, for networks that accompany: onsets in
            beats from its start, below 0 for one that still sounds. None of them is composed.
        entry: beat on which a note begins, at the next 16th if it is on none; None for any.
    """

    bar: int
    seed: int
    beats: Rational
    temperature: float = 1.0
    allowed: frozenset[int] = frozenset(range(12))
    lowest: int = 0
    highest: int = 127
    top_k: int | None = None
    top_p: float | None = None
    density: float | None = None
    polyphony: int | None = None
    chords: tuple[tuple[Rational, str], ...] = ()
    strong: bool = False
    tonic: int | None = None
    pitches: tuple[float, ...] | None = None
    temperatures: tuple[float, ...] | None = None
    melody: tuple[Note, ...] = ()
    entry: Rational | None = None


class StreamingModel(Protocol[StateT]):
    """A network that composes one bar at a time.

    The state is a value: composing never changes the state it was given, so a bar can be thrown
    away and composed again, or a stream carried to another process. Weights live on the model.
    """

    def initial(self, primer: Iterable[Note], *, beats: Rational) -> StateT:
        """Return the state after hearing `primer` (`beats` beats of notes; none for silence)."""

    def compose(self, state: StateT, request: BarRequest) -> tuple[tuple[Note, ...], StateT]:
        """Compose one bar.

        Returns:
            The notes, earliest first, onsets in beats from the bar's start, each ending by the
            end of the bar; and the state to go on from.
        """

    def freeze(self, state: StateT) -> bytes:
        """Return the state as bytes, at most 256 KiB: safetensors, never a pickle."""

    def thaw(self, data: bytes) -> StateT:
        """Return the state that `freeze` was given.

        Raises:
            ModelFileError: the bytes are not a state of this model.
        """


# What a hap's value may hold; kept loose because performers may invent controls.
Controls = dict[str, Any]
