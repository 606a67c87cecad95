"""The prompt's `osc_out`, `osc_in` and `osc`: places OSC goes to, and values that come in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from livecoder.core.errors import NotReadyError, RangeError
from livecoder.core.events import Configure
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational
from livecoder.inputs.osc import OscListener, OscValues
from livecoder.outputs.osc.places import Place, place_at
from livecoder.patterns.pattern import Pattern
from livecoder.session.stage import Stage

__all__ = ["OscIn", "OscOut"]

_LONGEST = 40
_LOOKAHEAD_NS = 120_000_000
# Parts of a cycle that are read at a time: 62 ms at 120 beats a minute.
_GRAIN = 32


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


class _TooEarlyError(NotReadyError):
    """A live input is asked for what sounds later than a lookahead from now."""

    grain = _GRAIN

    def __init__(self, reader: threading.local, cycle: Rational) -> None:
        super().__init__("a live input is read just before it sounds")
        self._reader, self._cycle = reader, cycle

    def concede(self) -> None:
        """Read it now: it is due."""
        self._reader.allowed = self._cycle

    def wait(self, seconds: float) -> None:  # noqa: ARG002
        """Read it now: nothing is waited for before time runs."""
        self.concede()


class OscIn:
    """Values that come in, as patterns."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        ns_until: Callable[[Rational], int] | None = None,
    ) -> None:
        """Listen to nothing yet.

        Args:
            say: tells the performer a line.
            ns_until: how far away a cycle is; None where nothing is live: there, nobody listens,
                and every value is its default.
        """
        self._say, self._ns_until = say, ns_until
        self._values = OscValues()
        self._listeners: dict[tuple[str, int], OscListener] = {}
        # The window the scheduler asks for, on its thread; on others there is none.
        self._reader = threading.local()

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        return {"osc_in": self.osc_in, "osc": self.osc}

    def enter(self, cycle: Rational) -> None:
        """Learn the window that the scheduler is about to ask for, on its thread."""
        self._reader.window = cycle

    def osc_in(self, port: int = 9000, host: str = "127.0.0.1") -> None:
        """Listen for OSC on a UDP port: `osc("/fader/1")` is then the last value that came.

        Only this machine is heard; `osc_in(9000, "0.0.0.0")` hears every machine of the network.

        Raises:
            DeviceError: the port is taken.
            RangeError: it is none.
        """
        if self._ns_until is None or (host, port) in self._listeners:
            return
        listener = OscListener(host, port, self._values, self._say)
        self._listeners[host, port] = listener

    def osc(self, address: str, index: int = 0, default: float = 0.0) -> Pattern:
        """A value that comes in by OSC, as a signal: `.cutoff(osc("/fader/1").range(200, 4000))`.

        It is read one lookahead before it sounds. `osc_in(9000)` listens; until something comes,
        and in a render, it is the default.

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

        def ask(span: Span) -> list[Hap]:
            return [Hap(None, span, self._read(address, index, default))]

        more = f", {index}" if index else ""
        return Pattern(ask, f'osc("{address}"{more})')

    def close(self) -> None:
        """Listen no more."""
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()

    def _read(self, address: str, index: int, default: float) -> Any:
        window = getattr(self._reader, "window", None)
        ahead = 0
        if window is not None and self._ns_until is not None:
            ahead = self._ns_until(window)
            if ahead > _LOOKAHEAD_NS and getattr(self._reader, "allowed", None) != window:
                raise _TooEarlyError(self._reader, window)
        values = self._values.at(address, time.monotonic_ns() + max(0, ahead))
        return default if values is None or index >= len(values) else values[index]
