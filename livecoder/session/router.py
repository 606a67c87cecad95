"""Orders to the outputs that they concern.

An output is told of every window of a track that it has ever had to play, also of one that has
nothing for it: so it knows how far it is provided for, and loops silence where it had none should
it have to loop by itself. Of a track that is none of its business it hears nothing.
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

    def __init__(self, *, resumed: bool = False, **outputs: Output) -> None:
        """Send to outputs by their names: `midi`, `audio`, `osc`.

        Args:
            resumed: outputs may hold tracks of a front that is gone, so all are told of everything.
            outputs: by name.
        """
        self._outputs = outputs
        self._resumed = resumed
        self._plays: dict[str, set[str]] = {name: set() for name in outputs}

    def send(self, order: Order) -> None:
        """See `core.protocols.Output`."""
        if isinstance(order, Mix):
            self._outputs["audio"].send(order)
        elif isinstance(order, Schedule):
            for name, output in self._outputs.items():
                events = tuple(event for event in order.events if _WANTS[name](event))
                if events:
                    self._plays[name].add(order.track)
                if self._resumed or order.track in self._plays[name]:
                    output.send(order._replace(events=events))
        else:
            for output in self._outputs.values():
                output.send(order)
