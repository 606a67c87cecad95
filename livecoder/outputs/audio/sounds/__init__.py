"""Every sound by name, declared as data; importable without pyo.

`SOUNDS` knows each sound by its name and by each of its aliases.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.outputs.audio.sounds.kit808 import KIT808
from livecoder.outputs.audio.sounds.spec import Parameter, SoundSpec
from livecoder.outputs.audio.sounds.synths import SYNTHS

__all__ = ["SOUNDS", "Parameter", "SoundSpec", "resolve"]


def _by_name(specs: tuple[SoundSpec, ...]) -> Mapping[str, SoundSpec]:
    table: dict[str, SoundSpec] = {}
    for spec in specs:
        for name in (spec.name, *spec.aliases):
            if name in table:
                message = f"two sounds are called {name}"
                raise ValueError(message)
            table[name] = spec
    return MappingProxyType(table)


SOUNDS: Mapping[str, SoundSpec] = _by_name((*KIT808, *SYNTHS))


def resolve(name: str, note: float | None = None) -> SoundSpec:
    """Return the sound that plays when a note says `s(name)`.

    >>> resolve("kick").name, resolve("kit808", 42).name, resolve("kit808").name
    ('bd', 'hh', 'bd')

    Args:
        name: a sound or one of its aliases.
        note: MIDI number; a kit's piece goes by it (without one, its kick), other sounds ignore it.

    Raises:
        UnknownNameError: no such sound; says which is near.
        RangeError: the kit has no piece on that note.
    """
    spec = SOUNDS.get(name)
    if spec is None:
        raise UnknownNameError("sound", name, SOUNDS, listing="help(sounds)")
    if spec.kind != "kit":
        return spec
    number = min(spec.pieces) if note is None else round(note)
    if number not in spec.pieces:
        allowed = f"a drum from {min(spec.pieces)} to {max(spec.pieces)}"
        raise RangeError("note", note, allowed, fix=f"try note(36) for the kick of {spec.name}")
    return SOUNDS[spec.pieces[number]]
