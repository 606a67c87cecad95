"""`generate`: several takes of a network, composed at once and put in order for the performer."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from livecoder.core.errors import PatternError, RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, floor
from livecoder.models.registry import find
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.spans import sect
from livecoder.session.loops import Loop
from livecoder.session.network_words import NetworkWord
from livecoder.session.stage import Stage
from livecoder.session.tracks import Track
from livecoder.studio.measures import Measures, measured, with_likelihood
from livecoder.studio.stream import StreamDesk
from livecoder.studio.takes import Batch, Take

__all__ = ["Candidate", "Candidates", "Generating"]

_MOST_BARS, _MOST_TAKES = 64, 64
# Between two looks: Ctrl-C acts within it. And how often progress is told.
_LOOK_S, _TELL_S = 0.05, 2.0
_AUDITION = "audition"


class Candidate(Loop):
    """One take, as a pattern that goes round: `d3 >> takes.best().s("keys")`.

    Attributes:
        take: its notes.
        measures: what was measured of it.
        score: by which it was ranked, 0 to 1.
    """

    take: Take
    measures: Measures
    score: float

    def __init__(self, model: str, take: Take, measures: Measures, score: float) -> None:
        label = f"{model} take {take.number} ({score:.2f})"
        super().__init__(_asked_of(take), label, 0, len(take.bars))
        self.take, self.measures, self.score = take, measures, score

    def scored(self, model: str, score: float) -> Candidate:
        """Return the same take with another score."""
        return Candidate(model, self.take, self.measures, score)


class Candidates(Sequence[Candidate]):
    """Takes of one network, in the order they were composed or, after `ranked`, best first.

    They are being composed when this is made. Whoever looks at one waits for all, and Ctrl-C gives
    up; `await takes` waits while the prompt stays free. The music plays on either way.
    """

    def __init__(
        self, model: str, batch: Batch, stage: Stage, measure: Callable[[Take], Measures]
    ) -> None:
        """Wait for nothing yet."""
        self._model, self._batch, self._stage = model, batch, stage
        self._measure = measure
        self._found: tuple[Candidate, ...] | None = None

    def __len__(self) -> int:
        return len(self._there())

    def __getitem__(self, place: Any) -> Any:
        return self._there()[place]

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._there())

    def __repr__(self) -> str:
        if self._found is None:
            done, total = self._batch.done, self._batch.total
            return f"{self._model}: {done} of {total} bars composed; .ranked() puts them in order"
        lines = [
            f"{place}. take {one.take.number}: {one.score:.2f} ({one.measures})"
            for place, one in enumerate(self._found, start=1)
        ]
        return "\n".join([f"{self._model}: .best(), .take(3), .audition()", *lines])

    def __await__(self) -> Generator[Any, None, Candidates]:
        """Wait for all takes while the prompt stays free."""
        while self._found is None:
            ended = yield from asyncio.to_thread(self._batch.wait, _LOOK_S).__await__()
            if ended:
                self._there()
        return self

    def ranked(self, **weights: float) -> Candidates:
        """Put the takes in order, best first, by measures from 0 to 1.

        `ranked(tonal=2, density=0)` counts one twice and another not at all. The measures are
        tonal, repetition, range, density, rhythm and likelihood; `help(generate)` says what each
        is.
        """
        scored = [one.scored(self._model, one.measures.score(weights)) for one in self._there()]
        ordered = Candidates(self._model, self._batch, self._stage, self._measure)
        ordered._found = tuple(sorted(scored, key=lambda one: (-one.score, one.take.number)))
        return ordered

    def best(self) -> Candidate:
        """Return the take with the highest score."""
        return self._ordered()[0]

    def take(self, number: int = 1) -> list[Candidate]:
        """Return so many of the best takes, best first."""
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise RangeError("take", number, "a whole number from 1", fix="try takes.take(3)")
        return self._ordered()[:number]

    def audition(self, track: Track | None = None, sound: str | None = None) -> Track:
        """Play the takes one after the other, from the next bar line, then be silent.

        Args:
            track: on which; on one of its own, `track("audition")`, if not said.
            sound: as `.s(...)` takes it; a piano, or a kit for drums, if not said.
        """
        takes = list(self._there())
        kit = find(self._model).drums
        sound = sound or ("kit808" if kit else "keys")
        stage = self._stage
        begin = floor(stage.boundary())
        begin += stage.scheduler.ahead(Rational(begin))
        played = _one_after_another(takes, begin, f"{len(takes)} takes of {self._model}")
        held = track if isinstance(track, Track) else Track(stage, _AUDITION)
        stage.assign(held.name, played.s(sound))
        return held

    def _ordered(self) -> list[Candidate]:
        return sorted(self._there(), key=lambda one: (-one.score, one.take.number))

    def _there(self) -> tuple[Candidate, ...]:
        """Return the takes; wait for them, a moment at a time."""
        if self._found is None:
            told = time.monotonic()
            try:
                while not self._batch.wait(_LOOK_S):
                    if time.monotonic() - told > _TELL_S:
                        told = time.monotonic()
                        done, total = self._batch.done, self._batch.total
                        sys.stdout.write(f"{self._model}: {done} of {total} bars composed\n")
            except BaseException:
                self._batch.forget()
                raise
            takes = self._batch.takes()
            plain = [self._measure(take) for take in takes]
            told_by = with_likelihood(plain, [take.surprise for take in takes])
            self._found = tuple(
                Candidate(self._model, take, measures, measures.score())
                for take, measures in zip(takes, told_by, strict=True)
            )
        return self._found


class Generating:
    """The word `generate` of one session or render."""

    def __init__(self, stage: Stage, desk: StreamDesk) -> None:
        """Speak for a stage.

        Args:
            stage: where takes are auditioned, and whose key they keep to.
            desk: has them composed.
        """
        self._stage, self._desk = stage, desk

    def generate(
        self, model: Any, bars: int = 4, variations: int = 8, **settings: Any
    ) -> Candidates:
        """Compose some bars several times over, and choose among them by stated measures.

        `d3 >> generate(melody_rnn, bars=4, variations=8).ranked().best().s("keys")` plays the one
        with the best score. A take is a pattern like any other, that goes round. Measured are:
        tonal (how clearly in one key), repetition (bars that come back, not all the same), range,
        density (onsets a beat), rhythm (how it lies to the beat) and likelihood (how probable the
        network finds it, where it tells); docs/models.md says how.

        Args:
            model: the word of a network: `melody_rnn`, `drums_rnn`.
            bars: of each take, 1 to 64.
            variations: how many takes, 1 to 64.
            settings: as the word of the network takes them: `temperature=1.2, key="d:dorian"`.

        Raises:
            RangeError: a number makes no sense.
            PatternError: the model is none.
        """
        if isinstance(model, NetworkWord):
            model = model.spec.name
        if not isinstance(model, str):
            message = f"{model!r} is no network; try generate(melody_rnn, bars=4, variations=8)"
            raise PatternError(message)
        _check("bars", bars, _MOST_BARS)
        _check("variations", variations, _MOST_TAKES)
        networks, desk = self._stage.networks, self._desk
        given = {name: value for name, value in settings.items() if value is not None}
        chosen, held = networks.prepared(model, given)
        batch = Batch(
            desk.composer,
            chosen,
            held,
            name=networks.name(model),
            seed=desk.seed,
            bars=bars,
            variations=variations,
            beats=desk.beats_of_bar(floor(self._stage.edge())),
        )
        drums = find(model).drums
        return Candidates(
            model,
            batch,
            self._stage,
            lambda take: measured(take.bars, take.beats, drums=drums, density=held.density),
        )


def _asked_of(take: Take) -> Callable[[Span], list[Hap]]:
    def ask(span: Span) -> list[Hap]:
        haps = []
        for bar in range(floor(span.begin), max(floor(span.begin) + 1, -floor(-span.end))):
            for note in take.bars[bar % len(take.bars)]:
                begin = bar + note.onset / take.beats
                whole = Span(begin, begin + note.duration / take.beats)
                if (part := sect(whole, span)) is not None:
                    haps.append(Hap(whole, part, {"note": note.pitch, "velocity": note.velocity}))
        return haps

    return ask


def _one_after_another(takes: Sequence[Candidate], begin: int, label: str) -> Pattern:
    """Return takes that are heard once each, the first from a cycle on."""
    bars = takes[0].bars

    def ask(span: Span) -> list[Hap]:
        haps: list[Hap] = []
        for bar in range(floor(span.begin), max(floor(span.begin) + 1, -floor(-span.end))):
            place = (bar - begin) // bars
            if not 0 <= place < len(takes):
                continue
            # A take goes round from cycle 0; here its first bar is where its turn begins.
            back = begin + place * bars
            first, last = max(span.begin, Rational(bar)), min(span.end, Rational(bar + 1))
            inside = Span(first - back, last - back)
            haps += [
                hap._replace(whole=_moved(hap.whole, back), part=_moved(hap.part, back))
                for hap in takes[place].ask(inside)
                if hap.whole is not None
            ]
        return haps

    return Pattern(ask, label)


def _moved(span: Span, by: int) -> Span:
    return Span(span.begin + by, span.end + by)


def _check(name: str, value: Any, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        fix = "try generate(melody_rnn, bars=4, variations=8)"
        raise RangeError(name, value, f"from 1 to {most}", fix=fix)
