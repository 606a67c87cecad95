"""The models that `livecoder train` can train beside the attention MelodyRNN, one module each."""

from __future__ import annotations

from livecoder.training.families import basic, chorales, drums, lead_sheets, performance
from livecoder.training.family import Family

__all__ = ["FAMILIES"]

FAMILIES: dict[str, Family] = {
    known.key: known
    for known in (
        basic.FAMILY,
        drums.FAMILY,
        lead_sheets.FAMILY,
        chorales.FAMILY,
        performance.FAMILY,
    )
}
