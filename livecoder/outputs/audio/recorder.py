"""The recorder: what leaves the limiter, to a WAV file, written by a thread of its own.

pyo fills a circular table of a few seconds; a thread follows it with the disk. A disk that stalls
for longer than the table is long costs the recording, never the music.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from livecoder.core.errors import SessionFileError
from livecoder.outputs.audio.silent import pyo

__all__ = ["Recorder"]

_SECONDS = 8
_EVERY = 0.25


class Recorder:
    """One recording."""

    def __init__(
        self, path: Path, outs: tuple[Any, ...], rate: float, begun: Callable[[], int]
    ) -> None:
        """Start.

        Args:
            path: the file; one of that name is replaced.
            outs: the two sides.
            rate: frames a second.
            begun: tells the first frame of the buffer that is being computed.

        Raises:
            SessionFileError: it cannot be written there.
        """
        import soundfile

        try:
            self._file = soundfile.SoundFile(
                path, "w", samplerate=int(rate), channels=2, subtype="PCM_24", format="WAV"
            )
        except (OSError, RuntimeError) as error:
            message = f"cannot record to {path} ({error}); name a file in a folder of yours"
            raise SessionFileError(message) from error
        self._path, self._rate = path, rate
        self._frames = int(_SECONDS * rate)
        self._tables = [pyo.DataTable(self._frames) for _ in outs]
        self._views = [np.asarray(table.getBuffer()) for table in self._tables]
        self._begun = begun
        self._fills = [
            pyo.TableFill(out, table) for out, table in zip(outs, self._tables, strict=True)
        ]
        # The tables fill from the next buffer on.
        self._first = self._done = begun()
        self._lost = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def close(self) -> str:
        """Finish the file; return a line about it."""
        self._stop.set()
        self._thread.join()
        for fill in self._fills:
            fill.stop()
        self._file.close()
        seconds = (self._done - self._first) / self._rate
        gap = f", {self._lost / self._rate:.1f} s lost to a slow disk" if self._lost else ""
        return f"recorded {seconds:.1f} s to {self._path}{gap}"

    def _run(self) -> None:
        stopped = False
        while not stopped:
            stopped = self._stop.wait(_EVERY)
            self._follow()

    def _follow(self) -> None:
        ready = self._begun()
        if ready - self._done > self._frames * 7 // 8:
            self._lost += ready - self._done
            self._done = ready
            return
        if (count := ready - self._done) <= 0:
            return
        at = (self._done - self._first + np.arange(count)) % self._frames
        self._file.write(np.stack([view[at] for view in self._views], axis=1))
        self._done = ready
