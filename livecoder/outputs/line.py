"""The line to the front, as the output sees it: it listens, takes orders, and reports.

One front at a time: a new one that proves itself by the key takes over from the last. A line that
breaks without a `Quit` makes the output an orphan, which is the host's business.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
)
from pathlib import Path
from typing import Any, NamedTuple

from livecoder.core.errors import DeviceError
from livecoder.core.events import (
    Configure,
    Incoming,
    Mix,
    Panic,
    Quit,
    Report,
    Revoke,
    Schedule,
    Welcome,
)
from livecoder.outputs.hanging_up import hang_up

__all__ = ["Connected", "Disconnected", "Line", "Received"]

_ORDERS = (Schedule, Revoke, Mix, Configure, Panic, Quit)
_REPORT_EVERY = 0.25
_BACKLOG = 4


class Connected(NamedTuple):
    """A front came."""

    number: int


class Disconnected(NamedTuple):
    """A front went, without a word if there was no `Quit`."""

    number: int


class Received(NamedTuple):
    """What a front sent; anything, until it is looked at."""

    order: Any


class Line:
    """Listens at `FOLDER/NAME.sock`.

    Raises:
        DeviceError: the key cannot be read, or nothing can be listened to there.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        on_news: Callable[[Connected | Disconnected | Received], None],
        welcome: Callable[[], Welcome],
        report: Callable[[], Report],
        news: threading.Event,
        incoming: Callable[[], list[Incoming]] = list,
    ) -> None:
        """Listen from now on.

        Args:
            folder: of the session.
            name: of the output.
            on_news: called, on threads of the line, in the order things happen.
            welcome: answers the first word to a front.
            report: answers the next report.
            news: set when a report, or what came in, should not wait.
            incoming: takes what came in; what nobody is there for is lost.
        """
        self._on_news, self._welcome, self._report, self._news = on_news, welcome, report, news
        self._incoming = incoming
        self._count = 0
        self._lock = threading.Lock()
        self._current: Connection[Any, Any] | None = None
        path = folder / f"{name}.sock"
        try:
            self._key = (folder / "key").read_bytes()
            path.unlink(missing_ok=True)
            self._listener = Listener(str(path), "AF_UNIX", backlog=_BACKLOG)
        except OSError as error:
            message = f"{name} cannot listen in {folder} ({error.strerror}); start a new session"
            raise DeviceError(message) from error
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            self._listener.close()
        if self._current is not None:
            hang_up(self._current)

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            # In a thread of its own: whoever knocks and says nothing keeps nobody out.
            threading.Thread(
                target=self._greet, args=(connection,), name="greet", daemon=True
            ).start()

    def _greet(self, connection: Connection[Any, Any]) -> None:
        try:
            deliver_challenge(connection, self._key)
            answer_challenge(connection, self._key)
        except (AuthenticationError, EOFError, OSError, ValueError):
            connection.close()
            return
        with self._lock:
            before, self._current = self._current, connection
            self._count += 1
            number, welcome = self._count, self._welcome()
            self._on_news(Connected(number))
        if before is not None:
            hang_up(before)
        threading.Thread(
            target=self._talk, args=(connection, number, welcome), name="talk", daemon=True
        ).start()
        self._listen(connection, number)

    def _listen(self, connection: Connection[Any, Any], number: int) -> None:
        try:
            while number == self._count:
                came = connection.recv()
                for order in came if isinstance(came, list) else [came]:
                    self._on_news(Received(order))
        except Exception:  # noqa: S110 - however a line breaks, it is broken
            pass
        finally:
            self._on_news(Disconnected(number))
            hang_up(connection)

    def _talk(self, connection: Connection[Any, Any], number: int, welcome: Welcome) -> None:
        with contextlib.suppress(OSError, ValueError):
            connection.send(welcome)
            reported = 0.0
            while number == self._count:
                arrived = self._incoming()
                for one in arrived:
                    connection.send(one)
                now = time.monotonic()
                if not arrived or now >= reported + _REPORT_EVERY:
                    connection.send(self._report())
                    reported = now
                self._news.wait(_REPORT_EVERY)
                self._news.clear()
