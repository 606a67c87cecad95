"""The journal: everything typed, with its place in the music, on disk before it runs.

One JSON object a line, appended and flushed at once, so that a `kill -9` or a power cut loses
nothing that was typed. What comes of clocks, networks and hands is written a moment later, by a
thread, in its place: nobody who makes music waits for a disk. A journal without a last `closed`
line, whose process is gone, is a session that ended badly: the next start offers it back.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livecoder.core.errors import SessionFileError
from livecoder.core.rational import ZERO, Rational, rational
from livecoder.session.appending import Appender
from livecoder.session.runtime import alive
from livecoder.session.script import Block

__all__ = ["Journal", "Performance", "abandoned", "dismiss", "read_journal"]

_LARGEST = 64_000_000
_KEEP = 50


def _to_nobody(_line: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What a journal holds.

    Attributes:
        path: the file.
        seed: of the session.
        blocks: what was evaluated and did something, in order.
        failed: indices into `blocks` of those that ended in an error.
        late: bars that a network was late for, `(stream, bar)`.
        heard: what came in by MIDI, `(name, text)`; see `inputs.telling`.
        closed: whether the session ended well.
        pid: the front's process.
    """

    path: Path
    seed: int = 0
    blocks: tuple[Block, ...] = ()
    failed: frozenset[int] = frozenset()
    late: tuple[tuple[str, int], ...] = ()
    heard: tuple[tuple[str, str], ...] = ()
    closed: bool = False
    pid: int = 0


class Journal:
    """An append-only file of what happens in a session.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, descriptor: int, *, say: Callable[[str], object]) -> None:
        """Go on at the end of a file; see `create` and `extend`.

        Args:
            path: where it is.
            descriptor: the file, open for appending.
            say: tells the performer a line.
        """
        self.path, self._say = path, say
        self._appender = Appender(descriptor, self._on_trouble)

    @classmethod
    def create(
        cls, folder: Path, name: str, *, seed: int, say: Callable[[str], object] = _to_nobody
    ) -> Journal:
        """Begin the journal of a session.

        Raises:
            SessionFileError: the folder cannot be written to.
        """
        path = folder / f"{name}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(folder.glob("*.jsonl"))[:-_KEEP]:
                old.unlink()
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            journal = cls(path, descriptor, say=say)
            journal.write(session=name, seed=seed, pid=os.getpid())
        except OSError as error:
            message = (
                f"the journal {path} cannot be written ({error.strerror}); what you type is not "
                "being kept: set XDG_STATE_HOME to a folder that can be"
            )
            raise SessionFileError(message) from error
        return journal

    @classmethod
    def extend(cls, path: Path, *, say: Callable[[str], object] = _to_nobody) -> Journal:
        """Go on with the journal of a session that is being taken over."""
        journal = cls(path, os.open(path, os.O_WRONLY | os.O_APPEND), say=say)
        journal.write(pid=os.getpid())
        return journal

    # Who calls these may wait for the disk

    def write(self, *, sync: bool = False, **record: Any) -> None:
        """Append one record; `sync` waits until the disk has it, for what a person typed."""
        self._appender.now(record, sync=sync)

    def block(self, source: str, at: Rational) -> None:
        """Keep a block that is about to run.

        Raises:
            SessionFileError: the disk does not take it; the block may run all the same.
        """
        try:
            self.write(sync=True, block=source, at=str(at))
        except OSError as error:
            message = (
                f"the journal cannot be written ({error.strerror}); this runs but is not kept: "
                f"make room on the disk of {self.path.parent}"
            )
            raise SessionFileError(message) from error

    def done(self, *, ok: bool, at: Rational) -> None:
        """Keep how the block ended, and the edge it had then: a long block's moves."""
        with contextlib.suppress(OSError):
            self.write(done=ok, at=str(at))

    def flush(self) -> None:
        """Have all that was kept in the file."""
        self._appender.flush()

    def close(self, *, goodbye: bool = True) -> None:
        """Keep no more.

        Args:
            goodbye: say that the session ended well.
        """
        if goodbye:
            with contextlib.suppress(OSError):
                self.write(closed=True)
        self._appender.close()

    # Who calls these waits for nothing

    def came(self, source: str, at: Rational) -> None:
        """Keep a line that does again what came to be, as a block that ran."""
        self._appender.later({"block": source, "at": str(at)})
        self._appender.later({"done": True, "at": str(at)}, sync=True)

    def late(self, stream: str, bar: int) -> None:
        """Keep that a network was late for a bar, which therefore repeated the one before."""
        self._appender.later({"late": [stream, bar]})

    def heard(self, name: str, text: str) -> None:
        """Keep what came in by MIDI, under the name it goes by."""
        self._appender.later({"heard": [name, text]})

    def _on_trouble(self, why: str) -> None:
        self._say(
            f"the journal cannot be written ({why}); what comes of hands, networks and clocks is "
            f"not kept, the music goes on: make room on the disk of {self.path.parent}"
        )


def read_journal(path: Path) -> Performance:
    """Read a journal; a last line cut short by a crash is passed over.

    Raises:
        SessionFileError: it cannot be read at all.
    """
    try:
        if path.stat().st_size > _LARGEST:
            message = f"the journal {path} is too large to read back"
            raise SessionFileError(message)
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        message = f"the journal {path} cannot be read ({error.strerror})"
        raise SessionFileError(message) from error
    seed, pid, closed = 0, 0, False
    blocks: list[Block] = []
    failed: set[int] = set()
    late: list[tuple[str, int]] = []
    heard: list[tuple[str, str]] = []
    for line in lines:
        match _record(line):
            case {"block": str(source), "at": str(at)}:
                blocks.append(Block(_time(at), source))
            case {"done": bool(ok), "at": str(at)} if blocks:
                blocks[-1] = blocks[-1]._replace(at=_time(at))
                if not ok:
                    failed.add(len(blocks) - 1)
            case {"late": [str(stream), int(bar)]}:
                late.append((stream, bar))
            case {"heard": [str(name), str(text)]}:
                heard.append((name, text))
            case {"closed": True}:
                closed = True
            case {"pid": int(number), **rest}:
                pid, seed = number, int(rest.get("seed", seed))
    return Performance(
        path, seed, tuple(blocks), frozenset(failed), tuple(late), tuple(heard), closed, pid
    )


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _time(text: str) -> Rational:
    try:
        return rational(text)
    except (ValueError, ZeroDivisionError):
        return ZERO


def dismiss(path: Path) -> None:
    """Offer a journal back no more: it was offered, and a session has ended well since."""
    with contextlib.suppress(OSError, SessionFileError):
        Journal(path, os.open(path, os.O_WRONLY | os.O_APPEND), say=_to_nobody).close()


def abandoned(folder: Path) -> Performance | None:
    """Return the newest session that ended without a goodbye and has something in it."""
    for path in sorted(folder.glob("*.jsonl"), reverse=True)[:_KEEP]:
        found = read_journal(path)
        if found.closed or (found.pid and alive(found.pid)):
            continue
        return found if found.blocks else None
    return None
