"""How a line between processes is ended so that everybody who waits on it wakes."""

from __future__ import annotations

import contextlib
import os
import socket
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["hang_up"]


def hang_up(connection: Connection[Any, Any]) -> None:
    """End both directions; a thread that reads or writes there finds the line broken."""
    with (
        contextlib.suppress(OSError, ValueError),
        socket.socket(fileno=os.dup(connection.fileno())) as held,
    ):
        held.shutdown(socket.SHUT_RDWR)
