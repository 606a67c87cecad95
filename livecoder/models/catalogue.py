"""Which configurations the note-by-note models have: Magenta's ids, what each hears and answers.

A table, read without torch. `registry` is the table of names a performer types; this one says
what stands behind each of those that are stacks of LSTMs.

Source: Magenta 2.1.4, `default_configs` of `melody_rnn_model`, `drums_rnn_model`,
`improv_rnn_model`, `polyphony_model` and `performance_model`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from livecoder.core.errors import UnknownNameError
from livecoder.models.encodings import improv
from livecoder.models.encodings.conditioned import Conditioned
from livecoder.models.encodings.drums import Drums
from livecoder.models.encodings.melody import KeyMelody, LookbackMelody, OneHotMelody
from livecoder.models.encodings.performance import (
    ModuloPerformance,
    Performance,
    PerformanceControls,
)
from livecoder.models.encodings.polyphony import Polyphony
from livecoder.models.encodings.protocol import Encoding

__all__ = ["CONFIGS", "Config", "configs_of", "find_config"]

Asked = Literal["chords", "controls"]


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration of a model.

    Attributes:
        model: as a performer types it: `"melody_rnn"`.
        id: Magenta's name, which its bundles bear: `"attention_rnn"`.
        encoding: makes its encoding.
        attention: steps its attention looks back, where a file does not say; 0 for none.
        asked: what is asked of each event beside the events: chords, controls, or nothing.
        weights: file of `livecoder.models.weights`, without ending, if livecoder ships it.
        short: other names a performer may type: `"attention"`.
    """

    model: str
    id: str
    encoding: Callable[[], Encoding[Any, Any, Any]]
    attention: int = 0
    asked: Asked | None = None
    weights: str | None = None
    short: tuple[str, ...] = ()


def _performance(*, density: bool = True, pitches: bool = True, optional: bool = False) -> Any:
    """Return the encoding of a performance of which something is asked."""
    controls = PerformanceControls(density, pitches, optional)
    return Conditioned("conditioned_performance", controls, Performance())


# The first of each model is the one that is meant when nobody says.
_CONFIGS = (
    Config(
        "melody_rnn", "attention_rnn", KeyMelody, 40, weights="melody_rnn", short=("attention",)
    ),
    Config("melody_rnn", "basic_rnn", OneHotMelody, weights="melody_rnn_basic", short=("basic",)),
    Config("melody_rnn", "lookback_rnn", LookbackMelody, short=("lookback",)),
    Config("melody_rnn", "mono_rnn", lambda: OneHotMelody(0, 127), short=("mono",)),
    Config("drums_rnn", "drum_kit", Drums, 32, weights="drums_rnn", short=("drum_kit_rnn",)),
    Config(
        "improv_rnn",
        "chord_pitches_improv",
        improv.chord_pitches_improv,
        asked="chords",
        weights="improv_rnn",
        short=("chord_pitches",),
    ),
    Config("improv_rnn", "basic_improv", improv.basic_improv, asked="chords", short=("basic",)),
    Config(
        "improv_rnn",
        "attention_improv",
        improv.attention_improv,
        40,
        asked="chords",
        short=("attention",),
    ),
    Config(
        "polyphony_rnn", "polyphony", Polyphony, weights="polyphony_rnn", short=("polyphony_rnn",)
    ),
    Config(
        "performance_rnn",
        "multiconditioned_performance_with_dynamics",
        _performance,
        asked="controls",
        weights="performance_rnn",
        short=("multiconditioned",),
    ),
    Config("performance_rnn", "performance", lambda: Performance(dynamics=False)),
    Config(
        "performance_rnn",
        "performance_with_dynamics",
        Performance,
        short=("dynamics", "performance_with_dynamics_compact"),
    ),
    Config(
        "performance_rnn",
        "density_conditioned_performance_with_dynamics",
        lambda: _performance(pitches=False),
        asked="controls",
        short=("density_conditioned",),
    ),
    Config(
        "performance_rnn",
        "pitch_conditioned_performance_with_dynamics",
        lambda: _performance(density=False),
        asked="controls",
        short=("pitch_conditioned",),
    ),
    Config(
        "performance_rnn",
        "optional_multiconditioned_performance_with_dynamics",
        lambda: _performance(optional=True),
        asked="controls",
        short=("optional_multiconditioned",),
    ),
    Config(
        "performance_rnn",
        "performance_with_dynamics_and_modulo_encoding",
        ModuloPerformance,
        short=("modulo",),
    ),
)

CONFIGS: Mapping[tuple[str, str], Config] = MappingProxyType(
    {(config.model, config.id): config for config in _CONFIGS}
)
"""Every configuration, by model and Magenta's id."""


def configs_of(model: str) -> tuple[Config, ...]:
    """Return the configurations of a model, the usual one first.

    >>> [config.id for config in configs_of("melody_rnn")]
    ['attention_rnn', 'basic_rnn', 'lookback_rnn', 'mono_rnn']

    Raises:
        UnknownNameError: no stack of LSTMs is called so.
    """
    found = tuple(config for config in _CONFIGS if config.model == model)
    if not found:
        models = dict.fromkeys(config.model for config in _CONFIGS)
        raise UnknownNameError("model", model, models, listing="livecoder models")
    return found


def find_config(model: str, name: str) -> Config:
    """Return a configuration by Magenta's id or its short name.

    >>> find_config("melody_rnn", "basic").id
    'basic_rnn'

    Raises:
        UnknownNameError: the model has no such configuration.
    """
    configs = configs_of(model)
    for config in configs:
        if name == config.id or name in config.short:
            return config
    known = [config.id for config in configs]
    raise UnknownNameError(f"config of {model}", name, known, listing=" or ".join(known))
