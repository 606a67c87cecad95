"""Why a stream cannot answer at once, for whoever asks: see `core.errors.NotReadyError`."""

from __future__ import annotations

from collections.abc import Callable

from livecoder.core.errors import DeviceError, NotReadyError

__all__ = ["NotComposedYetError", "NotPlayedYetError", "UnsettledError"]


class NotComposedYetError(NotReadyError):
    """A bar of a stream is still being composed."""

    def __init__(
        self, message: str, concede: Callable[[], None], wait: Callable[[float], None]
    ) -> None:
        super().__init__(message)
        self._concede, self._wait = concede, wait

    def concede(self) -> None:
        """See `NotReadyError.concede`."""
        self._concede()

    def wait(self, seconds: float) -> None:
        """See `NotReadyError.wait`."""
        self._wait(seconds)


class UnsettledError(NotReadyError):
    """A window was asked for while an edit of it was under way, or by nobody's window at all."""

    def concede(self) -> None:
        """Nothing is late: asked once more, the window is answered as it has become."""

    def wait(self, seconds: float) -> None:
        """Nothing to wait for: asked once more, the window is answered."""


class NotPlayedYetError(UnsettledError):
    """A bar was asked for outside of any track, and no track has played it."""

    def wait(self, seconds: float) -> None:  # noqa: ARG002 - no time would be enough
        """Raise: only a track that plays makes a stream compose."""
        raise DeviceError(str(self))
