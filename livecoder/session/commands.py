"""What a performer calls for the whole stage: `tempo`, `key`, `hush` and the like."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from livecoder.core.errors import RangeError
from livecoder.core.rational import Rational, RationalLike, rational
from livecoder.session.generating import Generating
from livecoder.session.groove import groove_template
from livecoder.session.network_words import network_words
from livecoder.session.stage import Stage
from livecoder.session.tracks import Track
from livecoder.session.transport_words import transport_words
from livecoder.theory.scales import parse_key

__all__ = ["stage_commands"]

_LONGEST_NAME = 40
_METER = re.compile(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*")


class _Commands:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def track(self, name: str) -> Track:
        """Return a track of your own name: `track("strings") >> note("c e g").s("pad")`."""
        if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
            raise RangeError("name", name, "1 to 40 letters", fix='try track("strings")')
        return Track(self._stage, name.strip())

    def tempo(self, bpm: float | None = None, over: RationalLike | None = None) -> float:
        """Set how fast the music goes, in beats a minute; without a number, tell it.

        `tempo(130, over=8)` goes there evenly, in eight bars.
        """
        if bpm is not None:
            self._stage.timing.set_tempo(bpm, over)
        return self._stage.timing.bpm

    def key(self, name: str | None = None) -> str:
        """Set the key the networks keep to from the next bar; without a name, tell it."""
        if name is not None:
            self._stage.set_key(parse_key(name))
        key = self._stage.networks.key
        return "none" if key is None else key.name

    def meter(self, beats: int | str = 4, unit: int = 4) -> None:
        """Set the beats of a bar from the next bar on: `meter(3, 4)`, or `meter("7/8")`."""
        if isinstance(beats, str) and (written := _METER.fullmatch(beats)):
            beats, unit = int(written[1]), int(written[2])
        if not isinstance(beats, int) or not 1 <= beats <= 32 or unit not in (1, 2, 4, 8, 16, 32):
            got = beats if isinstance(beats, str) else f"{beats}/{unit}"
            raise RangeError("meter", got, "like 4/4 or 6/8", fix="try meter(3, 4)")
        self._stage.timing.set_meter(Rational(beats * 4, unit))

    def quantum(self, bars: RationalLike | None = None) -> float:
        """Set the grid edits wait for, in bars (1 by default); without a number, tell it."""
        if bars is not None:
            value = rational(bars)
            if not Rational(1, 16) <= value <= 64:
                raise RangeError("quantum", bars, "from 1/16 to 64 bars", fix="try quantum(4)")
            self._stage.timing.set_quantum(value)
        return float(self._stage.timing.state.quantum)

    def nudge(self, ms: float | None = None) -> float:
        """Play everything so many milliseconds later, or earlier below 0; without, tell it.

        `d1.nudge(10)` nudges one track. MIDI clock and Link are not nudged: what is nudged is
        how the music lies to them.
        """
        if ms is not None:
            self._stage.nudge(ms)
        return self._stage.nudge_ms

    def hush(self) -> None:
        """Silence every track at once; `undo()` brings them back."""
        self._stage.hush()

    def panic(self) -> None:
        """End every sound this instant, note-offs to every port, and hush."""
        self._stage.panic()

    def undo(self) -> None:
        """Take back the last block that changed something."""
        self._stage.undo()


def stage_commands(stage: Stage) -> dict[str, Callable[..., Any]]:
    """Return the functions a performer has for a stage, by name."""
    made = _Commands(stage)
    words = ("track", "tempo", "key", "meter", "quantum", "nudge", "hush", "panic", "undo")
    return {
        **{word: getattr(made, word) for word in words},
        **transport_words(
            stage.timing,
            stage.scheduler.now_ns,
            lambda source: not stage.given and stage.keep(source),
        ),
        "groove_template": groove_template,
        **network_words(stage.networks),
        "generate": Generating(stage, stage.networks.desk).generate,
    }
