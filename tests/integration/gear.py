"""An instrument in a process of its own, plugged in and pulled out: `python -m ...gear in synth`.

A JACK client `gear` with at most one MIDI port. It is told by lines of its input: `plug`, `pull`,
`play HEX`, `lead [SOURCE, TO]` (connect), `tell`. It answers each with one line of JSON: who is
connected, what was heard, and all MIDI ports there are. rtmidi keeps the interpreter while it opens
a port, and a synchronous server waits for all: so no client of Python's can be beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from typing import Any, NamedTuple

from livecoder.outputs.jack_cycles import Cycles

__all__ = ["Gear", "Told"]


class Told(NamedTuple):
    """What an instrument answers.

    Attributes:
        connected: full names of what its port is connected to.
        heard: messages, oldest first.
        ports: full names of all MIDI ports there are.
    """

    connected: list[str]
    heard: list[bytes]
    ports: list[str]


class Gear:
    """The process, from outside."""

    def __init__(self, kind: str, name: str) -> None:
        """Start it; its port, `gear:NAME`, is not there yet. `kind` is `in` or `out`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.gear", kind, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.tell()

    def plug(self) -> None:
        """Let its port appear."""
        self._ask("plug")

    def pull(self) -> None:
        """Let its port vanish."""
        self._ask("pull")

    def play(self, data: bytes) -> None:
        """Send a message at once."""
        self._ask(f"play {data.hex()}")

    def lead(self, source: str, to: str) -> None:
        """Lay a cable between two ports, as one does by hand."""
        self._ask(f"lead {json.dumps([source, to])}")

    def tell(self) -> Told:
        """Return what there is, and what was heard."""
        return self._ask("tell")

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=20)

    def _ask(self, line: str) -> Told:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        heard = [bytes.fromhex(data) for data in told["heard"]]
        return Told(told["connected"], heard, told["ports"])


class _Inside:
    def __init__(self, client: Any, kind: str, name: str) -> None:
        self._client, self._kind, self._name = client, kind, name
        self._port: Any = None
        self._heard: list[bytes] = []
        self._to_send: deque[bytes] = deque()
        self.cycles = Cycles(client, self._process)

    def do(self, word: str, rest: str) -> None:
        if word == "plug":
            client = self._client
            ports = client.midi_inports if self._kind == "in" else client.midi_outports
            self._port = ports.register(self._name)
        elif word == "pull":
            port, self._port = self._port, None
            port.unregister()
        elif word == "play":
            self._to_send.append(bytes.fromhex(rest))
        elif word == "lead":
            self._client.connect(*json.loads(rest))

    def told(self) -> dict[str, Any]:
        port = self._port
        connected = [] if port is None else [other.name for other in port.connections]
        ports = [found.name for found in self._client.get_ports(is_midi=True)]
        return {"connected": connected, "heard": [d.hex() for d in self._heard], "ports": ports}

    def _process(self, _frames: int) -> None:
        if (port := self._port) is None:
            return
        if self._kind == "in":
            self._heard.extend(bytes(data) for _, data in port.incoming_midi_events())
            return
        port.clear_buffer()
        while self._to_send:
            port.write_midi_event(0, self._to_send.popleft())


def main() -> int:
    """Do as told, until there is no more to be told."""
    import jack

    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    client = jack.Client("gear", no_start_server=True)
    inside = _Inside(client, sys.argv[1], sys.argv[2])
    client.activate()
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        inside.do(word, rest)
        print(json.dumps(inside.told()), flush=True)
    inside.cycles.end()
    client.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
