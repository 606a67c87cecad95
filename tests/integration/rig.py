"""A session without a front: a folder, a timeline that runs, and the client of one output."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from livecoder.clock.tempo import TempoMap
from livecoder.clock.timeline import TimelineWriter
from livecoder.core.events import Event, Incoming, Report, Schedule
from livecoder.core.rational import Rational
from livecoder.outputs.client import OutputClient

__all__ = ["Rig", "a_rig", "until"]

_PATIENCE = 30.0


def until(what: Callable[[], object], *, seconds: float = _PATIENCE, why: str = "") -> object:
    """Wait until something is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {why or what}")
        time.sleep(0.01)
    return found


class Rig:
    """What a front keeps, in a folder of its own.

    Attributes:
        folder: of the session.
        tempo: as it was last written.
        messages: what the performer would have read.
        reports: from the outputs, oldest first.
        incoming: what was played to us, as `(nanoseconds, message)`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.messages: list[str] = []
        self.reports: list[Report] = []
        self.incoming: list[tuple[int, bytes]] = []
        self.clients: list[OutputClient] = []
        (folder / "key").write_bytes(secrets.token_bytes(32))
        self.writer = TimelineWriter.create(folder / "timeline")
        self.tempo = TempoMap()

    def start(self, *, bpm: float = 120.0, delay: float = 0.3) -> TempoMap:
        """Let time run: beat 0 is `delay` seconds from now."""
        self.tempo = TempoMap(bpm=bpm).with_anchor(
            Rational(0), time.monotonic_ns() + int(delay * 1e9)
        )
        self.beat()
        self.writer.write(self.tempo, playing=True)
        return self.tempo

    def beat(self) -> None:
        """Show that a front lives."""
        self.writer.beat(time.monotonic_ns())

    def stop(self) -> None:
        """Let time stand still."""
        self.writer.write(self.tempo, playing=False)

    def client(self, name: str, **options: str) -> OutputClient:
        """Start, or attach to, an output."""
        client = OutputClient(
            name,
            self.folder,
            options=options,
            on_report=self._on_report,
            on_message=self.messages.append,
            on_incoming=self._on_incoming,
        )
        client.start()
        self.clients.append(client)
        return client

    def ready(self, name: str, **options: str) -> OutputClient:
        """Start, or attach to, an output, and wait until it answers."""
        client = self.client(name, **options)
        assert client.wait_ready(_PATIENCE), self.log(name) + str(self.messages)
        return client

    def pid(self, name: str) -> int:
        """Number of an output's process."""
        return int((self.folder / f"{name}.pid").read_text())

    def log(self, name: str) -> str:
        """What an output wrote to its log."""
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def now(self) -> Rational:
        """The beat that is heard now."""
        return self.tempo.beat_at(time.monotonic_ns())

    def wait_for_beat(self, beat: Rational | int) -> None:
        """Return shortly after a beat; the front lives meanwhile."""
        due = self.tempo.ns_at(Rational(beat))
        while (left := due - time.monotonic_ns()) > 0:
            self.beat()
            time.sleep(min(left / 1e9, 0.05))

    def abandon(self, client: OutputClient) -> None:
        """Let the line break, as when a front is killed: no `Quit`, no more heartbeats."""
        client.close(quit=False)

    def _on_incoming(self, incoming: Incoming) -> None:
        self.incoming.extend(incoming.messages)

    def _on_report(self, report: Report) -> None:
        self.reports.append(report)
        self.messages.extend(report.messages)


@contextmanager
def a_rig() -> Iterator[Rig]:
    """Make a session, and see to it that nothing of it is left."""
    # A socket's path must be short, so not in pytest's own folder.
    rig = Rig(Path(tempfile.mkdtemp(prefix="lc")))
    try:
        yield rig
    finally:
        for client in rig.clients:
            client.close()
        for file in rig.folder.glob("*.pid"):
            try:
                os.kill(int(file.read_text()), signal.SIGKILL)
            except (OSError, ValueError):
                continue
        rig.writer.close()
        shutil.rmtree(rig.folder, ignore_errors=True)


def bar(
    track: str,
    number: int,
    notes: Iterable[int],
    *,
    port: str = "synth",
    channel: int = 1,
    generation: int = 0,
    length: Rational | None = None,
) -> Schedule:
    """Return a bar of four beats with notes evenly spread over it."""
    pitches = list(notes)
    begin, step = Rational(4 * number), Rational(4, max(len(pitches), 1))
    events = tuple(
        Event(
            begin + i * step,
            length or step,
            {"midiport": port, "midichan": channel, "note": float(pitch)},
        )
        for i, pitch in enumerate(pitches)
    )
    return Schedule(track, generation, begin, begin + 4, events)
