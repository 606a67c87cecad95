"""A port for mido that stamps what is sent to it: `mido.set_backend("stamping_port")`.

See mido's documentation, "Writing a new or custom backend".
"""

from __future__ import annotations

from typing import Any

import mido
from mido.ports import BaseInput, BaseOutput
from stamps import Stamps

__all__ = ["Input", "Output", "get_devices", "use"]

NAME = "stamps"


class Output(BaseOutput):  # type: ignore[misc]
    """Stamps note-ons by channel."""

    stamps: Stamps

    def _open(self, **_options: Any) -> None:
        self.name = NAME

    def _send(self, message: mido.Message) -> None:
        if message.type == "note_on" and message.velocity:
            self.stamps.note(message.channel)


class Input(BaseInput):  # type: ignore[misc]
    """Hears nothing."""

    def _open(self, **_options: Any) -> None:
        self.name = NAME


def get_devices(**_options: Any) -> list[dict[str, Any]]:
    """Return the one port there is."""
    return [{"name": NAME, "is_input": True, "is_output": True}]


def use(stamps: Stamps) -> None:
    """Have every port that mido opens from now on stamp what is sent to it."""
    Output.stamps = stamps
    mido.set_backend("stamping_port")
