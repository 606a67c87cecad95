"""An output that is started when the first event for it comes: most sessions never need it."""

from __future__ import annotations

import threading

from livecoder.core.events import Configure, Order, Schedule, Welcome
from livecoder.outputs.client import OutputClient

__all__ = ["OnDemand"]


class OnDemand:
    """An `Output` in front of a client; see `core.protocols.Output`.

    Until it is started it keeps settings, and drops what an output that holds nothing needs not
    know. Events come two bars before they sound: the process is up by then.
    """

    def __init__(self, client: OutputClient) -> None:
        """Prepare; it is started by `start`, by an event, or if it still runs from before."""
        self._client = client
        self._lock = threading.Lock()
        self.started = False
        if (client.folder / f"{client.name}.sock").exists():
            self.start()

    def start(self) -> None:
        """Start the process, or attach to it, if that was not done yet. Returns at once."""
        with self._lock:
            if not self.started:
                self.started = True
                self._client.start()

    def wait_ready(self, seconds: float) -> bool:
        """Wait until it answers, if it was started; return False if it does not in time."""
        return not self.started or self._client.wait_ready(seconds)

    def close(self, *, quit: bool = True) -> None:  # noqa: A002 - as of a client
        """Let the output go; see `OutputClient.close`."""
        if self.started:
            self._client.close(quit=quit)

    @property
    def welcome(self) -> Welcome | None:
        """The output's first word, once it is up."""
        return self._client.welcome

    def send(self, order: Order) -> None:
        """Hand over an order, starting the process if it needs one."""
        if isinstance(order, Schedule) and order.events:
            self.start()
        if self.started or isinstance(order, Configure):
            self._client.send(order)
