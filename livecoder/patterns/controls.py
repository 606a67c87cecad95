"""The controls: what a note can be told, a word for each line of `patterns.control_table`.

A control is a function, `gain(.8)`, and a method, `s("bd").gain(".8 1")`: a pattern of
dictionaries that hold it. Names are Strudel's. A control that is not in the table is set by
`.ctrl("name", value)`, kept, and handed on to the outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MethodType
from typing import Any, Final

from livecoder.core.errors import PatternError, RangeError
from livecoder.patterns.control_table import CONTROLS, ControlSpec, control
from livecoder.patterns.joins import app_left
from livecoder.patterns.pattern import VARIES, Pattern, mapped, reify, relabel
from livecoder.patterns.verbs import attach, describe_argument
from livecoder.theory.scales import is_degree

__all__ = [
    "CONTROLS",
    "CONTROL_WORDS",
    "ControlSpec",
    "ControlWord",
    "ctrl",
    "merged",
    "midi",
    "speed",
]


_TEXTUAL = frozenset({"name", "note"})


def merged(value: Any, controls: dict[str, Any]) -> dict[str, Any]:
    """Return a value with controls put in."""
    if isinstance(value, dict):
        return {**value, **controls}
    return {"value": value, **controls}


def _put(value: Any, other: Any) -> Any:
    return merged(value, other)


class ControlWord:
    """A control as a word: `gain(.8)` is a pattern, `p.gain(.8)` the pattern with it set."""

    def __init__(self, spec: ControlSpec) -> None:
        self.spec = spec
        self.name = self.__name__ = spec.name
        self.names = (spec.name, *spec.parts)
        self.example = _EXAMPLES.get(spec.name, f".{spec.name}({_typical(spec)})")
        span = "" if spec.low is None else f", {spec.low:g} and up" if spec.high is None else (
            f", {spec.low:g} to {spec.high:g}"
        )  # fmt: skip
        also = f" Also: {', '.join(spec.aliases)}." if spec.aliases else ""
        self.__doc__ = f"{spec.meaning} ({spec.unit}{span}).{also} Try {self.example}."

    def __repr__(self) -> str:
        return f"<control {self.name}: {self.example}>"

    def __get__(self, instance: Pattern | None, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self.on, instance)

    def __call__(self, *values: Any) -> Pattern:
        """Return a pattern of this control.

        Raises:
            PatternError: no value is given, or text where a number is needed.
        """
        if not values:
            message = f"{self.name} needs a value; try {self.example}"
            raise PatternError(message)
        inside = ", ".join(map(describe_argument, values))
        return relabel(self._wrapped(values), f"{self.name}({inside})")

    def on(self, pattern: Pattern, *values: Any) -> Pattern:
        """Return a pattern with this control set; without a value, wrap its values."""
        inside = ", ".join(map(describe_argument, values))
        label = f"{pattern.label}.{self.name}({inside})"
        if not values:
            self._check(pattern)
            return mapped(pattern, self.wrap, label=label)
        return app_left(pattern, self._wrapped(values), _put, label)

    def wrap(self, value: Any) -> dict[str, Any]:
        """Return a value as a dictionary of this control."""
        if isinstance(value, dict):
            bare = {name: held for name, held in value.items() if name != "value"}
            if "value" not in value:
                return bare
            return {**bare, **self.wrap(value["value"])}
        if isinstance(value, list) and len(self.names) > 1:
            return dict(zip(self.names, value, strict=False))
        return {self.name: value}

    def _wrapped(self, values: Sequence[Any]) -> Pattern:
        pattern = reify(values[0] if len(values) == 1 else list(values))
        self._check(pattern)
        return mapped(pattern, self.wrap)

    def _check(self, pattern: Pattern) -> None:
        if self.spec.unit in _TEXTUAL:
            return
        known = (pattern.constant,) if pattern.constant is not VARIES else pattern.atoms or ()
        for value in known:
            if isinstance(value, str) and not (self.name == "n" and is_degree(value)):
                message = f"{self.name} takes numbers ({self.spec.unit}), got {value!r}"
                raise PatternError(f"{message}; try {self.example}")


def _typical(spec: ControlSpec) -> str:
    if spec.unit in _TEXTUAL:
        return '"a"'
    if spec.unit == "Hz":
        return "800"
    return "1" if spec.high is None or spec.high > 2 else "0.5"


_EXAMPLES: Final = {
    "s": 's("bd*2 sn")',
    "note": 'note("c e g")',
    "n": 'n("0 2 4").scale("c:minor")',
    "midiport": '.midi("synth", 1)',
    "bank": '.bank("kit808")',
    "cutoff": ".cutoff(sine.range(300, 2000).slow(4))",
}

CONTROL_WORDS: Final[dict[str, ControlWord]] = {}
"""The word of every control, by each of its names."""

for _spec in CONTROLS.values():
    _word = ControlWord(_spec)
    for _name in (_spec.name, *_spec.aliases):
        CONTROL_WORDS[_name] = _word
        if _name != "range":
            attach(_name, _word)

speed: Final = CONTROL_WORDS["speed"]


def ctrl(name: str, *values: Any) -> Pattern:
    """A control of any name, known or not; what no output knows is kept and handed on.

    >>> ctrl("sparkle", 3).query(0, 1)[0].value
    {'sparkle': 3}
    """
    if not isinstance(name, str) or not name:
        message = f"a control has a name, got {name!r}; try ctrl('sparkle', 3)"
        raise PatternError(message)
    word = CONTROL_WORDS.get(name) or ControlWord(control(name, "name", None, None, "Yours"))
    return word(*values)


def _ctrl_method(self: Pattern, name: str, *values: Any) -> Pattern:
    """Sets a control of any name, known or not."""
    inside = ", ".join(map(describe_argument, values))
    return app_left(self, ctrl(name, *values), _put, f'{self.label}.ctrl("{name}", {inside})')


attach("ctrl", _ctrl_method)


def midi(port: str, channel: int = 1) -> Pattern:
    """Where notes are played: a MIDI port and its channel.

    >>> midi("synth").query(0, 1)[0].value
    {'midiport': 'synth', 'midichan': 1}

    Raises:
        PatternError: the port is no name.
        RangeError: the channel is not 1 to 16.
    """
    if not isinstance(port, str) or not port.strip():
        message = f'a port has a name, got {port!r}; try .midi("synth", 1)'
        raise PatternError(message)
    if isinstance(channel, bool) or not isinstance(channel, int) or not 1 <= channel <= 16:
        raise RangeError("channel", channel, "from 1 to 16", fix=f'try .midi("{port}", 1)')
    label = f'midi("{port}", {channel})'
    return relabel(reify({"midiport": port, "midichan": channel}), label)


def _midi_method(self: Pattern, port: str, channel: int = 1) -> Pattern:
    """Plays on a MIDI port."""
    label = f'{self.label}.midi("{port}", {channel})'
    return app_left(self, midi(port, channel), _put, label)


attach("midi", _midi_method)
