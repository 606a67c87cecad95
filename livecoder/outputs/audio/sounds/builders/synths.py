"""The pitched sounds as pyo graphs.

Each has an amplitude contour and a filter; what a note asks for is set before it starts. Filters
follow the pitch where that keeps an instrument's character over its range.
"""

from __future__ import annotations

from livecoder.outputs.audio.envelopes import contour, end, hold
from livecoder.outputs.audio.silent import pyo
from livecoder.outputs.audio.sounds.builders.graph import Board, Graph, Line, Strike, saw_for

__all__ = ["LOOPS", "SYNTHS"]

# The pad's strings, an octave apart.
_STRINGS = tuple(32.75 * 2.0**octave for octave in range(6))
LOOPS = tuple(("ensemble", hertz) for hertz in _STRINGS)

_HIGHEST = 17_500.0


def _limits(low: float, high: float) -> tuple[float, float]:
    return min(max(low, 30.0), _HIGHEST), min(max(high, 30.0), _HIGHEST)


def _bass(board: Board) -> Graph:
    select = board.select()
    loud = Line(select)
    bright = Line(select)
    saw = pyo.OscTrig(saw_for(board, 55.0), select, 55.0, mul=0.75)
    sine = pyo.OscTrig(board.table("sine"), select, 55.0, mul=0.55, add=saw)
    out = pyo.MoogLP(sine, bright.signal, 0.2, mul=loud.signal)

    def program(strike: Strike) -> float:
        values, hertz = strike.values, strike.hertz
        saw.table = saw_for(board, hertz)
        saw.freq = sine.freq = hertz
        shape = contour(
            strike.held, values["attack"], values["decay"], values["sustain"], values["release"]
        )
        low, high = _limits(values["cutoff"], values["cutoff"] * (2.2 + 2.0 * strike.velocity))
        snap = contour(strike.held, 0.002, 0.7 * values["decay"], 0.0, values["release"])
        bright.draw(hold(snap, low, high))
        out.res = 0.9 * values["resonance"]
        return loud.draw(shape, 0.62)

    return Graph((out,), (select, loud.signal, bright.signal, saw, sine, out), program)


def _pluck(board: Board) -> Graph:
    select = board.select()
    loud = Line(select)
    bright = Line(select)
    one = pyo.OscTrig(saw_for(board, 220.0, "string"), select, 220.0, 0.02)
    two = pyo.OscTrig(saw_for(board, 220.0, "string"), select, 220.3, 0.02, mul=0.6, add=one)
    out = pyo.Biquad(two, bright.signal, 0.8, 0, mul=loud.signal)

    def program(strike: Strike) -> float:
        values, hertz = strike.values, strike.hertz
        one.table = two.table = saw_for(board, hertz, "string")
        one.freq, two.freq = hertz, hertz * 1.0021
        # High strings ring shorter.
        decay = values["decay"] * min(2.0, max(0.35, (220.0 / hertz) ** 0.45))
        shape = contour(strike.held, values["attack"], decay, values["sustain"], values["release"])
        high = values["cutoff"] * (0.8 + 1.2 * strike.velocity)
        low, high = _limits(min(hertz * 1.6, high), high)
        fade = contour(strike.held + values["release"], 0.001, 0.75 * decay, 0.0, 0.1)
        bright.draw(hold(fade, low, high))
        out.q = 0.7 + 3.0 * values["resonance"]
        return loud.draw(shape, 0.5)

    return Graph((out,), (select, loud.signal, bright.signal, one, two, out), program)


def _lead(board: Board) -> Graph:
    select = board.select()
    loud = Line(select)
    bright = Line(select)
    depth = Line(select)
    pitch = pyo.Sine(5.3, mul=depth.signal, add=440.0)
    one = pyo.OscTrig(saw_for(board, 440.0), select, pitch)
    two = pyo.OscTrig(saw_for(board, 440.0), select, 441.0, 0.3, mul=0.8, add=one)
    out = pyo.MoogLP(two, bright.signal, 0.2, mul=loud.signal)

    def program(strike: Strike) -> float:
        values, hertz = strike.values, strike.hertz
        one.table = two.table = saw_for(board, hertz)
        pitch.add, two.freq = hertz, hertz * 1.0052
        shape = contour(
            strike.held, values["attack"], values["decay"], values["sustain"], values["release"]
        )
        sways = 0.0052 * hertz
        depth.draw([(0.0, 0.0), (0.28, 0.0), (0.6, sways), (max(end(shape), 0.7), sways)])
        cutoff = values["cutoff"] * (0.7 + 0.5 * strike.velocity)
        low, high = _limits(max(cutoff, 1.5 * hertz), 1.9 * max(cutoff, 1.5 * hertz))
        swell = contour(strike.held, 0.02, 0.4, 0.35, values["release"])
        bright.draw(hold(swell, low, high))
        out.res = 0.8 * values["resonance"]
        return loud.draw(shape, 0.34)

    return Graph(
        (out,), (select, loud.signal, bright.signal, depth.signal, pitch, one, two, out), program
    )


def _pad(board: Board) -> Graph:
    select = board.select()
    loud = Line(select)
    table = board.table(*LOOPS[2])
    left = pyo.Osc(table, board.loop_hertz, 0.0, mul=loud.signal)
    right = pyo.Osc(table, board.loop_hertz, 0.37, mul=loud.signal)
    outs = tuple(pyo.Biquad(side, 1500.0, 0.7, 0) for side in (left, right))

    def program(strike: Strike) -> float:
        values, hertz = strike.values, strike.hertz
        base = max((one for one in _STRINGS if one <= hertz), default=_STRINGS[0])
        left.table = right.table = board.table("ensemble", base)
        left.freq = right.freq = board.loop_hertz * hertz / base
        shape = contour(
            strike.held, values["attack"], values["decay"], values["sustain"], values["release"]
        )
        cutoff = _limits(values["cutoff"] * (0.7 + 0.5 * strike.velocity), 100.0)[0]
        for side in outs:
            side.freq, side.q = cutoff, 0.7 + 2.0 * values["resonance"]
        return loud.draw(shape, 0.62) + 0.01

    return Graph(outs, (select, loud.signal, left, right, *outs), program)


def _keys(board: Board) -> Graph:
    select = board.select()
    sine = board.table("sine")
    loud = Line(select)
    warm = pyo.TrigEnv(select, board.table("fall"), 1.0)
    tine = pyo.TrigEnv(select, board.table("fall"), 0.3)
    # A cosine modulates the frequency, so a sine the phase: no partial falls on 0 Hz.
    body = pyo.OscTrig(sine, select, 220.0, 0.25, mul=warm, add=220.0)
    bell = pyo.OscTrig(sine, select, 220.0, 0.25, mul=tine, add=body)
    carrier = pyo.OscTrig(sine, select, bell)
    out = pyo.Biquad(carrier, 6000.0, 0.7, 0, mul=loud.signal)

    def program(strike: Strike) -> float:
        values, hertz = strike.values, strike.hertz
        decay = values["decay"] * min(2.0, max(0.3, (220.0 / hertz) ** 0.4))
        shape = contour(strike.held, values["attack"], decay, values["sustain"], values["release"])
        ratio = max(1.0, min(14.0, float(int(9000.0 / hertz))))
        body.freq, body.add, bell.freq = hertz, hertz, hertz * ratio
        warm.dur, warm.mul = 0.8 * decay, hertz * (0.35 + 1.5 * strike.velocity**1.5)
        tine.dur, tine.mul = min(0.35, decay), hertz * ratio * 0.16 * strike.velocity**2
        out.freq = _limits(values["cutoff"], 100.0)[0]
        out.q = 0.7 + 2.0 * values["resonance"]
        return loud.draw(shape, 0.42) + 0.005

    return Graph((out,), (select, loud.signal, warm, tine, body, bell, carrier, out), program)


SYNTHS = {"bass": _bass, "pluck": _pluck, "lead": _lead, "pad": _pad, "keys": _keys}
