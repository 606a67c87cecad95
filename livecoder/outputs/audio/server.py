"""The one pyo server of a process, behind one class.

Every backend computes the same graphs; they differ in who calls for the next buffer: JACK,
PortAudio, or whoever calls `Server.process`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecoder.core.errors import DeviceError
from livecoder.outputs.audio.silent import pyo

__all__ = ["Server"]


class Server:
    """A pyo server that has booted."""

    def __init__(
        self,
        backend: str,
        *,
        rate: int = 48_000,
        buffer: int = 256,
        channels: int = 2,
        name: str = "livecoder-audio",
    ) -> None:
        """Boot.

        Args:
            backend: `"jack"`, `"portaudio"`, or `"manual"` for one that `process` drives.
            rate: frames a second; JACK has its own.
            buffer: frames computed at a time; JACK has its own.
            channels: outputs.
            name: the client's name under JACK.

        Raises:
            DeviceError: no such device is there.
        """
        self._server = pyo.Server(
            sr=rate,
            nchnls=channels,
            buffersize=buffer,
            duplex=0,
            audio=backend,
            jackname=name,
            verbosity=0,
        )
        self._server.deactivateMidi()
        if backend == "jack":
            self._server.setJackAuto(False, True)
        self._server.boot()
        if not self._server.getIsBooted():
            message = f"{backend} does not answer; livecoder doctor says what is missing"
            raise DeviceError(message)
        self.rate = float(self._server.getSamplingRate())
        self.buffer = int(self._server.getBufferSize())
        self.name = name
        self._channels = channels
        self._view: NDArray[np.float32] | None = None

    def start(self, callback: Callable[[], None] | None = None) -> None:
        """Start; `callback` is called before each buffer, on the thread that computes it."""
        if callback is not None:
            self._server.setCallback(callback)
        self._server.start()

    def process(self) -> NDArray[np.float32]:
        """Compute a buffer (`"manual"` only); return a view of it, `(buffer, channels)`."""
        self._server.process()
        if self._view is None:
            address = int(self._server.getOutputAddr(), 16)
            array: Any = (ctypes.c_float * (self.buffer * self._channels)).from_address(address)
            self._view = np.ctypeslib.as_array(array).reshape(self.buffer, self._channels)
        return self._view

    def close(self) -> None:
        """Stop and let the device go."""
        if self._server.getIsStarted():
            self._server.stop()
        self._server.shutdown()
