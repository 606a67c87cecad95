"""Time stands before bar 1 until there is something to hear; then it begins, once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from livecoder.core.errors import LivecoderError

__all__ = ["FirstBeat"]


class FirstBeat:
    """Lets time begin in a thread of its own, since outputs and networks may be waited for."""

    def __init__(
        self, heard: Callable[[], object], begin: Callable[[], None], say: Callable[[str], object]
    ) -> None:
        """Wait for nothing yet; see `rest`.

        Args:
            heard: what sounds; nothing that is true, if nothing does.
            begin: lets time run; may take its time, and may fail.
            say: tells the performer a line.
        """
        self._heard, self._begin, self._say = heard, begin, say
        self._lock = threading.Lock()
        self._at_rest = False

    def rest(self) -> None:
        """Let time begin at the next look that finds a track to be heard."""
        self._at_rest = True

    def give_up(self) -> None:
        """Let time begin no more."""
        self._at_rest = False

    def look(self) -> None:
        """Let time begin, if it is at rest and there is something to hear."""
        with self._lock:
            if not self._at_rest or not self._heard():
                return
            self._at_rest = False
        threading.Thread(target=self._run, name="first beat", daemon=True).start()

    def _run(self) -> None:
        try:
            self._begin()
        except Exception as error:  # whatever it was, the next block tries again
            kind = "" if isinstance(error, LivecoderError) else f"{type(error).__name__}: "
            self._at_rest = True
            self._say(f"bar 1 could not begin ({kind}{error}); play a pattern to try again")
