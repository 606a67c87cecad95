"""The engine as the host of an output process knows it: events in, sound out."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import LivecoderError
from livecoder.core.events import Mix, Report, Schedule
from livecoder.outputs.audio.engine import Engine
from livecoder.outputs.instrument import Due
from livecoder.outputs.probe import jack_runs

__all__ = ["AudioInstrument"]

# The host hands events over at most so long before they sound.
_MOST_AHEAD = 0.079
_WATCH = 2.0


class AudioInstrument:
    """Plays events on an engine. See `outputs.instrument.Instrument`."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        backend: str | None = None,
        seed: int = 0,
        on_gone: Callable[[], None] | None = None,
    ) -> None:
        """Open the device and start.

        Args:
            say: takes lines for the performer, on any thread.
            backend: as for `Engine`.
            seed: of every noise.
            on_gone: called once when the device is dead, or a better one is there: the process
                is to be ended and started anew, as a process has one pyo server in its life. By
                default it ends itself.
        """
        self._say = say
        self._engine = Engine(backend=backend, seed=seed, on_message=say)
        self._chosen = backend is None
        self._bpm = 0.0
        self._on_gone = on_gone or (lambda: os._exit(3))
        self._stop = threading.Event()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    @property
    def backend(self) -> str:
        """What it plays through."""
        return self._engine.backend

    @property
    def dispatch_ahead_ns(self) -> int:
        """How long before its onset a note is wanted."""
        return int(min(self._engine.lead, _MOST_AHEAD) * 1e9)

    @property
    def slack_ns(self) -> int:
        """None: what comes later than that starts late."""
        return 0

    def calm_ns(self, wanted_ns: int) -> int:
        """Then: sound is computed from what is there already."""
        return wanted_ns

    def expect(self, order: Schedule) -> None:
        """Have voices ready for what comes in a bar or two."""
        seen: set[tuple[object, object]] = set()
        for event in order.events:
            # A kit's note chooses the drum; for other sounds all notes are alike.
            sound = event.controls.get("s")
            kind = (sound, event.controls.get("note") if sound in {"kit808", "808"} else None)
            if kind not in seen and _ours(event.controls):
                seen.add(kind)
                self._engine.prepare(order.track, event.controls)

    def play(self, due: Sequence[Due], tempo_map: TempoMap, until_ns: int) -> int | None:  # noqa: ARG002
        """Hand events to the engine, which starts each on its frame."""
        if tempo_map.bpm != self._bpm:
            self._bpm = tempo_map.bpm
            self._engine.mix("", {"bpm": self._bpm})
        for track, event, deadline_ns, lasts_ns in due:
            if _ours(event.controls):
                self._engine.play(deadline_ns, lasts_ns / 1e9, track, event.controls)
        return None

    def rest(self) -> None:
        """Let what sounds fade: time stands still."""
        self._engine.hush()

    def mix(self, order: Mix) -> None:
        """Move a track's strip."""
        self._engine.mix(order.track, _numbers(order.settings))

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Take `record` (path of a WAV file, or None to end it) and `delaytime` (seconds)."""
        if "record" in settings:
            path = None if settings["record"] is None else Path(str(settings["record"]))
            # The disk may take its time.
            threading.Thread(target=self._record, args=(path,), daemon=True).start()
        if numbers := _numbers(settings):
            self._engine.mix("", numbers)

    def panic(self) -> None:
        """Silence everything within 20 ms."""
        self._engine.panic()

    def report(self) -> Report:
        """Return the engine's figures."""
        return Report("audio", self._engine.figures(), (), (self.backend,))

    def close(self) -> None:
        """Finish a recording and let the device go."""
        self._stop.set()
        self._engine.close()

    def _record(self, path: Path | None) -> None:
        try:
            self._engine.record(path)
        except LivecoderError as error:
            self._say(str(error))

    def _watch(self) -> None:
        """See whether the device lives; and without one, whether JACK has come."""
        before = -1
        while not self._stop.wait(_WATCH):
            if self._engine.frames == before:
                self._say(f"{self.backend} has gone; starting the audio again on what is there")
                break
            before = self._engine.frames
            if self._chosen and self.backend == "paced" and jack_runs():
                self._say("JACK is there; moving to it")
                break
        if not self._stop.wait(0.3):  # for the message to get out
            self._on_gone()


def _ours(controls: Mapping[str, Any]) -> bool:
    """Whether it is for the audio process: it names a sound, or no MIDI port."""
    return "s" in controls or "midiport" not in controls


def _numbers(settings: Mapping[str, Any]) -> dict[str, float]:
    return {k: float(v) for k, v in settings.items() if isinstance(v, (int, float))}
