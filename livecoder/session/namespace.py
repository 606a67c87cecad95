"""Every name the performer sees, in one dictionary made by one function."""

from __future__ import annotations

from collections.abc import Mapping

from livecoder.patterns import vocabulary
from livecoder.session.commands import stage_commands
from livecoder.session.stage import Stage
from livecoder.session.tracks import Track

__all__ = ["TRACKS", "build_namespace"]

# A command and a method at once: the word nudges all that plays, the method sets the control.
_COMMANDS_FIRST = frozenset({"nudge", "osc"})
TRACKS = tuple(f"d{number}" for number in range(1, 17))


def build_namespace(stage: Stage, commands: Mapping[str, object]) -> dict[str, object]:
    """Return a fresh namespace for a stage: patterns, tracks, commands.

    Args:
        stage: where the tracks play.
        commands: what the session adds, `save` and the like, by name.

    Raises:
        ValueError: two things want one name. Nothing a performer types may hide another.
    """
    names: dict[str, object] = {}
    layers: tuple[Mapping[str, object], ...] = (
        {n: getattr(vocabulary, n) for n in vocabulary.__all__ if n not in _COMMANDS_FIRST},
        {name: Track(stage, name) for name in TRACKS},
        stage_commands(stage),
        commands,
    )
    for layer in layers:
        if twice := names.keys() & layer.keys():
            message = f"two things are called {sorted(twice)}"
            raise ValueError(message)
        names.update(layer)
    return names
