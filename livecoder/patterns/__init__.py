"""The pattern algebra and its notation: what is played, as a function of time.

The meaning of every word is Strudel 1.2's, but for these deliberate differences:

| here | Strudel | why |
|---|---|---|
| `range_`, `round_`, `iter_`, ... as functions; methods as there | no underscore | Python's names |
| `.swing(.08)`: below 1 the amount, in 4 slices | slices alone, `swing(4)` | a groove by ear |
| `fast(-1)`, `fast(10**6)` are errors | silence, or a hang | the music never stops |
| `note("c e").add(7)`: a bare number means the pitch | a warning, no change | as one types |
| `degrade_by(0)` keeps all | leaves out the hap at cycle 0 | 0 means none |
| `zoom` keeps parts inside wholes | not where a hap crosses a cycle | the laws |
| `0..7` is a range, `'a b'` one name | text; an error | as one types |
| `euclid(8, 3)` says which comes first | another error | as one types |
| `.scale()` gives MIDI numbers under `note`, names for bare values | names | outputs take numbers |
| `rand_of(seed)` | a `seed` control | explicit seeds |
| `f` and `false` are false to `struct`, `mask`, `when` | any text is true | `"t f"` in Tidal |

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
