"""Perform a script without waiting: the same stage, scheduler and networks, as fast as they go.

Nothing here knows the time of day. Each block runs when the music has come exactly to its edge,
so the notes are those of the performance it was saved from; only bars a network was late for,
which a render never has, differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from livecoder.clock.scheduler import Scheduler
from livecoder.clock.sources import MonotonicClock
from livecoder.core.errors import LivecoderError
from livecoder.core.events import Event, Mix
from livecoder.core.rational import ONE, ZERO, Rational
from livecoder.models.ahead import Composer
from livecoder.session.around import commands_offline
from livecoder.session.collect import Collected
from livecoder.session.explain import explain
from livecoder.session.midi_in import MidiIn
from livecoder.session.midi_words import MidiWords
from livecoder.session.namespace import build_namespace
from livecoder.session.networks import Networks
from livecoder.session.perform import perform_block
from livecoder.session.script import Script
from livecoder.session.stage import Stage
from livecoder.session.sync import Sync
from livecoder.session.tempi import Tempi
from livecoder.studio.stream import StreamDesk

__all__ = ["Performed", "perform"]

# How long a script without an end plays after its last block.
_AFTER = 8


@dataclass(frozen=True, slots=True)
class Performed:
    """Everything that would have sounded.

    Attributes:
        tracks: events by track, earliest first, in beats.
        mixes: mixer moves with their beats.
        tempi: `(beat, bpm)`, the first at beat 0.
        beats: length of the whole.
        beats_per_cycle: of the first bar.
        problems: what went wrong on the way, one line each.
    """

    tracks: Mapping[str, tuple[Event, ...]]
    mixes: tuple[tuple[Rational, Mix], ...]
    tempi: tuple[tuple[Rational, float], ...]
    beats: Rational
    beats_per_cycle: Rational
    problems: tuple[str, ...]

    def seconds(self, beat: Rational) -> float:
        """Return when a beat sounds, in seconds from the start."""
        total = Rational(0)
        for (begin, bpm), (end, _) in zip(self.tempi, (*self.tempi[1:], (beat, 0.0)), strict=True):
            if begin >= beat:
                break
            total += (min(end, beat) - begin) * 60 / Rational(bpm)
        return float(total)


def perform(
    script: Script,
    *,
    bars: int | None = None,
    seed: int | None = None,
    composer: Composer | None = None,
    on_bar: Callable[[int, int], None] = lambda _bar, _bars: None,
) -> Performed:
    """Return every note of a script.

    Args:
        script: what to play.
        bars: how far; without, to where the script ends in silence, or 8 bars after its last block.
        seed: another than the script's own.
        composer: workers that run already; without, they are started and ended here.
        on_bar: told after each bar how many are done, of how many.

    Raises:
        DeviceError: a network did not answer.
    """
    own = composer is None
    composer = Composer() if composer is None else composer
    try:
        return _Offline(script, script.seed if seed is None else seed, composer).run(bars, on_bar)
    finally:
        if own:
            composer.close()


class _Offline:
    def __init__(self, script: Script, seed: int, composer: Composer) -> None:
        self._script = script
        self._position = ZERO
        self._problems: list[str] = []
        self._collected = Collected(self._beat)
        self._desk = desk = StreamDesk(
            composer,
            seed=seed,
            beats_of_bar=self._beats_of_bar,
            on_late=self._never_late,
            reserve=False,
        )
        self._scheduler = Scheduler(
            None,
            MonotonicClock(),
            self._collected,
            lambda track, hap, tempo: self._stage.event_of(track, hap, tempo),
            on_window=desk.enter,
            on_problem=self._on_problem,
        )
        self._stage = Stage(
            self._scheduler,
            self._collected,
            Networks(desk),
            uncommitted=lambda: self._position,
            defer=lambda act: act(),
        )
        asides: dict[str, object] = {
            name: lambda *_args, **_kwargs: None
            for name in ("save", "load", "recover", "help", "exit", "quit")
        }
        asides["sync"] = Sync()
        midi_in = MidiIn(self._scheduler)
        asides |= commands_offline(self._stage, midi_in)
        asides |= MidiWords(midi_in, self._stage.edge).commands()
        self._namespace: dict[str, Any] = dict(build_namespace(self._stage, asides))

    def run(self, bars: int | None, on_bar: Callable[[int, int], None]) -> Performed:
        """Play it all."""
        tempi = Tempi(self._scheduler.tempo_map)
        blocks = self._script.blocks
        last = blocks[-1].at if blocks else ZERO
        total = -int(-last // 1) if bars is None else bars
        for block in blocks:
            if bars is not None and block.at >= bars:
                break
            self._play_to(block.at, on_bar, max(total, 1))
            # What a block asks for by itself is not played.
            self._desk.window = None
            self._stage.begin_block(block.at)
            error = perform_block(block.source, self._namespace, f"<line {block.line}>")
            self._stage.end_block(ok=error is None)
            if error is not None:
                said = explain(error, block.source)
                self._problems.append(f"bar {float(block.at) + 1:g}: {said}")
            tempi.note(self._beat(), self._scheduler.tempo_map)
        if bars is None and any(map(self._stage.audible, self._stage.tracks)):
            total += _AFTER
        self._play_to(Rational(total), on_bar, max(total, 1))
        tempo = self._scheduler.tempo_map
        end = tempo.beat_of_cycle(Rational(total))
        return Performed(
            {
                name: tuple(
                    sorted((_heard(event) for event in events if event.beat < end), key=_place)
                )
                for name, events in self._collected.tracks.items()
            },
            tuple(self._collected.mixes),
            tempi.steps(end),
            end,
            tempo.beat_of_cycle(ONE) - tempo.beat_of_cycle(ZERO),
            tuple(self._problems),
        )

    def _play_to(self, cycle: Rational, on_bar: Callable[[int, int], None], total: int) -> None:
        while self._position < cycle:
            step = min(cycle, Rational(int(self._position // 1) + 1))
            self._scheduler.run_until(step)
            self._position = step
            on_bar(int(step // 1), total)

    def _beat(self) -> Rational:
        return self._scheduler.tempo_map.beat_of_cycle(self._position)

    def _beats_of_bar(self, bar: int) -> Rational:
        tempo = self._scheduler.tempo_map
        return tempo.beat_of_cycle(Rational(bar + 1)) - tempo.beat_of_cycle(Rational(bar))

    def _never_late(self, stream: str, bar: int) -> None:
        """Note what cannot be: without a clock, bars are waited for."""
        self._problems.append(f"bar {bar + 1}: {stream} was late in a render")

    def _on_problem(self, track: str, error: Exception) -> None:
        kind = "" if isinstance(error, LivecoderError) else f"{type(error).__name__}: "
        self._problems.append(f"bar {int(self._position // 1) + 1}: {track}: {kind}{error}")


def _heard(event: Event) -> Event:
    """Return an event on the beat it is heard on; nothing is heard before the first."""
    if not event.shift:
        return event
    return event._replace(beat=max(ZERO, event.sounds), shift=ZERO)


def _place(event: Event) -> Rational:
    return event.beat
