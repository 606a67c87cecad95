"""The models a stream may be opened on: a table of names, read without importing any model.

A model is one entry: its word at the prompt, the help for it, what it heeds and how workers share
it out all come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from livecoder.core.errors import RangeError, UnknownNameError

__all__ = ["MODELS", "Choice", "ModelSpec", "find", "read_choice", "spelled"]

_NONE: Mapping[str, str] = MappingProxyType({})
_ALWAYS = frozenset({"temperature", "seed", "prime", "top_k", "top_p", "density"})
_PITCHED = _ALWAYS | {"key", "lowest", "highest"}
_SUNG = _PITCHED | {"chords", "strong", "ending"}


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model.

    Attributes:
        name: as a performer types it.
        loader: `"package.module:function"`, called in the worker, returns a `StreamingModel`.
        help: one line, for lists.
        says: what is heard, for `help(melody_rnn)`.
        example: a line to type.
        settings: what of `studio.settings.Settings` it heeds.
        configs: what it may be built like, short name to Magenta's; the first is the default.
        shipped: of those, the ones whose weights are here; the others want a checkpoint.
        slow: whether a bar of it takes so long that it is composed apart from the quick ones.
        lowest: lowest MIDI note, unless a performer says another.
        highest: highest MIDI note, likewise.
        drums: whether its notes are drums by their General MIDI numbers.
    """

    name: str
    loader: str
    help: str
    says: str
    example: str
    settings: frozenset[str]
    configs: Mapping[str, str] = field(default_factory=lambda: _NONE)
    shipped: tuple[str, ...] = ()
    slow: bool = False
    lowest: int = 48
    highest: int = 84
    drums: bool = False


class Choice(NamedTuple):
    """A model as it was asked for.

    Attributes:
        spec: the entry.
        config: Magenta's name of how it is built; None for the default.
        checkpoint: path of the weights; None for those livecoder ships.
    """

    spec: ModelSpec
    config: str | None = None
    checkpoint: str | None = None

    @property
    def slow(self) -> bool:
        """Whether it is composed apart: a stranger's network may have any size."""
        return self.spec.slow or self.checkpoint is not None

    @property
    def options(self) -> dict[str, str]:
        """Return what its loader is called with."""
        given = {"config": self.config, "checkpoint": self.checkpoint}
        return {name: value for name, value in given.items() if value is not None}


_SPECS = (
    ModelSpec(
        "melody_rnn",
        "livecoder.models.melody_rnn.model:load",
        "a melody that goes on for ever, one voice, sixteenth notes",
        "Hear a network improvise a melody in the key.",
        'd3 >> melody_rnn().s("pluck")',
        _SUNG,
        MappingProxyType(
            {
                "attention": "attention_rnn",
                "basic": "basic_rnn",
                "lookback": "lookback_rnn",
                "mono": "mono_rnn",
            }
        ),
        ("attention", "basic"),
    ),
    ModelSpec(
        "drums_rnn",
        "livecoder.models.drums_rnn:load",
        "a drummer that goes on for ever, nine drums, sixteenth notes",
        "Hear a network play the drums; a kit or a MIDI port gives them their sound.",
        'd4 >> drums_rnn().s("kit808")',
        _ALWAYS | {"polyphony"},
        MappingProxyType({"drum_kit": "drum_kit"}),
        ("drum_kit",),
        lowest=0,
        highest=127,
        drums=True,
    ),
    ModelSpec(
        "improv_rnn",
        "livecoder.models.improv_rnn:load",
        "a melody over the chords it is given, one voice, sixteenth notes",
        "Hear a network improvise over chords, each heard by it one sixteenth ahead.",
        'd3 >> improv_rnn(chords="<Am7 D7 G^7>").s("keys")',
        _SUNG,
        MappingProxyType(
            {
                "chord_pitches": "chord_pitches_improv",
                "basic": "basic_improv",
                "attention": "attention_improv",
            }
        ),
        ("chord_pitches",),
    ),
    ModelSpec(
        "polyphony_rnn",
        "livecoder.models.polyphony_rnn:load",
        "several voices in the manner of chorales, sixteenth notes",
        "Hear a network play in several voices, as in a chorale.",
        'd5 >> polyphony_rnn().s("pad")',
        _PITCHED | {"polyphony", "chords", "strong", "ending"},
        MappingProxyType({"polyphony": "polyphony"}),
        ("polyphony",),
        lowest=36,
        highest=81,
    ),
    ModelSpec(
        "performance_rnn",
        "livecoder.models.performance_rnn:load",
        "a pianist with touch and timing of its own, as dense as you say",
        "Hear a network play the piano freely: loud and soft, and off the grid.",
        'd6 >> performance_rnn(density=4, pitches="c:major").s("keys")',
        _PITCHED | {"polyphony", "pitches", "melody"},
        MappingProxyType(
            {
                "multiconditioned": "multiconditioned_performance_with_dynamics",
                "optional_multiconditioned": "optional_multiconditioned_performance_with_dynamics",
                "density_conditioned": "density_conditioned_performance_with_dynamics",
                "pitch_conditioned": "pitch_conditioned_performance_with_dynamics",
                "dynamics": "performance_with_dynamics",
                "performance": "performance",
                "modulo": "performance_with_dynamics_and_modulo_encoding",
            }
        ),
        ("multiconditioned",),
        slow=True,
        lowest=21,
        highest=108,
    ),
    ModelSpec(
        "music_transformer",
        "livecoder.models.music_transformer:load",
        "a pianist that comes back to what it played in the last bars",
        "Hear a network play the piano and come back to what it played some bars ago.",
        'd7 >> music_transformer(temperature=.75, top_p=.9).s("keys")',
        _PITCHED | {"polyphony", "melody"},
        slow=True,
        lowest=21,
        highest=108,
    ),
)

MODELS: Mapping[str, ModelSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})


def find(name: str) -> ModelSpec:
    """Return a model's entry.

    >>> find("melody_rnn").help
    'a melody that goes on for ever, one voice, sixteenth notes'

    Raises:
        UnknownNameError: nobody registered it.
    """
    if name not in MODELS:
        raise UnknownNameError("model", name, MODELS, listing="livecoder models")
    return MODELS[name]


def spelled(name: str, config: str | None = None, checkpoint: str | None = None) -> str:
    """Return a model as one text, which names it among workers and in keys of bars.

    >>> spelled("melody_rnn"), spelled("melody_rnn", "basic"), spelled("drums_rnn", None, "a.mag")
    ('melody_rnn', 'melody_rnn:basic_rnn', 'drums_rnn::a.mag')

    Args:
        name: of the model.
        config: how it is built, by its short name or Magenta's; None for the default.
        checkpoint: path of the weights; None for those livecoder ships.

    Raises:
        UnknownNameError: no such model, or it has no such config.
        RangeError: livecoder ships no weights for that config, and no checkpoint is given.
    """
    spec = find(name)
    full = None if config is None else _config(spec, config)
    ours = [spec.configs[short] for short in spec.shipped]
    if full is not None and checkpoint is None:
        if full not in ours:
            allowed = f"one with weights here ({', '.join(spec.shipped)}), or with a checkpoint"
            fix = f'try {name}(config={config!r}, checkpoint="FILE.mag")'
            raise RangeError("config", config, allowed, fix=fix)
        if full == ours[0]:
            full = None
    parts = (name, full or "", checkpoint or "")
    return ":".join(parts).rstrip(":")


def read_choice(text: str) -> Choice:
    """Return what `spelled` wrote.

    >>> choice = read_choice("melody_rnn:basic_rnn:C:/a.mag")
    >>> choice.spec.name, choice.config, choice.checkpoint
    ('melody_rnn', 'basic_rnn', 'C:/a.mag')

    Raises:
        UnknownNameError: nobody registered it.
    """
    name, _, more = text.partition(":")
    config, _, checkpoint = more.partition(":")
    return Choice(find(name), config or None, checkpoint or None)


def _config(spec: ModelSpec, config: str) -> str:
    if config in spec.configs:
        return spec.configs[config]
    if config in spec.configs.values():
        return config
    raise UnknownNameError(
        f"config of {spec.name}", str(config), tuple(spec.configs) or ("its own",),
        listing=f"help({spec.name})",
    )  # fmt: skip
