"""The pattern algebra and its notation: what is played, as a function of time.

The meaning of every word is Strudel 1.2's, but for deliberate differences: they stand in one
table, the last section of `docs/patterns.md`, and nowhere else.

Importing anything of this room imports its whole vocabulary, since a pattern has its methods from
the modules that declare them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livecoder.patterns import vocabulary

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...

else:
    globals().update(vocabulary.WORDS)

__all__ = vocabulary.__all__
