"""A file of records that only grows: some are written at once, others by a thread of its own.

A disk may keep a writer for seconds. Who types a block waits for it, since the block is to be safe
before it runs; the scheduler, and what comes in, never do: theirs are written **later**. The file
has all records in the order they were handed over.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Appender"]

_MOST_WAITING = 4096


class Appender:
    """One JSON object a line. Every method may be called from any thread."""

    def __init__(self, descriptor: int, on_trouble: Callable[[str], object]) -> None:
        """Go on at the end of a file.

        Args:
            descriptor: the file, open for appending; closed by `close`.
            on_trouble: told why, once, when what was to be written later is lost; again after a
                time in which it was not.
        """
        self._file, self._on_trouble = descriptor, on_trouble
        # Whoever holds this may wait for the disk; `later` must not take it.
        self._disk = threading.Lock()
        self._waiting: deque[tuple[Mapping[str, Any], bool]] = deque()
        self._wake = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._troubled = self._cut_short = False

    def now(self, record: Mapping[str, Any], *, sync: bool = False) -> None:
        """Write a record after all that wait.

        Args:
            record: names and values that JSON knows.
            sync: return only when the disk has it.

        Raises:
            OSError: the disk does not take it.
        """
        with self._disk:
            self._write_waiting()
            self._write([record], sync)

    def later(self, record: Mapping[str, Any], *, sync: bool = False) -> None:
        """Have a record written soon; returns at once. Of too many that wait, the last are lost.

        Args:
            record: see `now`.
            sync: have the disk told to take it.
        """
        if self._file < 0:
            return
        if len(self._waiting) >= _MOST_WAITING:
            self._trouble("the disk does not keep up")
            return
        self._waiting.append((record, sync))
        self._wake.set()
        if self._thread is None:
            self._start()

    def flush(self) -> None:
        """Write all that waits."""
        with self._disk:
            self._write_waiting()

    def close(self) -> None:
        """Write all that waits, and take nothing more."""
        with self._disk:
            self._write_waiting()
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
        self._wake.set()
        if self._thread is not None:
            self._thread.join(1.0)

    # Inside

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._file >= 0:
            self._wake.wait()
            self._wake.clear()
            self.flush()

    def _write_waiting(self) -> None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not waiting:
            return
        try:
            self._write([record for record, _ in waiting], any(sync for _, sync in waiting))
        except OSError as error:
            self._trouble(error.strerror or str(error))
        else:
            self._troubled = False

    def _write(self, records: list[Mapping[str, Any]], sync: bool) -> None:
        if self._file < 0:
            return
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        # JSON's own way to write half a surrogate, which UTF-8 has none for, is the same.
        data = lines.encode(errors="backslashreplace")
        if self._cut_short:
            data = b"\n" + data  # what was cut off by a full disk spoils its own line alone
        self._cut_short = True
        while data:
            data = data[os.write(self._file, data) :]
        self._cut_short = False
        if sync:
            os.fsync(self._file)

    def _trouble(self, why: str) -> None:
        if not self._troubled:
            self._troubled = True
            self._on_trouble(why)
