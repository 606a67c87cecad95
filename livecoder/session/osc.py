"""The prompt's `osc_out`, `osc_in` and `osc`: places OSC goes to, and values that come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from livecoder.core.errors import RangeError
from livecoder.core.events import Configure
from livecoder.core.haps import Hap, Span
from livecoder.inputs.osc import OscListener
from livecoder.inputs.osc_packets import Value
from livecoder.inputs.traces import TICKS
from livecoder.outputs.osc.places import Place, place_at
from livecoder.patterns.pattern import Pattern
from livecoder.session.midi_in import MidiIn
from livecoder.session.stage import Stage

__all__ = ["OscIn", "OscOut"]

_LONGEST = 40
_MOST_WATCHED = 256
_FARTHEST = 1e9


class _Sends(Protocol):
    def start(self) -> None: ...
    def send(self, order: Configure) -> None: ...


class OscOut:
    """Places by name; a pattern sends to one with `.osc("NAME")`."""

    def __init__(self, stage: Stage, output: _Sends | None = None) -> None:
        """Begin with SuperDirt alone.

        Args:
            stage: refuses a pattern for a place it does not know.
            output: the process that sends; None where nothing is sent.
        """
        self._stage, self._output = stage, output

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        return {"osc_out": self.osc_out}

    def osc_out(
        self,
        name: str,
        address: str,
        path: str | None = None,
        args: str | Sequence[str] = (),
        *,
        dirt: bool = False,
        timed: bool = True,
    ) -> None:
        """Name a place that OSC goes to: `osc_out("lights", "127.0.0.1:9000", "/light")`.

        `d1 >> s("bd*2").osc("lights")` sends each event there as a bundle with its time. A
        message has all controls, each after its name; with `args="hue gain"` only their values.

        Args:
            name: what `.osc(...)` calls it.
            address: numbers and a port; other machines too.
            path: address of the messages; `{track}` in it is the name of the track.
            args: names of the controls whose values are sent, in order.
            dirt: write messages as SuperDirt reads them, to `/dirt/play`.
            timed: False for a receiver that ignores timetags: messages leave when they are due.

        Raises:
            RangeError: one of these is none.
        """
        if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST or ":" in name:
            fix = 'try osc_out("lights", "127.0.0.1:9000")'
            raise RangeError("name", name, f"1 to {_LONGEST} letters without a colon", fix=fix)
        place = place_at(address, path=path, arguments=args, dirt=dirt, timed=timed)
        places: dict[str, Place] = {**self._stage.places, name.strip(): place}
        self._stage.places = places
        if self._output is not None:
            plain = {key: tuple(held) for key, held in places.items()}
            self._output.send(Configure({"osc": plain}))
            self._output.start()


class OscIn:
    """Values that come in, as patterns: they are traces of the desk where knobs are, too.

    So a value holds from one lookahead after it came, is in the journal, and moves again in a
    replay and a render. Only what a pattern has asked for is kept.
    """

    def __init__(self, desk: MidiIn, say: Callable[[str], None]) -> None:
        """Listen to nothing yet.

        Args:
            desk: keeps what comes in as functions of time.
            say: tells the performer a line.
        """
        self._desk, self._say = desk, say
        # Never changed, only replaced: listeners read it on threads of their own.
        self._watched: Mapping[str, tuple[int, ...]] = {}
        self._listeners: dict[tuple[str, int], OscListener] = {}

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        return {"osc_in": self.osc_in, "osc": self.osc}

    def osc_in(self, port: int = 9000, host: str = "127.0.0.1") -> None:
        """Listen for OSC on a UDP port: `osc("/fader/1")` is then the last value that came.

        Only this machine is heard; `osc_in(9000, "0.0.0.0")` hears every machine of the network.

        Raises:
            DeviceError: the port is taken.
            RangeError: it is none.
        """
        if not self._desk.live or (host, port) in self._listeners:
            return
        listener = OscListener(host, port, self._take, self._say)
        self._listeners[host, port] = listener

    def osc(self, address: str, index: int = 0, default: float = 0.0) -> Pattern:
        """A value that comes in by OSC, as a signal: `.cutoff(osc("/fader/1").range(200, 4000))`.

        It holds from one lookahead (120 ms) after it came, or from its timetag. `osc_in(9000)`
        listens. A replay and a render hear it move as it did; before it moves, it is the default.

        Args:
            address: what its messages are sent to.
            index: which of their arguments, from 0.
            default: its value until one comes.

        Raises:
            RangeError: the address does not begin with a slash, or the index is none.
        """
        if not isinstance(address, str) or not address.startswith("/"):
            raise RangeError("address", address, 'text like "/fader/1"', fix='try osc("/fader/1")')
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < 64:
            raise RangeError("index", index, "from 0 to 63", fix='try osc("/xy", 1)')

        held = self._watched.get(address, ())
        if index not in held:
            if len(self._watched) >= _MOST_WATCHED:
                raise RangeError("addresses", address, f"at most {_MOST_WATCHED}", fix="use fewer")
            self._watched = {**self._watched, address: (*held, index)}
        desk, trace, start = self._desk, self._desk.trace(_name(address, index)), float(default)

        def ask(span: Span) -> list[Hap]:
            value = trace.at(desk.come_to(span[0]) * TICKS)
            return [Hap(None, span, start if value is None else value)]

        more = f", {index}" if index else ""
        return Pattern(ask, f'osc("{address}"{more})')

    def close(self) -> None:
        """Listen no more."""
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()

    def _take(self, address: str, values: tuple[Value, ...], at_ns: int) -> None:
        for index in self._watched.get(address, ()):
            value = values[index] if index < len(values) else None
            if isinstance(value, (int, float)) and abs(value) <= _FARTHEST:
                self._desk.feed(_name(address, index), float(value), at_ns)


def _name(address: str, index: int) -> str:
    return f"osc {address} {index}"
