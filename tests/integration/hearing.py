"""A MIDI recorder in a process of its own: `python -m tests.integration.hearing NAME WANTED`.

Whoever shares an interpreter with a busy test is late for a cycle now and then, and a server that
waits for nobody has it hear what was sent a cycle before, or after: notes would be missing, or come
twice, that were played well. Here nothing else runs, and the system is asked to run it first.

It says, a line each: `connected NAME NAME...` when that changes, `xruns NUMBER`, `gone` when the
server is, and `FRAME HEX` for each message. It ends with its input.
"""

from __future__ import annotations

import gc
import re
import select
import sys
from collections import deque

import jack

from livecoder.outputs.jack_cycles import Cycles
from livecoder.outputs.urgency import favour_thread

_PRIORITY = 10
_TURN = 0.005
_LOOK_EVERY = 4


class _Hearing:
    """The client, and what waits to be told."""

    def __init__(self, name: str, wanted: str) -> None:
        jack.set_error_function(lambda _text: None)
        jack.set_info_function(lambda _text: None)
        self.client = jack.Client(name, no_start_server=True)
        self.wanted = re.compile(wanted)
        self.heard: deque[tuple[int, bytes]] = deque()
        self.xruns, self.gone = 0, False
        self._favoured = False
        self._told: tuple[list[str], int, bool] = ([], 0, False)
        self.port = self.client.midi_inports.register("in")
        self.cycles = Cycles(self.client, self._process)
        self.client.set_xrun_callback(self._on_xrun)
        self.client.set_shutdown_callback(self._on_shutdown)

    def _process(self, _frames: int) -> None:
        if not self._favoured:
            self._favoured = True
            favour_thread(_PRIORITY)
        start = self.client.last_frame_time
        for offset, data in self.port.incoming_midi_events():
            self.heard.append((start + offset, bytes(data)))

    def _on_xrun(self, _delay: float) -> None:
        self.xruns += 1

    def _on_shutdown(self, *_why: object) -> None:
        self.gone = True

    def connect(self) -> list[str]:
        """Connect to whatever matches; return what it is connected to."""
        try:
            mine = [port.name for port in self.port.connections]
            for port in self.client.get_ports(is_midi=True, is_output=True):
                if self.wanted.search(port.name) and port.name not in mine:
                    self.client.connect(port, self.port)
        except jack.JackError:
            return self._told[0]  # it went between being seen and being connected
        return mine

    def tell(self, connected: list[str]) -> None:
        """Say what is new: who has gone, only after all that was heard of them."""
        lines = []
        while self.heard:
            frame, data = self.heard.popleft()
            lines.append(f"{frame} {data.hex()}")
        if connected != self._told[0]:
            lines.append(" ".join(["connected", *(name.replace(" ", "\t") for name in connected)]))
        if self.xruns != self._told[1]:
            lines.append(f"xruns {self.xruns}")
        if self.gone and not self._told[2]:
            lines.append("gone")
        self._told = connected, self.xruns, self.gone
        if lines:
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()


def main(name: str, wanted: str) -> None:
    """Record until the input ends."""
    hearing = _Hearing(name, wanted)
    gc.disable()
    hearing.client.activate()
    connected = hearing.connect()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    turn = 0
    while not select.select([sys.stdin], [], [], _TURN)[0]:
        turn += 1
        if turn % _LOOK_EVERY == 0 and not hearing.gone:
            connected = hearing.connect()
        hearing.tell(connected)
    if not hearing.gone:
        hearing.cycles.end()
        hearing.client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
