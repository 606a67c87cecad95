"""The mixer: a strip for each track, delay and reverb, and a limiter nothing gets past.

The road of a sound, and where it waits::

    voice -> strip -> [low-pass] -> master sums -> limiter -> out
                                      |-> delay, reverb -^

pyo computes objects in the order they were made. The master is made first and voices last, so a
strip hears its voices one buffer late and the master its strips one buffer late: always two buffers
and the limiter's look ahead, whatever is added while it plays. `Mixer.latency` says how many
frames that is, and whoever starts notes takes it off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from livecoder.outputs.audio.silent import pyo
from livecoder.outputs.audio.sums import connect, disconnect, set_level

__all__ = ["Mixer", "Strip"]

# How far the limiter looks ahead, frames; and the ceiling it keeps to, so that the peaks between
# samples stay below full scale as well.
_AHEAD = 96
_CEILING = 0.82
_RAMP = 0.02
_OPEN = 18_500.0
# An effect nobody sends to is asleep after this long, seconds: both have died away by then.
_TAIL = 12.0


def _sides(gain: float, pan: float) -> tuple[float, float]:
    """Return left and right gains: equal power, unity in the middle."""
    angle = min(max(pan, 0.0), 1.0) * math.pi / 2.0
    return gain * math.sqrt(2.0) * math.cos(angle), gain * math.sqrt(2.0) * math.sin(angle)


class Strip:
    """One track's way through the mixer."""

    def __init__(self, master: Mixer, name: str) -> None:
        """Open a strip; `Mixer.strip` does."""
        self.name = name
        self.settings = {
            "gain": 1.0, "pan": 0.5, "lpf": 20_000.0, "delay": 0.0, "room": 0.0, "mute": 0.0,
        }  # fmt: skip
        self.input = pyo.Mixer(outs=2, chnls=1, time=0.005)
        self._master = master
        self._filters: tuple[Any, ...] = ()
        self._filtered = False
        self._filters_until = 0.0
        self._taps: tuple[Any, ...] = ()
        self._keys = (f"{name} left", f"{name} right")
        for key, side in zip(self._keys, range(2), strict=True):
            master.sums.addInput(key, self.input[side])
        self._apply()

    def attach(self, key: str, outs: tuple[Any, ...]) -> None:
        """Connect a voice, which is silent itself; `level` says how loud it is to be."""
        for side, out in enumerate(outs):
            connect(self.input, f"{key}.{side}", out)

    def detach(self, key: str, outs: tuple[Any, ...]) -> None:
        """Take a voice away; it should be silent by now."""
        for side in range(len(outs)):
            disconnect(self.input, f"{key}.{side}")

    def level(self, key: str, outs: tuple[Any, ...], gain: float, pan: float) -> None:
        """Move a voice to a loudness and a place within 5 ms."""
        left, right = _sides(gain, pan)
        if len(outs) == 1:
            set_level(self.input, f"{key}.0", 0, left)
            set_level(self.input, f"{key}.0", 1, right)
        else:
            set_level(self.input, f"{key}.0", 0, left)
            set_level(self.input, f"{key}.1", 1, right)

    def set(self, settings: Mapping[str, float]) -> None:
        """Move what changes to where it is wanted, within a fiftieth of a second."""
        changed = {
            name: float(value)
            for name, value in settings.items()
            if name in self.settings and float(value) != self.settings[name]
        }
        if changed and all(map(math.isfinite, changed.values())):
            self.settings.update(changed)
            self._apply()

    def tap(self, channel: int) -> None:
        """Send what the strip sends to the mix to two more outputs of the server as well."""
        post = pyo.Mixer(outs=2, chnls=1, time=_RAMP)
        for side, key in enumerate(self._keys):
            post.addInput(key, self.input[side])
        self._taps = (post, *(pyo.Sig(post[side]).out(channel + side) for side in range(2)))
        self._apply()

    def tick(self, now: float) -> None:
        """Put a filter that is no longer heard to sleep; `now` in seconds."""
        if self._filters and not self._filtered and self._filters_until:
            if self._filters_until < 0.0:
                self._filters_until = now + 5.0 * _RAMP
            elif now > self._filters_until:
                self._filters_until = 0.0
                for low in self._filters:
                    low.stop()

    def _apply(self) -> None:
        settings, master = self.settings, self._master
        gain = 0.0 if settings["mute"] else min(max(settings["gain"], 0.0), 4.0)
        self._filter(settings["lpf"])
        for side, level in enumerate(_sides(gain, settings["pan"])):
            for key, share in (
                (self._keys[side], 0.0 if self._filtered else 1.0),
                (self._keys[side] + " low", 1.0 if self._filtered else 0.0),
            ):
                master.send(key, side, level * share, settings["delay"], settings["room"])
                if self._taps:
                    set_level(self._taps[0], key, side, level * share)
        master.awake(delay=settings["delay"], room=settings["room"])

    def _filter(self, cutoff: float) -> None:
        wanted = cutoff < _OPEN
        if wanted and not self._filters:
            self._cutoff = pyo.SigTo(_OPEN, _RAMP, _OPEN)
            self._filters = tuple(
                pyo.Biquad(pyo.Sig(self.input[side]), self._cutoff, 0.75, 0) for side in range(2)
            )
            for key, low in zip(self._keys, self._filters, strict=True):
                self._master.sums.addInput(key + " low", low)
                if self._taps:
                    self._taps[0].addInput(key + " low", low)
        if wanted and not self._filtered:
            for low in self._filters:
                low.play()
        if self._filters:
            self._cutoff.value = min(max(cutoff, 20.0), _OPEN)
        if self._filtered and not wanted:
            self._filters_until = -1.0
        self._filtered = wanted


class Mixer:
    """The master: sums of all strips, two effects, a limiter, the way out."""

    def __init__(self, rate: float, buffer: int) -> None:
        """Set up; the server must be booted, and no voice or strip made yet.

        Args:
            rate: frames a second.
            buffer: frames pyo computes at a time.
        """
        self.latency = 2 * buffer + _AHEAD
        # Of what leaves the taps of the strips, and of the effects, which no limiter holds back.
        self.tap_latency, self.return_latency = buffer, 2 * buffer
        self.strips: dict[str, Strip] = {}
        self._taps: tuple[Any, ...] = ()
        self._tail_until: dict[str, float] = {}
        # Sums: left, right, to the delay, to the reverb left and right.
        self.sums = pyo.Mixer(outs=5, chnls=1, time=_RAMP)
        parts = [pyo.Sig(self.sums[i]) for i in range(5)]
        dry_left, dry_right, to_delay, room_left, room_right = parts
        self._parts = parts
        self._echo = pyo.SmoothDelay(to_delay, 0.375, 0.42, 0.05, 4.0)
        soft = pyo.Tone(self._echo, 3800.0)
        wide = pyo.SDelay(soft, 0.017, 0.05)
        left = pyo.Freeverb(room_left, 0.82, 0.55, 1.0, mul=0.5)
        right = pyo.Freeverb(pyo.SDelay(room_right, 0.0073, 0.05), 0.835, 0.55, 1.0, mul=0.5)
        self._effects = {"delay": (self._echo, soft, wide), "room": (left, right)}
        self.returns = (pyo.Mix([soft, left], 1), pyo.Mix([wide, right], 1))
        self._gate = pyo.SigTo(1.0, 0.006, 1.0)
        self.outs = self._limiter(
            rate,
            (pyo.Mix([dry_left, self.returns[0]], 1), pyo.Mix([dry_right, self.returns[1]], 1)),
        )
        for objects in self._effects.values():
            for one in objects:
                one.stop()

    def _limiter(self, rate: float, sides: tuple[Any, Any]) -> tuple[Any, ...]:
        """Return both sides, never above the ceiling.

        The gain that would bring the loudest recent peak to the ceiling, averaged over as many
        frames as the sound is held back: when the peak comes out, the average has arrived.
        """
        peak = pyo.Max(pyo.Abs(sides[0]), pyo.Abs(sides[1]))
        held = pyo.Follower2(peak, 0.00001, 0.15)
        # Less one, so that the running sum rests at zero; and pyo's average of n is the sum of the
        # last n - 1, divided by n.
        wanted = pyo.Pow(pyo.Max(held, _CEILING, mul=1.0 / _CEILING), -1.0, add=-1.0)
        gain = pyo.Average(wanted, _AHEAD + 1, mul=(_AHEAD + 1) / _AHEAD, add=1.0)
        self._chain = (peak, held, wanted, gain)
        return tuple(
            pyo.Clip(
                pyo.SDelay(side, _AHEAD / rate, 0.01, mul=gain), -0.95, 0.95, mul=self._gate
            ).out(channel)
            for channel, side in enumerate(sides)
        )

    def strip(self, name: str) -> Strip:
        """Return a track's strip, opening it when it is new."""
        if name not in self.strips:
            self.strips[name] = Strip(self, name)
        return self.strips[name]

    def tap_returns(self, channel: int) -> None:
        """Send delay and reverb to two more outputs of the server as well."""
        self._taps = tuple(
            pyo.Sig(side).out(channel + number) for number, side in enumerate(self.returns)
        )

    def send(self, key: str, side: int, level: float, delay: float, room: float) -> None:
        """Set how loud one side of a strip goes to the sum and to the effects."""
        set_level(self.sums, key, side, level)
        set_level(self.sums, key, 2, 0.5 * level * min(max(delay, 0.0), 1.0))
        set_level(self.sums, key, 3 + side, level * min(max(room, 0.0), 1.0))

    def awake(self, *, delay: float, room: float) -> None:
        """Wake the effects that are sent to."""
        for name, level in (("delay", delay), ("room", room)):
            if level > 0.0 and name not in self._tail_until:
                self._tail_until[name] = math.inf
                for one in self._effects[name]:
                    one.play()

    def tick(self, now: float) -> None:
        """Put to sleep what nobody has sent to for long; `now` in seconds."""
        for strip in self.strips.values():
            strip.tick(now)
        for name in list(self._tail_until):
            if any(strip.settings[name] > 0.0 for strip in self.strips.values()):
                self._tail_until[name] = math.inf
            elif self._tail_until[name] == math.inf:
                self._tail_until[name] = now + _TAIL
            elif now > self._tail_until[name]:
                del self._tail_until[name]
                for one in self._effects[name]:
                    one.stop()

    def echo(self, seconds: float) -> None:
        """Set the time of the delay; it fades over from the old to the new."""
        self._echo.delay = min(max(seconds, 0.02), 3.9)

    def close_gate(self) -> None:
        """Silence everything within 6 ms."""
        self._gate.value = 0.0

    def open_gate(self) -> None:
        """Let sound out again, and forget what rang in the effects."""
        for objects in self._effects.values():
            for one in objects:
                if not isinstance(one, pyo.Tone):
                    one.reset()
        self._gate.value = 1.0
