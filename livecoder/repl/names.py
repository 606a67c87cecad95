"""What the prompt itself adds to the performer's names: help, exit, and lists to look at."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from livecoder.repl.help import Helper, Listing
from livecoder.repl.host import Host
from livecoder.session.evaluate import leave

__all__ = ["add_names"]


def add_names(host: Host, show: Callable[[Any], None]) -> None:
    """Put `help`, `exit`, `quit` and the lists `sounds scales controls ports` into the namespace.

    A name that the session has already is left to it.

    Args:
        host: the session.
        show: shows styled pieces of text.
    """
    lists: dict[str, Callable[[], Collection[str]]] = {
        "sounds": host.sounds,
        "scales": host.scales,
        "controls": host.controls,
        "ports": host.ports,
    }
    names: dict[str, Any] = {name: Listing(name, ask) for name, ask in lists.items()}
    names |= {"exit": leave, "quit": leave, "help": Helper(host, show)}
    for name, thing in names.items():
        host.namespace.setdefault(name, thing)
