"""An rtmidi input that stops listening without ending the process, however much pours in.

rtmidi stops in two steps that are not one: what it calls is set to nothing *before* it is told to
call no more. A message that falls between them calls nothing, and that is the end of the process.
And an input that is deleted is joined without the interpreter being let go, so a message that waits
for the interpreter would wait for ever, and we with it. So an input is stopped by the thread that
calls, in the midst of a call, where no other call can be; and it is deleted a while later.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from livecoder.outputs.midi.rt_open import shut

__all__ = ["Ear"]

# By then a message that was on its way to us is there, seconds.
_SOON = 0.1


class Ear:
    """What an rtmidi input calls with all it hears, until it is told to stop."""

    def __init__(self, device: Any, hear: Callable[[bytes], None]) -> None:
        """Listen; opens nothing.

        Args:
            device: an input of rtmidi's that is not open yet, nor calls anybody.
            hear: takes a message, on the thread of the input.
        """
        self.device, self._hear = device, hear
        # When it was told to stop, and when it did; seconds.
        self._told: float | None = None
        self._deaf: float | None = None
        self._kept: object = None
        device.set_callback(self._on_message)

    def stop(self) -> None:
        """Hear no more; to be `closed` until that is true."""
        if self._told is None:
            self._told = time.monotonic()

    def closed(self) -> bool:
        """Close the input if that can be done now, and say whether it is closed.

        To be asked every now and then after `stop`, and no more once it is true.
        """
        now = time.monotonic()
        if self._told is None or now - self._told < _SOON:
            return False
        if self._deaf is None:
            # Nothing has come in since: it is all but certain that nothing does just now. If it
            # does, it must find what it calls.
            self._kept = gc.get_referents(self.device)
            self._cancel()
            return False
        if now - self._deaf < _SOON:
            return False
        shut(self.device)
        return True

    def _on_message(self, event: tuple[list[int], float], _: object) -> None:
        if self._told is None:
            self._hear(bytes(event[0]))
        elif self._deaf is None:
            self._cancel()

    def _cancel(self) -> None:
        self.device.cancel_callback()
        self._deaf = time.monotonic()
