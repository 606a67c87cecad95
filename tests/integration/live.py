"""A live session in this process, without devices: what a block does, and what comes out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livecoder.session.live import LiveSession
from livecoder.session.perform import perform_block

__all__ = ["Live", "a_session"]


class Live:
    """A session, and blocks typed into it."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session

    def type(self, block: str) -> str:
        """Run a block as the prompt does; return what is wrong with it, or nothing."""
        self.session.begin(block)
        error = perform_block(block, self.session.namespace, "<test>")
        self.session.end(ok=error is None)
        return "" if error is None else str(error)


@contextmanager
def a_session(home: Path, *, audio: str = "paced", midi: str = "none") -> Iterator[Live]:
    """Start a session whose state is kept in a folder; end it well."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(home)
    try:
        session = LiveSession(seed=1, audio=audio, midi=midi)
        try:
            yield Live(session)
        finally:
            session.shutdown()
    finally:
        if before is None:
            del os.environ["XDG_STATE_HOME"]
        else:
            os.environ["XDG_STATE_HOME"] = before
