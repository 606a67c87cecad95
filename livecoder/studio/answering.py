"""Call and response: a stream that answers phrases in place of playing on.

Whoever listens tells which call a bar answers. Each answer is a stream of its own, opened on the
phrase that was played and named by the bar it begins in, so that it is the same notes whenever it
is asked for: live, replayed or rendered. It begins with a note where it is to be heard first, not
with a rest: whoever played waits for it. A phrase that may be over is composed for before that is
certain; what was guessed wrong is forgotten.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Protocol

from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, floor
from livecoder.studio.book import Stream
from livecoder.studio.calls import Call, Calls
from livecoder.studio.settings import Settings

__all__ = ["Answers", "Desk"]

# Answers of one stream that are kept, so that a loop of the last bars finds them.
_KEPT = 32


class Desk(Protocol):
    """What answers need of `studio.stream.StreamDesk`."""

    def open(self, model: str, name: str, settings: Settings) -> Stream:
        """Return a new stream."""

    def close(self, stream: Stream) -> None:
        """Forget a stream."""

    def settings(self, stream: Stream, at: Rational) -> Settings:
        """Return the settings in force at a cycle."""

    def prepare(self, stream: Stream, bar: int) -> None:
        """Have a bar composed that may become the first one asked for."""


class Answers:
    """The answers of every stream that listens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: dict[str, OrderedDict[str, tuple[Stream, Settings]]] = {}

    def haps(self, stream: Stream, calls: Calls, span: Span, *, playing: bool) -> list[Hap]:
        """Return what a stream answers in a span.

        Args:
            stream: the one that listens.
            calls: to whom.
            span: cycles of the song.
            playing: whether a track asks; else nothing new is begun.

        Raises:
            NotReadyError: it cannot be told yet, or the answer is still being composed.
        """
        found: list[Hap] = []
        first = floor(span.begin)
        bars = range(first, max(first + 1, -floor(-span.end)))
        for bar in bars:
            begin, end = max(span.begin, Rational(bar)), min(span.end, Rational(bar + 1))
            call = calls.call(bar, max(begin, end), slow=stream.slow)
            if call is None or not (playing or self._name(stream, call) in self._held(stream)):
                continue
            found += [
                hap
                for hap in self._answer(stream, call).query(begin, end)
                if hap.whole is not None and call.begins <= hap.whole.begin < call.ends
            ]
        for bar in (bars[-1], bars[-1] + 1) if playing else ():
            if (guess := calls.guess(bar, slow=stream.slow)) is not None:
                self._desk.prepare(self._answer(stream, guess), bar)
        return found

    def of(self, stream: Stream) -> list[Stream]:
        """Return the answers of a stream that are open."""
        return [answer for answer, _ in list(self._held(stream).values())]

    def close(self, stream: Stream) -> None:
        """Forget the answers of a stream."""
        for answer in self.of(stream):
            self._desk.close(answer)
        self._open.pop(stream.name, None)

    def _held(self, stream: Stream) -> OrderedDict[str, tuple[Stream, Settings]]:
        return self._open.setdefault(stream.name, OrderedDict())

    @staticmethod
    def _name(stream: Stream, call: Call) -> str:
        return f"{stream.name} answer {call.bar + 1}"

    def _answer(self, stream: Stream, call: Call) -> Stream:
        held = self._held(stream)
        settings = self._desk.settings(stream, call.at)
        settings = replace(settings, listening=None, primer=call.primer, entry=call.begins)
        name = self._name(stream, call)
        if name in held:
            answer, asked = held[name]
            if asked == settings:
                return answer
            del held[name]
            self._desk.close(answer)
        answer = self._desk.open(stream.model, name, settings)
        held[name] = answer, settings
        while len(held) > _KEPT:
            self._desk.close(held.popitem(last=False)[1][0])
        return answer
