"""PerformanceRNN: a piano as it is played, to the hundredth of a second, with loudness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livecoder.models.bars.performance import PerformanceBars, PerformancePlace
from livecoder.models.encodings.conditioned import Conditioned
from livecoder.models.encodings.performance import (
    USUAL_DENSITY,
    ModuloPerformance,
    Performance,
    PerformanceControls,
)
from livecoder.models.loading import LoadedModel, load_model
from livecoder.models.streaming import EventStream

__all__ = ["PerformanceRNN", "load", "stream"]

PerformanceRNN = EventStream[int, tuple[int, int], tuple[object, ...], PerformancePlace]


def load(
    path: str | Path | None = None,
    config: str | None = None,
    checkpoint: str | Path | None = None,
) -> PerformanceRNN:
    """Return PerformanceRNN with its weights in place; a beat is half a second to it.

    Where nothing is asked, Magenta's own conditioned networks are told what Magenta tells them,
    15 notes a second and equal weights of pitch classes; ours have learnt to do without.

    Args:
        path: a weight file of `livecoder train performance_rnn`; None for the weights livecoder
            ships.
        config: Magenta's id, `multiconditioned_performance_with_dynamics` and the like.
        checkpoint: Magenta's own file, in place of `path`.

    Raises:
        UnknownNameError: no configuration is called so.
        ModelFileError: the file is missing, damaged or of another network.
    """
    file = checkpoint or path
    foreign = file is not None and Path(file).suffix != ".safetensors"
    return stream(load_model("performance_rnn", file, config), foreign=foreign)


def stream(loaded: LoadedModel, *, foreign: bool = False) -> PerformanceRNN:
    """Return the stream of a network that was loaded.

    Args:
        loaded: the network.
        foreign: whether it must always be asked for something, as those of Magenta.
    """
    encoding: Any = loaded.encoding
    asked = encoding.controls if isinstance(encoding, Conditioned) else None
    events = encoding.events if isinstance(encoding, Conditioned) else encoding
    names: tuple[str, ...] = ()
    if isinstance(asked, PerformanceControls):
        names = ("density",) * asked.density + ("pitches",) * asked.pitches
    usual = {"density": USUAL_DENSITY, "pitches": (1.0,) * 12}
    bars = PerformanceBars(
        dynamics=not isinstance(events, Performance | ModuloPerformance) or events.dynamics,
        controls=names,
        optional=isinstance(asked, PerformanceControls) and asked.optional,
        usual=tuple(usual[name] for name in names) if foreign else None,
    )
    return EventStream(f"performance_rnn/{loaded.config.id}", encoding, loaded.weights, bars)
