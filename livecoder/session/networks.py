"""The networks of a performance: who plays on which track, in which key, from which bar.

A thin layer over `studio.stream.StreamDesk`: it gives streams their names, lets them follow the
key of the set unless a performer gave them one of their own, and remembers settings so that a
block that failed can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from livecoder.core.errors import ModelFileError, PatternError, RangeError, UnknownNameError
from livecoder.core.rational import ZERO, Rational, floor
from livecoder.models.registry import MODELS, ModelSpec, find, spelled
from livecoder.patterns.pattern import Pattern
from livecoder.session.accompanying import melody_from
from livecoder.session.listening import Listening
from livecoder.session.primers import primer_of
from livecoder.studio.handles import (
    HANDLES,
    checked,
    chords_of,
    temperature_of,
    weights_of,
)
from livecoder.studio.settings import NO_PRIMER
from livecoder.studio.stream import Settings, Stream, StreamDesk
from livecoder.theory.scales import Key, parse_key

__all__ = ["Mark", "Networks", "checkpoint_of", "heeds"]

# How far ahead of an edit a track is asked which networks it contains.
_LOOK = 8


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
        # The cycle that what is typed now acts from; the stage, which knows it, says so.
        self.edge: Callable[[], Rational] = lambda: ZERO
        self.desk = desk
        self._streams: dict[str, Stream] = {}
        self._settings: dict[str, Settings] = {}
        self._own_key: frozenset[str] = frozenset()
        self._opened = 0

    def open(self, model: str, **given: Any) -> Stream:
        """Return a new stream of a network, as its word at the prompt does.

        Args:
            model: name of the model.
            given: settings of it, and `config` and `checkpoint`; None is as if it was not given.

        Raises:
            RangeError: a setting makes no sense.
            UnknownNameError: no such key, config or setting.
            ModelFileError: there is no such checkpoint.
        """
        given = {name: value for name, value in given.items() if value is not None}
        chosen, settings = self.prepared(model, given)
        name = self.name(model)
        stream = self.desk.open(chosen, name, settings)
        self._streams[name], self._settings[name] = stream, settings
        if "key" in given:
            self._own_key |= {name}
        return stream

    def name(self, model: str) -> str:
        """Return a new name, the same in every performance of the same script."""
        self._opened += 1
        return f"{model} {self._opened}"

    def prepared(self, model: str, given: Mapping[str, Any]) -> tuple[str, Settings]:
        """Return how a model is spelled, and the settings it opens with; see `open`."""
        spec = find(model)
        rest = {name: given[name] for name in given if name not in ("config", "checkpoint")}
        path = given.get("checkpoint")
        checkpoint = None if path is None else checkpoint_of(model, path)
        chosen = spelled(model, given.get("config"), checkpoint)
        key = self.key if "key" in spec.settings else None
        plain = Settings(key=key, lowest=spec.lowest, highest=spec.highest)
        return chosen, self._changed(plain, rest, spec)

    @property
    def count(self) -> int:
        """How many networks were opened."""
        return len(self._streams)

    @contextmanager
    def probing(self) -> Iterator[list[Stream]]:
        """Ask patterns without composing: each bar of a stream answers with one middle C."""
        with self.desk.probing() as asked:
            yield asked

    def streams(self, source: Pattern | None, at: Rational) -> frozenset[Stream]:
        """Return the networks that a pattern asks in the cycles from `at`."""
        if source is None or not self._streams:
            return frozenset()
        begin = Rational(floor(at))
        with self.desk.probing() as asked:
            source.query(begin, begin + _LOOK)
        return frozenset(asked)

    @contextmanager
    def editing(self, at: Rational) -> Iterator[None]:
        """Let networks and scheduler change together: put what an edit does to both inside."""
        with self.desk.editing(at):
            yield

    def withdraw(self, streams: frozenset[Stream], at: Rational) -> None:
        """Forget what was composed for windows from `at` on."""
        for stream in streams:
            self.desk.withdraw(stream, at)

    def retune(
        self, streams: frozenset[Stream], at: Rational, given: Mapping[str, Any]
    ) -> frozenset[Stream]:
        """Change settings of networks from a bar on; returns those that changed.

        Raises:
            PatternError: there is no network.
            RangeError: a setting makes no sense.
        """
        changed = {
            stream: self._changed(self._settings[stream.name], given, stream.spec)
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
            stream
            for name, stream in self._streams.items()
            if name not in self._own_key and heeds(stream.spec, "key")
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
            self.desk.close(self._streams.pop(name))
            del self._settings[name]
        return changed

    def _set(self, stream: Stream, at: Rational, settings: Settings) -> None:
        self._settings[stream.name] = settings
        self.desk.retune(stream, at, settings)

    def _needed(self, streams: frozenset[Stream]) -> list[Stream]:
        if not streams:
            message = "no network plays on this track; d1 >> melody_rnn().s('pluck') starts one"
            raise PatternError(message)
        return sorted(streams, key=lambda stream: stream.name)

    def _changed(
        self, settings: Settings, given: Mapping[str, Any], spec: ModelSpec | None
    ) -> Settings:
        for name, value in given.items():
            if name in HANDLES and not heeds(spec, name):
                raise _deaf(spec, name)
            match name:
                case "key":
                    settings = replace(settings, key=None if value is None else parse_key(value))
                case "prime":
                    settings = self._primed(settings, value, spec)
                case "temperature":
                    settings = replace(settings, temperature=temperature_of(value))
                case "chords":
                    settings = replace(settings, chords=chords_of(value))
                case "melody":
                    settings = replace(settings, melody=self._melody(value))
                case "pitches":
                    settings = replace(settings, pitches=weights_of(value))
                case _ if name in HANDLES:
                    settings = replace(settings, **{name: checked(name, value)})
                case _:
                    raise UnknownNameError("handle", name, HANDLES, listing="help(d1)")
        _agree(settings, given)
        return settings

    def _melody(self, value: Any) -> Pattern | None:
        edge = self.edge()
        beats = self.desk.beats_of_bar(floor(edge))
        return melody_from(value, asks=lambda made: bool(self.streams(made, edge)), beats=beats)

    def _primed(self, settings: Settings, value: Any, spec: ModelSpec | None) -> Settings:
        if isinstance(value, Listening):
            return replace(settings, listening=value, primer=NO_PRIMER)
        beats = self.desk.beats_of_bar(floor(self.edge()))
        primer = primer_of(value, drums=spec is not None and spec.drums, beats=beats)
        return replace(settings, primer=primer, listening=None)


def checkpoint_of(model: str, path: Any) -> str:
    """Return the path of a checkpoint as text, if there is something.

    Raises:
        ModelFileError: there is nothing; says what may be given.
    """
    found = Path(path).expanduser() if isinstance(path, (str, Path)) and str(path) else None
    beside = () if found is None else (found, found.with_name(found.name + ".index"))
    if found is None or not any(each.exists() for each in beside):
        message = (
            f"there is no checkpoint at {path!r}; give the path of a .mag bundle, of a TensorFlow "
            f"checkpoint, or of a magenta.js folder: {model}(checkpoint='FILE.mag')"
        )
        raise ModelFileError(message)
    return str(found)


def heeds(spec: ModelSpec | None, name: str) -> bool:
    """Whether a network listens to a setting; one of nobody's registry hears all."""
    return spec is None or name in spec.settings


def _deaf(spec: ModelSpec | None, name: str) -> PatternError:
    model, known = ("it", ()) if spec is None else (spec.name, spec.settings)
    others = [other.name for other in MODELS.values() if name in other.settings]
    message = (
        f"{model} heeds no {name}; it heeds {', '.join(sorted(known))}"
        f" ({name} is for {', '.join(others)})"
    )
    return PatternError(message)


def _agree(settings: Settings, given: Mapping[str, Any]) -> None:
    """Refuse settings that make no sense together."""
    if settings.lowest + 11 > settings.highest:
        raise RangeError(
            "lowest and highest",
            (settings.lowest, settings.highest),
            "at least an octave apart",
            fix="try melody_rnn(lowest=48, highest=84)",
        )
    if settings.strong and settings.chords is None:
        message = 'strong=True wants chords to choose from; try chords="<Am7 D7>", strong=True'
        raise PatternError(message)
    if given.get("ending") is not None and settings.key is None:
        message = f'ending={settings.ending} wants a key to come to rest in; try key("a:minor")'
        raise PatternError(message)
