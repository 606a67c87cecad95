"""A live session: every process started, wired and watched; the prompt's host.

What the listener hears does not depend on this process from one moment to the next: it plans two
bars ahead, and what plays the plan are processes of their own.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from livecoder.clock.scheduler import Scheduler
from livecoder.clock.sources import MonotonicClock
from livecoder.clock.timeline import TimelineWriter
from livecoder.core.errors import DeviceError, LivecoderError, SessionFileError
from livecoder.core.events import Incoming, Report
from livecoder.core.rational import ONE, Rational
from livecoder.models.ahead import Composer
from livecoder.outputs.audio.sounds import SOUNDS
from livecoder.outputs.client import OutputClient
from livecoder.outputs.on_demand import OnDemand
from livecoder.patterns.controls import CONTROLS
from livecoder.patterns.pattern import Pattern
from livecoder.session import runtime
from livecoder.session.around import Around
from livecoder.session.feel import earliest_cycles
from livecoder.session.files import Files
from livecoder.session.first_beat import FirstBeat
from livecoder.session.journal import Journal, Performance, abandoned, dismiss, read_journal
from livecoder.session.kept import Kept
from livecoder.session.midi_in import MidiIn
from livecoder.session.midi_words import MidiWords
from livecoder.session.namespace import TRACKS, build_namespace
from livecoder.session.networks import Networks
from livecoder.session.router import Router
from livecoder.session.stage import Stage
from livecoder.session.status import Status
from livecoder.session.sync import Sync, sync_text
from livecoder.session.takeover import take_over
from livecoder.studio.stream import StreamDesk
from livecoder.theory.scales import SCALES

__all__ = ["LiveSession"]

_MESSAGES = 200
# From the first pattern to its first beat: what the outputs need to be told ahead, and some.
_LEAD_NS = 150_000_000
# How long the first beat waits for outputs that are still starting.
_OUTPUTS_S = 10.0


class LiveSession:
    """Everything between a typed block and the sockets of the outputs."""

    def __init__(
        self,
        *,
        seed: int | None = None,
        audio: str = "auto",
        midi: str = "auto",
        resume: Path | None = None,
        start: bool = True,
    ) -> None:
        """Start the processes; returns before they are ready.

        Args:
            seed: of every random choice; without one, drawn and kept in the journal.
            audio: `"auto"`, `"jack"`, `"portaudio"` or `"paced"`.
            midi: `"auto"`, `"jack"`, `"rtmidi"` or `"none"`.
            resume: directory of a session whose front died, to be taken over.
            start: whether time begins to run with the first pattern that is played; a replay
                starts it when it is prepared.

        Raises:
            DeviceError: no place for sockets.
            SessionFileError: the journal of the session to take over cannot be read.
        """
        self._messages: deque[str] = deque(maxlen=_MESSAGES)
        self._lock = threading.Lock()
        self._reports: dict[str, Report] = {}
        self._broken: dict[str, Pattern | None] = {}
        self._late: Counter[str] = Counter()
        self._ended = threading.Event()
        self.sync = Sync()
        self.past: Performance | None = None

        taken = None if resume is None else _journal_of(resume)
        name = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S") + f"-{os.getpid()}"
        self.folder = runtime.create(name) if resume is None else resume
        if taken is None:
            self.seed = secrets.randbelow(1_000_000) if seed is None else seed
            folder = journal_folder()
            self.past = abandoned(folder)
            self.journal = Journal.create(folder, name, seed=self.seed, say=self._on_message)
        else:
            self.seed = taken.seed
            self.journal = Journal.extend(taken.path, say=self._on_message)
        (self.folder / "front.pid").write_text(str(os.getpid()))
        (self.folder / "journal").write_text(str(self.journal.path))

        self._clock = MonotonicClock()
        if resume is None:
            writer = TimelineWriter.create(self.folder / "timeline")
        else:
            writer = TimelineWriter.open(self.folder / "timeline")
        started = {
            name: self._client(name, backend=backend)
            for name, backend in (("midi", midi), ("audio", audio))
        }
        for client in started.values():
            client.start()
        self._osc = OnDemand(self._client("osc"))
        self._clients: dict[str, OutputClient | OnDemand] = {**started, "osc": self._osc}
        self.composer = Composer(on_message=self._on_message)
        self.desk = StreamDesk(
            self.composer, seed=self.seed, beats_of_bar=self._beats_of_bar, on_late=self._on_late
        )
        router = Router(resumed=resume is not None, **self._clients)
        self.scheduler = Scheduler(
            writer,
            self._clock,
            router,
            lambda track, hap, tempo: self.stage.event_of(track, hap, tempo),
            on_window=self._on_window,
            on_problem=self._on_problem,
            on_locate=self._on_locate,
        )
        self.stage = Stage(
            self.scheduler,
            router,
            Networks(self.desk),
            uncommitted=self._uncommitted,
            defer=self._defer,
        )
        self._kept = Kept(self.journal, self.stage.edge)
        self.stage.keep = self._keep
        self.sync = Sync(
            self.scheduler, self._clients["midi"], self._clients["audio"], keep=self._keep
        )
        self.midi_in = MidiIn(self.scheduler, started["midi"], self.journal.heard)
        self.around = Around(
            self.stage,
            self.scheduler,
            self._clients,
            self._osc,
            self.midi_in,
            state=runtime.state_root(),
            say=self._on_message,
            keep=self._keep,
            follows=lambda: bool(self.sync.following),
        )
        self.sync.links = self.around.link
        played = MidiWords(self.midi_in, self.stage.edge, self._on_message, self._keep)
        self.files = Files(self)
        words = self.files.commands() | self.around.commands() | played.commands()
        self.namespace: dict[str, Any] = dict(
            build_namespace(self.stage, {**words, "sync": self.sync})
        )
        self._deferred: Callable[[Callable[[], None]], None] | None = None
        self._first = FirstBeat(self._heard, self._begin_to_play, self._on_message)
        begun = taken is not None and take_over(self, taken)
        if start and not begun:
            self._first.rest()
            self._first.look()

    # A block

    def begin(self, source: str, at: Rational | None = None) -> None:
        """Keep a block in the journal, and fix the place in the music it acts from."""
        edge = self.stage.begin_block(at)
        self.midi_in.write_out()
        self._kept.begin(source, edge)

    def end(self, *, ok: bool) -> None:
        """Keep how a block ended; one that failed is taken back."""
        edge = self.stage.end_block(ok=ok)
        self._kept.end(ok=ok, at=edge)
        self._first.look()

    # What the prompt shows

    def status(self) -> Status:
        """Return what the toolbar shows."""
        tempo, now = self.scheduler.tempo_map, self.scheduler.cycle_now()
        with self._lock:
            reports = dict(self._reports)
        audio, midi = reports.get("audio"), reports.get("midi")
        key = self.stage.networks.key
        names = tuple(self.stage.tracks)
        sounding = tuple(name for name in names if self.stage.audible(name))
        return Status(
            bpm=self.sync.bpm or tempo.bpm_at(tempo.beat_of_cycle(now)),
            cycle=float(now + self.scheduler.ahead(now)),
            beats_per_cycle=float(tempo.beats_per_cycle),
            playing=bool(sounding) and self.scheduler.playing,
            key=None if key is None else key.name,
            sounding=sounding,
            muted=tuple(n for n in names if self.stage.tracks[n].pattern and n not in sounding),
            late_bars=sum(self._late.values()),
            audio_load=None if audio is None else audio.figures.get("load"),
            outputs=tuple(
                self._describe(name, report)
                for name, report in (("audio", audio), ("midi", midi))
                if report is not None
            ),
            broken=tuple(
                name
                for name, pattern in sorted(self._broken.items())
                if pattern is not None and self.stage.playing(name) is pattern
            ),
            sync=sync_text(self.sync.following, midi) or self.around.link.text(),
            adrift=self.sync.adrift,
        )

    def poll_messages(self) -> list[str]:
        """Return what happened since the last call, for the performer, each once."""
        with self._lock:
            messages = list(self._messages)
            self._messages.clear()
        return messages

    def sounds(self) -> list[str]:
        """Return the names `s(...)` takes."""
        return sorted(SOUNDS)

    def scales(self) -> list[str]:
        """Return the names of the scales."""
        return sorted(SCALES)

    def controls(self) -> list[str]:
        """Return the names of the controls."""
        return sorted(CONTROLS)

    def tracks(self) -> list[str]:
        """Return `d1` to `d16`, and what `track(...)` added."""
        return [*TRACKS, *(name for name in self.stage.tracks if name not in TRACKS)]

    def ports(self) -> list[str]:
        """Return the MIDI ports in use."""
        report = self._reports.get("midi")
        return [] if report is None else list(report.ports)

    def wait_ready(self, seconds: float) -> bool:
        """Wait until both outputs answer; False if one does not in time."""
        return all(client.wait_ready(seconds) for client in self._clients.values())

    def prepare(self, cycle: Rational, patience: float) -> None:
        """Compose and send everything before a cycle, before the clock starts.

        Raises:
            DeviceError: an output or a network did not answer in time.
        """
        if not self.wait_ready(patience):
            message = f"an output did not start in {patience:g} s; livecoder doctor says why"
            raise DeviceError(message)
        self.scheduler.prepare(cycle)

    async def close(self) -> None:
        """See `shutdown`; what the prompt calls."""
        self.shutdown()

    def shutdown(self, *, keep: bool = False) -> None:
        """End the session: the music stops, the journal says goodbye.

        Args:
            keep: leave the outputs looping, as when the terminal is gone.
        """
        self._first.give_up()
        self._ended.set()
        self.around.close()
        self.scheduler.stop(keep=keep)
        for client in self._clients.values():
            client.close(quit=not keep)
        self.composer.close()
        self.midi_in.write_out()
        self.journal.close(goodbye=not keep)
        if not keep:
            if self.past is not None:
                dismiss(self.past.path)
            runtime.remove(self.folder)

    # Inside

    def _heard(self) -> list[str]:
        """Return the tracks that sound."""
        return [name for name in tuple(self.stage.tracks) if self.stage.audible(name)]

    def _begin_to_play(self) -> None:
        """Let bar 1 begin as soon as it can be heard; until then time stood still before it."""
        self.wait_ready(_OUTPUTS_S)
        if all(map(self.stage.improvises, self._heard())):
            # There is nothing to play until a network has composed it.
            with contextlib.suppress(LivecoderError):
                self.scheduler.prepare(ONE)
        if not self._ended.is_set():
            self.scheduler.start(self.around.begin_at(self._clock.now_ns() + _LEAD_NS))

    def set_deferral(self, defer: Callable[[Callable[[], None]], None] | None) -> None:
        """Have tempo and mixer moves wait for the edge of their block, as a replay needs."""
        self._deferred = defer

    def say(self, message: str) -> None:
        """Queue a line for the performer."""
        self._on_message(message)

    def _defer(self, act: Callable[[], None]) -> None:
        if self._deferred is None:
            act()
        else:
            self._deferred(act)

    def _client(self, name: str, **options: str) -> OutputClient:
        return OutputClient(
            name,
            self.folder,
            options=options,
            on_report=self._on_report,
            on_message=self._on_message,
            on_incoming=self._on_incoming,
        )

    def _on_window(self, cycle: Rational) -> None:
        self.desk.enter(cycle)
        self.midi_in.enter(cycle)

    def _uncommitted(self) -> Rational:
        """Return the first cycle an edit can reach: what sounds early is out before its beat."""
        stage, tempo = self.stage, self.scheduler.tempo_map
        feels = [state.feel for state in tuple(stage.tracks.values())]
        return self.scheduler.uncommitted() + earliest_cycles(feels, stage.nudge_ms, tempo)

    def _beats_of_bar(self, bar: int) -> Rational:
        tempo = self.scheduler.tempo_map
        return tempo.beat_of_cycle(Rational(bar + 1)) - tempo.beat_of_cycle(Rational(bar))

    def _on_report(self, report: Report) -> None:
        with self._lock:
            self._reports[report.name] = report
            self._messages.extend(report.messages)
        if report.name == "midi":
            self.sync.heard(report)
        # Outputs may report before all of the session is there.
        if (around := getattr(self, "around", None)) is not None:
            around.on_report(report)

    def _on_incoming(self, incoming: Incoming) -> None:
        # An output that is taken over may be listening already.
        if (midi_in := getattr(self, "midi_in", None)) is not None:
            midi_in.hear(incoming)

    def _on_message(self, message: str) -> None:
        with self._lock:
            self._messages.append(message)

    def _on_problem(self, track: str, error: Exception) -> None:
        self._broken[track] = self.stage.playing(track)
        kind = "" if isinstance(error, LivecoderError) else f"{type(error).__name__}: "
        self._on_message(f"{track} broke, so its last good version is back: {kind}{error}")

    def _keep(self, source: str) -> bool:
        self._kept.add(source)
        return True

    def _on_locate(self, cycle: int, at: Rational) -> None:
        with self.midi_in.aside():
            self.stage.located(cycle - int(at), at)
        self._kept.add(f"goto({cycle + 1})", at)

    def _on_late(self, stream: str, bar: int) -> None:
        self._late[stream] += 1
        self.journal.late(stream, bar)
        self._on_message(f"{stream} was late for bar {bar + 1}, which plays the bar before again")

    def _describe(self, name: str, report: Report) -> str:
        welcome = self._clients[name].welcome
        backend = "starting" if welcome is None else welcome.backend
        return f"{name} {backend}" + "".join(
            f" {port}" for port in report.ports[:2] if port != backend
        )


def journal_folder() -> Path:
    """Return where journals are kept."""
    return runtime.state_root() / "journals"


def _journal_of(folder: Path) -> Performance:
    try:
        return read_journal(Path((folder / "journal").read_text()))
    except OSError as error:
        message = f"{folder} has no journal to take over ({error.strerror})"
        raise SessionFileError(message) from error
