"""Instruments that are plugged in and pulled out: `python -m support.plugs`, told by its input.

A JACK client with MIDI inputs. `plug NAME` and `pull NAME` make one appear and vanish. What each
instrument sounds is kept while it is away, as a synthesiser does whose cable is pulled. `tell`, and
the end of the input, print one JSON object: notes that sound by instrument, and how many came.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

__all__ = ["Plugs"]

_CLIENT = "plugs"
_NOTE_OFF, _NOTE_ON, _CONTROL = 0x80, 0x90, 0xB0
_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123
# Longer than any cycle: the callback has seen that a port is no longer its own.
_A_CYCLE = 0.1


class Plugs:
    """The process, from outside."""

    def __init__(self) -> None:
        here = str(Path(__file__).resolve().parents[1])
        places = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.plugs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def plug(self, name: str) -> None:
        """Let an instrument appear."""
        self._say(f"plug {name}")

    def pull(self, name: str) -> None:
        """Let it vanish."""
        self._say(f"pull {name}")

    def tell(self) -> dict[str, Any]:
        """Return `sounding` (keys by instrument) and `notes` (how many were struck)."""
        self._say("tell")
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


class _Instruments:
    """The client; ports are replaced as a whole, since the callback reads them."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._ports: dict[str, Any] = {}
        self._sounding: dict[str, set[tuple[int, int]]] = {}
        self._notes = 0
        client.set_process_callback(self._process)

    def plug(self, name: str) -> None:
        if name not in self._ports:
            self._sounding.setdefault(name, set())
            self._ports = {**self._ports, name: self._client.midi_inports.register(name)}

    def pull(self, name: str) -> None:
        ports = dict(self._ports)
        port = ports.pop(name, None)
        self._ports = ports
        if port is not None:
            time.sleep(_A_CYCLE)
            port.unregister()

    def tell(self) -> None:
        sounding = {name: sorted(keys) for name, keys in self._sounding.items() if keys}
        print(json.dumps({"sounding": sounding, "notes": self._notes}), flush=True)

    def _process(self, _frames: int) -> None:
        for name, port in self._ports.items():
            for _, data in port.incoming_midi_events():
                self._hear(self._sounding[name], bytes(data))

    def _hear(self, sounding: set[tuple[int, int]], data: bytes) -> None:
        if len(data) < 3:
            return
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == _NOTE_ON and data[2]:
            sounding.add((channel, data[1]))
            self._notes += 1
        elif kind in (_NOTE_ON, _NOTE_OFF):
            sounding.discard((channel, data[1]))
        elif kind == _CONTROL and data[1] in (_ALL_SOUND_OFF, _ALL_NOTES_OFF):
            for key in [key for key in sounding if key[0] == channel]:
                sounding.discard(key)


def main() -> int:
    """Do as told."""
    import jack

    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    client = jack.Client(_CLIENT, no_start_server=True)
    instruments = _Instruments(client)
    client.activate()
    for line in sys.stdin:
        word, _, name = line.strip().partition(" ")
        if word == "plug":
            instruments.plug(name)
        elif word == "pull":
            instruments.pull(name)
        else:
            instruments.tell()
    client.deactivate()
    client.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
