"""Every word a performer has for patterns, under each of its spellings.

A word is here because its module declares it: a verb or a control that attached itself to
patterns, or a function or signal in the `__all__` of its family. Words that would hide what
Python itself calls so (`range`, `round`, `slice`) end in an underscore; as methods they need not.
"""

from __future__ import annotations

import builtins
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from livecoder.patterns import (
    chance,
    choices,
    choosing,
    conditional,
    control_groups,
    controls,
    counting,
    factories,
    harmony,
    joining,
    layering,
    outward,
    placing,
    samples,
    signals,
    stepwise,
    structure,
    subdividing,
    timing,
    tonal,
)
from livecoder.patterns.drawing.picture import show
from livecoder.patterns.mini import mini
from livecoder.patterns.operators import OPERATORS
from livecoder.patterns.pattern import Pattern, pure, reify, silence
from livecoder.patterns.registering import register
from livecoder.patterns.verbs import VERBS, camel

__all__: list[str] = []

_FAMILIES: Final[tuple[ModuleType, ...]] = (
    factories, timing, subdividing, structure, signals, chance, choices, conditional, layering,
    choosing, counting, placing, stepwise, joining, samples, tonal, harmony, controls,
    control_groups, outward,
)  # fmt: skip
# Tools of the families that are no words of a performer.
_TOOLS: Final = frozenset({
    "CONTROLS", "CONTROL_WORDS", "MORSE", "ControlSpec", "ControlWord", "at_once", "bjorklund",
    "choose_in", "degraded", "in_turn", "merged", "offset_rand", "per_cycle", "random_at",
    "randoms_at", "spell", "weighted",
})  # fmt: skip
_KEYWORDS: Final = frozenset({"and", "as", "in", "is", "not", "or", "with"})
# Methods only: alone, `hush()` silences the stage.
_METHODS: Final = frozenset({"func", "hush"})


def _words() -> dict[str, Any]:
    words: dict[str, Any] = {
        "Pattern": Pattern, "mini": mini, "pure": pure, "register": register, "reify": reify,
        "show": show, "silence": silence,
    }  # fmt: skip
    for family in _FAMILIES:
        for name in family.__all__:
            if name not in _TOOLS:
                word = getattr(family, name)
                words[name] = word
                if not name.endswith("_"):
                    words[camel(name)] = word
    for name, word in VERBS.items():
        words.setdefault(name, word)
    words.update((f"{name}_", words.pop(name)) for name in OPERATORS if hasattr(builtins, name))
    words["h"] = mini
    words["binaryNL"] = words["binary_nl"]
    words["chooseOut"] = words["choose"]
    words["nothing"] = words["silence"]
    words["pm"] = words["polymeter"]
    words["pr"] = words["polyrhythm"]
    words["timeCat"] = words["stepcat"]
    words["randcat"] = words["choose_cycles"]
    words["wrandcat"] = words["wchoose_cycles"]
    return {
        name: word
        for name, word in words.items()
        if not hasattr(builtins, name) and name not in _KEYWORDS | _METHODS
    }


WORDS: Final = MappingProxyType(_words())
"""Every word by name."""

globals().update(WORDS)
__all__ = sorted(WORDS)


def describe(name: str) -> str:
    """Return the first paragraph of what a word means, on one line; empty for an unknown word.

    >>> describe("rev")
    'Plays each cycle backwards.'
    """
    word = WORDS.get(name, VERBS.get(name))
    if isinstance(word, Pattern):
        return f"A signal or a pattern: {word!r}."
    head, _, _ = (getattr(word, "__doc__", None) or "").strip().partition("\n\n")
    return " ".join(head.split())


if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
