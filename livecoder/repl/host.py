"""What the prompt asks of a session; `session.live` is one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from livecoder.session.status import Status

__all__ = ["Host"]


class Host(Protocol):
    """A session as the prompt sees it. All of it is called from the main thread.

    The vocabulary (`sounds` to `ports`) is also asked from the completion's thread, and must
    answer at once from what is known. Who opened the session closes it, after the prompt returns.
    """

    @property
    def namespace(self) -> dict[str, Any]:
        """Every name the performer has; blocks run in it. The prompt adds `help exit quit`."""

    def status(self) -> Status:
        """Return what the session does now; asked ten times a second, so it never waits."""

    def begin(self, source: str) -> None:
        """Fix the edge of a block and keep it in the journal, before it runs.

        Raises:
            LivecoderError: the block cannot be kept; it is run all the same.
        """

    def end(self, *, ok: bool) -> None:
        """Say how the block ended; a block that failed has everything it changed taken back."""

    def poll_messages(self) -> list[str]:
        """Return what happened since the last call, one line each, oldest first."""

    def sounds(self) -> Collection[str]:
        """Return the names `s("...")` takes."""

    def scales(self) -> Collection[str]:
        """Return the names of scales, without tonic: `"minor"`."""

    def controls(self) -> Collection[str]:
        """Return the names of controls."""

    def tracks(self) -> Collection[str]:
        """Return the names of tracks in use and those of `d1` to `d16`."""

    def ports(self) -> Collection[str]:
        """Return the names of MIDI ports known by now."""
