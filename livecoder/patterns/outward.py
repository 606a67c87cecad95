"""Where haps go besides sounds and MIDI ports: OSC."""

from __future__ import annotations

from livecoder.core.errors import PatternError
from livecoder.patterns.controls import merged
from livecoder.patterns.joins import app_left
from livecoder.patterns.pattern import Pattern, reify
from livecoder.patterns.verbs import attach

__all__: list[str] = []


def _osc_method(self: Pattern, place: str = "superdirt", path: str | None = None) -> Pattern:
    """Sends it as OSC to a place: SuperDirt, one that `osc_out` named, or `"127.0.0.1:9000"`.

    Nothing else plays it then: `.superimpose(lambda x: x.osc("lights"))` does both.

    >>> reify({"s": "bd"}).osc("lights", "/flash").query(0, 1)[0].value
    {'s': 'bd', 'osc': 'lights', 'oscpath': '/flash'}

    Raises:
        PatternError: the place is no name, or the path does not begin with a slash.
    """
    if not isinstance(place, str) or not place.strip():
        message = f'a place for OSC has a name, got {place!r}; try .osc("superdirt")'
        raise PatternError(message)
    if path is not None and not str(path).startswith("/"):
        message = f'a path begins with a slash, got {path!r}; try .osc("{place}", "/light")'
        raise PatternError(message)
    controls = {"osc": place} if path is None else {"osc": place, "oscpath": path}
    label = f"{self.label}.osc({', '.join(map(repr, controls.values()))})"
    return app_left(self, reify(controls), merged, label)


attach("osc", _osc_method)
