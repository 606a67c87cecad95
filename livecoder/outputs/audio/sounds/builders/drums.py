"""The 808's circuits as pyo graphs.

A struck drum of the 808 is a resonator pinged by a pulse: a sine whose pitch is high for a few
milliseconds and sags, dying away exponentially. Cymbals and hats are six squares through bands.
Every drum starts at its loudest on the very frame of its onset, except the clap's half millisecond.
"""

from __future__ import annotations

from typing import Any

from livecoder.outputs.audio.envelopes import clap
from livecoder.outputs.audio.silent import pyo
from livecoder.outputs.audio.sounds.builders.graph import Board, Graph, Line, Strike

__all__ = ["DRUMS", "LOOPS"]

# Long loops, which take a moment to make: a live engine makes them before it starts.
_SHELL = ("noise", 300.0, 3000.0, -3.0)
_WIRES = ("noise", 1600.0, 11_000.0, 0.0)
_HANDS = ("noise", 750.0, 1900.0, 0.0)
_BRIGHT = ("metal", 7200.0, 15_000.0)
_DARK = ("metal", 3200.0, 6500.0)
LOOPS = (_SHELL, _WIRES, _HANDS, _BRIGHT, _DARK)


def _tuned(strike: Strike) -> float:
    return float(2.0 ** (strike.values.get("tune", 0.0) / 12.0))


def _ping(board: Board, trigger: Any, hertz: float, phase: float = 0.0) -> tuple[Any, Any]:
    """Return a decaying sine and its envelope."""
    envelope = pyo.TrigEnv(trigger, board.table("fall"), 0.5)
    return pyo.OscTrig(board.table("sine"), trigger, hertz, phase, mul=envelope), envelope


def _kick(board: Board) -> Graph:
    select = board.select()
    sag = pyo.TrigEnv(
        select, board.table("strike", 0.3, 3.2, 0.006, 0.55, 0.04), 0.3, mul=48, add=48
    )
    click = pyo.TrigEnv(select, board.table("click"), 0.004, mul=0.4)
    body, envelope = _ping(board, select, 48.0)
    body.freq = sag
    body.add = click
    # Driven a little: the harmonics are what a small loudspeaker lets one hear of a kick.
    out = pyo.Tanh(body, mul=0.62)

    def program(strike: Strike) -> float:
        base = 48.0 * _tuned(strike)
        sag.mul = sag.add = base
        tone = strike.values["tone"]
        envelope.dur = strike.values["decay"]
        envelope.mul = 1.25 + 0.5 * strike.velocity
        click.mul = 1.1 * tone * strike.velocity
        return strike.values["decay"]

    return Graph((out,), (select, sag, click, envelope, body, out), program)


def _tom(board: Board, hertz: float) -> Graph:
    select = board.select()
    sag = pyo.TrigEnv(select, board.table("strike", 0.25, 0.5, 0.012, 0.18, 0.06), 0.25)
    hiss_fall = pyo.TrigEnv(select, board.table("fall"), 0.08)
    hiss = pyo.Osc(board.table(*_SHELL), board.loop_hertz, mul=hiss_fall)
    body, envelope = _ping(board, select, hertz)
    body.freq = sag
    body.add = hiss

    def program(strike: Strike) -> float:
        sag.mul = sag.add = hertz * _tuned(strike)
        envelope.dur = strike.values["decay"]
        envelope.mul = 0.62
        hiss_fall.mul = 0.16 + 0.14 * strike.velocity
        return max(strike.values["decay"], 0.08)

    return Graph((body,), (select, sag, hiss_fall, hiss, envelope, body), program)


def _snare(board: Board) -> Graph:
    select = board.select()
    low, low_fall = _ping(board, select, 178.0, 0.1)
    high, high_fall = _ping(board, select, 331.0, 0.1)
    wires_fall = pyo.TrigEnv(select, board.table("fall"), 0.25)
    wires = pyo.Osc(board.table(*_WIRES), board.loop_hertz, mul=wires_fall)
    high.add = low
    wires.add = high

    def program(strike: Strike) -> float:
        decay, snappy = strike.values["decay"], strike.values["snappy"]
        low.freq, high.freq = 178.0 * _tuned(strike), 331.0 * _tuned(strike)
        low_fall.dur, high_fall.dur, wires_fall.dur = 0.75 * decay, 0.42 * decay, decay
        low_fall.mul, high_fall.mul = 0.46, 0.34
        wires_fall.mul = (0.45 + 0.55 * strike.velocity) * 1.25 * snappy
        return decay

    objects = (select, low_fall, low, high_fall, high, wires_fall, wires)
    return Graph((wires,), objects, program)


def _clap(board: Board) -> Graph:
    select = board.select()
    envelope = Line(select)
    hands = pyo.Osc(board.table(*_HANDS), board.loop_hertz, mul=envelope.signal)

    def program(strike: Strike) -> float:
        return envelope.draw(clap(strike.values["decay"]), 1.15)

    return Graph((hands,), (select, envelope.signal, hands), program)


def _hat(board: Board) -> Graph:
    select = board.select()
    envelope = pyo.TrigEnv(select, board.table("fall"), 0.1)
    metal = pyo.Osc(board.table(*_BRIGHT), board.loop_hertz, mul=envelope)

    def program(strike: Strike) -> float:
        metal.freq = board.loop_hertz * _tuned(strike)
        envelope.dur = strike.values["decay"]
        envelope.mul = 0.62
        return strike.values["decay"]

    return Graph((metal,), (select, envelope, metal), program)


def _cymbal(board: Board) -> Graph:
    select = board.select()
    high_fall = pyo.TrigEnv(select, board.table("fall"), 2.0)
    low_fall = pyo.TrigEnv(select, board.table("fall"), 1.0)
    high = pyo.Osc(board.table(*_BRIGHT), board.loop_hertz, mul=high_fall)
    low = pyo.Osc(board.table(*_DARK), board.loop_hertz, mul=low_fall, add=high)

    def program(strike: Strike) -> float:
        decay = strike.values["decay"]
        high.freq = low.freq = board.loop_hertz * _tuned(strike)
        high_fall.dur, low_fall.dur = decay, 0.55 * decay
        high_fall.mul, low_fall.mul = 0.4, 0.3
        return decay

    return Graph((low,), (select, high_fall, low_fall, high, low), program)


def _rim(board: Board) -> Graph:
    select = board.select()
    # A quarter turn in: the ping is at its peak on the frame of its onset.
    low, low_fall = _ping(board, select, 455.0, 0.25)
    high, high_fall = _ping(board, select, 1667.0, 0.25)
    high.add = low
    out = pyo.ButHP(high, 260.0)

    def program(strike: Strike) -> float:
        decay = strike.values["decay"]
        high.freq, low.freq = 1667.0 * _tuned(strike), 455.0 * _tuned(strike)
        high_fall.dur, low_fall.dur = 0.75 * decay, decay
        high_fall.mul, low_fall.mul = 0.5, 0.35
        return decay + 0.005

    return Graph((out,), (select, low_fall, low, high_fall, high, out), program)


def _cowbell(board: Board) -> Graph:
    select = board.select()
    fall = pyo.TrigEnv(select, board.table("fall"), 0.5)
    knock = pyo.TrigEnv(select, board.table("fall"), 0.06, add=fall)
    square = board.table("square")
    low = pyo.OscTrig(square, select, 540.0, 0.2, mul=knock)
    high = pyo.OscTrig(square, select, 800.0, 0.2, mul=knock, add=low)
    out = pyo.Biquad(high, 1150.0, 1.1, 2, mul=0.8)

    def program(strike: Strike) -> float:
        decay = strike.values["decay"]
        low.freq, high.freq = 540.0 * _tuned(strike), 800.0 * _tuned(strike)
        fall.dur, knock.dur = decay, min(0.07, decay)
        fall.mul, knock.mul = 0.3, 0.45
        return decay + 0.01

    return Graph((out,), (select, fall, knock, low, high, out), program)


DRUMS = {
    "bd": _kick,
    "sd": _snare,
    "cp": _clap,
    "hh": _hat,
    "oh": _hat,
    "lt": lambda board: _tom(board, 82.0),
    "mt": lambda board: _tom(board, 122.0),
    "ht": lambda board: _tom(board, 168.0),
    "rim": _rim,
    "cb": _cowbell,
    "cy": _cymbal,
}
