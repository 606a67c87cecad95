"""The controls: what a note can be told, as a table, and a word for each.

A control is a function, `gain(.8)`, and a method, `s("bd").gain(".8 1")`: a pattern of
dictionaries that hold it. Names are Strudel's. A control that is not in the table is set by
`.ctrl("name", value)`, kept, and handed on to the outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType, MethodType
from typing import Any, Final, NamedTuple

from livecoder.core.errors import PatternError, RangeError
from livecoder.patterns.joins import app_left
from livecoder.patterns.pattern import VARIES, Pattern, mapped, reify, relabel
from livecoder.patterns.verbs import attach, describe_argument

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


class ControlSpec(NamedTuple):
    """One control.

    Attributes:
        name: what haps call it.
        aliases: other words for it.
        unit: of its value; `name` or `note` where text will do.
        low: least sensible value, None where there is none.
        high: greatest sensible value.
        meaning: what you hear.
        outputs: which outputs use it: `audio`, `midi`; the others hand it on.
        parts: further controls that `value:value` sets, in order.
    """

    name: str
    aliases: tuple[str, ...]
    unit: str
    low: float | None
    high: float | None
    meaning: str
    outputs: tuple[str, ...]
    parts: tuple[str, ...] = ()


_BOTH = ("audio", "midi")
_AUDIO = ("audio",)
_MIDI = ("midi",)
_NONE = ()


def _row(
    names: str, unit: str, low: float | None, high: float | None, meaning: str,
    outputs: tuple[str, ...] = _NONE, parts: str = "",
) -> ControlSpec:  # fmt: skip
    name, *aliases = names.split()
    return ControlSpec(
        name, tuple(aliases), unit, low, high, meaning, outputs, tuple(parts.split())
    )


_TABLE: Final = (
    _row("s sound", "name", None, None, "The sound; bd:3 is its fourth variant", _AUDIO, "n gain"),
    _row("n", "number", None, None, "Variant of a sound, or degree of a scale", _BOTH),
    _row("note", "note", -1, 128, "Pitch: a name (c#4) or a MIDI number", _BOTH, "n"),
    _row("gain", "linear", 0, 2, "Loudness", _BOTH),
    _row("postgain", "linear", 0, 2, "Loudness after the effects"),
    _row("velocity vel", "linear", 0, 1, "How hard the note is struck", _BOTH),
    _row("pan", "position", 0, 1, "Place between left (0) and right (1)", _BOTH),
    _row("cutoff lpf lp ctf", "Hz", 20, 20000, "Low-pass filter", _AUDIO, "resonance lpenv"),
    _row("resonance lpq", "Q", 0, 50, "Resonance of the low-pass filter", _AUDIO),
    _row("hcutoff hpf hp", "Hz", 20, 20000, "High-pass filter", _AUDIO, "hresonance hpenv"),
    _row("hresonance hpq", "Q", 0, 50, "Resonance of the high-pass filter", _AUDIO),
    _row("bandf bpf bp", "Hz", 20, 20000, "Band-pass filter", _NONE, "bandq bpenv"),
    _row("bandq bpq", "Q", 0, 50, "Resonance of the band-pass filter"),
    _row("lpenv lpe", "octaves", -10, 10, "How far the low-pass envelope opens"),
    _row("lpattack lpa", "s", 0, 10, "Attack of the low-pass envelope"),
    _row("lpdecay lpd", "s", 0, 10, "Decay of the low-pass envelope"),
    _row("lpsustain lps", "linear", 0, 1, "Sustain of the low-pass envelope"),
    _row("lprelease lpr", "s", 0, 10, "Release of the low-pass envelope"),
    _row("hpenv hpe", "octaves", -10, 10, "How far the high-pass envelope opens"),
    _row("bpenv bpe", "octaves", -10, 10, "How far the band-pass envelope opens"),
    _row("attack att", "s", 0, 10, "Time to full loudness", _AUDIO),
    _row("decay dec", "s", 0, 10, "Time from there to the sustain", _AUDIO),
    _row("sustain sus", "linear", 0, 1, "Loudness while the note is held", _AUDIO),
    _row("release rel", "s", 0, 20, "Time to die away after the note", _AUDIO),
    _row("hold", "s", 0, 10, "Time at full loudness"),
    _row("clip legato", "of its time", 0, 16, "How much of its time the note is held", _BOTH),
    _row("duration dur", "cycles", 0, None, "How long the note is held"),
    _row("delay", "linear", 0, 1, "Send to the delay", _AUDIO, "delaytime delayfeedback"),
    _row("delaytime delayt dt", "s", 0, 4, "Time between echoes"),
    _row("delayfeedback delayfb dfb", "linear", 0, 0.98, "How much comes back"),
    _row("room", "linear", 0, 1, "Send to the reverb", _AUDIO, "roomsize"),
    _row("roomsize size sz rsize", "linear", 0, 10, "Size of the reverb's room"),
    _row("orbit o", "number", 0, None, "Which effects bus"),
    _row("dry", "linear", 0, 1, "How much goes past the effects"),
    _row("shape", "linear", 0, 1, "Wave shaping"),
    _row("distort dist", "linear", 0, 10, "Distortion", _NONE, "distortvol"),
    _row("crush", "bits", 1, 16, "Fewer bits"),
    _row("coarse", "samples", 1, None, "Fewer samples"),
    _row("vowel", "name", None, None, "Formants of a vowel: a e i o u"),
    _row(
        "speed", "times", None, None, "How fast a sample is played; backwards if negative", _AUDIO
    ),
    _row("begin", "of the sample", 0, 1, "Where a sample begins", _AUDIO),
    _row("end", "of the sample", 0, 1, "Where a sample ends", _AUDIO),
    _row("unit", "name", None, None, "What speed is counted in: r, c or s"),
    _row("loop", "switch", 0, 1, "Whether a sample goes round"),
    _row("cut", "number", None, None, "Sounds with one number cut each other off"),
    _row("bank", "name", None, None, "Which set of drums"),
    _row("accelerate", "octaves", None, None, "How the pitch slides"),
    _row("detune det", "semitones", None, None, "Out of tune"),
    _row("tune", "semitones", -24, 24, "A drum higher or lower than it was made", _AUDIO),
    _row("tone", "linear", 0, 1, "How much attack a drum has", _AUDIO),
    _row("snappy", "linear", 0, 1, "How much of the wires a snare has", _AUDIO),
    _row("unison", "voices", 1, 16, "Voices at once"),
    _row("spread", "linear", 0, 1, "How wide the voices stand"),
    _row("vib vibrato v", "Hz", 0, 50, "Speed of the vibrato", _NONE, "vibmod"),
    _row("vibmod vmod", "semitones", 0, 24, "Depth of the vibrato"),
    _row("fm fmi", "index", 0, None, "Frequency modulation", _NONE, "fmh"),
    _row("fmh", "ratio", 0, None, "Harmonicity of the modulator"),
    _row("noise", "linear", 0, 1, "Noise mixed in"),
    _row("phaser ph phaserrate", "Hz", 0, 20, "Speed of the phaser"),
    _row("tremolo trem", "Hz", 0, 50, "Speed of the tremolo"),
    _row("freq", "Hz", 0, 20000, "Pitch in Hz"),
    _row("octave oct", "number", -2, 10, "Octave"),
    _row("nudge", "s", -1, 1, "Earlier or later by so little", _NONE),
    _row("channels ch", "number", 1, None, "Output channels"),
    _row("midiport", "name", None, None, "MIDI port", _MIDI),
    _row("midichan", "channel", 1, 16, "MIDI channel", _MIDI),
    _row("ccn", "number", 0, 127, "MIDI controller number", _MIDI),
    _row("ccv", "linear", 0, 1, "MIDI controller value", _MIDI),
    _row("midibend", "linear", -1, 1, "Pitch wheel", _MIDI),
    _row("miditouch", "linear", 0, 1, "Aftertouch", _MIDI),
    _row("progNum", "number", 0, 127, "MIDI programme", _MIDI),
    _row("color colour", "name", None, None, "Colour to be drawn in"),
)

CONTROLS: Final = MappingProxyType({spec.name: spec for spec in _TABLE})
"""Every control by its first name."""

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
            if isinstance(value, str):
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

for _spec in _TABLE:
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
    word = CONTROL_WORDS.get(name) or ControlWord(_row(name, "name", None, None, "Yours"))
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
