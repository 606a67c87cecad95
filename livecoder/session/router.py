"""Orders to the outputs that they concern.

Every output is told of every window, also of one that has nothing for it: so each knows how far
it is provided for, and an output that must loop by itself loops silence where it had none.
"""

from __future__ import annotations

from collections.abc import Callable

from livecoder.core.events import Event, Mix, Order, Schedule
from livecoder.core.protocols import Output
from livecoder.session.events import wants_audio, wants_midi, wants_osc

__all__ = ["Router"]

_WANTS: dict[str, Callable[[Event], bool]] = {
    "audio": lambda event: wants_audio(event.controls),
    "midi": lambda event: wants_midi(event.controls),
    "osc": lambda event: wants_osc(event.controls),
}


class Router:
    """One `Output` in front of all output processes."""

    def __init__(self, **outputs: Output) -> None:
        """Send to outputs by their names: `midi`, `audio`, `osc`."""
        self._outputs = outputs

    def send(self, order: Order) -> None:
        """See `core.protocols.Output`."""
        if isinstance(order, Mix):
            self._outputs["audio"].send(order)
        elif isinstance(order, Schedule):
            for name, output in self._outputs.items():
                events = tuple(event for event in order.events if _WANTS[name](event))
                output.send(order._replace(events=events))
        else:
            for output in self._outputs.values():
                output.send(order)
