"""What a performer types for MIDI coming in: `cc`, `learn`, `midi_in`, `capture` and the like."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import Any

from livecoder.core.errors import RangeError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, RationalLike, rational
from livecoder.inputs.naming import EVERY, Place, place_of, port_of
from livecoder.inputs.strokes import LONGEST
from livecoder.inputs.traces import TICKS
from livecoder.patterns.pattern import Pattern
from livecoder.session.capturing import captured
from livecoder.session.listening import Listening
from livecoder.session.midi_in import MidiIn

__all__ = ["Learning", "MidiWords"]


class Learning:
    """A name that waits for a controller; `await` it, or play on.

    Attributes:
        name: what the controller will be called.
        place: where it is; None until it is moved.
    """

    def __init__(self, name: str, forget: Callable[[], object] | None) -> None:
        """Wait, unless there is nothing to forget: then nobody is taught."""
        self.name = name
        self.place: Place | None = None
        self._forget = forget
        self._wake: Callable[[], object] = _nobody

    def __repr__(self) -> str:
        if self.place is None:
            return f"move a controller now, and it is {self.name!r}"
        return f"{self.name!r} is {self.place}"

    def __await__(self) -> Generator[Any, None, Learning]:
        """Wait for the movement; Ctrl-C gives up, the music plays on either way."""
        if self.place is None and self._forget is not None:
            loop = asyncio.get_running_loop()
            moved = asyncio.Event()
            self._wake = lambda: loop.call_soon_threadsafe(moved.set)
            try:
                while self.place is None:
                    yield from moved.wait().__await__()
            except BaseException:
                self._forget()
                raise
        return self

    def found(self, place: Place) -> None:
        """Learn where it is; from any thread."""
        self.place = place
        self._wake()


class MidiWords:
    """The words of one session or render."""

    def __init__(
        self,
        desk: MidiIn,
        edge: Callable[[], Rational],
        say: Callable[[str], object] = lambda _line: None,
        keep: Callable[[str], object] = lambda _line: None,
    ) -> None:
        """Speak for a desk.

        Args:
            desk: what comes in.
            edge: the cycle that something typed now acts from.
            say: tells the performer a line.
            keep: keeps a line for the journal.
        """
        self._desk, self._edge, self._say, self._keep = desk, edge, say, keep

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        words = (
            self.cc, self.learn, self.knob, self.midi_in, self.listen, self.capture, self.heard,
        )  # fmt: skip
        return {word.__name__: word for word in words}

    def cc(
        self,
        which: int | str,
        port: str | None = None,
        channel: int | None = None,
        *,
        default: float = 0.0,
    ) -> Pattern:
        """Hear a knob: where a MIDI controller stands, 0 to 1, as a signal.

        `d1 >> s("saw*8").cutoff(cc(74).range(200, 4000))` turns the filter with controller 74,
        one lookahead (120 ms) and up to 25 ms after the hand. `"bend"` is the pitch wheel, -1 to
        1, `"touch"` the aftertouch, `"nrpn 300"` and `"rpn 0"` are parameters. A controller that
        sends 14 bits is read in 14 bits.

        A replay and a render hear it move as it did, from the journal or the script; without
        those, its default.

        Args:
            which: a number from 0 to 127, one of the words above, or a name of `learn`.
            port: the input, by any part of its name; every one if not said.
            channel: 1 to 16; any if not said.
            default: where it stands before it is moved.
        """
        place = place_of(which, port, channel)
        desk, name = self._desk, str(which) if place is None else str(place)
        if place is not None:
            desk.watch(name, place)
        elif name not in desk.names:
            self._say(f"no controller is called {name!r} yet: learn({name!r}), and move one")
        trace, start = desk.trace(name), float(default)

        def ask(span: Span) -> list[Hap]:
            value = trace.at(desk.come_to(span[0]) * TICKS)
            return [Hap(None, span, start if value is None else value)]

        return Pattern(ask, f"cc({which!r})")

    def learn(self, name: str, port: str | None = None) -> Learning:
        """Give a controller a name: the next one that is moved is `cc("knob 1")`.

        The music plays on, and so can you; `await learn("knob 1")` waits for the movement, and
        Ctrl-C gives up. The name is kept with the session, as `knob("knob 1", ...)`.

        Args:
            name: what it is to be called.
            port: listen on this input only.
        """
        self._check_name(name)
        desk = self._desk
        if desk.alone or not desk.live:
            return Learning(name, None)
        learning = Learning(name, lambda: desk.forget(name))

        def then(place: Place) -> None:
            self._keep(_line(name, place))
            learning.found(place)
            self._say(repr(learning))

        desk.learn(name, None if port is None else port_of(port), then)
        return learning

    def knob(
        self, name: str, which: int | str, port: str | None = None, channel: int | None = None
    ) -> None:
        """Give a controller you know a name: `knob("filter", 74, port="nano")`; see `cc`."""
        self._check_name(name)
        place = place_of(which, port, channel)
        if place is None:
            raise RangeError("controller", which, "a number, or see cc", fix='try knob("x", 74)')
        self._desk.teach(name, place)

    def listen(self, port: str | None = None) -> Listening:
        """Remember what is played on a keyboard, without sounding it: to loop it, or to answer it.

        `capture(4)` loops it. `d3 >> melody_rnn(prime=listen("keyboard")).s("pluck")` answers each
        phrase from the next bar line on, for as many bars; it stops when you play again.

        Args:
            port: the input, by any part of its name; every one if not said.
        """
        name = port_of(port)
        self._desk.listen(name)
        return Listening(self._desk, name)

    def midi_in(
        self,
        port: str | None = None,
        channel: int | None = None,
        *,
        hold: RationalLike | None = None,
    ) -> Pattern:
        """Hear what is played on a keyboard.

        `d1 >> midi_in("keyboard").s("lead")` plays it on a sound, among the other tracks.

        Its notes are a pattern like any other, with their velocities, in the rhythm they are
        played in: all are heard one lookahead and 40 ms (160 ms) late. That is for playing along
        through patterns, `midi_in().off(1/8, ...)`; to hear yourself at once, connect the keyboard
        to the synthesiser too.

        Args:
            port: the input, by any part of its name; every one if not said.
            channel: 1 to 16; any if not said.
            hold: cycles that a key sounds which is still down when its note is asked for, some
                20 ms after it was struck; as long as the key before it, if not said.
        """
        if channel is not None:
            place_of("touch", port, channel)
        held = None if hold is None else rational(hold)
        if held is not None and not 0 < held <= LONGEST:
            raise RangeError("hold", hold, f"more than 0, to {LONGEST} bars", fix="try hold=1/2")
        desk, name = self._desk, port_of(port)
        desk.listen(name)
        hand = desk.hand(name)

        def ask(span: Span) -> list[Hap]:
            ahead = span.end - desk.come_to(span.end)
            haps = []
            begin, end = span.begin - ahead, span.end - ahead
            for stroke in hand.sounding(begin - LONGEST, end):
                if stroke.heard is None:
                    stroke.heard = stroke.length or held or hand.lately
                at, until = stroke.sounds + ahead, stroke.sounds + ahead + stroke.heard
                if until > span.begin and channel in (None, stroke.channel):
                    part = Span(max(at, span.begin), min(until, span.end))
                    value = {"note": float(stroke.key), "velocity": stroke.velocity}
                    haps.append(Hap(Span(at, until), part, value))
            return haps

        return Pattern(ask, "midi_in()" if name == EVERY else f'midi_in("{name}")')

    def capture(
        self,
        bars: int = 4,
        grid: int | None = None,
        strength: float = 1.0,
        *,
        port: str | None = None,
        channel: int | None = None,
    ) -> Pattern:
        """Loop what was just played: the last bars, up to the one of the last note.

        `d2 >> capture(4, grid=16).s("lead")` draws onsets to sixteenths; without a grid they stay
        as played, by the times the keyboard sent, not by when they arrived. Velocities and
        lengths are kept, and each bar goes on in the place of the song it was played in.

        Args:
            bars: how many, 1 to 64.
            grid: steps of a bar that onsets are drawn to; None for none.
            strength: how far: 0 not at all, 1 all the way.
            port: what was played on this input only.
            channel: 1 to 16; any if not said.

        Raises:
            PatternError: nothing was played.
        """
        name = None if port is None else port_of(port)
        return captured(self._desk, name, channel, bars, grid, strength, self._edge())

    def heard(self, name: str, text: str) -> None:
        """Take in what came in while this was played: what `save` writes into a script."""
        self._desk.load(name, text)

    def _check_name(self, name: str) -> None:
        if place_of(name) is not None:
            allowed = "a name that is no controller's own"
            raise RangeError("name", name, allowed, fix='try learn("knob 1")')


def _line(name: str, place: Place) -> str:
    kind, _, number = place.what.partition(" ")
    which = number if kind == "cc" else repr(place.what)
    return f"knob({name!r}, {which}, port={place.port!r}, channel={place.channel})"


def _nobody() -> None:
    """Wake nobody."""
