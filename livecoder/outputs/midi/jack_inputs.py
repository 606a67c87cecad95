"""MIDI coming in through JACK: every message with the time of its frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from livecoder.outputs.midi.arrivals import Arrivals
from livecoder.outputs.midi.memory import PortMemory
from livecoder.outputs.midi.names import EVERY, find_port, nobody_is_called, own_name

__all__ = ["JackInputs"]


class _Own:
    """An input of ours and what it listens to."""

    def __init__(self, port: Any, sources: frozenset[str]) -> None:
        self.port = port
        self.present: set[str] = set()
        """Sources that were connected at the last look."""
        self.missing: set[str] = set(sources)
        """Sources that have gone; some may never have been here in this process."""
        self.declined: set[str] = set()
        """Ports that somebody disconnected by hand."""
        self.doubted: set[str] = set()
        """Ports that are disconnected and still there, as those of a program that quits are."""


class JackInputs:
    """The inputs of one client. `read` is for JACK's thread, `look_after` for the maintainer's.

    Attributes:
        arrivals: what came in.
    """

    def __init__(
        self, library: Any, memory: PortMemory, arrivals: Arrivals, say: Callable[[str], None]
    ) -> None:
        """Begin with the inputs that the last process had.

        Args:
            library: the module `jack`.
            memory: what that process knew.
            arrivals: takes what comes in.
            say: tells the performer a line.
        """
        self.arrivals = arrivals
        self._jack, self._memory, self._say = library, memory, say
        self._wanted = dict.fromkeys(memory.inputs)
        # Never changed, only replaced: the callback reads it.
        self._own: dict[str, _Own] = {}
        self._closing: list[Any] = []

    def want(self, names: Iterable[str]) -> None:
        """Have inputs of exactly these names at the next look."""
        self._wanted = dict.fromkeys(names)

    def read(self, begin_ns: int, length_ns: int, frames: int) -> None:
        """In a cycle that begins at a time and takes so long, take what came."""
        for name, own in self._own.items():
            for offset, data in own.port.incoming_midi_events():
                self.arrivals.put(begin_ns + length_ns * offset // frames, name, bytes(data))

    def forget(self) -> None:
        """The client is gone, and its ports with it."""
        self._own, self._closing = {}, []

    def look_after(self, client: Any, vanished: Callable[[], bool]) -> None:
        """Open what is wanted, close what is not, and connect what has appeared.

        Args:
            client: a `jack.Client`.
            vanished: whether any port has since the last look; it may be there again by now.
        """
        # No callback that began before they were taken out still runs.
        for port in self._closing:
            port.unregister()
        unwanted = self._own.keys() - self._wanted.keys()
        self._closing = [self._own[name].port for name in unwanted]
        if unwanted:
            self._own = {n: own for n, own in self._own.items() if n not in unwanted}
            for name in unwanted:
                self._memory.inputs.pop(name, None)
        new = [name for name in self._wanted if name not in self._own]
        for name in new:
            self._register(client, name)
        if not self._own:
            return
        there = {
            port.name: list(port.aliases)
            for port in client.get_ports(is_midi=True, is_output=True)
            if not port.name.startswith(f"{client.name}:")
        }
        for name, own in self._own.items():
            self._connect(client, name, own, there, vanished)
            if name in new and name != EVERY and not own.present and not own.missing:
                self._say(nobody_is_called(name, there, f"{client.name}:{own_name(name)} in"))

    def _register(self, client: Any, name: str) -> None:
        try:
            port = client.midi_inports.register(f"{own_name(name)} in")
        except self._jack.JackError:
            self._say(f'JACK refuses an input called "{name}"; give it another name')
            self._wanted = {n: None for n in self._wanted if n != name}
            return
        self._own = {**self._own, name: _Own(port, self._memory.inputs.get(name, frozenset()))}

    def _connect(
        self,
        client: Any,
        name: str,
        own: _Own,
        there: dict[str, list[str]],
        vanished: Callable[[], bool],
    ) -> None:
        connected = {port.name for port in own.port.connections}
        doubted, own.doubted = own.doubted, set()
        for source in own.present - connected:
            here = source in there and not vanished()
            if here and source not in doubted:
                own.doubted.add(source)
            elif here:
                own.declined.add(source)
            else:
                own.missing.add(source)
                self._say(f'input "{name}" has gone ({source}); waiting for it')
        own.missing -= connected
        wanted = own.missing & there.keys()
        told = bool(own.present or own.missing)
        if name == EVERY:
            wanted = there.keys() - connected - own.declined - own.doubted
        elif not connected and not own.missing and not own.doubted:
            found = find_port(name, there)
            wanted = set() if found is None else {found} - own.declined
        for source in sorted(wanted):
            try:
                client.connect(source, own.port)
            except self._jack.JackErrorCode:
                continue  # it went just now, or somebody was faster
            connected.add(source)
            if source in own.missing and told:
                self._say(f'input "{name}" is back ({source})')
            own.missing.discard(source)
        own.present = connected | own.doubted
        self._memory.inputs[name] = frozenset(connected | own.missing)
