"""The sounds as pyo graphs; imported by the engine alone, for it imports pyo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from livecoder.outputs.audio.sounds.builders.drums import DRUMS
from livecoder.outputs.audio.sounds.builders.drums import LOOPS as DRUM_LOOPS
from livecoder.outputs.audio.sounds.builders.graph import FRAMES, Board, Graph, Strike
from livecoder.outputs.audio.sounds.builders.synths import LOOPS as SYNTH_LOOPS
from livecoder.outputs.audio.sounds.builders.synths import SYNTHS

__all__ = ["BUILDERS", "FRAMES", "LOOPS", "Board", "Graph", "Strike"]

BUILDERS: Mapping[str, Callable[[Board], Graph]] = MappingProxyType({**DRUMS, **SYNTHS})

LOOPS: tuple[tuple[str, *tuple[float, ...]], ...] = (*DRUM_LOOPS, *SYNTH_LOOPS)
