"""The pattern algebra and its notation: what is played, as a function of time.

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
