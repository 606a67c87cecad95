"""The networks of a performance: who plays on which track, in which key, from which bar.

A thin layer over `studio.stream.StreamDesk`: it gives streams their names, lets them follow the
key of the set unless a performer gave them one of their own, and remembers settings so that a
block that failed can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from livecoder.core.errors import PatternError, RangeError, UnknownNameError
from livecoder.core.events import Note
from livecoder.core.rational import Rational, floor
from livecoder.patterns.pattern import Pattern, reify
from livecoder.session.events import controls_of
from livecoder.studio.stream import Settings, Stream, StreamDesk
from livecoder.theory.scales import Key, parse_key

__all__ = ["Mark", "Networks"]

# How far ahead of an edit a track is asked which networks it contains.
_LOOK = 8
_PRIMER_BARS = 4
_HANDLES = ("temperature", "key", "seed", "prime", "lowest", "highest")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a block that fails is put back to."""

    settings: Mapping[str, Settings]
    own_key: frozenset[str]
    opened: int
    key: Key | None


class Networks:
    """Opens streams and changes them."""

    def __init__(self, desk: StreamDesk) -> None:
        self.key: Key | None = None
        self._desk = desk
        self._streams: dict[str, Stream] = {}
        self._settings: dict[str, Settings] = {}
        self._own_key: frozenset[str] = frozenset()
        self._opened = 0

    def melody_rnn(
        self,
        temperature: float = 1.0,
        *,
        key: str | None = None,
        seed: int = 0,
        prime: Any = None,
        lowest: int = 48,
        highest: int = 84,
    ) -> Stream:
        """Hear a network improvise a melody in the key.

        `d3 >> melody_rnn().s("pluck")` goes on for ever, and is a pattern like any other.

        Args:
            temperature: 1 as it learned, below calmer, above wilder; 0.1 to 4.
            key: one of its own (`"d:dorian"`); without, it keeps to the key of the set.
            seed: another number, another melody.
            prime: a pattern or mini-notation whose first bars it goes on from.
            lowest: lowest MIDI note it may play.
            highest: highest MIDI note it may play.

        Raises:
            RangeError: the temperature or the range make no sense.
            UnknownNameError: no such key.
        """
        given: dict[str, Any] = {
            "temperature": temperature,
            "seed": seed,
            "lowest": lowest,
            "highest": highest,
        }
        given |= {name: value for name, value in (("key", key), ("prime", prime)) if value}
        settings = self._changed(Settings(key=self.key), given)
        name = f"melody_rnn {self._opened + 1}"
        stream = self._desk.open("melody_rnn", name, settings)
        self._opened += 1
        self._streams[name], self._settings[name] = stream, settings
        if key is not None:
            self._own_key |= {name}
        return stream

    @property
    def count(self) -> int:
        """How many networks were opened."""
        return len(self._streams)

    @contextmanager
    def probing(self) -> Iterator[list[Stream]]:
        """Ask patterns without composing: each bar of a stream answers with one middle C."""
        with self._desk.probing() as asked:
            yield asked

    def streams(self, source: Pattern | None, at: Rational) -> frozenset[Stream]:
        """Return the networks that a pattern asks in the cycles from `at`."""
        if source is None or not self._streams:
            return frozenset()
        begin = Rational(floor(at))
        with self._desk.probing() as asked:
            source.query(begin, begin + _LOOK)
        return frozenset(asked)

    @contextmanager
    def editing(self, at: Rational) -> Iterator[None]:
        """Let networks and scheduler change together: put what an edit does to both inside."""
        with self._desk.editing(at):
            yield

    def withdraw(self, streams: frozenset[Stream], at: Rational) -> None:
        """Forget what was composed for windows from `at` on."""
        for stream in streams:
            self._desk.withdraw(stream, at)

    def retune(
        self, streams: frozenset[Stream], at: Rational, given: Mapping[str, Any]
    ) -> frozenset[Stream]:
        """Change settings of networks from a bar on; returns those that changed.

        Raises:
            PatternError: there is no network.
            RangeError: a setting makes no sense.
        """
        changed = {
            stream: self._changed(self._settings[stream.name], given)
            for stream in self._needed(streams)
        }
        for stream, settings in changed.items():
            if "key" in given:
                self._own_key |= {stream.name}
            self._set(stream, at, settings)
        return streams

    def again(self, streams: frozenset[Stream], at: Rational) -> frozenset[Stream]:
        """Compose anew from a bar on.

        Raises:
            PatternError: there is no network.
        """
        for stream in self._needed(streams):
            self._set(
                stream,
                at,
                replace(self._settings[stream.name], take=self._settings[stream.name].take + 1),
            )
        return streams

    def rekey(self, key: Key | None, at: Rational) -> frozenset[Stream]:
        """Move the networks that follow the key of the set; returns those that moved."""
        self.key = key
        moved = frozenset(
            stream for name, stream in self._streams.items() if name not in self._own_key
        )
        for stream in moved:
            self._set(stream, at, replace(self._settings[stream.name], key=key))
        return moved

    def mark(self) -> Mark:
        """Return what `restore` puts back."""
        settings = MappingProxyType(dict(self._settings))
        return Mark(settings, self._own_key, self._opened, self.key)

    def restore(self, mark: Mark, at: Rational) -> frozenset[Stream]:
        """Put settings back from a bar on; returns the networks that changed."""
        changed = frozenset(
            stream
            for name, stream in self._streams.items()
            if mark.settings.get(name, self._settings[name]) != self._settings[name]
        )
        for stream in changed:
            self._set(stream, at, mark.settings[stream.name])
        self.key, self._own_key, self._opened = mark.key, mark.own_key, mark.opened
        for name in self._streams.keys() - mark.settings.keys():
            self._desk.close(self._streams.pop(name))
            del self._settings[name]
        return changed

    def _set(self, stream: Stream, at: Rational, settings: Settings) -> None:
        self._settings[stream.name] = settings
        self._desk.retune(stream, at, settings)

    def _needed(self, streams: frozenset[Stream]) -> list[Stream]:
        if not streams:
            message = "no network plays on this track; d1 >> melody_rnn().s('pluck') starts one"
            raise PatternError(message)
        return sorted(streams, key=lambda stream: stream.name)

    def _changed(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        for name, value in given.items():
            match name:
                case "key":
                    settings = replace(settings, key=parse_key(value))
                case "prime":
                    settings = replace(settings, primer=_primer(value))
                case "temperature" | "seed" | "lowest" | "highest":
                    _check_number(name, value)
                    settings = replace(settings, **{name: value})
                case _:
                    raise UnknownNameError("handle", name, _HANDLES, listing="help(d1)")
        if settings.lowest + 11 > settings.highest:
            raise RangeError(
                "lowest and highest",
                (settings.lowest, settings.highest),
                "at least an octave apart",
                fix="try melody_rnn(lowest=48, highest=84)",
            )
        return settings


_RANGES: Mapping[str, tuple[type, float, float, str]] = {
    "temperature": (float, 0.1, 4.0, "temperature=1.1"),
    "seed": (int, 0, 2**31, "seed=3"),
    "lowest": (int, 0, 116, "lowest=48"),
    "highest": (int, 11, 127, "highest=84"),
}


def _check_number(name: str, value: Any) -> None:
    kind, low, high, example = _RANGES[name]
    wanted = (int, float) if kind is float else int
    if isinstance(value, bool) or not isinstance(value, wanted) or not low <= value <= high:
        whole = "" if kind is float else "a whole number "
        raise RangeError(name, value, f"{whole}from {low:g} to {high:g}", fix=f"try {example}")


def _primer(given: Any) -> tuple[tuple[Note, ...], Rational]:
    """Return the notes of a pattern's first bars, and how many cycles they fill."""
    pattern = reify(given)
    length = Rational(_PRIMER_BARS)
    notes = []
    for hap in pattern.query(0, length):
        controls = controls_of(hap.value) if hap.has_onset else {}
        if hap.whole is not None and "note" in controls:
            end = min(hap.whole.end, length)
            notes.append(Note(hap.whole.begin, end - hap.whole.begin, controls["note"]))
    if not notes:
        message = f"{given!r} has no notes to go on from; try prime('a4 c5 e5 c5')"
        raise PatternError(message)
    return tuple(sorted(notes)), length
