"""How a sound is declared: as data, which documentation, validation and completion read.

Units: Hz, seconds, semitones, and `share` for what goes from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = ["Parameter", "SoundSpec"]

_UNITS = frozenset({"Hz", "s", "semitones", "share"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a sound a performer can set: `.cutoff(900)`.

    Attributes:
        name: the control that sets it.
        unit: `"Hz"`, `"s"`, `"semitones"` or `"share"` (0 to 1).
        low: least it can be; less sounds like this.
        high: most it can be; more sounds like this.
        default: when a note does not say.
        doc: one line.
        aliases: other controls that set it.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    doc: str
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in _UNITS or not self.low <= self.default <= self.high:
            message = (
                f"parameter {self.name}: unit {self.unit}, default {self.default} out of range"
            )
            raise ValueError(message)

    def read(self, controls: Mapping[str, Any]) -> float:
        """Return the value a note asks for, inside the range; the default if it asks for none.

        >>> Parameter("decay", "s", 0.05, 2.0, 0.5, "until silent").read({"decay": 9})
        2.0
        """
        for name in (self.name, *self.aliases):
            given = controls.get(name)
            if isinstance(given, (int, float)) and given == given:  # a NaN is no wish
                return float(min(max(given, self.low), self.high))
        return self.default


@dataclass(frozen=True, slots=True)
class SoundSpec:
    """One sound.

    Attributes:
        name: what `s(name)` says.
        doc: one line, for people.
        kind: `"drum"` (struck, rings out, unpitched), `"synth"` (held, pitched) or `"kit"`
            (a note number chooses a drum).
        parameters: what can be set, besides what every sound has (`gain velocity pan note`).
        aliases: other names of the same sound.
        voices: how many of its notes can sound at once on one track; then the oldest gives way.
        cuts: sound whose ringing notes this one ends, as a closed hat shuts the open one.
        pieces: for a kit: MIDI note number to the name of a drum.
    """

    name: str
    doc: str
    kind: str
    parameters: tuple[Parameter, ...] = ()
    aliases: tuple[str, ...] = ()
    voices: int = 8
    cuts: str = ""
    pieces: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def values(self, controls: Mapping[str, Any]) -> dict[str, float]:
        """Return every parameter's value for a note with these controls."""
        return {parameter.name: parameter.read(controls) for parameter in self.parameters}
