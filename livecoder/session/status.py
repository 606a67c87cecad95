"""What the session is doing at one moment, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Status"]


@dataclass(frozen=True, slots=True)
class Status:
    """One look at a session that plays.

    Attributes:
        bpm: tempo, beats a minute.
        cycle: where the music is, bars from the start of the song, counted from 0.0.
        beats_per_cycle: beats of the bar that sounds now.
        playing: whether time runs.
        key: what the networks keep to (`"a:minor"`); None for any note.
        sounding: names of the tracks that are heard, in order.
        muted: names of the tracks that have a pattern but are not heard.
        late_bars: bars a network was late for since the start.
        audio_load: part of each audio block spent computing, 0.0 to 1.0; None without audio.
        outputs: what is in use, `("audio jack", "midi: synth")`.
        messages: the latest lines for the performer, oldest first.
        broken: names of the tracks whose pattern failed and whose last good version plays.
        sync: the clock that is followed, `"Live locked 120.0 +0.1 ms"`; empty for none.
        adrift: whether that clock is not locked.
    """

    bpm: float
    cycle: float
    beats_per_cycle: float = 4.0
    playing: bool = True
    key: str | None = None
    sounding: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    late_bars: int = 0
    audio_load: float | None = None
    outputs: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    sync: str = ""
    adrift: bool = False

    @property
    def bar(self) -> int:
        """The bar that sounds, counted from 1 as musicians do."""
        return int(self.cycle // 1) + 1

    @property
    def beat(self) -> int:
        """The beat of the bar, counted from 1.

        >>> Status(bpm=120.0, cycle=4.5).bar, Status(bpm=120.0, cycle=4.5).beat
        (5, 3)
        """
        return int(self.cycle % 1.0 * self.beats_per_cycle) + 1
